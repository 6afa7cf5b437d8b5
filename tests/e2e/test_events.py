"""What SES says: every type, both shapes, one entry a recipient, one spelling a mailbox."""

import json
import pathlib
import subprocess

import pytest

import aws
import running
from aws import Mail


def post(daemon, signer, event, **envelope):
    answer = daemon.post(signer.notification(event, **envelope))
    assert answer.status == 200, answer


TYPES = {
    "send": Mail.send, "delivery": Mail.delivery, "bounce": Mail.bounce, "complaint": Mail.complaint,
    "reject": Mail.reject, "open": Mail.opened, "click": Mail.clicked,
    "rendering-failure": Mail.rendering_failure, "delivery-delay": Mail.delay, "subscription": Mail.subscription,
}


@pytest.mark.parametrize("shape", [False, True], ids=["eventType", "notificationType"])
@pytest.mark.parametrize("name", TYPES)
def test_each_type_is_recorded_in_both_shapes(daemon, signer, name, shape):
    mail = Mail("someone@example.net", identity_feedback=shape)
    post(daemon, signer, TYPES[name](mail))
    event, = daemon.events()
    assert (event["type"], event["address"], event["message_id"]) == (name, "someone@example.net", mail.mail["messageId"])
    assert (event["account"], event["region"], event["identity"]) == (aws.ACCOUNT, aws.REGION, "example.com")
    assert event["configuration_set"] == (None if shape else "newsletter")
    assert daemon.get("/v1/unrecognised")["unrecognised"] == []
    raw = daemon.admin("GET", f"/v1/events/{event['id']}/raw")
    if name in ("bounce", "complaint", "reject"):
        assert json.loads(raw.body)["mail"]["messageId"] == mail.mail["messageId"]
    else:
        assert raw.status == 404


def test_of_two_recipients_only_the_one_that_bounced_is_suppressed(daemon, signer):
    post(daemon, signer, Mail("good@example.net", "gone@example.net").bounce("gone@example.net"))
    assert daemon.suppression("gone@example.net") and daemon.suppression("good@example.net") is None
    assert len(daemon.events()) == 1


def test_recipients_of_one_bounce_are_judged_one_by_one(daemon, signer):
    event = Mail("a@example.net", "b@example.net", "c@example.net").bounce(bounced=[
        {"emailAddress": "a@example.net", "action": "failed", "status": "5.0.0"},
        {"emailAddress": "b@example.net", "action": "delayed", "status": "4.0.0"},
        {"emailAddress": "c@example.net", "status": "5.1.1"}])
    post(daemon, signer, event)
    assert daemon.suppression("a@example.net") and daemon.suppression("c@example.net")
    assert daemon.suppression("b@example.net") is None
    row, = daemon.get("/v1/rates?basis=published")["rows"]
    assert (row["hard_bounces"], row["soft_bounces"]) == (2, 1)


def test_a_delayed_recipient_that_fails_later_is_suppressed_then(daemon, signer):
    mail = Mail("a@example.net")
    post(daemon, signer, mail.bounce(action="delayed", status="4.0.0", after=5))
    assert daemon.suppression("a@example.net") is None
    post(daemon, signer, mail.bounce(action="failed", status="5.0.0", after=500))
    assert daemon.suppression("a@example.net")["reason"] == "bounce"
    row, = daemon.get("/v1/rates?basis=published")["rows"]
    assert (row["hard_bounces"], row["soft_bounces"]) == (1, 1)


def test_a_mailbox_named_twice_has_failed_if_either_says_so(daemon, signer):
    event = Mail("a@example.net").bounce(bounced=[
        {"emailAddress": "a@example.net", "action": "delayed", "status": "4.0.0"},
        {"emailAddress": "A@example.net", "action": "failed (expired)", "status": "5.4.7"}])
    post(daemon, signer, event)
    assert len(daemon.events()) == 1 and daemon.suppression("a@example.net")


@pytest.mark.parametrize("bounced", [[], None, [{}], ["text"], [None], [{"emailAddress": None}], [{"emailAddress": 7}]])
def test_a_bounce_without_recipients_is_recorded_and_suppresses_nobody(daemon, signer, bounced):
    event = Mail("a@example.net").bounce()
    if bounced is None:
        del event["bounce"]["bouncedRecipients"]
    else:
        event["bounce"]["bouncedRecipients"] = bounced
    post(daemon, signer, event)
    post(daemon, signer, event)
    assert [one["type"] for one in daemon.events()] == ["bounce"] * len(daemon.events())
    assert len(daemon.events()) >= 1
    assert daemon.get("/v1/suppressions")["suppressions"] == []


