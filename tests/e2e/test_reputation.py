"""Rates and levels, as a person reads them and as SES judges."""

import datetime
import random

import pytest

import aws
from aws import Mail


@pytest.fixture
def feed(signer):
    def post_all(daemon, events, when=None):
        connection = daemon.feedback()
        for event in events:
            body = aws.posted(signer.notification(event, when=when))
            assert daemon.post(body, connection=connection).status == 200
        connection.close()
    return post_all


def account(daemon):
    one, = daemon.get("/v1/reputation")["accounts"]
    return one


def test_without_sends_there_is_no_rate(daemon, feed):
    feed(daemon, [Mail("a@example.net").bounce(), Mail("b@example.net").complaint()])
    one = account(daemon)
    assert (one["account"], one["region"], one["aws_status"]) == (aws.ACCOUNT, aws.REGION, None)
    assert one["bounce"]["rate"] is None and one["bounce"]["numerator"] == 1
    assert one["bounce"]["level"] == one["level"] == "no-denominator"
    assert one["complaint"]["rate"] is None and one["complaint"]["numerator"] == 1


def test_forty_of_a_thousand_is_a_warning_and_says_what_is_left(daemon, feed):
    mails = [Mail(*[f"u{number}x{one}@example.net" for one in range(50)]) for number in range(20)]
    feed(daemon, [mail.send() for mail in mails] + [mail.bounce(*mail.recipients[:2]) for mail in mails])
    one = account(daemon)
    bounce = one["bounce"]
    assert (bounce["numerator"], bounce["denominator"], bounce["rate"], bounce["source"]) == (40, 1000, 0.04, "send")
    assert bounce["level"] == one["level"] == "warning"
    assert bounce["remaining"] == {"review": 9, "pause": 59}
    assert bounce["recover"] == 0
    assert (bounce["review"], bounce["pause"]) == (0.05, 0.1)
    assert "4.00" in bounce["sentence"] and "1,000" in bounce["sentence"]
    text = daemon.tool("status").stdout
    assert "4.00 %" in text and "9 more hard bounces" in text and "59 more hard bounces" in text


def test_at_the_limit_is_over_it(daemon, feed):
    mails = [Mail(*[f"u{number}x{one}@example.net" for one in range(50)]) for number in range(20)]
    feed(daemon, [mail.send() for mail in mails])
    feed(daemon, [mail.bounce(*mail.recipients[:2]) for mail in mails])
    feed(daemon, [mail.bounce(mail.recipients[5]) for mail in mails[:9]])
    assert account(daemon)["level"] == "warning"
    feed(daemon, [mails[9].bounce(mails[9].recipients[5])])
    one = account(daemon)["bounce"]
    assert (one["level"], one["numerator"], one["remaining"]["review"], one["recover"]) == ("over-review-limit", 50, 0, 1)
    feed(daemon, [mail.bounce(*mail.recipients[10:13]) for mail in mails])
    assert account(daemon)["level"] == "over-pause-limit"


def test_a_few_sends_claim_no_level_above_ok(daemon, feed):
    mail = Mail(*[f"u{one}@example.net" for one in range(30)])
    feed(daemon, [mail.send(), mail.bounce("u1@example.net", "u2@example.net")])
    one = account(daemon)["bounce"]
    assert one["level"] == "too-few" and one["rate"] == pytest.approx(2 / 30)
    more = Mail(*[f"v{one}@example.net" for one in range(20)])
    feed(daemon, [more.send(), more.bounce()])
    assert account(daemon)["bounce"]["level"] == "over-pause-limit", "22 of 50: certain in spite of few"


def test_what_ses_refused_leaves_both_sides(daemon, feed):
    mail = Mail(*[f"u{one}@example.net" for one in range(10)])
    feed(daemon, [mail.send(), mail.bounce("u1@example.net", subtype="OnAccountSuppressionList"),
                  mail.bounce("u2@example.net")])
    one = account(daemon)["bounce"]
    assert (one["numerator"], one["denominator"], one["refused"]) == (1, 9, 1)


def test_verified_domains_count_on_neither_side(start, feed):
    daemon = start(reputation="verified_domains = example.org\nverified_addresses = boss@example.net")
    mail = Mail("a@example.org", "b@sub.example.org", "boss@example.net", "c@example.net")
    feed(daemon, [mail.send(), mail.bounce()])
    one = account(daemon)["bounce"]
    assert (one["numerator"], one["denominator"], one["excluded"]["verified"]) == (1, 1, 3)
    assert daemon.suppression("a@example.org")["reason"] == "bounce"


def test_delivery_and_bounce_stand_in_where_there_are_no_sends(daemon, feed):
    mail = Mail(*[f"u{one}@example.net" for one in range(10)])
    feed(daemon, [mail.delivery(*mail.recipients[:9]), mail.bounce("u9@example.net"),
                  mail.bounce("u0@example.net", kind="Transient", status=None, action=None, diagnostic=None)])
    one = account(daemon)["bounce"]
    assert (one["numerator"], one["denominator"], one["source"]) == (1, 10, "delivery+bounce")


def test_a_few_sends_beside_many_deliveries_are_not_the_denominator(daemon, feed):
    """Send switched on for one configuration set of two, or in the middle of a day."""
    mail = Mail(*[f"u{one}@example.net" for one in range(50)])
    feed(daemon, [mail.delivery(), mail.complaint("u1@example.net"), Mail("a@example.net").send()])
    one = account(daemon)
    assert (one["bounce"]["denominator"], one["bounce"]["source"]) == (50, "delivery+bounce")
    assert one["level"] != "over-pause-limit"


