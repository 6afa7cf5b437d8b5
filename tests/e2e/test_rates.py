"""Rates from outside: every dimension, series, reported sends, why a rate is what it is, fresh starts, metrics."""

import datetime
import json
import os
import pty
import re
import subprocess

import pytest

import aws
import running
from aws import Mail

ACCOUNT = f"account={aws.ACCOUNT}&region={aws.REGION}"
NAME = f"{aws.ACCOUNT}/{aws.REGION}"


@pytest.fixture
def feed(signer):
    def post_all(daemon, events, when=None):
        connection = daemon.feedback()
        for event in events:
            answer = daemon.post(aws.posted(signer.notification(event, when=when)), connection=connection)
            assert answer.status == 200, answer
        connection.close()
    return post_all


def mails():
    """Ten to Google, five to a domain nobody knows; two tags; one caller of two."""
    made = [Mail(f"u{number}@gmail.com", tags={"campaign": "spring", "team": "a"}) for number in range(10)]
    made += [Mail(f"u{number}@corp.example", tags={"campaign": "autumn"}) for number in range(5)]
    for number, mail in enumerate(made):
        mail.mail["tags"]["ses:caller-identity"] = ["app" if number % 3 else "cron"]
        mail.mail["tags"]["ses:tenant-name"] = ["acme" if number < 4 else "bravo"]
    return made


@pytest.fixture
def sent(daemon, feed):
    made = mails()
    feed(daemon, [mail.send() for mail in made] + [mail.bounce() for mail in made[:2] + made[10:13]])
    return made


def rows(daemon, query):
    return {row["key"]: (row["sends"], row["hard_bounces"]) for row in daemon.get("/v1/rates?window=24h&" + query)["rows"]}


@pytest.mark.parametrize("by, expected", [
    ("account", {NAME: (15, 5)}),
    ("identity", {"example.com": (15, 5)}),
    ("configuration-set", {"newsletter": (15, 5)}),
    ("recipient-domain", {"gmail.com": (10, 2), "corp.example": (5, 3)}),
    ("tag", {"campaign=spring": (10, 2), "campaign=autumn": (5, 3), "team=a": (10, 2)}),
    ("tag:campaign", {"spring": (10, 2), "autumn": (5, 3)}),
    ("tenant", {"acme": (4, 2), "bravo": (11, 3)}),
    ("source-ip", {"192.0.2.7": (15, 5)}),
    ("caller", {"cron": (5, 2), "app": (10, 3)}),
    ("from-domain", {"example.com": (15, 5)})])
def test_every_dimension_breaks_down(daemon, sent, by, expected):
    for basis in ("sent", "published"):
        assert rows(daemon, f"by={by}&basis={basis}") == expected
    for key, counts in expected.items():
        assert rows(daemon, f"by={by}&key={key}") == {key: counts}
    answer = daemon.get(f"/v1/rates?by={by}")
    assert answer["by"] == by and answer["notices"] == []
    for row in answer["rows"]:
        assert row["bounce_low"] < row["bounce_rate"] < row["bounce_high"]
        assert row["complaint_low"] == 0 < row["complaint_high"] and row["complaint_rate"] == 0
        assert (row["other"], row["unknown"]) == (False, False)


def test_a_provider_that_nobody_knows_is_unknown_and_can_be_asked_for(daemon, sent):
    assert rows(daemon, "by=provider")["google"] == (10, 2)
    unknown = [row for row in daemon.get("/v1/rates?by=provider")["rows"] if row["unknown"]]
    assert [row["key"] for row in unknown] in (["unknown"], [])
    for row in unknown:
        assert rows(daemon, "by=provider&key=") == {"unknown": (row["sends"], row["hard_bounces"])}


def test_diagnostics_show_what_servers_said(daemon, sent):
    answer = daemon.get("/v1/rates?by=diagnostic")
    assert sum(row["hard_bounces"] for row in answer["rows"]) == 5
    assert "5.1.1" in answer["rows"][0]["key"]