@pytest.mark.parametrize("written, normal", [
    ('"Bounce, The" <Gone@Example.NET>', "gone@example.net"),
    ("<gone@example.net>", "gone@example.net"),
    ("  gone@example.net\t", "gone@example.net"),
    ("GONE@EXAMPLE.NET", "gone@example.net"),
    ("gone+tag@example.net", "gone+tag@example.net"),
    ("gone@Bücher.example", "gone@xn--bcher-kva.example"),
    ("gone@xn--bcher-kva.example", "gone@xn--bcher-kva.example"),
    ("gone@r3---sn-abc.example", "gone@r3---sn-abc.example"),
    ("grüße@example.net", "grüße@example.net"),
])
def test_one_spelling_for_each_mailbox_and_the_original_kept(daemon, signer, written, normal):
    post(daemon, signer, Mail(written).bounce())
    entry = daemon.suppression(normal)
    assert entry and entry["address"] == normal and entry["original"] == written.strip()
    checked = daemon.admin("POST", "/v1/suppressions/check", {"addresses": [normal.upper() if normal.isascii() else normal]})
    assert len(checked.json["suppressed"]) == 1


@pytest.mark.parametrize("event, reason", [
    (lambda mail: mail.bounce(), "bounce"),
    (lambda mail: mail.bounce(subtype="NoEmail"), "bounce"),
    (lambda mail: mail.bounce(subtype="Suppressed"), "bounce"),
    (lambda mail: mail.bounce(subtype="BrandNew"), "bounce"),
    (lambda mail: mail.bounce(subtype="OnAccountSuppressionList"), "ses-list"),
    (lambda mail: mail.bounce(subtype="OnAccountSuppressionList\t"), "ses-list"),
    (lambda mail: mail.bounce(subtype="OnTenantSuppressionList"), "ses-list"),
    (lambda mail: mail.bounce(subtype="UnsubscribedRecipient"), None),
    (lambda mail: mail.bounce(subtype="EmailValidationSuppressed"), None),
    (lambda mail: mail.bounce(kind="Transient", subtype="MailboxFull", status="4.2.2"), None),
    (lambda mail: mail.bounce(kind="Undetermined", subtype="Undetermined", status=None, action=None,
                              diagnostic=None), None),
    (lambda mail: mail.bounce(kind="Undetermined", subtype="Undetermined", status=None, action=None), "bounce"),
    (lambda mail: mail.bounce(action="delayed", status="4.0.0"), None),
    (lambda mail: mail.complaint(), "complaint"),
    (lambda mail: mail.complaint(kind=None), "complaint"),
    (lambda mail: mail.complaint(kind="brand-new"), "complaint"),
    (lambda mail: mail.complaint(kind="not-spam"), None),
    (lambda mail: mail.complaint(subtype="OnAccountSuppressionList"), "ses-list"),
    (lambda mail: mail.delivery(), None), (lambda mail: mail.send(), None), (lambda mail: mail.reject(), None),
    (lambda mail: mail.opened(), None), (lambda mail: mail.delay(), None), (lambda mail: mail.subscription(), None),
])
def test_the_basic_rule_of_suppression(daemon, signer, event, reason):
    post(daemon, signer, event(Mail("someone@example.net")))
    entry = daemon.suppression("someone@example.net")
    assert (entry and entry["reason"]) == reason
    if reason == "ses-list":
        assert entry["at_ses"] == "blocked"


@pytest.mark.parametrize("address", ["bounce@simulator.amazonses.com", "Bounce+x@Simulator.AmazonSES.com",
                                     "complaint@simulator.amazonses.com"])
def test_the_simulator_is_recorded_and_never_counts(daemon, signer, address):
    mail = Mail(address)
    for event in (mail.send(), mail.bounce(), mail.complaint()):
        post(daemon, signer, event)
    assert len(daemon.events()) == 3 and all(event["simulator"] for event in daemon.events())
    assert daemon.get("/v1/suppressions")["suppressions"] == []
    for row in daemon.get("/v1/rates?basis=published")["rows"]:
        assert (row["sends"], row["hard_bounces"], row["complaints"], row["bounce_rate"]) == (0, 0, 0, None)


