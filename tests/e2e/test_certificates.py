"""Signing certificates: fetched from SNS's host only, cached, judged; confirmations."""

import concurrent.futures
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

import aws
import running
from aws import Mail
from test_feedback_door import FOREIGN_TOPIC, OTHER_TOPIC, problem


@pytest.fixture
def served(start, host, signer):
    """A daemon with an empty cache that fetches from the stand-in, which has the certificate."""
    host.add(signer)
    return start(signer=None, sns=f"connect_to = {host.connect_to}\nca_file = {host.ca_file}")


def test_a_certificate_is_fetched_once_and_kept_on_disk(served, host, signer):
    for number in range(5):
        assert served.post(signer.notification(Mail(f"a{number}@example.net").bounce())).status == 200
    assert host.fetched(signer.name) == ["/" + signer.name]
    assert (served.certificates / signer.name).read_bytes() == signer.pem
    assert host.requests[0][0] == "sns.us-east-1.amazonaws.com"
    served.stop()
    host.requests.clear()
    served.start()
    assert served.post(signer.notification(Mail("b@example.net").bounce())).status == 200
    assert host.requests == []


def test_many_messages_waiting_for_one_certificate_cause_one_fetch(served, host, signer):
    host.behaviour = "slow"
    envelopes = [signer.notification(Mail(f"a{number}@example.net").bounce()) for number in range(16)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda one: served.post(one).status, envelopes)) == [200] * 16
    assert len(host.fetched(signer.name)) == 1


@pytest.mark.parametrize("behaviour, status", [("404", 403), ("403", 403), ("500", 503), ("503", 503), ("redirect", 503),
                                               ("html", 503), ("two", 503), ("huge", 503), ("hang", 503)])
def test_a_failed_fetch_is_answered_so_that_nothing_is_lost_and_never_remembered(served, host, signer, behaviour, status):
    host.behaviour = behaviour
    envelope = signer.notification(Mail("gone@example.net").bounce())
    began = time.monotonic()
    answer = served.post(envelope)
    assert time.monotonic() - began < 14, "SNS would have given up"
    problem(answer, status)
    assert (answer.headers["Retry-After"] is not None) == (status == 503)
    assert served.suppression("gone@example.net") is None
    assert list(served.certificates.iterdir()) == []
    host.behaviour = "ok"
    assert running.wait_for(lambda: served.post(envelope).status == 200)
    assert served.suppression("gone@example.net")
    assert not host.fetched("elsewhere")


def test_an_unreachable_host_is_answered_503(start, signer):
    daemon = start(signer=None, sns="connect_to = 127.0.0.1:1")
    problem(daemon.post(signer.notification(Mail("a@example.net").bounce())), 503)


def test_a_host_with_a_certificate_of_another_authority_is_not_believed(start, host, signer):
    host.add(signer)
    daemon = start(signer=None, sns=f"connect_to = {host.connect_to}")
    problem(daemon.post(signer.notification(Mail("a@example.net").bounce())), 503)
    assert daemon.events() == []


@pytest.mark.parametrize("what", [
    dict(common_name="sns.example.com"),
    dict(common_name="sns-signing.af-south-1.amazonaws.com"),
    dict(bits=1024),
    dict(is_authority=True),
    dict(ends=aws.ago(days=1)),
    dict(begins=aws.ago(days=-1)),
    dict(key=ec.generate_private_key(ec.SECP256R1())),
], ids=["name", "other region's name", "1024 bits", "authority", "expired", "not yet valid", "elliptic"])
def test_a_certificate_that_is_not_what_we_expect_is_503_and_an_alarm(served, host, what):
    odd = aws.Signer(**what)
    host.add(odd)
    problem(served.post(odd.notification(Mail("victim@example.net").bounce())), 503)
    assert served.suppression("victim@example.net") is None
    assert "certificate-unexpected" in [alarm["name"] for alarm in served.get("/v1/status")["alarms"]]


def test_a_stranger_without_the_key_raises_no_alarm(served, signer):
    envelope = signer.notification(Mail("a@example.net").bounce())
    assert served.post(envelope).status == 200
    problem(served.post(dict(envelope, Timestamp="2099-01-01T00:00:00.000Z")), 403, "signature")
    assert served.get("/v1/status")["alarms"] == []


def test_validity_is_judged_at_the_timestamp(start, tmp_path):
    past = aws.Signer(begins=aws.ago(days=60), ends=aws.ago(days=2))
    daemon = start(signer=past)
    assert daemon.post(past.notification(Mail("a@example.net").bounce(), when=aws.ago(days=3))).status == 200
    problem(daemon.post(past.notification(Mail("b@example.net").bounce())), 503)