def test_too_many_keys_are_bounded_and_it_is_said(daemon, feed):
    """1,000 values of a tag of a day have lines of their own; no event is lost to the bound."""
    feed(daemon, [Mail("u@example.net", tags={"item": f"value{number}"}).send() for number in range(1010)])
    answer = daemon.get("/v1/rates?by=tag:item&limit=10")
    assert [notice["notice"] for notice in answer["notices"]] == ["keys-bounded"]
    assert answer["notices"][0]["text"]
    assert (answer["rows"][0]["key"], answer["rows"][0]["other"]) == ("other", True), "the key with the most mail"
    asked, = daemon.get("/v1/rates?by=tag:item&key=*")["rows"]
    assert asked["other"] and asked["key"] == "other" and asked["sends"] > 0
    everything = daemon.get("/v1/rates?by=tag:item&limit=1000")
    assert sum(row["sends"] for row in everything["rows"]) + everything["left_out"] == 1010
    assert rows(daemon, "by=account") == {NAME: (1010, 0)}


def test_wrong_questions_say_what_is_possible(daemon):
    detail = daemon.admin("GET", "/v1/rates?by=colour").json["detail"]
    for name in ("account", "provider", "tag:NAME", "tenant", "source-ip", "caller", "from-domain", "diagnostic"):
        assert name in detail
    for query in ("by=tag:", "by=tag:" + "x" * 300, "key=nonsense", "by=tag&key=" + "x" * 2000):
        assert daemon.admin("GET", "/v1/rates?" + query).status == 400, query
    answer = daemon.admin("GET", "/v1/series?window=30d&step=1m")
    assert answer.status == 400 and "29m" in answer.json["detail"]


def test_a_series_adds_up_to_the_rates(daemon, sent):
    for window, step in (("1h", "1m"), ("24h", "15m"), ("7d", "1h"), ("30d", "1d"), ("24h", "7m")):
        for query in ("", "&by=recipient-domain&key=gmail.com", "&by=tag:campaign&key=autumn", "&basis=published"):
            series = daemon.get(f"/v1/series?window={window}&step={step}{query}")
            total, = daemon.get(f"/v1/rates?window={window}{query}")["rows"]
            for name in ("sends", "hard_bounces", "attempts", "soft_bounces"):
                assert sum(row[name] for row in series["rows"]) == total[name], (window, query, name)
            assert (series["window"], series["step"]) == (window, step)
            starts = [row["at"] for row in series["rows"]]
            assert starts == sorted(starts) and len(set(starts)) == len(starts)


# ---- reported sends ----

def report(count=100, minutes=60, **more):
    return {"account": aws.ACCOUNT, "region": aws.REGION, "identity": "example.com", "count": count,
            "at": aws.stamp(aws.ago(minutes=minutes)), **more}


def test_reported_sends_are_a_denominator_once(daemon, feed):
    feed(daemon, [Mail("a@example.net").bounce()])
    assert daemon.get("/v1/reputation")["accounts"][0]["bounce"]["rate"] is None
    first = daemon.admin("POST", "/v1/sends", {"sends": [report(900, id="a"), report(100, id="b")]})
    assert first.json == {"accepted": 2, "duplicates": 0}
    again = daemon.admin("POST", "/v1/sends", report(900, id="a"))
    assert again.json == {"accepted": 0, "duplicates": 1}
    account, = daemon.get("/v1/reputation")["accounts"]
    assert (account["bounce"]["denominator"], account["bounce"]["source"]) == (1000, "reported")
    assert account["bounce"]["rate"] == 0.001
    assert "reported" in [notice["notice"] for notice in account["notices"]] and account["trust"] == "partial"
    # Once SES publishes Send events, the day is counted by them.
    feed(daemon, [Mail(*[f"u{one}@example.net" for one in range(20)]).send()])
    account, = daemon.get("/v1/reputation")["accounts"]
    assert (account["bounce"]["denominator"], account["bounce"]["source"]) == (20, "send")


