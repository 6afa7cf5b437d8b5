"""What goes wrong is told: each alert fires, is told again, survives a restart, and is resolved."""

import http.server
import json
import re
import resource
import signal
import sqlite3
import threading
import time

import pytest

import aws
from aws import ACCOUNT, REGION, TOPIC, Mail, ago
from running import wait_for

WHOLE = f"{ACCOUNT}/{REGION}"
OTHER_ACCOUNT = "444455556666"
OTHER_TOPIC = f"arn:aws:sns:{REGION}:{OTHER_ACCOUNT}:feedback"
SECOND_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:second"
THIRD_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:third"
UNKNOWN_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:not-configured"
FOREIGN_TOPIC = f"arn:aws:sns:{REGION}:999900001111:theirs"


class Receiver:
    """What a webhook of an operator's gets."""

    def __init__(self):
        self.messages = []      # (when, headers, message)
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.messages.append((time.monotonic(), dict(self.headers), json.loads(body)))
                self.send_response(204)
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def told(self, name, obj=None, kind="alert.fired", level=None):
        """[(when, data)…] of one alert, oldest first."""
        with self.lock:
            return [(when, message["data"]) for when, _, message in self.messages
                    if message["type"] == kind and message["data"]["alert"] == name
                    and (obj is None or message["data"]["object"] == obj)
                    and (level is None or message["data"]["level"] == level)]

    def wait(self, name, obj=None, kind="alert.fired", level=None, count=1, seconds=20):
        wait_for(lambda: len(self.told(name, obj, kind, level)) >= count, seconds,
                 f"{kind} of {name} {obj or ''} {level or ''} number {count}")
        return self.told(name, obj, kind, level)[count - 1]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def receiver():
    receiving = Receiver()
    yield receiving
    receiving.close()


def channel(receiver, name="ops", levels="warning over-review-limit over-pause-limit recovered", more=""):
    return f'[alert "{name}"]\ntype = webhook\nurl = {receiver.url}\nlevels = {levels}\n{more}\n'


@pytest.fixture
def feed(signer):
    def post_all(daemon, *events, when=None, topic=TOPIC):
        connection = daemon.feedback()
        for event in events:
            body = aws.posted(signer.notification(event, when=when, topic=topic))
            assert daemon.post(body, connection=connection).status == 200
        connection.close()
        return time.monotonic()
    return post_all


_people = iter(range(10**9))


def mails(count, each=50, domain="example.net", **what):
    return [Mail(*[f"u{next(_people)}@{domain}" for _ in range(each)], **what) for _ in range(count)]


def sends(count, **what):
    return [mail.send() for mail in mails(count, **what)]


def alert(daemon, name, obj=""):
    return next((one for one in daemon.get("/v1/alerts?limit=1000")["alerts"]
                 if one["alert"] == name and one["object"] == obj), None)


def is_on(daemon, name, obj=""):
    one = alert(daemon, name, obj)
    return one is not None and one["level"] != "ok"


# ---- levels ----

def test_every_level_of_an_account_is_told_within_two_seconds(start, receiver, feed, capsys):
    daemon = start(more=channel(receiver))
    all_mails = mails(20)
    feed(daemon, *[mail.send() for mail in all_mails])
    bounce, latencies = f"{WHOLE} bounce", []
    for first, last, level in ((0, 2, "warning"), (2, 3, "over-review-limit"), (3, 6, "over-pause-limit")):
        posted = feed(daemon, *[mail.bounce(*mail.recipients[first:last]) for mail in all_mails])
        told, data = receiver.wait("reputation-level", bounce, level=level)
        latencies.append(told - posted)
    assert (data["account"], data["region"], data["metric"]) == (ACCOUNT, REGION, "bounce")
    assert data["passed"][-1] == "over-pause-limit" and data["previous"] != "ok"
    assert re.match(rf"{WHOLE}: bounce rate \d+\.\d\d % \(pause limit 10 %\): \d+ hard bounces among 1,000 "
                    r"recipients in [\d.]+ \w+\. It takes [\d,]+ clean sends to be back below 5 %\. "
                    r"Most of its hard bounces come from ", data["text"]), data["text"]
    assert "example.net (100 %)" in data["text"] and "newsletter" in data["text"]
    assert data["advice"] and data["remaining"] == {"review": 0, "pause": 0}
    by = {cause["by"]: cause for cause in data["causes"]}
    assert by["recipient-domain"]["key"] == "example.net" and by["recipient-domain"]["share"] == 1
    assert set(by) == {"recipient-domain", "configuration-set", "diagnostic"}
    feed(daemon, *sends(60))
    _, fallen = receiver.wait("reputation-level", bounce, kind="alert.resolved")
    assert fallen["level"] == "ok" and "bounce rate" in fallen["text"]
    shown = alert(daemon, "reputation-level", bounce)
    assert (shown["level"], shown["fired"], shown["resolved"] is not None) == ("ok", 1, True)
    with capsys.disabled():
        print(f"\n  alert latency: {', '.join(f'{latency:.2f} s' for latency in latencies)}")
    assert max(latencies) < 10


