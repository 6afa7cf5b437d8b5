"""What pulled a rate up, told from outside: /v1/incident, ses-feedback incident and report."""

import datetime
import html.parser
import itertools
import json

import pytest

import aws
import running

_number = itertools.count()


def people(count, domain="example.net", name="u"):
    return [f"{name}{next(_number)}@{domain}" for _ in range(count)]


class Feed:
    """Posts events of many recipients, published when they happened."""

    def __init__(self, daemon, signer):
        self.daemon, self.signer = daemon, signer
        self.connection = daemon.feedback()

    def tell(self, event, when):
        body = aws.posted(self.signer.notification(event, when=when))
        answer = running.ask(self.connection, "POST", "/sns", body, {"Content-Type": "text/plain"})
        assert answer.status == 200, answer

    def send(self, recipients, when, bounced=0, delivered=True, complained=0, diagnostic=None, **mail):
        """A campaign: mails of 50 recipients; the first so many of all bounce."""
        left, complaints = bounced, complained
        for start in range(0, len(recipients), 50):
            group = recipients[start:start + 50]
            one = aws.Mail(*group, when=when, **mail)
            self.tell(one.send(), when)
            bad, good = group[:left], group[left:]
            left -= len(bad)
            if bad:
                self.tell(one.bounce(*bad, **({"diagnostic": diagnostic} if diagnostic else {})), when)
            if good and delivered:
                self.tell(one.delivery(*good), when)
            for person in good[:complaints]:
                self.tell(one.complaint(person, after=60), when)
            complaints -= min(complaints, len(good))

    def close(self):
        self.connection.close()


@pytest.fixture
def feed(daemon, signer):
    feed = Feed(daemon, signer)
    yield feed
    feed.close()


@pytest.fixture
def signer():
    return aws.Signer()


@pytest.fixture
def daemon(tmp_path, signer):
    daemon = running.Daemon(tmp_path, signer, tls=False).start()
    yield daemon
    daemon.stop()


def hour(days, hours=0):
    """The beginning of an hour so long ago."""
    when = aws.ago(days=days, hours=hours)
    return when.replace(minute=0, second=0, microsecond=0)


def old_customers(feed, campaign="weekly"):
    """Nine quiet days of a clean newsletter to people who always took it."""
    customers = people(300, "example.org", "customer")
    for days in range(10, 1, -1):
        feed.send(customers, hour(days), configuration_set="newsletter", tags={"campaign": campaign, "ses:caller-identity": "app"})
    return customers


def bought_list(feed, count=400, bounced=280):
    """Three days ago a bought list went out through another stream."""
    begun = hour(3, 5)
    feed.send(people(count, "bought.example", "stranger"), begun, bounced=bounced,
              configuration_set="promotion", tags={"campaign": "black-friday"})
    return begun


def test_nothing_known_is_404_and_the_tool_says_so(daemon):
    answer = daemon.admin("GET", "/v1/incident")
    assert answer.status == 404 and answer.json["type"].endswith("unknown-account")
    done = daemon.tool("incident", expect=1)
    assert "nothing is recorded of any account yet" in done.stderr and "/v1/" not in done.stderr


def test_a_clean_account_has_no_incident(daemon, feed):
    old_customers(feed)
    told = daemon.get("/v1/incident")
    assert told["stretch"] is None
    assert told["numerator"] == 0 and told["denominator"] == 2700
    assert "nothing to stop" in told["advice"][0]


