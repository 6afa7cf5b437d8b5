"""The admin door: who may, what the API promises, errors, pages."""

import json
import os
import re
import stat
import threading
import urllib.parse

import pytest

import aws
import running
from aws import Mail

READS = ["/v1/suppressions", "/v1/reputation", "/v1/rates", "/v1/events", "/v1/topics", "/v1/status", "/v1/unrecognised"]


def test_tokens_and_roles(daemon):
    for path in READS + ["/metrics"]:
        answer = daemon.admin("GET", path, door="tcp")
        assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer"), path
        assert daemon.admin("GET", path, door="tcp", token="wrong").status == 401
        for token in running.TOKENS.values():
            assert daemon.admin("GET", path, door="tcp", token=token).status == 200, path
    for method, path, body in (("PUT", "/v1/suppressions/a@example.net", {"reason": "manual"}),
                               ("DELETE", "/v1/suppressions/a@example.net", None), ("POST", "/v1/replay", "{}")):
        for token in ("read-token", "support-token"):
            assert daemon.admin(method, path, body, door="tcp", token=token).status == 403
        assert daemon.admin(method, path, body, door="tcp", token="write-token").status < 300
    assert daemon.admin("GET", "/readyz", door="tcp").status == 200
    check = {"addresses": ["a@example.net"]}
    assert daemon.admin("POST", "/v1/suppressions/check", check, door="tcp", token="read-token").status == 200


def test_the_socket_is_guarded_by_its_permissions(daemon):
    mode = os.stat(daemon.socket).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660
    assert daemon.admin("PUT", "/v1/suppressions/a@example.net", {"reason": "manual"}).status == 201


def test_nothing_of_the_feedback_door_is_behind_the_admin_door(daemon, signer):
    answer = daemon.admin("POST", "/sns", json.dumps(signer.notification("x")))
    assert answer.status == 404


def test_the_list_by_hand(daemon):
    entry = daemon.admin("PUT", "/v1/suppressions/" + urllib.parse.quote("Some/One+x%y@Example.NET", safe=""),
                         {"reason": "manual", "note": "asked by phone"})
    assert entry.status == 201, entry
    assert entry.json["address"] == "some/one+x%y@example.net" and entry.json["original"] == "Some/One+x%y@Example.NET"
    assert set(entry.json) >= {"address", "original", "reason", "scope", "certain", "since", "expires", "at_ses", "event", "note"}
    assert daemon.admin("PUT", "/v1/suppressions/some%2Fone%2Bx%25y@example.net", {"reason": "manual"}).status == 200
    assert daemon.suppression("some/one+x%y@example.net")["reason"] == "manual"
    assert daemon.admin("DELETE", "/v1/suppressions/some%2Fone+x%25y%40example.net").status == 204
    assert daemon.admin("DELETE", "/v1/suppressions/some%2Fone+x%25y%40example.net").status == 204
    answer = daemon.admin("GET", "/v1/suppressions/some%2Fone+x%25y%40example.net")
    assert answer.status == 404 and answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["nonsense", "@", "@exam ple.net", "a@", "a%00b@example.net", "a%0d%0ab@example.net", "x" * 600 + "@example.net", "%zz@example.net", "a b@example.net"])
def test_what_is_no_address_is_answered_400(daemon, address):
    address = address.replace(" ", "%20")
    assert daemon.admin("PUT", "/v1/suppressions/" + address, {"reason": "manual"}).status == 400
    assert daemon.admin("GET", "/v1/suppressions/" + address).status == 400


@pytest.mark.parametrize("body", [{"reason": "because"}, {"reason": 7}, {"reason": "manual", "expires": "yesterday"},
                                  {"reason": "manual", "expires": "2001-01-01T00:00:00Z"}, {"colour": "red"}, [], "text", "{",
                                  {"reason": "manual", "note": "x" * 2000}, {"reason": "manual", "scope": "x" * 300},
                                  {"reason": "manual", "note": "a\x00b"}])