def test_complaints_and_one_bad_stream_are_told(start, receiver, feed):
    daemon = start(more=channel(receiver))
    feed(daemon, *sends(80, configuration_set="receipts"))
    bad = mails(10, configuration_set="spring")
    feed(daemon, *[mail.send() for mail in bad], *[mail.bounce(*mail.recipients[:15]) for mail in bad])
    _, data = receiver.wait("stream-level", f"{WHOLE} configuration-set spring bounce")
    assert data["by"] == "configuration-set" and data["key"] == "spring" and data["denominator"] == 500
    assert not is_on(daemon, "stream-level", f"{WHOLE} configuration-set receipts bounce")
    feed(daemon, *[mail.complaint(mail.recipients[0]) for mail in bad])
    receiver.wait("reputation-level", f"{WHOLE} complaint")
    feed(daemon, *sends(240, configuration_set="spring"))
    receiver.wait("stream-level", f"{WHOLE} configuration-set spring bounce", kind="alert.resolved")


def test_a_channel_gets_the_levels_and_kinds_it_asked_for(start, receiver, feed):
    pager = Receiver()
    try:
        daemon = start(more=channel(receiver) + channel(pager, "pager", levels="over-pause-limit",
                                                        more="kinds = reputation-level"))
        all_mails = mails(10)
        feed(daemon, *[mail.send() for mail in all_mails],
             *[mail.bounce(*mail.recipients[:3]) for mail in all_mails])
        receiver.wait("reputation-level", f"{WHOLE} bounce", level="over-review-limit")
        feed(daemon, *[mail.bounce(*mail.recipients[3:20]) for mail in all_mails])
        pager.wait("reputation-level", f"{WHOLE} bounce", level="over-pause-limit")
        assert {message["data"]["level"] for _, _, message in pager.messages} == {"over-pause-limit"}
        assert {message["data"]["alert"] for _, _, message in pager.messages} == {"reputation-level"}
    finally:
        daemon.stop()
        pager.close()


def test_a_replay_tells_one_thing(start, receiver, signer):
    daemon = start(more=channel(receiver))
    all_mails = mails(10)
    events = [mail.send() for mail in all_mails] + [mail.bounce(*mail.recipients[:20]) for mail in all_mails]
    lines = "\n".join(json.dumps(signer.notification(event)) for event in events)
    assert daemon.admin("POST", "/v1/replay", lines).status == 200
    _, data = receiver.wait("replay")
    assert data["level"] == "over-pause-limit" and data["count"] >= 1
    assert any(change["alert"] == "reputation-level" for change in data["changes"])
    assert is_on(daemon, "reputation-level", f"{WHOLE} bounce")
    assert not receiver.told("reputation-level")


def test_a_silence_holds_back_and_then_lets_go(start, receiver, feed):
    daemon = start(more=channel(receiver))
    answer = daemon.admin("PUT", "/v1/silences/reputation-level", {"until": aws.stamp(ago(hours=-4))})
    assert answer.status in (200, 201, 204), answer
    all_mails = mails(10)
    feed(daemon, *[mail.send() for mail in all_mails], *[mail.bounce(*mail.recipients[:20]) for mail in all_mails])
    wait_for(lambda: is_on(daemon, "reputation-level", f"{WHOLE} bounce"))
    assert not receiver.told("reputation-level")
    assert daemon.admin("DELETE", "/v1/silences/reputation-level").status in (200, 204)
    receiver.wait("reputation-level", f"{WHOLE} bounce", seconds=30)


