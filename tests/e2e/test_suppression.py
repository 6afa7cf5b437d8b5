"""Who may be mailed, why not, until when, and who said so: the list from outside."""

import csv
import datetime
import io
import json
import re
import sqlite3
import threading
import urllib.parse

import pytest

import aws
import running
from aws import Mail, ago

DAY = datetime.timedelta(days=1)


def replay(daemon, signer, *events):
    """Each event, or (event, when it was published); in this order, without an age limit."""
    lines = []
    for event in events:
        event, when = event if isinstance(event, tuple) else (event, None)
        if when is None:
            when = datetime.datetime.fromisoformat(
                event["mail"]["timestamp"].replace("Z", "+00:00")) + datetime.timedelta(seconds=30)
        lines.append(json.dumps(signer.notification(event, when=when)))
    for start in range(0, len(lines), 100):
        answer = daemon.admin("POST", "/v1/replay", "\n".join(lines[start:start + 100]))
        assert answer.status == 200, answer
        refused = [one for one in answer.json["results"] if one["status"] != 200]
        assert not refused, refused


def path_of(address, query=""):
    return "/v1/suppressions/" + urllib.parse.quote(address, safe="") + query


def put(daemon, address, body=None, expect=(200, 201), **how):
    answer = daemon.admin("PUT", path_of(address), body or {}, **how)
    assert answer.status in expect, answer
    return answer


def delete(daemon, address, query="", expect=204, **how):
    answer = daemon.admin("DELETE", path_of(address, query), **how)
    assert answer.status == expect, answer
    return answer


def check(daemon, *addresses, scope=None):
    """{address asked: reason, "clear", "probation" or "exempt"}"""
    answer = daemon.admin("POST", "/v1/suppressions/check", {"addresses": list(addresses),
                                                           **({"scope": scope} if scope else {})})
    assert answer.status == 200, answer
    found = {address: "clear" for address in addresses}
    for entry in answer.json["suppressed"]:
        found[entry["asked"]] = entry["reason"]
    for name in ("probation", "exempt"):
        for address in answer.json[name]:
            found[address] = name
    clear = sum(word in ("clear", "probation", "exempt") for word in found.values())
    assert answer.json["clear"] == clear
    return found if len(addresses) > 1 else found[addresses[0]]


def why(daemon, address, query=""):
    return daemon.get(path_of(address, "/why" + query))


def soft_days(address, *days_ago, **mail):
    return [Mail(address, when=ago(days=days), **mail).full() for days in days_ago]


# ---- classes ----

@pytest.mark.parametrize("make, reason", [
    (lambda mail: mail.bounce(), "bounce"),
    (lambda mail: mail.full(), None),
    (lambda mail: mail.bounce(kind="Transient", subtype="MessageTooLarge", status="5.3.4",
                              diagnostic="smtp; 552 5.3.4 message too big"), None),
    (lambda mail: mail.bounce(status="5.3.4", diagnostic="smtp; 552 5.3.4 Message size exceeds fixed limit"), None),
    (lambda mail: mail.out_of_office(), None),
    (lambda mail: mail.bounce(status="5.7.1", diagnostic="smtp; 554 5.7.1 Service unavailable; client host "
                              "[192.0.2.7] blocked using zen.blocklist.example"), None),
    (lambda mail: mail.bounce(subtype="Suppressed", diagnostic="Amazon SES has suppressed sending to this "
                              "address because it has a recent history of bouncing as an invalid address."), "bounce"),
    (lambda mail: mail.on_ses_list(), "ses-list"),
    (lambda mail: mail.bounce(subtype="UnsubscribedRecipient", status=None, diagnostic=None), None),
    (lambda mail: mail.complaint(), "complaint"),
    (lambda mail: mail.complaint(subtype="OnAccountSuppressionList"), "ses-list"),
])
def test_one_piece_of_feedback(daemon, signer, make, reason):
    replay(daemon, signer, make(Mail("someone@example.net")))
    entry = daemon.suppression("someone@example.net")
    assert (entry and entry["reason"]) == reason
    assert check(daemon, "Someone@example.net") == (reason or "clear")