def test_more_feedback_than_sends_is_incomplete_never_over_100_percent(daemon, feed):
    mail = Mail("a@example.net")
    feed(daemon, [mail.send()] + [Mail(f"b{one}@example.net").bounce() for one in range(3)])
    one = account(daemon)["bounce"]
    assert one["rate"] is None and one["incomplete"] is True and one["numerator"] == 3


def test_not_spam_and_listed_complaints_are_left_out(daemon, feed):
    mail = Mail(*[f"u{one}@example.net" for one in range(10)])
    feed(daemon, [mail.send(), mail.complaint("u1@example.net"), mail.complaint("u2@example.net", kind="not-spam"),
                  mail.complaint("u3@example.net", subtype="OnAccountSuppressionList")])
    one = account(daemon)["complaint"]
    assert (one["numerator"], one["denominator"]) == (1, 10)
    assert (one["excluded"]["not_spam"], one["excluded"]["listed"]) == (1, 1)


def test_complaints_are_also_judged_at_the_domains_that_report(daemon, feed):
    mail = Mail(*[f"u{one}@gmail.com" for one in range(6)], *[f"u{one}@yahoo.com" for one in range(3)],
                "u@learnt.example")
    feed(daemon, [mail.send(), mail.complaint("u@learnt.example")])
    one = account(daemon)
    assert (one["complaint"]["numerator"], one["complaint"]["denominator"]) == (1, 10)
    assert (one["complaint_reporting"]["numerator"], one["complaint_reporting"]["denominator"]) == (1, 4)


def test_break_downs_add_up(daemon, feed):
    random.seed(7)
    mails = [Mail(f"u{number}@{random.choice(['example.net', 'example.org', 'mail.example'])}",
                  configuration_set=random.choice(["news", "receipts", ""]),
                  identity=random.choice(["example.com", "shop.example"])) for number in range(60)]
    bounced = random.sample(mails, 15)
    feed(daemon, [mail.send() for mail in mails] + [mail.bounce() for mail in bounced])
    for by, key in (("account", lambda mail: f"{aws.ACCOUNT}/{aws.REGION}"),
                    ("identity", lambda mail: mail.mail["source"].split("@")[1]),
                    ("configuration-set", lambda mail: mail.mail["tags"].get("ses:configuration-set", [""])[0]),
                    ("recipient-domain", lambda mail: mail.recipients[0].split("@")[1])):
        for basis in ("sent", "published"):
            rates = daemon.get(f"/v1/rates?window=24h&by={by}&basis={basis}")
            assert (rates["window"], rates["by"], rates["basis"]) == ("24h", by, basis)
            expected = {}
            for mail in mails:
                expected.setdefault(key(mail), [0, 0])[0] += 1
            for mail in bounced:
                expected[key(mail)][1] += 1
            assert {row["key"]: [row["sends"], row["hard_bounces"]] for row in rates["rows"]} == expected
            for row in rates["rows"]:
                assert row["bounce_rate"] == pytest.approx(row["hard_bounces"] / row["denominator"])


def test_windows_and_bases_part_where_feedback_is_late(daemon, feed):
    old = Mail("a@example.net", "b@example.net", when=aws.ago(days=3))
    feed(daemon, [old.send()], when=aws.ago(days=3))
    feed(daemon, [old.bounce("a@example.net")])

    def sums(window, basis):
        rows = daemon.get(f"/v1/rates?window={window}&basis={basis}")["rows"]
        return sum(row["sends"] for row in rows), sum(row["hard_bounces"] for row in rows)
    assert sums("24h", "published") == (0, 1)
    assert sums("24h", "sent") == (0, 0)
    assert sums("7d", "published") == sums("7d", "sent") == sums("30d", "sent") == (2, 1)
    assert sums("1h", "published") == (0, 1)


def test_the_representative_window_reaches_back_for_volume(start, feed):
    daemon = start(reputation="representative_sends = 100\nrepresentative_days = 2")
    for days, count in ((20, 50), (10, 50), (5, 40), (1, 30)):
        when = aws.ago(days=days)
        mail = Mail(*[f"d{days}u{one}@example.net" for one in range(count)], when=when)
        feed(daemon, [mail.send(), mail.bounce(mail.recipients[0])], when=when)
    bounce = account(daemon)["bounce"]
    assert (bounce["denominator"], bounce["numerator"], bounce["window"]) == (120, 3, "representative")
    assert bounce["days"] == pytest.approx(10, abs=0.1)


def test_accounts_and_regions_are_kept_apart(start, feed, signer):
    other = "arn:aws:sns:eu-west-1:444455556666:f"
    daemon = start(topics=(aws.TOPIC, other))
    feed(daemon, [Mail("a@example.net").send()])
    mail = Mail("b@example.net", account="444455556666", region="eu-west-1")
    assert daemon.post(signer.notification(mail.send(), topic=other)).status == 200
    found = {(one["account"], one["region"]): one["bounce"]["denominator"] for one in daemon.get("/v1/reputation")["accounts"]}
    assert found == {(aws.ACCOUNT, "us-east-1"): 1, ("444455556666", "eu-west-1"): 1}
    rows = daemon.get("/v1/rates?account=444455556666")["rows"]
    assert [row["key"] for row in rows] == ["444455556666/eu-west-1"]


def test_wrong_questions_are_answered_400(daemon):
    for query in ("window=2h", "by=colour", "basis=guess", "nonsense=1", "account=abc", "window=24h&window=7d"):
        answer = daemon.admin("GET", "/v1/rates?" + query)
        assert answer.status == 400 and answer.json["detail"], query