def test_a_store_that_could_not_write_is_told_afterwards(start, receiver, feed, signer):
    daemon = start(more=channel(receiver))
    feed(daemon, Mail("a@example.net").send())
    before = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        wait_for(lambda: daemon.post(signer.notification(Mail("b@example.net").send())).status == 503)
    finally:
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, before)
    feed(daemon, Mail("c@example.net").send())
    _, data = receiver.wait("store-failing", level="critical", seconds=30)
    assert "could not" in data["text"] or "can't" in data["text"]


# ---- everything at once: an hour's trouble in two minutes ----

WATCH = """[watch]
renotify = 1m
pending = 1m
no_events = 1m
learning = 1h
stream_minimum = 100
blocked_minimum = 5
volume_minimum = 100
disk_free = 100%
log = 1M
tls_expiry = 365d
"""


def delayed(mail):
    return mail.event("DeliveryDelay", deliveryDelay={
        "timestamp": aws.stamp(mail.when), "delayType": "SpamDetected",
        "expirationTime": aws.stamp(mail.when),
        "delayedRecipients": [{"emailAddress": one, "status": "4.7.0",
                               "diagnosticCode": "smtp; 421 4.7.0 unusual rate of unsolicited mail"}
                              for one in mail.recipients]})


def make_trouble(daemon, feed, signer, host):
    """Returns the objects of the alerts that come of it, by (name, object)."""
    known = {"tags": {"ses:caller-identity": "arn:aws:iam::111122223333:user/app"}}
    stolen = {"tags": {"ses:caller-identity": "arn:aws:iam::111122223333:user/mallory"}}
    week, days = ago(days=6), ago(days=2)

    # A usual caller for days; then another, and ten times as much of the usual one.
    for when in (days, ago(days=2, hours=-5)):
        feed(daemon, *sends(1, when=when, **known), when=when)
    bounced = mails(10, **known)
    feed(daemon, *[mail.send() for mail in bounced], *[mail.bounce(*mail.recipients[:10]) for mail in bounced])
    feed(daemon, *sends(1, **stolen))
    # Of another account: a day like the last one brings it to the limit in three days.
    other = {"account": OTHER_ACCOUNT, "configuration_set": "other"}
    feed(daemon, *sends(40, when=week, **other), when=week, topic=OTHER_TOPIC)
    bounced = mails(20, **other)
    feed(daemon, *[mail.send() for mail in bounced], *[mail.bounce(*mail.recipients[:4]) for mail in bounced],
         topic=OTHER_TOPIC)
    # A provider holds our mail back.
    blocked = mails(1, each=10, domain="gmail.com")
    feed(daemon, blocked[0].send(), delayed(blocked[0]))
    # Topics: unknown, foreign, cancelled; and signing certificates that can't be fetched.
    assert daemon.post(signer.notification(Mail("x@example.net").send(), topic=UNKNOWN_TOPIC)).status == 200
    assert daemon.post(signer.notification(Mail("x@example.net").send(), topic=FOREIGN_TOPIC)).status == 403
    cancelled = signer.confirmation("UnsubscribeConfirmation", topic=SECOND_TOPIC)
    assert daemon.post(cancelled).status == 200
    host.behaviour = host.confirm_behaviour = "500"
    strange = aws.Signer()
    assert daemon.post(strange.notification(Mail("y@example.net").send())).status == 503
    assert daemon.post(signer.confirmation(topic=THIRD_TOPIC)).status == 503
    return strange, [
        ("reputation-level", f"{WHOLE} bounce"), ("stream-level", f"{OTHER_ACCOUNT}/{REGION} configuration-set other bounce"),
        ("forecast", f"{OTHER_ACCOUNT}/{REGION} bounce"), ("quota", WHOLE),
        ("provider-blocking", f"{WHOLE} google"),
        ("new-sender", f"{WHOLE} caller"), ("unusual-volume", f"{WHOLE} caller {known['tags']['ses:caller-identity']}"),
        ("topic-not-configured", UNKNOWN_TOPIC), ("foreign-topic", FOREIGN_TOPIC),
        ("subscription-cancelled", SECOND_TOPIC), ("certificate-unavailable", f"sns.{REGION}.amazonaws.com"),
        ("confirmation-failed", THIRD_TOPIC), ("channel-failing", "dead"),
        ("tls-certificate-expiring", ""), ("disk-filling", ""), ("log-filling", ""), ("development", "")]


ONCE = ("topic-not-configured", "foreign-topic")


