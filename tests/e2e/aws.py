"""What Amazon does, for tests and the demonstration: SES events, SNS envelopes, signatures.

Nothing here is data of others: keys, certificates and events are made up on the spot.
"""

import base64
import datetime
import hashlib
import itertools
import json
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ACCOUNT = "111122223333"
REGION = "us-east-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:ses-feedback"

UTC = datetime.timezone.utc


def now():
    return datetime.datetime.now(UTC)


def ago(**what):
    return now() - datetime.timedelta(**what)


def stamp(when):
    """2012-05-02T00:54:06.655Z, as SNS and SES write times."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


# ---- certificates ----

def make_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def make_certificate(key, common_name, begins=None, ends=None, issuer=None, issuer_key=None,
                     is_authority=False, names=()):
    begins = begins or ago(days=400)
    ends = ends or now() + datetime.timedelta(days=300)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (x509.CertificateBuilder()
               .subject_name(subject)
               .issuer_name(issuer.subject if issuer is not None else subject)
               .public_key(key.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(begins.replace(tzinfo=None))
               .not_valid_after(ends.replace(tzinfo=None))
               .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True))
    if not is_authority:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256())


def pem_of(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def pem_of_key(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


class Signer:
    """A key of Amazon's, with the certificate under the name that SigningCertURL gives it."""

    def __init__(self, common_name="sns.amazonaws.com", bits=2048, key=None, **certificate):
        self.key = key or make_key(bits)
        self.certificate = make_certificate(self.key, common_name, **certificate)
        self.pem = pem_of(self.certificate)
        self.name = f"SimpleNotificationService-{hashlib.md5(self.pem).hexdigest()}.pem"

    def url(self, region=REGION, suffix="amazonaws.com"):
        return f"https://sns.{region}.{suffix}/{self.name}"

    def install(self, folder):
        (folder / self.name).write_bytes(self.pem)

    def sign(self, envelope, version="2"):
        """Sets SignatureVersion and Signature of an envelope as SNS would."""
        if envelope["Type"] == "Notification":
            fields = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
        else:
            fields = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        text = "".join(f"{name}\n{envelope[name]}\n" for name in fields if name in envelope)
        digest = hashes.SHA1() if version == "1" else hashes.SHA256()
        envelope["SignatureVersion"] = version
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            signature = self.key.sign(text.encode(), ec.ECDSA(digest))
        else:
            signature = self.key.sign(text.encode(), padding.PKCS1v15(), digest)
        envelope["Signature"] = base64.b64encode(signature).decode()
        return envelope

    def notification(self, message, topic=TOPIC, version="2", subject=None, when=None,
                     message_id=None, url=None):
        if not isinstance(message, str):
            message = json.dumps(message)
        envelope = {
            "Type": "Notification",
            "MessageId": message_id or str(uuid.uuid4()),
            "TopicArn": topic,
            "Message": message,
            "Timestamp": stamp(when or now()),
            "SigningCertURL": url or self.url(topic.split(":")[3]),
            "UnsubscribeURL": f"https://sns.{topic.split(':')[3]}.amazonaws.com/?Action=Unsubscribe"
                              f"&SubscriptionArn={topic}:{uuid.uuid4()}",
        }
        if subject is not None:
            envelope["Subject"] = subject
        return self.sign(envelope, version)

    def confirmation(self, kind="SubscriptionConfirmation", topic=TOPIC, token=None, version="1",
                     when=None, subscribe_url=None):
        token = token or hashlib.sha512(uuid.uuid4().bytes).hexdigest() * 2
        region = topic.split(":")[3]
        return self.sign({
            "Type": kind,
            "MessageId": str(uuid.uuid4()),
            "Token": token,
            "TopicArn": topic,
            "Message": "You have chosen to subscribe to the topic.\nTo confirm the subscription, "
                       "visit the SubscribeURL included in this message.",
            "SubscribeURL": subscribe_url or f"https://sns.{region}.amazonaws.com/"
                            f"?Action=ConfirmSubscription&TopicArn={topic}&Token={token}",
            "Timestamp": stamp(when or now()),
            "SigningCertURL": self.url(region),
        }, version)


def posted(envelope):
    """The bytes of a body as SNS posts it."""
    lines = ",\n".join(f'  {json.dumps(k)} : {json.dumps(v)}' for k, v in envelope.items())
    return ("{\n" + lines + "\n}").encode()


# ---- SES events ----

_serial = itertools.count()


def message_id(when):
    """Four hex digits of region, twelve of the send time in ms, a UUID, -000000."""
    milliseconds = int(when.timestamp() * 1000)
    return f"0100{milliseconds:012x}-{uuid.uuid4()}-000000"