def test_reports_are_all_or_nothing_and_for_writers(daemon):
    answer = daemon.admin("POST", "/v1/sends", {"sends": [report(), report(count=0)]})
    assert answer.status == 400 and "sends[1]" in answer.json["detail"]
    answer = daemon.admin("POST", "/v1/sends", report(minutes=-10))
    assert answer.status == 400 and "clock says" in answer.json["detail"]
    assert daemon.admin("POST", "/v1/sends", report(minutes=61 * 24 * 60)).status == 400
    assert daemon.get("/v1/reputation")["accounts"] == []
    for token in ("read-token", "support-token"):
        assert daemon.admin("POST", "/v1/sends", report(), door="tcp", token=token).status == 403
    assert daemon.admin("POST", "/v1/sends", report(), door="tcp", token="write-token").status == 200


# ---- exclusions ----

def test_every_exclusion_is_listed_with_how_many_it_left_out(start, feed):
    daemon = start(reputation="verified_domains = verified.example")
    many = Mail(*[f"u{one}@example.net" for one in range(20)])
    feed(daemon, [many.send(), many.bounce("u0@example.net"),
                  Mail("v@verified.example").send(), Mail("v@verified.example").bounce(),
                  Mail("bounce@simulator.amazonses.com").bounce(),
                  Mail("u1@example.net").on_ses_list(), Mail("u2@example.net").out_of_office(),
                  many.complaint("u3@example.net", kind="not-spam"),
                  many.complaint("u4@example.net", subtype="OnAccountSuppressionList")])
    account, = daemon.get("/v1/reputation")["accounts"]
    assert account["bounce"]["excluded"] == {
        "verified": 1, "verified_sends": 1, "simulator": 1, "refused": 1, "automatic": 1, "not_spam": 1, "listed": 1,
        "counted_in": []}
    assert (account["bounce"]["numerator"], account["complaint"]["numerator"]) == (1, 0)
    why = daemon.get(f"/v1/why-rate?{ACCOUNT}")
    left = {one["class"]: one["count"] for one in why["left_out"]}
    assert (left["refused"], left["automatic"], left["verified"], left["simulator"]) == (1, 1, 1, 1)
    assert why["counted"] == 1 and all(one["text"] for one in why["left_out"])
    reasons = {event["address"]: (event["counts"], event["reason"]) for event in why["events"]}
    assert reasons["u0@example.net"][0] is True
    assert all(not counts for address, (counts, _) in reasons.items() if address != "u0@example.net")


def test_what_is_not_excluded_is_counted_in_and_named(start, feed):
    daemon = start(reputation="excludes = automatic listed")
    mail = Mail(*[f"u{one}@example.net" for one in range(20)])
    feed(daemon, [mail.send(), mail.bounce("u0@example.net", subtype="OnAccountSuppressionList"),
                  mail.complaint("u3@example.net", kind="not-spam")])
    account, = daemon.get("/v1/reputation")["accounts"]
    assert set(account["bounce"]["excluded"]["counted_in"]) == {"refused", "not_spam"}
    assert (account["bounce"]["numerator"], account["complaint"]["numerator"]) == (1, 1)


def test_the_sandbox_judges_nothing(start, feed):
    daemon = start(reputation="quota = 200/1\nverified_domains = verified.example")
    feed(daemon, [Mail("v@verified.example").send(), Mail("success@simulator.amazonses.com").send()])
    account, = daemon.get("/v1/reputation")["accounts"]
    assert "sandbox" in [notice["notice"] for notice in account["notices"]]
    assert account["bounce"]["sentence"].startswith("AWS judges nothing yet: ")
    assert (account["quota"]["daily"], account["quota"]["rate"]) == (200, 1)
    assert account["quota"]["left"] == 200 - account["quota"]["sent_24h"]
    text = daemon.tool("status").stdout
    assert "200 recipients in 24 hours" in text and "review at" not in text