def fill_log(daemon, feed):
    """Somebody reads the database without end: what is written can't leave the log."""
    reader = sqlite3.connect(daemon.folder / "feedback.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    log = daemon.folder / "feedback.db-wal"
    wait_for(lambda: feed(daemon, *sends(5)) and log.stat().st_size > (1 << 20) + 65536, 60, "a long log")
    return reader


def end_trouble(daemon, feed, signer, host, strange, reader, dead):
    reader.close()
    host.behaviour = host.confirm_behaviour = "ok"
    host.add(strange)
    assert daemon.post(strange.notification(Mail("z@example.net").send())).status == 200
    assert daemon.post(signer.confirmation(topic=THIRD_TOPIC)).status == 200
    feed(daemon, Mail("w@example.net").send(), topic=SECOND_TOPIC)
    feed(daemon, *sends(60, account=OTHER_ACCOUNT, configuration_set="other"), topic=OTHER_TOPIC)
    feed(daemon, *sends(8, domain="gmail.com"), *sends(60))
    for old, new in (("disk_free = 100%", "disk_free = never"), ("tls_expiry = 365d", "tls_expiry = 1d"), ("log = 1M", "log = 256M"),
                     ("volume_minimum = 100", "volume_minimum = 100000\nsenders ="),
                     ("quota = 700/1", "quota = 1000000/1"), ("development = yes", "development = no"),
                     (dead, dead.replace("http://127.0.0.1:9/", daemon.alive_url))):
        daemon.edit(old, new)
    daemon.signal(signal.SIGHUP)


@pytest.mark.long
def test_every_alert_fires_again_survives_a_restart_and_resolves(start, receiver, feed, signer, host):
    dead = '[alert "dead"]\ntype = webhook\nurl = http://127.0.0.1:9/\nlevels = warning\nkinds = disk-filling\n'
    daemon = start(topics=(TOPIC, OTHER_TOPIC, SECOND_TOPIC, THIRD_TOPIC, TOPIC + "-never-heard"),
                   sns=f"connect_to = {host.connect_to}\nca_file = {host.ca_file}\ndevelopment = yes",
                   reputation="quota = 700/1", more=WATCH + channel(receiver) + dead)
    daemon.alive_url = receiver.url
    strange, expected = make_trouble(daemon, feed, signer, host)
    reader = fill_log(daemon, feed)
    for name, obj in expected:
        # Volumes are compared once a minute where that is dear.
        _, data = receiver.wait(name, obj, seconds=90 if name == "unusual-volume" else 30)
        assert data["text"].endswith(".") and data["advice"] and data["level"] != "ok", data
        assert data["id"] > 0 and data["passed"], data

    # Told again, and meanwhile: nothing comes, and of one topic nothing ever came.
    pending = ("subscription-pending", TOPIC + "-never-heard")
    for name, obj in [pending, ("no-events", "")]:
        receiver.wait(name, obj, seconds=100)
    for name, obj in expected:
        if name not in ONCE:
            receiver.wait(name, obj, count=2, seconds=100)
        else:
            assert len(receiver.told(name, obj)) == 1
    expected += [pending, ("no-events", "")]

    # A restart is no news.
    alarms = {one["id"]: one for one in daemon.get("/v1/alerts?limit=1000")["alerts"]}
    with receiver.lock:
        before = [message["data"]["id"] for _, _, message in receiver.messages if message["type"] == "alert.resolved"]
    daemon.stop()
    daemon.start()
    feed(daemon, Mail("a@example.net").send())
    receiver.wait("no-events", "", kind="alert.resolved")
    for name, obj in expected:
        if name in ONCE or name == "no-events":
            continue
        assert is_on(daemon, name, obj), (name, obj)
        assert alert(daemon, name, obj)["since"] == next(
            one["since"] for one in alarms.values() if (one["alert"], one["object"]) == (name, obj)), (name, obj)
        assert alert(daemon, name, obj)["id"] not in before

    end_trouble(daemon, feed, signer, host, strange, reader, dead)
    feed(daemon, Mail("v@example.net").send(), topic=TOPIC + "-never-heard")
    for name, obj in expected:
        if name not in ONCE:
            receiver.wait(name, obj, kind="alert.resolved", seconds=100)
            wait_for(lambda: not is_on(daemon, name, obj), 10, f"the end of {name} {obj}")