def test_wrong_entries_are_answered_400(daemon, body):
    answer = daemon.admin("PUT", "/v1/suppressions/a@example.net", body)
    assert answer.status == 400 and answer.json["detail"], answer
    assert daemon.suppression("a@example.net") is None


def test_scopes_and_expiry(daemon):
    soon = aws.stamp(aws.ago(days=-1))
    assert daemon.admin("PUT", "/v1/suppressions/a@example.net", {"reason": "manual", "scope": "newsletter"}).status == 201
    assert daemon.admin("PUT", "/v1/suppressions/b@example.net", {"reason": "manual", "expires": soon}).status == 201
    assert daemon.suppression("a@example.net") is None
    assert daemon.suppression("a@example.net", "?scope=newsletter")["scope"] == "newsletter"
    assert daemon.suppression("b@example.net")["expires"] == soon

    def check(**more):
        return daemon.admin("POST", "/v1/suppressions/check",
                            {"addresses": ["a@example.net", "b@example.net", "c@example.net"], **more}).json
    assert (len(check()["suppressed"]), check()["clear"]) == (1, 2)
    assert (len(check(scope="newsletter")["suppressed"]), check(scope="newsletter")["clear"]) == (2, 1)
    assert daemon.admin("DELETE", "/v1/suppressions/a@example.net?scope=newsletter").status == 204
    assert check(scope="newsletter")["clear"] == 2


def test_of_many_who_expect_the_same_version_one_wins(daemon):
    path = "/v1/suppressions/a@example.net"
    tag = daemon.admin("PUT", path, {"note": "first"}).headers["ETag"]
    for method, headers, won in (("PUT", {"If-Match": tag}, 200), ("DELETE", {"If-Match": "*"}, 204), ("PUT", {"If-None-Match": "*"}, 201)):
        answers = []

        def change(number):
            answers.append(daemon.admin(method, path, {"note": f"by {number}"} if method == "PUT" else None, headers=headers))
        threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answer.status for answer in answers) == sorted([won] + [412] * 7), (method, answers)
        assert {answer.json["type"].rsplit(":")[-1] for answer in answers if answer.status == 412} == {"conflict"}
    for headers in ({"If-Match": "7"}, {"If-None-Match": '"7"'}, {"If-Match": "*", "If-None-Match": "*"}):
        assert daemon.admin("PUT", path, {}, headers=headers).status == 400, headers


def test_support_removes_by_name_with_a_note_only(daemon):
    how = {"door": "tcp", "token": "support-token"}
    daemon.admin("PUT", "/v1/suppressions/a@example.net", {})
    path = "/v1/suppressions/remove"
    assert daemon.admin("POST", path, {"addresses": ["a@example.net"]}, **how).status == 403
    answer = daemon.admin("POST", path, {"addresses": ["a@example.net", "b@example.net"], "note": "please"}, **how)
    assert answer.status == 200 and [one["result"] for one in answer.json["results"]] == ["not-soft", "unknown"], answer
    assert daemon.suppression("a@example.net")
    for method, forbidden, body in (("POST", "/v1/suppressions/add", {"suppressions": []}), ("PUT", "/v1/exceptions/a@example.net", {}),
                                    ("DELETE", "/v1/exceptions/a@example.net", None)):
        assert daemon.admin(method, forbidden, body, **how).status == 403
    assert daemon.admin("POST", path, {"addresses": []}, door="tcp", token="read-token").status == 403
    for readable in ("/v1/exceptions", "/v1/changes", "/v1/suppressions/a@example.net/why", "/v1/suppressions/check?address=a@example.net"):
        assert daemon.admin("GET", readable, door="tcp", token="read-token").status == 200, readable


def test_a_manual_entry_is_not_replaced_by_feedback(daemon, signer):
    daemon.admin("PUT", "/v1/suppressions/a@example.net", {"reason": "manual", "note": "mine"})
    assert daemon.post(signer.notification(Mail("a@example.net").bounce())).status == 200
    entry = daemon.suppression("a@example.net")
    assert (entry["reason"], entry["note"]) == ("manual", "mine")