# ---- why a rate is what it is ----

def test_why_rate_names_the_greatest_parts(daemon, sent):
    why = daemon.get(f"/v1/why-rate?{ACCOUNT}")
    assert why["counted"] == 5 == why["rate"]["numerator"]
    tops = {top["by"]: top["rows"] for top in why["top"]}
    assert [(row["key"], row["count"]) for row in tops["recipient-domain"]] == [("corp.example", 3), ("gmail.com", 2)]
    assert tops["recipient-domain"][0]["share"] == pytest.approx(0.6)
    assert sum(row["count"] for row in tops["day"]) == 5
    page = daemon.tool("why-rate").stdout
    assert "5 hard bounces are counted" in page and "corp.example" in page and NAME in page
    assert json.loads(daemon.tool("--json", "why-rate", NAME).stdout)["counted"] == 5
    assert daemon.tool("why-rate", "--metric", "complaint").stdout.count("0 complaints are counted") == 1
    assert daemon.admin("GET", "/v1/why-rate?account=999999999999&region=us-east-1").status == 404


# ---- fresh starts ----

def test_a_fresh_start_makes_an_end_of_what_was_before(daemon, feed):
    old = aws.ago(days=3)
    bad = Mail(*[f"u{one}@example.net" for one in range(40)], when=old)
    feed(daemon, [bad.send(), bad.bounce(*bad.recipients[:20])], when=old)
    good = Mail(*[f"v{one}@example.net" for one in range(10)])
    feed(daemon, [good.send()])
    account, = daemon.get("/v1/reputation")["accounts"]
    assert (account["bounce"]["numerator"], account["fresh_start"]) == (20, None)
    said = daemon.tool("fresh-start", "--at", "1d", "--note", "case 7").stdout
    account, = daemon.get("/v1/reputation")["accounts"]
    assert (account["bounce"]["numerator"], account["bounce"]["denominator"]) == (0, 10)
    assert account["fresh_start"] is not None and "counted afresh" in daemon.tool("status").stdout
    # Break-downs by the clock are as they were.
    assert daemon.get("/v1/rates?window=7d")["rows"][0]["hard_bounces"] == 20
    assert "case 7" in daemon.tool("fresh-start", "--list").stdout
    daemon.kill()
    daemon.start()
    assert daemon.get("/v1/reputation")["accounts"][0]["bounce"]["numerator"] == 0
    number = re.search(r"--remove (\d+)", said).group(1)
    earlier = daemon.tool("fresh-start", "--at", "2d").stdout
    assert f"recorded, but number {number} (from " in earlier and f'"--remove {number}" takes that one back' in earlier
    listed = daemon.tool("fresh-start", "--list").stdout.splitlines()
    assert [line.split()[0] for line in listed if "  holds  " in line] == [number], listed
    refused = daemon.tool("fresh-start", "--remove", "99", expect=1).stderr
    assert "there is no fresh start 99" in refused and "/v1/" not in refused
    daemon.tool("fresh-start", "--at", "now")
    status = daemon.tool("status").stdout
    assert "no rate yet: nothing was sent since the fresh start of " in status and "publish Send" not in status
    for line in daemon.tool("fresh-start", "--list").stdout.splitlines()[1:]:
        if line.split()[0] != number:
            daemon.tool("fresh-start", "--remove", line.split()[0])
    daemon.tool("fresh-start", "--remove", number)
    assert daemon.get("/v1/reputation")["accounts"][0]["bounce"]["numerator"] == 20
    assert daemon.admin("DELETE", f"/v1/fresh-starts/{number}").status == 404
    assert daemon.admin("POST", "/v1/fresh-starts", {"account": aws.ACCOUNT, "region": aws.REGION},
                        door="tcp", token="support-token").status == 403


# ---- the tool ----