def test_the_first_bad_hour_and_the_stream_are_found(daemon, feed):
    old_customers(feed)
    begun = bought_list(feed)
    told = daemon.get("/v1/incident")
    stretch = told["stretch"]
    assert (told["account"], told["region"], told["metric"]) == (aws.ACCOUNT, aws.REGION, "bounce")
    assert stretch["from"] == aws.stamp(begun)
    assert stretch["to"] == aws.stamp(begun + datetime.timedelta(hours=1))
    assert (stretch["numerator"], stretch["denominator"]) == (280, 400)
    assert stretch["rate_of_the_rest"] == 0
    first = {suspect["by"]: suspect["key"] for suspect in reversed(stretch["suspects"])}
    assert first["configuration-set"] == "promotion"
    assert first["tag"] == "campaign=black-friday"
    assert first["recipient-domain"] == "bought.example"
    assert stretch["culprit"]["key"] in ("promotion", "campaign=black-friday")
    assert stretch["culprit"]["share"] == 1
    assert stretch["sampled"] == 100 and stretch["first_timers"] == 100
    assert any("had no delivery before" in sentence for sentence in told["story"])
    assert any("The way out" in sentence for sentence in told["advice"])


def test_those_who_took_mail_before_are_told_from_strangers(daemon, feed):
    customers = old_customers(feed)
    feed.send(customers[:200], hour(1, 2), bounced=150, configuration_set="newsletter",
              diagnostic="smtp; 550 5.1.1 no such mailbox here")
    stretch = daemon.get("/v1/incident")["stretch"]
    assert stretch["sampled"] == 100 and stretch["first_timers"] == 0


def test_the_report_knows_both_metrics_and_what_the_brake_did(tmp_path, signer):
    daemon = running.Daemon(tmp_path, signer, tls=False,
                            more="[brake]\nat = over-review-limit\ndry_run = no\n").start()
    feed = Feed(daemon, signer)
    try:
        old_customers(feed)
        bought_list(feed)
        feed.send(people(300, "yahoo.com", "reader"), hour(1), complained=9, configuration_set="promotion")
        running.wait_for(lambda: daemon.get("/v1/may-send")["answer"] == "pause", what="the brake")
        running.wait_for(lambda: daemon.get("/v1/alerts?name=brake")["alerts"], what="its alert")
        daemon.tool("resume")
        running.wait_for(lambda: all(alert["resolved"] for alert in daemon.get("/v1/alerts?name=brake")["alerts"]), 40)
        report = daemon.tool("report").stdout
        assert "What happened: bounces" in report and "What happened: complaints" in report
        assert report.index("the brake:") < report.index("was released")
        told = " ".join(daemon.tool("incident", "--metric", "bounce").stdout.split())
        assert "ses-feedback incident --metric complaint" in told
    finally:
        feed.close()
        daemon.stop()


def test_complaints_have_their_own_incident(daemon, feed):
    old_customers(feed)
    begun = hour(2, 3)
    feed.send(people(300, "yahoo.com", "reader"), begun, complained=9, configuration_set="promotion")
    told = daemon.get("/v1/incident?metric=complaint")
    assert told["stretch"]["numerator"] == 9
    assert told["stretch"]["from"] == aws.stamp(begun)
    assert told["stretch"]["culprit"]["key"] == "promotion"


def test_the_worst_of_several_accounts_is_looked_at_unless_one_is_named(tmp_path, signer):
    other = "444455556666"
    topics = (aws.TOPIC, f"arn:aws:sns:{aws.REGION}:{other}:ses-feedback")
    daemon = running.Daemon(tmp_path, signer, tls=False, topics=topics).start()
    feed = Feed(daemon, signer)
    try:
        old_customers(feed)
        feed.send(people(600, "example.com", "client"), hour(1), bounced=60, account=other,
                  configuration_set="client")
        assert daemon.get("/v1/incident")["account"] == other
        assert daemon.get(f"/v1/incident?account={aws.ACCOUNT}")["stretch"] is None
        assert daemon.tool("incident", f"{aws.ACCOUNT}/{aws.REGION}").stdout.startswith(aws.ACCOUNT)
        done = daemon.tool("incident", "client", expect=2)
        assert f"the daemon knows {aws.ACCOUNT}/{aws.REGION}" in done.stderr
        assert daemon.admin("GET", "/v1/incident?account=999988887777").status == 404
    finally:
        feed.close()
        daemon.stop()