def test_a_complaint_that_names_three_suspects_is_one_report(daemon, signer):
    mail = Mail("a@example.net", "b@example.net", "c@example.net")
    post(daemon, signer, mail.send())
    post(daemon, signer, mail.complaint())
    post(daemon, signer, mail.complaint())      # once more under another MessageId
    row, = daemon.get("/v1/rates?basis=sent")["rows"]
    assert (row["sends"], row["complaints"]) == (3, 1)
    assert all(daemon.suppression(one, "?scope=newsletter")["certain"] is False for one in mail.recipients)


def test_abuse_and_a_later_not_spam_are_two_events(daemon, signer):
    mail = Mail("a@example.net")
    post(daemon, signer, mail.complaint())
    post(daemon, signer, mail.complaint(kind="not-spam"))
    assert len(daemon.events()) == 2
    assert daemon.get("/v1/rates?basis=sent")["rows"][0]["complaints"] == 1


def test_an_automatic_reply_and_a_bounce_of_one_mail_are_two_events(daemon, signer):
    mail = Mail("a@example.net")
    post(daemon, signer, mail.bounce(kind="Transient", status=None, action=None, diagnostic=None, after=10))
    post(daemon, signer, mail.bounce(kind="Transient", status="4.2.2", after=500))
    post(daemon, signer, mail.bounce(after=900))
    assert len(daemon.events()) == 3


def test_every_fixture_of_ses_is_accepted(daemon, signer, fixtures):
    files = sorted((fixtures / "ses").glob("*.json"))
    assert len(files) >= 124
    connection = daemon.feedback()
    for file in files:
        body = aws.posted(signer.notification(file.read_text()))
        assert daemon.post(body, connection=connection).status == 200, file
    connection.close()
    kept = daemon.get("/v1/unrecognised?limit=1000")["unrecognised"]
    inbound = [one for one in kept if '"Received"' in one["message"]]
    assert len(inbound) == len(list((fixtures / "ses").glob("nt-Received-*")))
    cut = [one["why"] for one in kept if one not in inbound]
    # What their publishers cut out or made up: the time of sending, or the very object that the type names.
    assert len(cut) == 15 and all("mail.timestamp" in why or "without its" in why or "no mail object" in why for why in cut), cut


def test_messages_that_amazon_signed_pass_the_door(start, fixtures):
    """Real signatures through the real daemon: replay knows no age limit."""
    topics = {json.loads(file.read_text())["TopicArn"] for file in (fixtures / "signed").glob("*.json")}
    daemon = start(signer=None, topics=sorted(topics), sns="confirm = manual")
    for certificate in (fixtures / "certificates").glob("*.pem"):
        (daemon.certificates / certificate.name).write_bytes(certificate.read_bytes())
    for kind, expected in (("signed", {200}), ("altered", {403, 400})):
        for file in sorted((fixtures / kind).glob("*.json")):
            line = json.dumps(json.loads(file.read_text()))
            answer = daemon.admin("POST", "/v1/replay", line, headers={"Content-Type": "application/x-ndjson"})
            assert answer.status == 200, answer
            result, = answer.json["results"]
            if "awsruby" in file.name and kind == "signed":
                assert result["status"] == 503 and "1024" in result["detail"], result
            else:
                assert result["status"] in expected, (file.name, result)


def test_the_offline_verifier_agrees_with_amazon(fixtures):
    def verify(*files):
        return subprocess.run([running.TOOL, "verify", "--certificates", fixtures / "certificates", *files],
                              capture_output=True, text=True)
    signed = sorted((fixtures / "signed").glob("*.json"))
    altered = sorted((fixtures / "altered").glob("*.json"))
    assert (len(signed), len(altered)) == (24, 40)
    good = [file for file in signed if "awsruby" not in file.name]
    done = verify(*good)
    assert done.returncode == 0 and done.stdout.count(": genuine") == 23, done.stdout + done.stderr
    done = verify(*signed)
    assert done.returncode == 1 and "1024" in done.stdout
    for file in altered:
        done = verify(file)
        assert done.returncode == 1 and "not genuine" in done.stdout, (file, done)
    assert verify(pathlib.Path("/nonexistent.json")).returncode == 2
    assert verify(good[0], "--topic", aws.TOPIC).returncode == 1
