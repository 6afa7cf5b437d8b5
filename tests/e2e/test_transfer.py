"""The list as a file, in and out, however long; policies and forgetting, through the door."""

import http.client
import pathlib
import signal

import pytest

import running
from aws import Mail, ago

LINES = 120_000


def lines(count, begin=0):
    """Pieces of a file, none of them whole lines."""
    text = ""
    for number in range(begin, begin + count):
        text += f"user{number}@example.com,BOUNCE\n"
        if len(text) > 50_000:
            yield text[:50_000].encode()
            text = text[50_000:]
    yield text.encode()


def post_stream(daemon, path, pieces, **headers):
    connection = running.UnixConnection(daemon.socket, timeout=60)
    try:
        connection.request("POST", path, body=pieces, headers=headers, encode_chunked=True)
        response = connection.getresponse()
        return running.Answer(response, response.read())
    finally:
        connection.close()


def chunked(daemon, path, pieces):
    return post_stream(daemon, path, pieces, **{"Transfer-Encoding": "chunked"})


def resident(daemon):
    for line in pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


@pytest.mark.long  # and a sanitizer keeps what was freed for a while
def test_a_long_file_streams_in_and_out_in_constant_memory(daemon):
    chunked(daemon, "/v1/suppressions/import", lines(5000))
    before = resident(daemon)
    answer = chunked(daemon, "/v1/suppressions/import", lines(LINES))
    assert answer.status == 200, answer
    assert (answer.json["format"], answer.json["lines"], answer.json["added"]) == ("ses-import", LINES, LINES - 5000)
    exported = daemon.admin("GET", "/v1/suppressions/export?format=csv")
    assert exported.status == 200 and exported.headers["Content-Type"].startswith("text/csv")
    assert exported.body.count(b"\r\n") == LINES + 1
    again = daemon.admin("POST", "/v1/suppressions/import", exported.body)
    assert (again.json["unchanged"], again.json["invalid"]) == (LINES, 0)
    assert resident(daemon) - before < 40_000, "KiB more than before"


@pytest.mark.threads
def test_what_is_sent_while_others_ask(daemon):
    """A long import does not keep the door: between its batches others are answered."""
    asked = []

    def pieces():
        for number, piece in enumerate(lines(20_000)):
            yield piece
            if number % 5 == 0:
                asked.append(daemon.admin("GET", "/readyz").status)

    assert chunked(daemon, "/v1/suppressions/import", pieces()).json["added"] == 20_000
    assert len(asked) > 1 and set(asked) == {200}


def test_the_end_of_a_body_must_be_known(daemon):
    connection = running.UnixConnection(daemon.socket)
    connection.putrequest("POST", "/v1/suppressions/import")
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()
    answer = post_stream(daemon, "/v1/suppressions/import", [b"a@example.com\n"],
                         **{"Transfer-Encoding": "gzip", "Content-Length": "14"})
    assert answer.status in (400, 411)
    assert daemon.suppression("a@example.com") is None


def test_a_long_file_that_is_none_is_refused_once_it_was_sent(daemon):
    answer = daemon.admin("POST", "/v1/suppressions/import", b"<html>\n" + b"x" * (20 << 20))
    assert answer.status == 400 and "not recognised" in answer.json["detail"]
    answer = chunked(daemon, "/v1/suppressions/import", [b"<html>\n"] + [b"x" * 100_000] * 150)
    assert answer.status == 400


@pytest.mark.parametrize("method, path, body, read, write", [
    ("GET", "/v1/suppressions/export", None, 200, 200),
    ("POST", "/v1/suppressions/import", "a@example.com\n", 403, 200),
    ("POST", "/v1/policy/diff", "{}", 200, 200),
    ("POST", "/v1/policy/apply", "{}", 403, 200),
    ("POST", "/v1/forget", {"address": "a@example.com", "keep_block": False}, 403, 200)])
def test_who_may(daemon, method, path, body, read, write):
    assert daemon.admin(method, path, body, door="tcp").status == 401
    for token in ("read-token", "support-token"):
        assert daemon.admin(method, path, body, door="tcp", token=token).status == read
    assert daemon.admin(method, path, body, door="tcp", token="write-token").status == write


def test_http_1_0_gets_no_file_of_unknown_length(daemon):
    connection = http.client.HTTPConnection("127.0.0.1", daemon.admin_port, timeout=20)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
    answer = running.ask(connection, "GET", "/v1/suppressions/export",
                         headers={"Authorization": "Bearer read-token"})
    assert answer.status == 505
    connection.close()


def test_head_of_an_export_has_no_body(daemon):
    answer = daemon.admin("HEAD", "/v1/suppressions/export?format=ndjson")
    assert answer.status == 200 and answer.body == b""
    assert answer.headers["Content-Type"] == "application/x-ndjson"


def test_a_policy_from_the_text_of_a_configuration(daemon, signer):
    mail = Mail("gone@example.net", when=ago(hours=3))
    assert daemon.post(signer.notification(mail.bounce())).status == 200
    same = daemon.admin("POST", "/v1/policy/diff", {"configuration": daemon.configuration.read_text()})
    assert same.status == 200 and (same.json["compared"], same.json["differences"]) == (1, []), same
    text = "[suppression]\nbounce_expiry = 30d\n"
    other = daemon.admin("POST", "/v1/policy/diff", {"configuration": text}).json
    assert other["changed"] == 1 and other["differences"][0]["why"] == "expires, which it did not: bounce_expiry"
    assert daemon.suppression("gone@example.net")["expires"] is None
    wrong = daemon.admin("POST", "/v1/policy/diff", {"configuration": "[suppression]\nsoft_expiry = x\n"})
    assert wrong.status == 400 and "configuration:2: [suppression] soft_expiry" in wrong.json["detail"]


@pytest.mark.threads
def test_a_new_policy_is_applied_when_asked_to(daemon, signer):
    mail = Mail("gone@example.net", when=ago(hours=3))
    assert daemon.post(signer.notification(mail.bounce())).status == 200
    daemon.edit("[suppression]", "[suppression]\nbounce_expiry = 30d")
    daemon.signal(signal.SIGHUP)
    daemon.wait_for_log("the new configuration is in use")
    assert daemon.suppression("gone@example.net")["expires"] is None
    done = daemon.admin("POST", "/v1/policy/apply", {}, door="tcp", token="write-token")
    assert done.status == 200 and (done.json["changed"], done.json["applied"]) == (1, 1), done
    assert daemon.suppression("gone@example.net")["expires"] is not None
    assert daemon.admin("POST", "/v1/policy/diff").json["changed"] == 0


def test_an_address_is_forgotten(daemon, signer):
    mail = Mail("gone@example.net", when=ago(hours=3))
    assert daemon.post(signer.notification(mail.bounce())).status == 200
    answer = daemon.admin("POST", "/v1/forget", {"address": "Gone@Example.net", "keep_block": True})
    assert answer.json["found"] and answer.json["events"] >= 1
    assert daemon.suppression("gone@example.net")
    assert b"gone@" not in daemon.admin("GET", "/v1/suppressions/export?format=ndjson").body
    assert not daemon.events("&address=gone@example.net")
