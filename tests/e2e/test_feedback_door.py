"""The table of answers of the feedback door, row by row, over HTTPS."""

import base64
import concurrent.futures
import http.client
import json
import socket
import ssl

import pytest

import aws
import running
from aws import Mail

OTHER_TOPIC = f"arn:aws:sns:{aws.REGION}:{aws.ACCOUNT}:another"
FOREIGN_TOPIC = f"arn:aws:sns:{aws.REGION}:999999999999:ses-feedback"


def problem(answer, status, part=""):
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json
    assert told["status"] == status and told["type"].startswith("urn:ses-feedbackd:problem:")
    assert part in told["type"] + " " + told.get("detail", ""), told
    return told


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_genuine_bounce_is_stored_before_the_answer(daemon, signer, version):
    answer = daemon.post(signer.notification(Mail("gone@example.net").bounce(), version=version))
    assert answer.status == 200, answer
    assert daemon.suppression("gone@example.net")["reason"] == "bounce"
    assert [event["type"] for event in daemon.events()] == ["bounce"]


def test_a_retry_is_answered_200_and_counted_once(daemon, signer):
    envelope = signer.notification(Mail("gone@example.net").bounce())
    assert [daemon.post(envelope).status for _ in range(3)] == [200] * 3
    assert len(daemon.events()) == 1
    assert daemon.get("/v1/rates?basis=published")["rows"][0]["hard_bounces"] == 1


def test_the_same_bounce_through_the_other_channel_is_counted_once(daemon, signer):
    mail = Mail("gone@example.net", when=aws.ago(minutes=5))
    assert daemon.post(signer.notification(mail.bounce(feedback="one"), subject="Amazon SES Email Event Notification")).status == 200
    assert daemon.post(signer.notification(mail.other_channel().bounce(feedback="two"))).status == 200
    assert len(daemon.events()) == 1


def test_eight_copies_at_once_make_one_row(daemon, signer):
    envelope = signer.notification(Mail("gone@example.net").bounce())
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: daemon.post(envelope).status, range(8)))
    assert answers == [200] * 8
    assert len(daemon.events()) == 1