def test_events_tell_their_class(daemon, signer):
    mail = Mail("a@example.net")
    replay(daemon, signer, mail.send(), mail.full(after=5), mail.out_of_office(after=900), mail.bounce(after=1000))
    assert [event["class"] for event in daemon.events()] == ["hard", "out-of-office", "soft", None]


# ---- soft bounces ----

def test_three_days_of_soft_bounces_suppress_for_two_weeks(daemon, signer):
    events = soft_days("full@example.net", 3, 2, 2, 1)
    replay(daemon, signer, *events[:3])
    assert check(daemon, "full@example.net") == "clear"     # two days, however many bounces
    replay(daemon, signer, events[3])
    entry = daemon.suppression("full@example.net")
    assert entry["reason"] == "soft-bounce"
    since, expires = (datetime.datetime.fromisoformat(entry[name].replace("Z", "+00:00"))
                      for name in ("since", "expires"))
    assert expires - since == 14 * DAY


def test_a_newer_delivery_lifts_and_an_older_one_does_not(daemon, signer):
    replay(daemon, signer, *soft_days("a@example.net", 3, 2, 1), *soft_days("b@example.net", 3, 2, 1))
    assert check(daemon, "a@example.net", "b@example.net") == {"a@example.net": "soft-bounce",
                                                               "b@example.net": "soft-bounce"}
    # Both arrive late; one was sent after the bounces, one before.
    replay(daemon, signer, Mail("a@example.net", when=ago(hours=2)).delivery(),
           Mail("b@example.net", when=ago(days=4)).delivery())
    assert check(daemon, "a@example.net", "b@example.net") == {"a@example.net": "clear",
                                                               "b@example.net": "soft-bounce"}


def test_a_delivery_that_came_first_counts_for_bounces_sent_before_it(daemon, signer):
    early, middle, late = soft_days("a@example.net", 5, 3, 2)
    replay(daemon, signer, Mail("a@example.net", when=ago(days=4)).delivery())
    replay(daemon, signer, early, middle, late)
    assert check(daemon, "a@example.net") == "clear"
    replay(daemon, signer, *soft_days("a@example.net", 1))
    assert check(daemon, "a@example.net") == "soft-bounce"


def test_what_expired_is_on_probation_and_comes_back_for_twice_as_long(start, signer):
    daemon = start(suppression="soft_bounces = 2 in 5d\nsoft_expiry = 3d\nsoft_expiry_max = 30d")
    replay(daemon, signer, *soft_days("a@example.net", 12, 11))
    assert check(daemon, "a@example.net") == "probation"
    assert daemon.suppression("a@example.net") is None
    assert "probation" in why(daemon, "a@example.net")["sentence"]
    replay(daemon, signer, *soft_days("a@example.net", 2))
    entry = daemon.suppression("a@example.net")
    since, expires = (datetime.datetime.fromisoformat(entry[name].replace("Z", "+00:00"))
                      for name in ("since", "expires"))
    assert entry["reason"] == "soft-bounce" and expires - since == 6 * DAY
    replay(daemon, signer, Mail("a@example.net", when=ago(hours=1)).delivery())
    assert check(daemon, "a@example.net") == "clear"


def test_a_domain_that_does_not_exist_has_one_entry(daemon, signer):
    replay(daemon, signer, Mail("a@typo.example", when=ago(hours=5)).no_such_domain())
    entry = daemon.suppression("@typo.example")
    assert entry["reason"] == "no-such-domain" and entry["expires"]
    assert daemon.suppression("a@typo.example") is None
    assert check(daemon, "a@typo.example", "other@typo.example", "x@example.org") == {
        "a@typo.example": "no-such-domain", "other@typo.example": "no-such-domain", "x@example.org": "clear"}
    replay(daemon, signer, Mail("x@typo.example", when=ago(hours=1)).delivery())
    assert check(daemon, "other@typo.example") == "clear"


def test_a_domain_with_deliveries_is_not_blocked_by_one_failed_look_up(daemon, signer):
    replay(daemon, signer, Mail("x@example.org", when=ago(days=9)).delivery())
    replay(daemon, signer, Mail("a@example.org", when=ago(hours=5)).no_such_domain())
    assert check(daemon, "a@example.org", "x@example.org") == {"a@example.org": "clear", "x@example.org": "clear"}


