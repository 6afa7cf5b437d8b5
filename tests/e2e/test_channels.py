"""Messages go out over every kind of channel, to the real thing, and survive whatever happens."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
import os
import re
import signal
import sqlite3
import time

import pytest

import aws
import fetched
import running
from aws import Mail

SECRETS = ["whsec_" + base64.b64encode(os.urandom(32)).decode() for _ in range(3)]

VERIFY = """
const { Webhook } = require("standardwebhooks");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
try {
    console.log(JSON.stringify(new Webhook(given.secret).verify(given.body, given.headers)));
} catch (error) {
    console.log(String(error));
    process.exit(3);
}
"""


@pytest.fixture
def authority(tmp_path):
    return fetched.Authority(tmp_path)


@pytest.fixture
def receive(tmp_path):
    """receive(authority) gives an HTTP receiver; all are closed at the end."""
    opened = []

    def make(authority=None):
        opened.append(fetched.Receiver(authority))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def alertmanager(tmp_path):
    started = fetched.Alertmanager(tmp_path / "alertmanager")
    yield started
    started.close()


def secret_file(folder, name, *lines):
    file = folder / name
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)
    return file


def section(name, **keys):
    return f'\n[alert "{name}"]\n' + "\n".join(f"{key} = {value}" for key, value in keys.items()) + "\n"


def try_channel(daemon, name):
    answer = daemon.admin("POST", f"/v1/channels/{name}/test")
    assert answer.status == 202, answer
    return answer.json


def channel(daemon, name):
    return next(one for one in daemon.get("/v1/channels")["channels"] if one["name"] == name)


def wait_for_answer(daemon, name, part):
    return running.wait_for(lambda: part in (channel(daemon, name)["answer"] or ""), 30,
                            f"{part!r} as the answer of {name}, not {channel(daemon, name)}")


# ---- webhook ----

def verify(secret, headers, body):
    return fetched.node(VERIFY, stdin=json.dumps({"secret": secret, "headers": headers, "body": body}))


def test_a_webhook_is_verified_by_standard_webhooks_own_library(start, authority, receive, tmp_path):
    receiver = receive(authority)
    # the current one, and one that is still valid
    secrets = secret_file(tmp_path, "secret", *SECRETS[:2])
    daemon = start(suppression=section("ops", type="webhook", url=receiver.url + "/hook?a=b",
                                       secret_file=secrets, ca_file=authority.file))
    sent = try_channel(daemon, "ops")
    path, headers, body = receiver.wait()
    assert path == "/hook?a=b" and headers["Content-Type"] == "application/json"
    assert headers["webhook-id"].startswith("msg_") and headers["webhook-id"] in json.dumps(sent)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    payload = json.loads(body)
    assert payload["type"] == "test"

    # Python's own HMAC
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = [base64.b64encode(hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()).decode()
                for secret in SECRETS[:2]]
    assert headers["webhook-signature"].split() == ["v1," + one for one in expected]

    for secret in SECRETS[:2]:
        done = verify(secret, headers, body.decode())
        assert done.returncode == 0, done
        assert json.loads(done.stdout) == payload
    assert verify(SECRETS[2], headers, body.decode()).returncode == 3
    assert verify(SECRETS[0], headers, body.decode() + " ").returncode == 3
    assert verify(SECRETS[0], {**headers, "webhook-id": "msg_other"}, body.decode()).returncode == 3


def test_a_receiver_whose_certificate_nobody_vouches_for_gets_nothing(start, authority, receive):
    receiver = receive(authority)
    daemon = start(suppression=section("ops", type="webhook", url=receiver.url))
    try_channel(daemon, "ops")
    wait_for_answer(daemon, "ops", "certificate")
    assert receiver.requests == []


def test_another_name_than_the_certificates_gets_nothing(start, authority, receive):
    receiver = receive(authority)
    daemon = start(suppression=section("ops", type="webhook", ca_file=authority.file,
                                       url=receiver.url.replace("localhost", "127.0.0.1")))
    try_channel(daemon, "ops")
    wait_for_answer(daemon, "ops", "127.0.0.1")
    assert receiver.requests == []


def test_killed_while_it_delivers_the_same_message_comes_after_a_restart(start, receive):
    receiver = receive()
    receiver.answers = [("hang", {}), (200, {})]
    daemon = start(suppression=section("ops", type="webhook", url=receiver.url, timeout="60s"))
    try_channel(daemon, "ops")
    first = receiver.wait()
    daemon.kill()
    daemon.start()
    second = receiver.wait(2)
    assert second[1]["webhook-id"] == first[1]["webhook-id"] and second[2] == first[2]
    wait_for_answer(daemon, "ops", "200")
    # and not a third time
    daemon.kill()
    daemon.start()
    try_channel(daemon, "ops")
    assert receiver.wait(3)[1]["webhook-id"] != first[1]["webhook-id"]


def test_a_receiver_that_fails_is_asked_again_when_it_says(start, receive):
    receiver = receive()
    receiver.answers = [(503, {"Retry-After": "3"}), (200, {})]
    daemon = start(suppression=section("ops", type="webhook", url=receiver.url))
    try_channel(daemon, "ops")
    first = receiver.wait()
    begun = time.monotonic()
    second = receiver.wait(2)
    assert 2.5 < time.monotonic() - begun < 15
    assert second[1]["webhook-id"] == first[1]["webhook-id"]
    wait_for_answer(daemon, "ops", "200")


def test_gone_is_given_up_and_a_reload_corrects_a_channel(start, receive):
    receiver, other = receive(), receive()
    receiver.answers = [(410, {}), (404, {})]
    daemon = start(suppression=section("ops", type="webhook", url=receiver.url))
    try_channel(daemon, "ops")
    running.wait_for(lambda: channel(daemon, "ops")["given_up"] == 1)
    try_channel(daemon, "ops")
    wait_for_answer(daemon, "ops", "404")
    wrong = receiver.wait(2)
    daemon.edit(receiver.url, other.url)
    daemon.signal(signal.SIGHUP)
    assert other.wait()[1]["webhook-id"] == wrong[1]["webhook-id"]
    running.wait_for(lambda: channel(daemon, "ops")["waiting"] == 0)


def test_channels_come_and_go_with_a_reload(start, receive):
    receiver, other = receive(), receive()
    daemon = start(suppression=section("one", type="webhook", url=receiver.url))
    daemon.configuration.write_text(daemon.configuration.read_text().replace('"one"', '"two"') +
                                    section("three", type="slack", url=other.url))
    daemon.signal(signal.SIGHUP)
    running.wait_for(lambda: [one["name"] for one in daemon.get("/v1/channels")["channels"]] == ["two", "three"])
    assert daemon.admin("POST", "/v1/channels/one/test").status == 404
    try_channel(daemon, "two")
    try_channel(daemon, "three")
    receiver.wait()
    other.wait()


@pytest.mark.threads
def test_a_dead_channel_holds_up_neither_feedback_nor_other_channels_nor_the_end(start, signer, receive):
    dead, well = receive(), receive()
    dead.answers = [("hang", {})]
    daemon = start(suppression=section("dead", type="webhook", url=dead.url, timeout="60s") +
                   section("well", type="webhook", url=well.url))
    for _ in range(5):
        try_channel(daemon, "dead")
    dead.wait()
    begun = time.monotonic()
    for number in range(20):
        assert daemon.post(signer.notification(Mail(f"u{number}@example.net").bounce())).status == 200
        try_channel(daemon, "well")
    well.wait(20)
    assert time.monotonic() - begun < 15
    begun = time.monotonic()
    daemon.stop()
    assert time.monotonic() - begun < 10


# ---- slack ----

def test_slack_gets_one_readable_text(start, receive):
    receiver = receive()
    daemon = start(suppression=section("chat", type="slack", url=receiver.url + "/services/T/B/x"))
    try_channel(daemon, "chat")
    path, headers, body = receiver.wait()
    assert path == "/services/T/B/x" and headers["Content-Type"] == "application/json"
    assert list(json.loads(body)) == ["text"]
    assert json.loads(body)["text"].startswith("*test: chat*\n")


# ---- command ----

def test_a_command_gets_the_message_and_its_output_is_logged(start, tmp_path):
    script, written = tmp_path / "page", tmp_path / "written"
    script.write_text(f"#!/bin/sh\ncat >{written}.new\nenv >>{written}.new\nmv {written}.new {written}\n"
                      "echo paged somebody\n")
    script.chmod(0o755)
    daemon = start(suppression=section("pager", type="command", command=script))
    try_channel(daemon, "pager")
    running.wait_for(written.exists, what="what the command wrote")
    lines = written.read_text()
    assert json.JSONDecoder().raw_decode(lines)[0]["type"] == "test"
    assert "SES_FEEDBACK_TYPE=test" in lines and "SES_FEEDBACK_CHANNEL=pager" in lines
    daemon.wait_for_log("paged somebody")
    wait_for_answer(daemon, "pager", "exit status 0")


def test_a_command_that_fails_or_hangs_is_tried_again(start, tmp_path):
    failing, hanging = tmp_path / "failing", tmp_path / "hanging"
    failing.write_text("#!/bin/sh\necho no network >&2\nexit 9\n")
    hanging.write_text("#!/bin/sh\nsleep 600\n")
    failing.chmod(0o755)
    hanging.chmod(0o755)
    daemon = start(suppression=section("failing", type="command", command=failing) +
                   section("hanging", type="command", command=hanging, timeout="1s"))
    try_channel(daemon, "failing")
    try_channel(daemon, "hanging")
    wait_for_answer(daemon, "failing", "exit status 9")
    wait_for_answer(daemon, "hanging", "in time")
    daemon.wait_for_log("no network")
    assert channel(daemon, "failing")["waiting"] == 1


# ---- e-mail ----

class Post:
    """Debian's aiosmtpd with STARTTLS and AUTH; keeps what it takes."""

    def __init__(self, authority, starttls=True, password="geheim"):
        controller = pytest.importorskip("aiosmtpd.controller", reason="skipped: no python3-aiosmtpd")
        from aiosmtpd.smtp import SMTP, AuthResult
        self.mails, self.logins = [], []
        post = self

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                post.mails.append((session, envelope))
                return "250 2.0.0 taken"

            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody@"):
                    return "550 5.1.1 no such user"
                if address.startswith("grey@") and not post.mails:
                    return "450 4.2.0 greylisted, come again"
                envelope.rcpt_tos.append(address)
                return "250 2.1.5 fine"

        def authenticate(server, session, envelope, mechanism, data):
            post.logins.append((mechanism, data.login, data.password))
            return AuthResult(success=data.password == password.encode())

        class Controller(controller.Controller):
            def factory(self):
                return SMTP(self.handler, hostname="localhost", enable_SMTPUTF8=True,
                            tls_context=authority.context() if starttls else None,
                            require_starttls=starttls, auth_required=starttls,
                            authenticator=authenticate)

        self.controller = Controller(Handler(), hostname="127.0.0.1", port=fetched.free_port())
        self.controller.start()
        self.url = f"smtp://localhost:{self.controller.port}"

    def close(self):
        self.controller.stop()