@pytest.mark.parametrize("topic, name", [
    ("arn:aws-cn:sns:cn-north-1:111122223333:f", "sns-cn-north-1.amazonaws.com.cn"),
    ("arn:aws-us-gov:sns:us-gov-east-1:111122223333:f", "sns-us-gov-west-1.amazonaws.com"),
    ("arn:aws-eusc:sns:eusc-de-east-1:111122223333:f", "sns-signing.eusc-de-east-1.amazonaws.eu"),
    ("arn:aws:sns:af-south-1:111122223333:f", "sns-signing.af-south-1.amazonaws.com"),
    ("arn:aws:sns:eu-west-1:111122223333:f", "sns.amazonaws.com"),
])
def test_every_partition_has_its_host_and_name(start, topic, name):
    suffix = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}.get(topic.split(":")[1], "amazonaws.com")
    region = topic.split(":")[3]
    there = aws.Signer(common_name=name)
    daemon = start(signer=there, topics=(topic,))
    mail = Mail("gone@example.net", region=region)
    assert daemon.post(there.notification(mail.bounce(), topic=topic, url=there.url(region, suffix))).status == 200
    other = "amazonaws.com" if suffix != "amazonaws.com" else "amazonaws.eu"
    problem(daemon.post(there.notification(mail.bounce(), topic=topic, url=there.url(region, other))), 403)


def test_junk_names_cannot_exhaust_the_fetching(served, host, signer):
    host.behaviour = "hang"
    junk = signer.notification("x")
    envelopes = []
    for number in range(60):
        envelopes.append({**junk, "SigningCertURL": f"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-{number:032x}.pem"})
    with concurrent.futures.ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(lambda one: served.post(one).status, envelopes))
    assert set(answers) <= {503}, answers
    host.behaviour = "ok"
    host.released.set()
    assert running.wait_for(lambda: served.post(signer.notification(Mail("gone@example.net").bounce())).status == 200)


# ---- subscriptions ----

def state(daemon, topic=aws.TOPIC):
    return next(one for one in daemon.get("/v1/topics")["topics"] if one["arn"] == topic)


def test_a_subscription_is_confirmed_at_the_rebuilt_url(served, host, signer):
    evil = "https://169.254.169.254/latest/meta-data/"
    assert served.post(signer.confirmation(token="abc123def", subscribe_url=evil)).status == 200
    confirming = host.fetched("ConfirmSubscription")
    assert len(confirming) == 1 and "Token=abc123def" in confirming[0]
    assert state(served)["state"] == "confirmed"
    assert state(served)["subscription"].startswith(aws.TOPIC + ":")


@pytest.mark.parametrize("behaviour", ["400", "500", "redirect", "hang", "nonsense"])
def test_a_confirmation_that_fails_is_503_until_it_works(served, host, signer, behaviour):
    host.confirm_behaviour = behaviour
    envelope = signer.confirmation()
    problem(served.post(envelope), 503)
    assert state(served)["state"] != "confirmed"
    host.confirm_behaviour = "ok"
    assert served.post(envelope).status == 200
    assert state(served)["state"] == "confirmed"


def test_manual_confirmation_waits_for_a_person(start, host, signer):
    daemon = start(sns=f"confirm = manual\nconnect_to = {host.connect_to}\nca_file = {host.ca_file}")
    assert daemon.post(signer.confirmation()).status == 200
    assert state(daemon)["state"] == "pending"
    assert host.fetched("Confirm") == []
    daemon.tool("topics", "confirm", aws.TOPIC)
    assert len(host.fetched("Confirm")) == 1
    assert state(daemon)["state"] == "confirmed"
    daemon.tool("topics", "confirm", OTHER_TOPIC, expect=3)


def test_a_foreign_subscription_is_never_confirmed(served, host, signer):
    problem(served.post(signer.confirmation(topic=FOREIGN_TOPIC)), 403)
    assert served.post(signer.confirmation(topic=OTHER_TOPIC)).status == 200
    assert host.fetched("Confirm") == []
    assert state(served, OTHER_TOPIC)["state"] == "pending"


@pytest.mark.parametrize("version", ["1", "2"])
def test_an_unsubscription_is_an_alarm_and_never_visited(served, host, signer, version):
    assert served.post(signer.notification(Mail("a@example.net").send())).status == 200
    host.requests.clear()
    assert served.post(signer.confirmation(kind="UnsubscribeConfirmation", version=version)).status == 200
    assert host.requests == []
    assert state(served)["state"] == "cancelled"
    assert "cancelled" in served.tool("status").stdout
    assert "subscription-cancelled" in [alarm["name"] for alarm in served.get("/v1/status")["alarms"]]
    served.stop()
    served.start()
    assert "subscription-cancelled" in [alarm["name"] for alarm in served.get("/v1/status")["alarms"]]
    assert served.post(signer.confirmation()).status == 200
    assert "subscription-cancelled" not in [alarm["name"] for alarm in served.get("/v1/status")["alarms"]]