# ---- complaints ----

def test_suspects_are_blocked_for_their_stream_only(daemon, signer):
    mail = Mail("a@example.net", "b@example.net", configuration_set="news")
    replay(daemon, signer, mail.complaint())
    for address in mail.recipients:
        assert daemon.suppression(address) is None
        assert daemon.suppression(address, "?scope=news")["certain"] is False
        assert check(daemon, address) == "clear"
        assert check(daemon, address, scope="news") == "complaint"
        assert check(daemon, address, scope="billing,news") == "complaint"
        assert check(daemon, address, scope="billing") == "clear"
    replay(daemon, signer, Mail("a@example.net", configuration_set="news").complaint())
    entry = daemon.suppression("a@example.net")
    assert entry["certain"] is True and entry["scope"] == ""
    assert daemon.suppression("b@example.net") is None


def test_suspects_without_a_stream_are_held_until_another_mail_names_them(daemon, signer):
    first, second = (Mail("a@example.net", "b@example.net", configuration_set=None, when=ago(days=days))
                     for days in (2, 1))
    replay(daemon, signer, first.complaint(after=100), first.complaint(after=5000))
    assert check(daemon, "a@example.net") == "clear" and why(daemon, "a@example.net")["held"] == 2
    replay(daemon, signer, second.complaint())
    entry = daemon.suppression("a@example.net")
    assert (entry["reason"], entry["certain"], entry["scope"]) == ("complaint", False, "")


@pytest.mark.parametrize("mode, then", [("hold", "clear"), ("all", "complaint")])
def test_other_ways_with_suspects(start, signer, mode, then):
    daemon = start(suppression=f"uncertain_complaints = {mode}")
    replay(daemon, signer, Mail("a@example.net", "b@example.net", configuration_set="news").complaint())
    assert check(daemon, "a@example.net") == then


def test_not_spam_takes_a_complaint_back_if_it_is_later_and_certain(daemon, signer):
    mail = Mail("a@example.net", when=ago(days=1))
    replay(daemon, signer, (mail.complaint(after=60), ago(hours=20)),
           (mail.complaint(kind="not-spam", after=120), ago(hours=10)))
    assert check(daemon, "a@example.net") == "clear"
    other = Mail("b@example.net", when=ago(days=1))
    replay(daemon, signer, (other.complaint(kind="not-spam", after=60), ago(hours=20)),
           (other.complaint(after=120), ago(hours=10)))
    assert check(daemon, "b@example.net") == "complaint"
    many = Mail("c@example.net", "d@example.net", when=ago(days=1), configuration_set="news")
    replay(daemon, signer, (many.complaint(after=60), ago(hours=20)),
           (many.complaint("c@example.net", kind="not-spam", after=120), ago(hours=10)))
    assert check(daemon, "c@example.net", scope="news") == "complaint"


# ---- scopes ----

def test_a_complaint_about_one_stream_leaves_the_password_resets(start, signer):
    daemon = start(suppression="complaint_scope = configuration-set")
    assert any("SES" in line and "complaint_scope" in line for line in daemon.log), daemon.text()
    replay(daemon, signer, Mail("a@example.net", configuration_set="news").complaint())
    assert check(daemon, "a@example.net", scope="news") == "complaint"
    assert check(daemon, "a@example.net", scope="reset") == "clear"


def test_client_a_does_not_block_client_b(start, signer):
    daemon = start(suppression="bounce_scope = account\ncomplaint_scope = tenant")
    replay(daemon, signer, Mail("a@example.net", configuration_set="x",
                                tags={"ses:tenant-name": "acme"}).complaint(),
           Mail("b@example.net").bounce())
    assert check(daemon, "a@example.net", scope="tenant:acme") == "complaint"
    assert check(daemon, "a@example.net", scope="tenant:other") == "clear"
    assert check(daemon, "b@example.net", scope=f"account:{aws.ACCOUNT}") == "bounce"
    assert check(daemon, "b@example.net", scope="account:999988887777") == "clear"
    for scope in ("tenant:", "account:1", "a,,b", "x" * 257, "a\tb"):
        answer = daemon.admin("POST", "/v1/suppressions/check", {"addresses": ["b@example.net"], "scope": scope})
        assert answer.status == 400 and "scope" in answer.json["detail"], (scope, answer)