@pytest.fixture
def post(authority):
    opened = []

    def make(**settings):
        opened.append(Post(authority, **settings))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def email_section(post, authority, tmp_path, **more):
    password = secret_file(tmp_path, "password", "geheim")
    return section("mail", **{"type": "email", "url": post.url, "from": "alerts@mail.example.com",
                              "to": "ops@example.com", "user": "ses", "password_file": password,
                              "ca_file": authority.file, **more})


def test_a_mail_goes_out_over_starttls_with_a_login_and_is_a_proper_one(start, authority, post, tmp_path):
    server = post()
    daemon = start(suppression=email_section(server, authority, tmp_path, to="ops@example.com boss@example.org"))
    try_channel(daemon, "mail")
    running.wait_for(lambda: server.mails, what="the mail")
    session, envelope = server.mails[0]
    assert session.ssl and server.logins[0][1:] == (b"ses", b"geheim")
    assert envelope.mail_from == "alerts@mail.example.com"
    assert envelope.rcpt_tos == ["ops@example.com", "boss@example.org"]
    assert envelope.content.isascii()
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert not mail.defects
    assert mail["Subject"] == "[ses-feedbackd] test: mail" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"].addresses[0].addr_spec == "alerts@mail.example.com"
    assert [one.addr_spec for one in mail["To"].addresses] == ["ops@example.com", "boss@example.org"]
    assert re.fullmatch(r"<msg_\w+@mail\.example\.com>", mail["Message-ID"])
    assert abs(mail["Date"].datetime.timestamp() - time.time()) < 60
    assert mail.get_content_type() == "text/plain" and "test of this channel" in mail.get_content()
    wait_for_answer(daemon, "mail", "250")