def test_bulk_checks(daemon, signer):
    assert daemon.post(signer.notification(Mail("gone5000@example.net").bounce())).status == 200
    addresses = [f"Gone{number}@example.net" for number in range(10000)]
    answer = daemon.admin("POST", "/v1/suppressions/check", {"addresses": addresses})
    assert answer.status == 200 and answer.json["clear"] == 9999
    assert [entry["address"] for entry in answer.json["suppressed"]] == ["gone5000@example.net"]
    assert daemon.admin("POST", "/v1/suppressions/check", {"addresses": addresses + ["one@example.net"]}).status == 400
    for wrong in ({}, {"addresses": "a@example.net"}, {"addresses": [7]}, {"addresses": ["nonsense"]},
                  {"addresses": ["a@example.net"], "x": 1}):
        assert daemon.admin("POST", "/v1/suppressions/check", wrong).status == 400, wrong
    assert daemon.admin("POST", "/v1/suppressions/check", {"addresses": []}).json == {
        "suppressed": [], "clear": 0, "probation": [], "exempt": []}
    assert daemon.get("/v1/suppressions/check?address=Gone5000@example.net")["suppressed"][0]["asked"] == "Gone5000@example.net"
    assert daemon.get("/v1/suppressions/check?address=gone1@example.net")["clear"] == 1


def test_pages_of_suppressions(daemon):
    for number in range(25):
        daemon.admin("PUT", f"/v1/suppressions/u{number:02d}@example.net",
                     {"reason": "manual" if number % 5 else "import"})
    seen, cursor = [], ""
    while cursor is not None:
        page = daemon.get("/v1/suppressions?limit=4" + (f"&cursor={urllib.parse.quote(cursor, safe='')}" if cursor else ""))
        seen += [entry["address"] for entry in page["suppressions"]]
        if len(seen) == 8:      # the list changes while it is read
            daemon.admin("DELETE", "/v1/suppressions/u03@example.net")
            daemon.admin("PUT", "/v1/suppressions/a@example.net", {"reason": "manual"})
        cursor = page["next"]
    assert seen == [f"u{number:02d}@example.net" for number in range(25)]
    assert len(daemon.get("/v1/suppressions?reason=import")["suppressions"]) == 5
    assert [entry["address"] for entry in daemon.get("/v1/suppressions?prefix=U1")["suppressions"]] == [f"u{n}@example.net" for n in range(10, 20)]
    assert daemon.get("/v1/suppressions?since=" + aws.stamp(aws.ago(hours=-1)))["suppressions"] == []
    for query in ("limit=0", "limit=1001", "limit=x", "cursor=!!", "reason=x", "since=x", "colour=red"):
        answer = daemon.admin("GET", "/v1/suppressions?" + query)
        assert answer.status == 400 and answer.json["detail"], query


def test_events_are_listed_newest_first_with_filters(daemon, signer):
    mails = [Mail(f"u{number}@example.net") for number in range(10)]
    for mail in mails:
        daemon.post(signer.notification(mail.send()))
    for mail in mails[:3]:
        daemon.post(signer.notification(mail.bounce()))
    events = daemon.events()
    assert [event["type"] for event in events] == ["bounce"] * 3 + ["send"] * 10
    bounce = events[0]
    assert bounce["address"] == "u2@example.net" and "550 5.1.1" in bounce["diagnostic"] and bounce["feedback_id"]
    assert bounce["published"].endswith("Z") and bounce["topic"] == aws.TOPIC
    assert [event["type"] for event in daemon.events("&address=U1%40Example.net")] == ["bounce", "send"]
    assert len(daemon.events("&type=bounce")) == 3
    assert len(daemon.events("&account=" + aws.ACCOUNT)) == 13 and daemon.events("&account=999999999999") == []
    assert daemon.events("&since=" + aws.stamp(aws.ago(hours=-1))) == []
    assert len(daemon.events("&until=" + aws.stamp(aws.ago(hours=-1)))) == 13
    page = daemon.get("/v1/events?limit=5")
    assert len(page["events"]) == 5 and page["next"]
    for query in ("type=x", "since=x", "limit=0", "cursor=zzz", "address=nonsense", "colour=red"):
        assert daemon.admin("GET", "/v1/events?" + query).status == 400, query