# ---- by hand ----

def test_by_hand_outranks_older_events_and_replays_and_newer_feedback_suppresses_again(daemon, signer):
    old = Mail("a@example.net", when=ago(days=2)).bounce()
    replay(daemon, signer, old)
    delete(daemon, "a@example.net", "?note=she+called".replace("+", "%20"))
    assert check(daemon, "a@example.net") == "clear"
    replay(daemon, signer, old, Mail("a@example.net", when=ago(days=1)).bounce())
    assert check(daemon, "a@example.net") == "clear"
    replay(daemon, signer, (Mail("a@example.net", when=aws.now()).bounce(), aws.now() + datetime.timedelta(seconds=5)))
    assert check(daemon, "a@example.net") == "bounce"


def test_never_and_always_for_addresses_and_domains(daemon, signer):
    replay(daemon, signer, Mail("a@example.org").bounce(), Mail("b@example.org").bounce())
    daemon.tool("suppression", "never", "@example.org", "--note", "our staff")
    assert check(daemon, "a@example.org", "b@example.org") == {"a@example.org": "exempt", "b@example.org": "exempt"}
    assert daemon.suppression("a@example.org") is None
    assert daemon.get("/v1/suppressions")["suppressions"] == []
    put(daemon, "b@example.org", {"note": "left us"})
    assert check(daemon, "b@example.org") == "manual"
    daemon.tool("suppression", "never", "--off", "@example.org")
    assert check(daemon, "a@example.org") == "bounce"
    daemon.tool("suppression", "add", "@bad.example")
    daemon.tool("suppression", "never", "postmaster@bad.example")
    assert check(daemon, "x@bad.example", "postmaster@bad.example") == {
        "x@bad.example": "manual", "postmaster@bad.example": "exempt"}
    listed = daemon.get("/v1/exceptions")["exceptions"]
    assert [one["address"] for one in listed] == ["postmaster@bad.example"]


def test_putting_twice_changes_nothing_and_if_match_keeps_two_people_apart(daemon):
    first = put(daemon, "a@example.net", {"note": "one"}, expect=(201,))
    again = put(daemon, "a@example.net", {"note": "one"}, expect=(200,))
    assert first.headers["ETag"] == again.headers["ETag"] and first.json == again.json
    other = put(daemon, "a@example.net", {"note": "two"}, expect=(200,), headers={"If-Match": first.headers["ETag"]})
    assert other.headers["ETag"] != first.headers["ETag"]
    put(daemon, "a@example.net", {"note": "three"}, expect=(412,), headers={"If-Match": first.headers["ETag"]})
    delete(daemon, "a@example.net", expect=412, headers={"If-Match": first.headers["ETag"]})
    put(daemon, "a@example.net", {}, expect=(412,), headers={"If-None-Match": "*"})
    delete(daemon, "a@example.net", headers={"If-Match": other.headers["ETag"]})
    put(daemon, "a@example.net", {}, expect=(201,), headers={"If-None-Match": "*"})


def test_who_did_it(daemon):
    put(daemon, "a@example.net", {"note": "x"}, door="tcp", token="write-token")
    assert daemon.suppression("a@example.net")["actor"] == "writer"
    delete(daemon, "a@example.net")
    changes = daemon.get("/v1/changes?address=a%40example.net")["changes"]
    assert [change["what"] for change in changes] == ["removed", "added"]
    assert changes[1]["actor"] == "writer" and re.fullmatch(r"unix:\S+", changes[0]["actor"])
    assert changes[0]["before"]["reason"] == "manual" and changes[0]["after"] is None


def test_support_lifts_soft_entries_with_a_note(daemon, signer):
    replay(daemon, signer, *soft_days("soft@example.net", 3, 2, 1), Mail("hard@example.net").bounce())
    how = {"door": "tcp", "token": "support-token"}
    delete(daemon, "soft@example.net", expect=403, **how)
    delete(daemon, "hard@example.net", "?note=please", expect=403, **how)
    delete(daemon, "soft@example.net", "?note=please", **how)
    assert check(daemon, "soft@example.net", "hard@example.net") == {
        "soft@example.net": "clear", "hard@example.net": "bounce"}
    put(daemon, "x@example.net", {}, expect=(403,), **how)