def test_a_mail_is_not_sent_without_tls_nor_to_a_stranger(start, authority, post, tmp_path):
    server = post(starttls=False)
    daemon = start(suppression=email_section(server, authority, tmp_path))
    try_channel(daemon, "mail")
    running.wait_for(lambda: channel(daemon, "mail")["answer"], what="an answer")
    assert server.mails == [] and server.logins == []
    daemon.stop()

    server = post()
    daemon = start(suppression=email_section(server, authority, tmp_path, ca_file=""))
    try_channel(daemon, "mail")
    wait_for_answer(daemon, "mail", "certificate")
    assert server.mails == [] and server.logins == []


def message_id_of(envelope):
    return next(line for line in envelope.content.decode().splitlines() if line.startswith("Message-ID:"))


def test_a_wrong_password_and_no_tls_at_all_where_it_is_allowed(start, authority, post, tmp_path):
    server = post(password="another")
    daemon = start(suppression=email_section(server, authority, tmp_path))
    try_channel(daemon, "mail")
    running.wait_for(lambda: channel(daemon, "mail")["answer"], what="an answer")
    assert server.logins and server.mails == []
    daemon.stop()

    server = post(starttls=False)
    plain = section("mail", **{"type": "email", "url": server.url, "from": "a@example.com",
                               "to": "nobody@example.com ops@example.com", "starttls": "no"})
    daemon = start(suppression=plain)
    try_channel(daemon, "mail")
    # one that does not exist keeps it from nobody else
    running.wait_for(lambda: server.mails, what="the mail")
    assert server.mails[0][1].rcpt_tos == ["ops@example.com"]
    delivered = running.wait_for(lambda: channel(daemon, "mail")["answer"], what="an answer")
    assert "no such user" in delivered