def test_a_new_caller_at_the_beginning_is_named(daemon, feed):
    customers = old_customers(feed)
    begun = hour(2, 1)
    left = 200
    for start in range(0, 250, 50):
        mail = aws.Mail(*people(50, "victim.example", "target"), when=begun, configuration_set="newsletter")
        mail.mail["tags"]["ses:caller-identity"] = ["thief"]
        feed.tell(mail.send(), begun)
        feed.tell(mail.bounce(*mail.recipients[:min(left, 50)]), begun)
        left -= 50
    senders = daemon.get("/v1/incident")["stretch"]["new_senders"]
    assert {"kind": "caller", "key": "thief"}.items() <= senders[0].items(), senders
    assert customers


def test_a_fresh_start_ends_the_incident(daemon, feed):
    old_customers(feed)
    bought_list(feed)
    daemon.tool("fresh-start", f"{aws.ACCOUNT}/{aws.REGION}", "--at", "1d", "--note", "the list is gone")
    told = daemon.get("/v1/incident")
    assert told["fresh_start"] is not None and told["before_fresh_start"]
    assert told["stretch"]["numerator"] == 280, "what was before it is told as such"
    assert told["story"][1].startswith("Since the fresh start") and "Before it" in told["story"][1]
    assert "Nothing is to be stopped now" in told["advice"][0]
    report = daemon.tool("report").stdout
    assert "280 hard bounces" in report and "the list is gone" in report


def test_mail_derived_text_reaches_neither_the_terminal_nor_the_page_as_more_than_text(daemon, feed):
    old_customers(feed)
    feed.send(people(300, "bought.example", "stranger"), hour(2), bounced=250, configuration_set="promotion",
              tags={"campaign": "<script>alert(1)</script>\u001b[31m"},
              diagnostic="smtp; 550 5.1.1 <img src=x onerror=alert(2)> \u001b[2J")
    page = daemon.tool("report", "--html").stdout
    assert "<script" not in page and "<img" not in page and "\x1b" not in page
    assert "&lt;script" in page
    assert "\x1b" not in daemon.tool("incident").stdout


class Page(html.parser.HTMLParser):
    """Checks that every element is closed in order."""

    void = {"meta", "!doctype"}

    def __init__(self):
        super().__init__()
        self.open, self.text, self.cells = [], [], 0

    def handle_starttag(self, tag, attributes):
        assert not any(name.startswith("on") for name, _ in attributes)
        if tag not in self.void:
            self.open.append(tag)
        self.cells += tag == "td"

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, text):
        self.text.append(text)


def test_the_report_answers_what_the_review_asks(daemon, feed):
    old_customers(feed)
    bought_list(feed)
    text = daemon.tool("report").stdout
    for part in ("Where the account stands", "What happened", "What was done", "Before and after",
                 "How bounces and complaints are processed", "What was counted", "[ ] In your own words",
                 "280 hard bounces", "measured over the last", "Nothing was left out."):
        assert part in text, (part, text)
    assert all(len(line) <= 100 for line in text.splitlines())
    page = Page()
    source = daemon.tool("report", "--html").stdout
    page.feed(source)
    assert page.open == [] and page.cells > 20
    assert "http" not in source.lower().replace("https. the", "")
    told = json.loads(daemon.tool("--json", "report").stdout)
    assert told["incident"]["stretch"]["numerator"] == 280
    assert daemon.tool("--json", "report", "--html", expect=2)


def test_the_bad_day_stands_in_the_report(daemon, feed):
    old_customers(feed)
    begun = bought_list(feed)
    lines = daemon.tool("report").stdout.splitlines()
    day = next(line for line in lines if line.split()[:1] == [begun.strftime("%Y-%m-%d")])
    # 300 of the newsletter, unless the hours fall on another day, and 400 of the list.
    assert "280" in day.split()