def test_many_at_once_one_result_each(daemon):
    answer = daemon.admin("POST", "/v1/suppressions/add", {"suppressions": [
        {"address": "a@example.net", "note": "x"}, {"address": "nobody"},
        {"address": "b@example.net", "reason": "complaint", "scope": "news"},
        {"address": "c@example.net", "reason": "no-such-reason"}]})
    assert answer.status == 200, answer
    assert [one["result"] for one in answer.json["results"]] == ["added", "invalid", "added", "invalid"]
    assert check(daemon, "a@example.net") == "manual"
    assert check(daemon, "b@example.net", scope="news") == "complaint"
    answer = daemon.admin("POST", "/v1/suppressions/remove", {"addresses": ["a@example.net", "z@example.net", "@"]})
    assert [one["result"] for one in answer.json["results"]] == ["removed", "unknown", "invalid"]
    many = [f"u{number}@example.org" for number in range(10000)]
    answer = daemon.admin("POST", "/v1/suppressions/add", {"suppressions": [{"address": one} for one in many]})
    assert answer.json["added"] == 10000
    found = daemon.admin("POST", "/v1/suppressions/check", {"addresses": many}).json
    assert found["clear"] == 0 and len(found["suppressed"]) == 10000
    answer = daemon.admin("POST", "/v1/suppressions/check", {"addresses": many + ["one@too.many"]})
    assert answer.status == 400


@pytest.mark.parametrize("address", ["nobody", "@", "a@b@", "a b@example.net", "a@example.net\x00", "\x07@example.net",
                                     "x" * 65536 + "@example.net", "@exa mple.net", ""])
def test_what_is_no_address_is_refused_everywhere(daemon, address):
    for body, path in (({"addresses": [address]}, "check"), ({"addresses": [address]}, "remove"),
                       ({"suppressions": [{"address": address}]}, "add")):
        answer = daemon.admin("POST", f"/v1/suppressions/{path}", body)
        if path == "check":
            assert answer.status == 400, (path, answer)
        else:
            assert answer.status == 400 or answer.json["results"][0]["result"] == "invalid", (path, answer)
    if 0 < len(address) < 2000:     # a longer path never gets past the request line
        assert daemon.admin("PUT", path_of(address), {}).status == 400