def test_a_recipient_who_is_put_off_gets_the_mail_later(start, post):
    server = post(starttls=False)
    daemon = start(suppression=section("mail", **{
        "type": "email", "url": server.url, "from": "a@example.com", "starttls": "no",
        "to": "ops@example.com grey@example.org"}))
    try_channel(daemon, "mail")
    running.wait_for(lambda: len(server.mails) == 2, 30, "the second mail")
    first, second = (mail[1] for mail in server.mails)
    assert first.rcpt_tos == ["ops@example.com"]
    assert second.rcpt_tos == ["ops@example.com", "grey@example.org"]
    assert message_id_of(first) == message_id_of(second)


# ---- alertmanager ----

def message(kind, level, previous, **more):
    data = {"alert": "reputation-level", "object": "111122223333/us-east-1 bounce", "id": 1, "level": level,
            "previous": previous, "passed": [level], "since": aws.stamp(aws.ago(minutes=5)),
            "text": "612 of 10,476 bounced", "advice": "stop", "causes": [], "account": "111122223333",
            "region": "us-east-1", "metric": "bounce", **more}
    return json.dumps({"type": f"alert.{kind}", "timestamp": aws.stamp(aws.now()), "data": data})


def put_into_outbox(daemon, channel, *payloads):
    """Into the store of a daemon that does not run."""
    now = int(time.time() * 1000)
    with sqlite3.connect(daemon.folder / "feedback.db") as database:
        for payload in payloads:
            database.execute("INSERT INTO outbox (channel, message, at, payload, state, due, attempts)"
                             " VALUES (?, ?, ?, ?, 0, ?, 0)",
                             (channel, "msg_" + os.urandom(13).hex(), now, payload, now))
    database.close()


def deliver(daemon, channel, payload):
    daemon.stop()
    put_into_outbox(daemon, channel, payload)
    daemon.start()


def test_alertmanager_has_an_alert_on_at_its_level_until_it_is_resolved(start, alertmanager):
    daemon = start(suppression="\n[watch]\nrenotify = 4h\n" +
                   section("am", type="alertmanager", url=alertmanager.url + "/"))
    deliver(daemon, "am", message("fired", "warning", "ok"))
    running.wait_for(lambda: alertmanager.active(), what="the alert")
    one = alertmanager.active()["reputation-level", "warning"]
    assert one["labels"] == {"alertname": "reputation-level", "severity": "warning", "account": "111122223333",
                             "region": "us-east-1", "object": "111122223333/us-east-1 bounce", "metric": "bounce"}
    assert one["annotations"]["advice"] == "stop" and "612" in one["annotations"]["description"]
    # two intervals and an hour: longer than its own resolve_timeout of five minutes
    ends = time.mktime(time.strptime(one["endsAt"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    assert abs(ends - time.time() - 9 * 3600) < 120

    deliver(daemon, "am", message("fired", "over-review-limit", "warning"))
    running.wait_for(lambda: list(alertmanager.active()) == [("reputation-level", "over-review-limit")], 20,
                     "the higher level alone")
    deliver(daemon, "am", message("resolved", "ok", "over-review-limit"))
    running.wait_for(lambda: not alertmanager.active(), 20, "the end of the alert")


def test_alertmanager_gets_a_test_too(start, alertmanager):
    daemon = start(suppression=section("am", type="alertmanager", url=alertmanager.url))
    try_channel(daemon, "am")
    running.wait_for(lambda: ("test", None) in alertmanager.active(), what="the test")
    wait_for_answer(daemon, "am", "200")