class Mail:
    """One mail sent through SES; its methods are the events that SES would publish about it."""

    def __init__(self, *recipients, when=None, configuration_set="newsletter", identity="example.com",
                 account=ACCOUNT, region=REGION, identity_feedback=False, tags=None, message=None):
        self.recipients = list(recipients)
        self.when = when or now()
        self.identity_feedback = identity_feedback
        self.account = account
        self.mail = {
            "timestamp": stamp(self.when),
            "messageId": message or message_id(self.when),
            "source": f"news@{identity}",
            "sourceArn": f"arn:aws:ses:{region}:{account}:identity/{identity}",
            "sendingAccountId": account,
            "destination": self.recipients,
            "headersTruncated": False,
            "headers": [{"name": "From", "value": f"news@{identity}"},
                        {"name": "Subject", "value": "Your news"}],
            "commonHeaders": {"from": [f"news@{identity}"], "to": self.recipients, "subject": "Your news"},
        }
        if not identity_feedback:
            self.mail["tags"] = {"ses:configuration-set": [configuration_set] if configuration_set else [],
                                 "ses:source-ip": ["192.0.2.7"],
                                 "ses:from-domain": [identity],
                                 **{name: [value] for name, value in (tags or {}).items()}}
            if not configuration_set:
                del self.mail["tags"]["ses:configuration-set"]

    def other_channel(self):
        """The same mail as identity feedback tells it: mail.timestamp cut to whole seconds."""
        other = Mail(*self.recipients, when=self.when.replace(microsecond=0), identity_feedback=True,
                     account=self.account, message=self.mail["messageId"])
        return other

    def event(self, kind, **parts):
        name = "notificationType" if self.identity_feedback else "eventType"
        return {name: kind, **parts, "mail": self.mail}

    def send(self):
        return self.event("Send", send={})

    def delivery(self, *recipients, after=2):
        return self.event("Delivery", delivery={
            "timestamp": stamp(self.when + datetime.timedelta(seconds=after)),
            "processingTimeMillis": after * 1000,
            "recipients": list(recipients or self.recipients),
            "smtpResponse": "250 2.0.0 OK",
            "reportingMTA": "a8-50.smtp-out.amazonses.com"})

    def bounce(self, *recipients, kind="Permanent", subtype="General", status="5.1.1", action="failed",
               diagnostic="smtp; 550 5.1.1 user unknown", after=3, feedback=None, bounced=None,
               reporting_mta="dns; mx.example.net"):
        if bounced is None:
            bounced = [{"emailAddress": recipient, "action": action, "status": status,
                        "diagnosticCode": diagnostic} for recipient in recipients or self.recipients]
            for entry in bounced:
                for name in [name for name, value in entry.items() if value is None]:
                    del entry[name]
        when = self.when + datetime.timedelta(seconds=after)
        told = {
            "feedbackId": feedback or message_id(when),
            "bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": bounced,
            "timestamp": stamp(when)}
        if reporting_mta:
            told["reportingMTA"] = reporting_mta
        return self.event("Bounce", bounce=told)

    # What the classes of feedback look like.

    def full(self, *recipients, **what):
        return self.bounce(*recipients, kind="Transient", subtype="MailboxFull", status="5.2.2",
                           diagnostic="smtp; 452 4.2.2 mailbox full", **what)

    def out_of_office(self, **what):
        return self.bounce(kind="Transient", status=None, action=None, diagnostic=None,
                           reporting_mta=None, **what)

    def no_such_domain(self, **what):
        return self.bounce(kind="Transient", status="5.4.4", diagnostic="smtp; 550 5.4.4 Invalid domain", **what)

    def on_ses_list(self, **what):
        return self.bounce(subtype="OnAccountSuppressionList", status="5.1.1", diagnostic=(
            "Amazon SES did not send the message to this address because it is on the suppression list "
            "for your account."), **what)

    def complaint(self, *recipients, kind="abuse", subtype=None, after=3600, feedback=None):
        when = self.when + datetime.timedelta(seconds=after)
        complaint = {
            "feedbackId": feedback or message_id(when),
            "complaintSubType": subtype,
            "complainedRecipients": [{"emailAddress": recipient}
                                     for recipient in recipients or self.recipients],
            "timestamp": stamp(when), "userAgent": "ExampleFeedback/1.0",
            "arrivalDate": stamp(self.when)}
        if kind is not None:
            complaint["complaintFeedbackType"] = kind
        return self.event("Complaint", complaint=complaint)

    def reject(self):
        return self.event("Reject", reject={"reason": "Bad content"})

    def opened(self, after=60):
        return self.event("Open", open={"ipAddress": "192.0.2.1", "userAgent": "Mozilla/5.0",
                                        "timestamp": stamp(self.when + datetime.timedelta(seconds=after))})

    def clicked(self, after=70):
        return self.event("Click", click={
            "ipAddress": "192.0.2.1", "userAgent": "Mozilla/5.0", "link": "https://example.com/x",
            "linkTags": None, "timestamp": stamp(self.when + datetime.timedelta(seconds=after))})

    def rendering_failure(self):
        return self.event("Rendering Failure", failure={
            "templateName": "Hello", "errorMessage": "Attribute 'name' is not present in the rendering data."})

    def delay(self, *recipients, after=120):
        return self.event("DeliveryDelay", deliveryDelay={
            "timestamp": stamp(self.when + datetime.timedelta(seconds=after)),
            "delayType": "TransientCommunicationFailure",
            "expirationTime": stamp(self.when + datetime.timedelta(hours=14)),
            "delayedRecipients": [{"emailAddress": recipient, "status": "4.4.1",
                                   "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host"}
                                  for recipient in recipients or self.recipients]})

    def subscription(self):
        return self.event("Subscription", subscription={
            "contactList": "ContactListName", "timestamp": stamp(self.when), "source": "UnsubscribeHeader",
            "newTopicPreferences": {"unsubscribeAll": True, "topicSubscriptionStatus": [
                {"topicName": "ExampleTopic", "subscriptionStatus": "OptOut"}]}})


SET_UP_EVENT_PUBLISHING = "Successfully validated SNS topic for Amazon SES event publishing."


def set_up_identity(topic=TOPIC, identity="example.com"):
    return json.dumps({
        "notificationType": "AmazonSnsSubscriptionSucceeded",
        "message": f"You have successfully subscribed your Amazon SNS topic '{topic}' to receive "
                   f"'Bounce' notifications from Amazon SES for identity '{identity}'."}) + "\n"