def test_pages_are_stable_while_the_list_changes(daemon):
    names = [f"{number:04d}@example.net" for number in range(500)]
    daemon.admin("POST", "/v1/suppressions/add", {"suppressions": [{"address": one} for one in names]})
    seen, cursor = [], None
    while True:
        page = daemon.get("/v1/suppressions?limit=100" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
        seen += [entry["address"] for entry in page["suppressions"]]
        cursor = page["next"]
        if not cursor:
            break
        delete(daemon, seen[0])
        put(daemon, f"{seen[0]}.org", {})
        put(daemon, f"zz{len(seen)}@example.net", {})
    assert [one for one in seen if one in names] == names
    assert len(seen) == len(set(seen))
    got = daemon.get("/v1/suppressions?prefix=zz&limit=1000")["suppressions"]
    assert [entry["address"] for entry in got] == sorted(f"zz{n}@example.net" for n in range(100, 600, 100))[:len(got)]


# ---- the story ----

def test_why_tells_the_whole_story_in_order(daemon, signer):
    replay(daemon, signer, *soft_days("anna@example.net", 5, 4, 3), Mail("anna@example.net", when=ago(days=2)).delivery(),
           Mail("anna@example.net", when=ago(days=1), configuration_set="news").bounce())
    story = why(daemon, "anna@example.net")
    assert story["verdict"] == "suppressed" and story["entry"]["reason"] == "bounce"
    assert [item["class"] for item in story["story"] if item["kind"] == "event"] == [
        "soft", "soft", "soft", "delivered", "hard"]
    assert [item["what"] for item in story["story"] if item["kind"] == "change"] == ["added", "removed", "added"]
    times = [item["at"] for item in story["story"] if item["kind"] == "event"]
    assert times == sorted(times)
    shown = daemon.tool("why", "Anna@example.net").stdout
    for part in ("anna@example.net: suppressed", "5.1.1 user unknown", "mailbox full", "added by feedback"):
        assert part in shown, shown
    clear = daemon.tool("why", "bob@example.net").stdout
    assert "bob@example.net: clear" in clear


def test_why_and_remove_say_what_ses_goes_on_refusing(daemon, signer):
    replay(daemon, signer, Mail("Anna@Example.net").on_ses_list(), Mail("Anna@Example.net").complaint())
    story = why(daemon, "anna@example.net")
    assert story["at_ses"] == "blocked"
    assert "delete-suppressed-destination" in story["at_ses_advice"] and "Anna@Example.net" in story["at_ses_advice"]
    shown = daemon.tool("suppression", "remove", "anna@example.net").stdout
    assert "SES itself goes on refusing" in shown and "Anna@Example.net" in shown
    assert check(daemon, "anna@example.net") == "clear"


# ---- the guard ----

def test_december_2020(daemon, signer):
    """Valid users answered with 550 5.1.1 for an afternoon."""
    users = [f"user{number}@gmail.com" for number in range(120)]
    week, burst = ago(days=5), ago(minutes=40)
    replay(daemon, signer, *[Mail(user, when=week).delivery() for user in users])
    gone = {"diagnostic": "smtp; 550 5.1.1 The email account that you tried to reach does not exist. x{}si.12 - gsmtp"}
    replay(daemon, signer, *[Mail(user, when=burst).bounce(diagnostic=gone["diagnostic"].format(number))
                             for number, user in enumerate(users)])
    never = Mail("nobody-ever@gmail.com", when=burst).bounce(diagnostic=gone["diagnostic"].format(999))
    replay(daemon, signer, never)
    found = check(daemon, *users)
    quarantined = [user for user in users if found[user] == "quarantine"]
    bounced = [user for user in users if found[user] == "bounce"]
    assert 0 < len(bounced) <= 20 and len(quarantined) == len(users) - len(bounced)
    assert check(daemon, "nobody-ever@gmail.com") == "bounce"
    entry = daemon.suppression(quarantined[0])
    since, expires = (datetime.datetime.fromisoformat(entry[name].replace("Z", "+00:00"))
                      for name in ("since", "expires"))
    assert expires - since == 7 * DAY
    alarms = json.dumps(daemon.get("/v1/status"))
    assert "false-bounces" in alarms and "google" in alarms
    # What went in before it was noticed is undone by hand.
    where = "provider=google,diagnostic~5.1.1,since=2h"
    shown = daemon.tool("suppression", "remove", "--where", where, "--dry-run").stdout
    assert f"{len(bounced) + 1} matched" in shown, shown
    assert check(daemon, bounced[0]) == "bounce"
    delete_file = daemon.folder / "delete.csv"
    daemon.tool("suppression", "remove", "--where", where, "--ses-delete", str(delete_file), "--note", "gmail outage")
    assert sorted(delete_file.read_text().split()) == sorted(bounced + ["nobody-ever@gmail.com"])
    assert all(word == "clear" for word in check(daemon, *bounced, "nobody-ever@gmail.com").values())


# ---- reprocessing ----

def test_a_changed_policy_is_shown_and_applied_only_when_told(start, signer):
    daemon = start()
    replay(daemon, signer, *soft_days("two@example.net", 2, 1), *soft_days("three@example.net", 3, 2, 1))
    assert check(daemon, "two@example.net", "three@example.net") == {
        "two@example.net": "clear", "three@example.net": "soft-bounce"}
    new = daemon.folder / "new.conf"
    new.write_text("[suppression]\nsoft_bounces = 2 in 14d\n")
    shown = daemon.tool("policy", "diff", "--config", str(new)).stdout
    assert "two@example.net" in shown and "1 would be added" in shown, shown
    assert check(daemon, "two@example.net") == "clear"
    daemon.edit("[suppression]\n", "[suppression]\nsoft_bounces = 2 in 14d\n")
    daemon.signal(running.signal.SIGHUP)
    daemon.wait_for_log("the new configuration is in use")
    assert check(daemon, "two@example.net") == "clear"
    shown = daemon.tool("policy", "apply").stdout
    assert "1 were added" in shown, shown
    assert check(daemon, "two@example.net") == "soft-bounce"
    change = daemon.get("/v1/changes?address=two%40example.net")["changes"][0]
    assert re.fullmatch(r"unix:\S+|policy", change["actor"])
    bad = daemon.folder / "bad.conf"
    bad.write_text("[suppression]\nsoft_bounces = many\n")
    assert "soft_bounces" in daemon.tool("policy", "diff", "--config", str(bad), expect=2).stderr


# ---- files ----

def test_an_export_comes_back_as_it_was(start, signer):
    daemon = start()
    replay(daemon, signer, Mail("a@example.net", when=ago(hours=1)).bounce(), *soft_days("soft@example.net", 3, 2, 1))
    put(daemon, 'O\'Neil+x@Example.net', {"note": 'a "note", with\ncommas'})
    put(daemon, "=cmd@example.net", {"reason": "complaint", "scope": "news", "expires": "2100-01-01T00:00:00Z"})
    put(daemon, "@example.org", {})
    for form in ("csv", "ndjson"):
        file = daemon.folder / f"list.{form}"
        file.write_text(daemon.tool("suppression", "export", "--format", form).stdout)
        other = start()
        daemon_list = daemon.get("/v1/suppressions")["suppressions"]
        other.tool("suppression", "import", str(file))
        other_list = other.get("/v1/suppressions")["suppressions"]
        keys = ("address", "original", "reason", "scope", "since", "expires", "note")
        assert [[one[key] for key in keys] for one in other_list] == [[one[key] for key in keys] for one in daemon_list]
        again = other.tool("--json", "suppression", "import", str(file))
        assert json.loads(again.stdout)["added"] == 0
        other.stop()
    rows = list(csv.reader(io.StringIO((daemon.folder / "list.csv").read_text())))
    assert rows[0] == ["address", "reason", "scope", "since", "expires", "note"] and len(rows) == 6
    ses = daemon.tool("suppression", "export", "--format", "ses").stdout.splitlines()
    assert {json.loads(line)["emailAddress"] for line in ses} == {"a@example.net", 'O\'Neil+x@Example.net'}


@pytest.mark.parametrize("text, found", [
    ("a@example.net\nb@example.net\n", {"a@example.net": "import", "b@example.net": "import"}),
    ("\ufeffemail,created,reason,status\r\na@example.net,1600000000,550 no such user,5.1.1\r\n", {"a@example.net": "bounce"}),
    ("Email Address;Name\na@example.net;Anna\n", {"a@example.net": "import"}),
    ('{"emailAddress":"a@example.net","reason":"COMPLAINT"}\n', {"a@example.net": "complaint"}),
    ("a@example.net,BOUNCE\nb@example.net,COMPLAINT\n", {"a@example.net": "bounce", "b@example.net": "complaint"}),
    (json.dumps({"SuppressedDestinationSummaries": [
        {"EmailAddress": "A@example.net", "Reason": "BOUNCE", "LastUpdateTime": 1700000000.5},
        {"EmailAddress": "b@example.net", "Reason": "COMPLAINT", "LastUpdateTime": "2024-01-01T00:00:00+00:00"}],
        "NextToken": "x"}, indent=4), {"a@example.net": "bounce", "b@example.net": "complaint"}),
])
def test_lists_of_others_are_recognised(daemon, text, found):
    answer = daemon.admin("POST", "/v1/suppressions/import", text.encode())
    assert answer.status == 200 and answer.json["added"] == len(found) and answer.json["invalid"] == 0, answer
    for address, reason in found.items():
        assert daemon.suppression(address)["reason"] == reason
    if "SuppressedDestinationSummaries" in text:
        assert daemon.suppression("a@example.net")["at_ses"] == "blocked"


def test_bad_lines_are_told_by_number_and_the_rest_goes_in(daemon):
    lines = ["address,reason", "a@example.net,bounce", "nobody,bounce", "b@example.net,because", "c@example.net,complaint",
             "x" * 70000 + "@example.net,bounce", "d@example.net,bounce,extra,more", "e@example.net,bounce"]
    done = daemon.tool("suppression", "import", "-", stdin="\n".join(lines) + "\n", expect=1)
    assert re.findall(r"line (\d+):", done.stderr) == ["3", "4", "6", "7"], done.stderr
    assert check(daemon, "a@example.net", "c@example.net", "e@example.net") == {
        "a@example.net": "bounce", "c@example.net": "complaint", "e@example.net": "bounce"}
    answer = daemon.admin("POST", "/v1/suppressions/import", b"%PDF-1.4\n\x00\x01\x02")
    assert answer.status == 400, answer


def test_an_import_leaves_what_a_newer_rule_by_hand_says(daemon):
    daemon.admin("POST", "/v1/suppressions/import", b"a@example.net\nb@example.net\n")
    delete(daemon, "a@example.net")
    daemon.tool("suppression", "never", "b@example.net")
    answer = daemon.admin("POST", "/v1/suppressions/import",
                          b"address,since\na@example.net,2024-01-01T00:00:00Z\nb@example.net,2024-01-01T00:00:00Z\n")
    assert answer.json["outranked"] == 2 and answer.json["added"] == 0, answer
    assert check(daemon, "a@example.net", "b@example.net") == {"a@example.net": "clear", "b@example.net": "exempt"}


def test_a_long_import_streams_while_mail_goes_on(daemon, signer):
    """Notifications are answered while 60,000 lines go in, and the memory stays."""
    def resident():
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{daemon.process.pid}/status").read()).group(1))
    daemon.admin("POST", "/v1/suppressions/import", b"first@example.net\n")
    before, done = resident(), []
    body = "".join(f"{number:06d}@example.net\n" for number in range(60000)).encode()
    thread = threading.Thread(target=lambda: done.append(
        daemon.admin("POST", "/v1/suppressions/import", body)))
    thread.start()
    answered = 0
    while thread.is_alive():
        mail = Mail(f"live{answered}@example.org")
        assert daemon.post(signer.notification(mail.bounce())).status == 200
        answered += 1
    thread.join()
    assert done[0].status == 200 and done[0].json["added"] == 60000, done
    assert answered > 0
    exported = daemon.admin("GET", "/v1/suppressions/export?format=csv")
    assert exported.status == 200 and exported.body.count(b"\n") == 60000 + 2 + answered
    if not re.search("address|thread", str(running.BUILD)):     # a sanitizer keeps what was freed for a while
        assert resident() - before < 60000, (before, resident())


# ---- privacy ----

def test_forget_takes_an_address_out_of_everything(start, signer):
    daemon = start()
    replay(daemon, signer, Mail("anna@example.net").send(), Mail("anna@example.net", "bob@example.net").bounce())
    put(daemon, "anna@example.net", {"scope": "news", "note": "anna@example.net called"})
    counts = daemon.get("/v1/rates?basis=sent")["rows"]
    shown = daemon.tool("forget", "Anna@example.net", "--keep-block").stdout
    assert "Forgotten: 2 events" in shown, shown
    assert check(daemon, "anna@example.net") == "bounce" and check(daemon, "bob@example.net") == "bounce"
    assert daemon.get("/v1/rates?basis=sent")["rows"] == counts
    assert daemon.events("&address=anna%40example.net") == []
    assert len(daemon.events()) == 3
    # A restart: the digest's key is in a file of its own.
    daemon.stop()
    for file in daemon.folder.glob("feedback.db*"):
        assert b"anna@example.net" not in file.read_bytes(), file
    daemon.start()
    assert check(daemon, "anna@example.net") == "bounce"
    daemon.tool("forget", "bob@example.net", "--lift-block")
    assert check(daemon, "bob@example.net") == "clear"
    key = daemon.folder / "feedback.db.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_neither_unsubscribe_urls_nor_tokens_are_kept(daemon, signer):
    envelope = signer.notification(Mail("a@example.net").bounce())
    assert daemon.post(envelope).status == 200
    daemon.post(signer.notification({"eventType": "Unheard Of"}))
    database = sqlite3.connect(f"file:{daemon.folder / 'feedback.db'}?mode=ro", uri=True)
    texts = "\n".join(str(row) for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type='table'")
                      for row in database.execute(f'SELECT * FROM "{table}"'))
    database.close()
    assert "Unheard Of" in texts
    assert "Unsubscribe&" not in texts and envelope["Signature"] not in texts