def on_a_terminal(daemon, *arguments):
    """What the tool prints where its output is a terminal."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen([running.TOOL, "--socket", daemon.socket, *arguments], stdout=theirs,
                                   env={**os.environ, "NO_COLOR": "1"})
        os.close(theirs)
        text = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            text += part
        assert process.wait(30) == 0
    finally:
        os.close(ours)
    return text.decode().replace("\r\n", "\n")


def test_rates_fit_a_terminal_of_100_columns_and_wide_shows_all(daemon, feed):
    domain = "a" * 60 + ".example.net"
    mail = Mail(f"u@{domain}")
    feed(daemon, [mail.send(), mail.bounce()])
    for by in ("account", "identity", "configuration-set", "recipient-domain", "provider", "tag", "tenant", "source-ip",
               "caller", "from-domain", "diagnostic"):
        text = on_a_terminal(daemon, "rates", "--by", by)
        table = [line for line in text.split("\n") if "KEY" in line or "100.00" in line]
        assert all(len(line) <= 100 for line in table), table
    assert "(none)" in on_a_terminal(daemon, "rates", "--by", "tenant")
    heading = on_a_terminal(daemon, "rates", "--window", "representative", "--by", "configuration-set")
    assert all(len(line) <= 100 for line in heading.split("\n")), heading
    assert domain not in on_a_terminal(daemon, "rates", "--by", "recipient-domain")
    wide = on_a_terminal(daemon, "rates", "--by", "recipient-domain", "--wide")
    assert domain in wide and "REFUSED" in wide
    assert domain in daemon.tool("rates", "--by", "recipient-domain").stdout
    series = daemon.tool("rates", "--window", "1h", "--series", "10m").stdout
    assert "▇" in series and len(re.findall(r"^20\d\d-\d\d-\d\d \d\d:\d\d ", series, re.M)) == 1
    assert re.search(r"^… [56] empty steps", series, re.M)
    assert "--series" in daemon.tool("rates", "--help").stdout
    daemon.tool("rates", "--by", "colour", expect=2)


# ---- metrics ----

def test_metrics_tell_rates_quota_lag_certificate_and_alerts(start, feed):
    daemon = start(reputation="quota = 50000/14")
    mail = Mail(*[f"u{one}@example.net" for one in range(40)])
    feed(daemon, [mail.send(), mail.bounce("u0@example.net")])
    daemon.post(b"{}")
    text = daemon.admin("GET", "/metrics").body.decode()
    labels = f'account="{aws.ACCOUNT}",region="{aws.REGION}"'

    def value(name):
        found = re.search("^" + re.escape(name) + r" (\S+)$", text, re.M)
        assert found, name
        return float(found.group(1))
    assert value(f'ses_feedback_rate{{{labels},metric="bounce"}}') == 0.025
    assert value(f'ses_feedback_rate_low{{{labels},metric="bounce"}}') < 0.025
    assert value(f'ses_feedback_rate_high{{{labels},metric="bounce"}}') > 0.025
    assert value(f'ses_feedback_recover_sends{{{labels},metric="bounce"}}') == 0
    assert value(f'ses_feedback_quota_recipients{{{labels}}}') == 50000
    assert value(f'ses_feedback_sent_24h_recipients{{{labels}}}') == 40
    assert value(f'ses_feedback_notice{{{labels},notice="no-sends"}}') == 0
    assert 0 <= value("ses_feedback_lag_seconds") < 60
    assert 0 <= value("ses_feedback_last_event_age_seconds") < 60
    assert value("ses_feedback_tls_certificate_left_seconds") > 0
    ends = value("ses_feedback_tls_certificate_end_timestamp_seconds")
    assert datetime.datetime.fromtimestamp(ends, aws.UTC) > aws.now()
    assert value('ses_feedback_alerts_on{name="reputation-level"}') == 0
    assert re.search(r'^ses_feedback_rejects_total\{reason="[a-z-]+",status="400"\} 1$', text, re.M)
    helped = set(re.findall(r"^# HELP (\S+) \S", text, re.M))
    assert set(re.findall(r"^(ses_feedback_\w+)", text, re.M)) <= helped