def test_an_admin_answer_includes_every_event_that_was_acknowledged(daemon, signer):
    connection = daemon.feedback()
    for number in range(40):
        body = aws.posted(signer.notification(Mail(f"u{number}@example.net").bounce()))
        assert daemon.post(body, connection=connection).status == 200
        assert daemon.suppression(f"u{number}@example.net"), number
        assert daemon.get("/v1/rates?basis=published")["rows"][0]["hard_bounces"] == number + 1
    connection.close()


def test_metrics_are_in_prometheus_text_format(daemon, signer):
    mail = Mail("a@example.net")
    for event in (mail.send(), mail.bounce()):
        daemon.post(signer.notification(event))
    daemon.post(b"{}")
    answer = daemon.admin("GET", "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = answer.body.decode()
    names = set()
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) [a-z_:][a-z0-9_:]* .*|[a-z_:][a-z0-9_:]*(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? [-+0-9.eInfNa]+', line), line
        names.add(line.split("{")[0].split(" ")[0])
    assert {"ses_feedback_rate", "ses_feedback_remaining", "ses_feedback_account_level"} <= names
    assert 'ses_feedback_rate{account="111122223333",region="us-east-1",metric="bounce"} 1\n' in text, text
    assert 'reason="malformed"' in text and 'reason="stored"' in text
    assert text.endswith("\n")


def test_errors_are_problems_with_a_stable_type(daemon):
    for method, path, status in (("GET", "/v1/nothing", 404), ("DELETE", "/v1/reputation", 405), ("POST", "/v1/suppressions", 405),
                                 ("GET", "/v1/suppressions/nobody@example.net", 404), ("GET", "/v1/events?type=x", 400)):
        answer = daemon.admin(method, path)
        assert answer.status == status and answer.headers["Content-Type"] == "application/problem+json", (path, answer)
        assert set(answer.json) >= {"type", "title", "status"} and answer.json["type"].startswith("urn:")
        if status == 405:
            assert answer.headers["Allow"]


def test_the_api_describes_itself(daemon):
    document = daemon.get("/v1/openapi.json")
    assert document["openapi"].startswith("3.1") and "/v1/reputation" in document["paths"]


def test_replay_knows_no_age_and_counts_once(daemon, signer, tmp_path):
    mail = Mail("gone@example.net", when=aws.ago(days=90))
    envelope = signer.notification(mail.bounce(), when=aws.ago(days=90))
    assert daemon.post(envelope).status == 403
    lambda_event = {"Records": [{"Sns": {**{k: v for k, v in envelope.items() if k not in ("SigningCertURL", "UnsubscribeURL")},
                                         "SigningCertUrl": envelope["SigningCertURL"], "UnsubscribeUrl": envelope["UnsubscribeURL"]}}]}
    forged = dict(envelope, Message=json.dumps(Mail("victim@example.net").bounce()))
    other = signer.notification(Mail("other@example.net").bounce())
    dump = tmp_path / "dump.json"
    dump.write_text("\n".join(json.dumps(one) for one in (
        envelope, envelope, lambda_event, {"Messages": [{"Body": json.dumps(other)}]}, forged)) + "\n")
    done = daemon.tool("replay", str(dump), expect=1)
    assert daemon.suppression("gone@example.net") and daemon.suppression("other@example.net")
    assert daemon.suppression("victim@example.net") is None
    assert "signature" in done.stdout + done.stderr
    assert len(daemon.events()) == 2