@pytest.mark.parametrize("message", [
    json.dumps({"eventType": "Teleport", "mail": {"messageId": "x", "timestamp": "2026-01-01T00:00:00Z"}}),
    json.dumps({"hello": "world"}),
    "not JSON at all",
    "",
    json.dumps({"eventType": "Bounce", "mail": {"timestamp": "2026-01-01T00:00:00Z"},
                "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "a@example.net"}]}}),
    json.dumps({"eventType": "Bounce", "mail": {"messageId": "x"},
                "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "a@example.net"}]}}),
    json.dumps({"notificationType": "Received", "mail": {"messageId": "x", "timestamp": "2026-01-01T00:00:00Z"},
                "receipt": {}, "content": "…"}),
], ids=["unknown type", "other JSON", "text", "empty", "no messageId", "no timestamp", "inbound"])
def test_what_is_genuine_and_not_understood_is_kept_whole(daemon, signer, message):
    assert daemon.post(signer.notification(message)).status == 200
    kept = daemon.get("/v1/unrecognised")["unrecognised"]
    assert [one["message"] for one in kept] == [message]
    assert daemon.get("/v1/status")["unrecognised"]["count"] == 1
    assert daemon.suppression("a@example.net") is None
    assert "unrecognised" in daemon.tool("status").stdout


@pytest.mark.parametrize("message", [aws.SET_UP_EVENT_PUBLISHING, aws.set_up_identity()])
def test_the_set_up_messages_are_welcome(daemon, signer, message):
    assert daemon.post(signer.notification(message)).status == 200
    assert daemon.get("/v1/unrecognised")["unrecognised"] == []


def test_a_topic_of_ours_that_is_not_configured_is_set_aside_and_applied_later(daemon, signer):
    assert daemon.post(signer.notification(Mail("gone@example.net").bounce(), topic=OTHER_TOPIC)).status == 200
    assert daemon.suppression("gone@example.net") is None
    status = daemon.get("/v1/status")
    assert status["aside"]["count"] == 1
    assert "topic-not-configured" in [alarm["name"] for alarm in status["alarms"]]
    daemon.edit(f"topic = {aws.TOPIC}", f"topic = {aws.TOPIC}\ntopic = {OTHER_TOPIC}")
    daemon.signal(running.signal.SIGHUP)
    running.wait_for(lambda: daemon.suppression("gone@example.net"), what="the application of what was aside")
    status = daemon.get("/v1/status")
    assert status["aside"]["count"] == 0
    assert "topic-not-configured" not in [alarm["name"] for alarm in status["alarms"]]


def test_a_foreign_topic_with_a_valid_signature_is_refused(daemon, signer):
    problem(daemon.post(signer.notification(Mail("victim@example.net").bounce(), topic=FOREIGN_TOPIC)), 403, "topic")
    problem(daemon.post(signer.confirmation(topic=FOREIGN_TOPIC)), 403, "topic")
    assert daemon.suppression("victim@example.net") is None
    assert daemon.events() == []


@pytest.mark.parametrize("field", ["Message", "MessageId", "Timestamp", "TopicArn", "Subject"])
def test_a_changed_field_breaks_the_signature(daemon, signer, field):
    envelope = signer.notification(Mail("victim@example.net").bounce(), subject="News")
    envelope[field] = {"TopicArn": OTHER_TOPIC, "Timestamp": aws.stamp(aws.ago(minutes=1))}.get(field, envelope[field] + "x")
    if field == "Message":
        envelope[field] = json.dumps(Mail("other@example.net").bounce())
    problem(daemon.post(envelope), 403, "signature")
    assert daemon.events() == []


def test_an_empty_subject_is_not_an_absent_one(daemon, signer):
    assert daemon.post(signer.notification(Mail("a@example.net").bounce(), subject="")).status == 200
    envelope = signer.notification(Mail("b@example.net").bounce())
    envelope["Subject"] = ""
    problem(daemon.post(envelope), 403, "signature")


@pytest.mark.parametrize("version", ["0", "3", "01", "1 ", "two"])
def test_other_signature_versions_are_refused(daemon, signer, version):
    envelope = signer.notification(Mail("a@example.net").bounce())
    envelope["SignatureVersion"] = version
    problem(daemon.post(envelope), 403, "version")


@pytest.mark.parametrize("url", [
    "http://sns.us-east-1.amazonaws.com/{name}",
    "https://sns.us-east-1.amazonaws.com:443/{name}",
    "https://sns.us-east-1.amazonaws.com:8443/{name}",
    "https://user@sns.us-east-1.amazonaws.com/{name}",
    "https://sns.us-east-1.amazonaws.com@evil.example/{name}",
    "https://sns.eu-west-1.amazonaws.com/{name}",
    "https://sns.s3-ap-southeast-2.amazonaws.com/{name}",
    "https://sns.us-east-1.amazonaws.com.evil.example/{name}",
    "https://sns.us-east-1.amazonaws.com./{name}",
    "https://SNS.us-east-1.amazonaws.com/{name}",
    "https://s3.amazonaws.com/sns/{name}",
    "https://sns.us-east-1.amazonaws.com/{name}?x=1",
    "https://sns.us-east-1.amazonaws.com/{name}#x",
    "https://sns.us-east-1.amazonaws.com/a/../{name}",
    "https://sns.us-east-1.amazonaws.com//{name}",
    "https://sns.us-east-1.amazonaws.com/other.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-..%2f..%2fx.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-.pem",
    "https://ѕns.us-east-1.amazonaws.com/{name}",
    "//sns.us-east-1.amazonaws.com/{name}",
    "file:///etc/passwd",
    " https://sns.us-east-1.amazonaws.com/{name}",
])
def test_certificate_urls_that_are_not_snss_for_the_region_are_refused(daemon, signer, url):
    envelope = signer.notification(Mail("a@example.net").bounce())
    envelope["SigningCertURL"] = url.format(name=signer.name)
    problem(daemon.post(envelope), 403, "certificate-url")


def test_old_messages_are_refused_and_future_ones_accepted(daemon, signer):
    problem(daemon.post(signer.notification(Mail("a@example.net").bounce(), when=aws.ago(days=31))), 403, "old")
    assert daemon.post(signer.notification(Mail("b@example.net").bounce(), when=aws.ago(days=29))).status == 200
    assert daemon.post(signer.notification(Mail("c@example.net").bounce(), when=aws.ago(days=-2))).status == 200


def without(name):
    return lambda envelope: envelope.pop(name)


def put(name, value):
    return lambda envelope: envelope.update({name: value})


@pytest.mark.parametrize("change", [
    *[without(name) for name in ("Type", "MessageId", "TopicArn", "Message", "Timestamp", "SignatureVersion",
                                 "Signature", "SigningCertURL")],
    put("Type", "Gossip"), put("MessageId", ""), put("MessageId", 7), put("TopicArn", None),
    put("Message", {"a": 1}), put("Subject", None), put("Subject", 3), put("Signature", "***"),
    put("Signature", "AA=A"), put("SignatureVersion", 2), put("Timestamp", "yesterday"),
])
def test_what_is_no_sns_message_is_answered_400(daemon, signer, change):
    envelope = signer.notification(Mail("a@example.net").bounce(), subject="s")
    change(envelope)
    problem(daemon.post(envelope), 400)


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b"\"text\"", b"42", b"{}", b"a=b&c=d",
    b"{" * 100000, b"[" * 40 + b"]" * 40, b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b"\xef\xbb\xbf{}", b"{\"Type\":\"Notification\"}\x00", b"\x00" * 50,
], ids=lambda body: repr(body[:12]))
def test_bodies_that_are_no_json_objects_are_answered_400(daemon, body):
    problem(daemon.post(body), 400)


@pytest.mark.parametrize("old, new", [
    (b'"Type" : "Notification"', b'"Type" : "Notification", "Type" : "Notification"'),
    (b'"Message" :', b'"Message" : "x", "Message" :'),
    (b'"Subject" : "s"', b'"Subject" : "s\\u0000"'),
    (b'"Subject" : "s"', b'"Subject" : "s\\ud800"'),
    (b'"Subject" : "s"', b'"Subject" : "s\\udc00x"'),
    (b'"Subject" : "s"', b'"Subject" : "s\xff"'),
    (b'"Subject" : "s"', b'"Subject" : "s\xc0\x80"'),
    (b'"Subject" : "s"', b'"Subject" : "s\xed\xa0\x80"'),
    (b'"Subject" : "s"', b'"Subject" : "s\x00"'),
    (b'"Subject" : "s"', b'"Subject" : "s", "extra" : 1e999'),
    (b"}", b"} trailing"),
])
def test_json_that_two_parsers_could_read_differently_is_answered_400(daemon, signer, old, new):
    body = aws.posted(signer.notification("x", subject="s"))
    assert old in body
    position = body.rfind(old)
    problem(daemon.post(body[:position] + new + body[position + len(old):]), 400)


def test_a_damaged_inner_message_loses_no_bounce(daemon, signer):
    text = json.dumps(Mail("gone@example.net").bounce())
    text = text.replace('"subject": "Your news"', '"subject": "Your\\u0000 \\ud83d news"')
    assert "\\u0000" in text
    assert daemon.post(signer.notification(text)).status == 200
    assert daemon.suppression("gone@example.net")["reason"] == "bounce"


@pytest.mark.parametrize("headers", [{"x-amz-sns-rawdelivery": "true"}, {}])
def test_raw_delivery_is_refused_with_the_remedy(daemon, headers):
    told = problem(daemon.post(json.dumps(Mail("a@example.net").bounce()), headers=headers), 400, "raw-delivery")
    assert "RawMessageDelivery" in told["detail"]
    daemon.wait_for_log("RawMessageDelivery")


def test_a_body_over_2_mib_is_read_away_and_answered_413(daemon):
    problem(daemon.post(b'{"a":"' + b"x" * (3 << 20) + b'"}'), 413)


def test_the_largest_message_sns_can_send_is_accepted(daemon, signer):
    mail = Mail("gone@example.net")
    event = mail.bounce()
    event["mail"]["headers"] = [{"name": "X", "value": "\x01" * 40000}]
    text = json.dumps(event)
    event["mail"]["headers"][0]["value"] += "\"" * ((262144 - len(text)) // 2)
    text = json.dumps(event)
    assert 260000 < len(text) <= 262144
    body = aws.posted(signer.notification(text))
    assert daemon.post(body).status == 200
    assert daemon.suppression("gone@example.net")


def test_basic_credentials_are_asked_for_and_checked(start, signer, tmp_path):
    secret = tmp_path / "credentials"
    secret.write_text("sns:correct horse\nother:pässword\n")
    secret.chmod(0o600)
    daemon = start(feedback=f"credentials_file = {secret}")
    envelope = signer.notification(Mail("a@example.net").bounce())

    def with_basic(text):
        return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}
    answer = daemon.post(envelope)
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    for wrong in ("sns:wrong", "sns:", "", "nobody:correct horse", "sns:correct horse2"):
        problem(daemon.post(envelope, headers=with_basic(wrong)), 401)
    problem(daemon.post(envelope, headers={"Authorization": "Basic %%%"}), 401)
    problem(daemon.post(envelope, headers={"Authorization": "Bearer x"}), 401)
    assert daemon.post(envelope, headers=with_basic("sns:correct horse")).status == 200
    assert daemon.post(envelope, headers=with_basic("other:pässword")).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_learns_what_the_address_is_for(daemon, method):
    connection = daemon.feedback()
    answer = running.ask(connection, method, "/sns")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/html")
    assert (b"SNS" in answer.body) == (method == "GET")
    connection.close()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_answered_405_with_allow(daemon, method):
    connection = daemon.feedback()
    answer = running.ask(connection, method, "/sns", body=b"x" if method in ("PUT", "PATCH") else None)
    problem(answer, 405)
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "POST"}
    connection.close()


@pytest.mark.parametrize("path", ["/", "/sns/", "/SNS", "/sns/x", "/v1/status", "/metrics", "/readyz", "/v1/suppressions",
                                  "/sns%00", "/%73ns", "//sns", "/v2/email/suppression/addresses"])
def test_nothing_else_is_behind_the_feedback_door(daemon, path):
    connection = daemon.feedback()
    problem(running.ask(connection, "GET", path), 404)
    connection.close()


def test_healthz_answers(daemon):
    connection = daemon.feedback()
    assert running.ask(connection, "GET", "/healthz").status == 200
    connection.close()


@pytest.mark.parametrize("content_type, status", [
    ("text/plain; charset=UTF-8", 200), ("application/json", 200), ("TEXT/PLAIN", 200), (None, 200),
    ("application/x-www-form-urlencoded", 415), ("multipart/form-data; boundary=x", 415), ("text/html", 415),
    ("text/plainly", 415),
])
def test_content_types(daemon, signer, content_type, status):
    body = aws.posted(signer.notification(Mail("a@example.net").bounce()))
    connection = daemon.feedback()
    answer = running.ask(connection, "POST", "/sns", body, {"Content-Type": content_type} if content_type else {})
    assert answer.status == status
    connection.close()


def raw(daemon, text):
    """Sends bytes, gives what comes back until the other side closes or is silent for a while."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(daemon.chain)
    with context.wrap_socket(socket.create_connection(("127.0.0.1", daemon.feedback_port), 10),
                             server_hostname="localhost") as connection:
        answer = b""
        try:
            connection.sendall(text)
        except (ssl.SSLError, ConnectionError):
            pass  # It was refused before all of it was sent.
        connection.settimeout(3)
        try:
            while True:
                part = connection.recv(65536)
                if not part:
                    break
                answer += part
        except (socket.timeout, ssl.SSLError, ConnectionResetError):
            pass
        return answer


def statuses(answer):
    return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


@pytest.mark.parametrize("headers, wanted", [
    (b"", {411, 400}),
    (b"Transfer-Encoding: chunked\r\n", {411}),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", {400, 411}),
    (b"Transfer-Encoding: gzip\r\n", {411, 400}),
    (b"Content-Length: 5\r\nContent-Length: 5\r\n", {400}),
    (b"Content-Length: 5\r\nContent-Length: 50\r\n", {400}),
    (b"Content-Length : 5\r\n", {400, 411}),
    (b"Content-Length: -5\r\n", {400}),
    (b"Content-Length: 5x\r\n", {400}),
    (b"Content-Length: +5\r\n", {400}),
    (b"Content-Length: 99999999999999999999\r\n", {400, 413}),
])
def test_games_with_the_length_get_one_answer_and_a_closed_connection(daemon, headers, wanted):
    answer = raw(daemon, b"POST /sns HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n" + headers +
                 b"\r\n5\r\nhello\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    # libmicrohttpd 0.9.75 writes the head of the refusals it makes by itself twice.
    assert set(statuses(answer)) <= wanted and not answer.endswith(b"\r\n\r\nok\n"), answer
    assert daemon.process.poll() is None
    connection = daemon.feedback()
    assert running.ask(connection, "GET", "/healthz").status == 200
    connection.close()


@pytest.mark.parametrize("line", [b"POST http://evil.example/sns HTTP/1.1", b"POST /sns", b"\x00\x01\x02", b"POST  /sns HTTP/1.1",
                                  b"POST /sns HTTP/9.9", b"GET " + b"/a" * 40000 + b" HTTP/1.1"])
def test_odd_request_lines_do_no_harm(daemon, line):
    answer = raw(daemon, line + b"\r\nHost: x\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\n{}")
    assert all(400 <= status < 600 for status in statuses(answer)), answer
    connection = daemon.feedback()
    assert running.ask(connection, "GET", "/healthz").status == 200
    connection.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(daemon, version):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(socket.create_connection(("127.0.0.1", daemon.feedback_port), 10))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("elliptic", [True, False])
def test_tls_1_2_and_1_3_with_ecdsa_and_rsa_certificates(start, version, elliptic):
    daemon = start(elliptic=elliptic)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(daemon.chain)
    context.minimum_version = context.maximum_version = version
    with context.wrap_socket(socket.create_connection(("127.0.0.1", daemon.feedback_port), 10),
                             server_hostname="localhost") as connection:
        assert connection.version() == version.name.replace("_", ".").replace("TLSv1.", "TLSv1.")


def test_headers_decide_nothing(daemon, signer):
    headers = {"x-amz-sns-topic-arn": FOREIGN_TOPIC, "x-amz-sns-message-type": "UnsubscribeConfirmation",
               "x-amz-sns-message-id": "zzz"}
    assert daemon.post(signer.notification(Mail("gone@example.net").bounce()), headers=headers).status == 200
    assert daemon.suppression("gone@example.net")
    headers["x-amz-sns-topic-arn"] = aws.TOPIC
    problem(daemon.post(signer.notification("x", topic=FOREIGN_TOPIC), headers=headers), 403)


def test_many_requests_on_one_connection(daemon, signer):
    connection = daemon.feedback()
    for number in range(50):
        body = aws.posted(signer.notification(Mail(f"a{number}@example.net").bounce()))
        assert daemon.post(body, connection=connection).status == 200
    connection.close()
    assert len(daemon.events()) == 50


def test_a_slow_sender_is_cut_off_and_others_are_served(start, signer):
    daemon = start()
    held = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(daemon.chain)
    for _ in range(20):
        connection = context.wrap_socket(socket.create_connection(("127.0.0.1", daemon.feedback_port), 10),
                                         server_hostname="localhost")
        connection.sendall(b"POST /sns HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        held.append(connection)
    assert daemon.post(signer.notification(Mail("gone@example.net").bounce())).status == 200
    for connection in held:
        connection.close()


def test_several_listeners_serve_side_by_side(start, signer, tmp_path):
    place = tmp_path / "feedback.sock"
    daemon = start(feedback=f"listen = [::1]:0 unix:{place}")
    assert daemon.post(signer.notification(Mail("a@example.net").bounce())).status == 200
    connection = running.UnixConnection(str(place))
    assert daemon.post(signer.notification(Mail("b@example.net").bounce()), connection=connection).status == 200
    connection.close()
    port = next(int(line.split("[::1]:")[1].split()[0]) for line in daemon.log if "[::1]:" in line)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("::1", port, timeout=10, context=context)
    assert daemon.post(signer.notification(Mail("c@example.net").bounce()), connection=connection).status == 200
    connection.close()
    assert len(daemon.events()) == 3


def test_behind_a_proxy_the_door_is_plain_on_loopback(start, signer):
    daemon = start(tls=False)
    assert daemon.post(signer.notification(Mail("a@example.net").bounce())).status == 200
    assert daemon.suppression("a@example.net")
