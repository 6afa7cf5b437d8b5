"""The shipped alert rules and dashboard: right for promtool, and for a prometheus that scrapes a daemon."""

import json
import re
import signal
import subprocess
import urllib.parse
import urllib.request

import pytest

import aws
import fetched
import running
from aws import Mail, ago

RULES = running.ROOT / "doc" / "prometheus-rules.yml"
DASHBOARD = running.ROOT / "doc" / "grafana-dashboard.json"
METRIC = re.compile(r"\bses_feedback_[a-z0-9_]+")


def series(metric, values, /, **labels):
    shown = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return {"series": f"{metric}{{{shown}}}", "values": values}


def of_account(metric, values, /, **labels):
    return series(metric, values, account="111122223333", region="eu-west-1", **labels)


def alerts_on(name, values):
    return series("ses_feedback_alerts_on", values, name=name)


# alert: (what makes it fire, what does not). One value a minute.
CASES = {
    "SesFeedbackOverPauseLimit": ([of_account("ses_feedback_account_level", "5x90")],
                                  [of_account("ses_feedback_account_level", "4x90")]),
    "SesFeedbackOverReviewLimit": ([of_account("ses_feedback_account_level", "4x90")],
                                   [of_account("ses_feedback_account_level", "3x90")]),
    "SesFeedbackNearReviewLimit": ([of_account("ses_feedback_account_level", "3x90")],
                                   [of_account("ses_feedback_account_level", "2x86 3x3")]),
    "SesFeedbackLimitWithinDays": (
        [of_account("ses_feedback_review_seconds", "172800x90", metric="bounce"),
         of_account("ses_feedback_account_level", "2x90")],
        [of_account("ses_feedback_review_seconds", "172800x90", metric="bounce"),
         of_account("ses_feedback_account_level", "4x90")]),
    "SesFeedbackStreamOverLimit": ([alerts_on("stream-level", "2x90")], [alerts_on("stream-level", "0x90")]),
    "SesFeedbackProviderBlocks": ([alerts_on("provider-blocking", "1x90")], [alerts_on("provider-blocking", "0x90")]),
    "SesFeedbackStrangeSender": ([alerts_on("new-sender", "0x90"), alerts_on("unusual-volume", "1x90")],
                                 [alerts_on("new-sender", "0x90"), alerts_on("unusual-volume", "0x90")]),
    "SesFeedbackQuotaNearlyUsed": (
        [of_account("ses_feedback_sent_24h_recipients", "190x90"), of_account("ses_feedback_quota_recipients", "200x90")],
        [of_account("ses_feedback_sent_24h_recipients", "170x90"), of_account("ses_feedback_quota_recipients", "200x90")]),
    "SesFeedbackFeedbackMissing": ([of_account("ses_feedback_notice", "1x90", notice="sends-missing")],
                                   [of_account("ses_feedback_notice", "1x90", notice="young")]),
    "SesFeedbackBrakeOn": ([alerts_on("brake", "1x90")], [alerts_on("brake", "0x90")]),
    "SesFeedbackGone": ([], [series("ses_feedback_build_info", "1x90", version="1")]),
    "SesFeedbackNoEvents": ([series("ses_feedback_last_event_age_seconds", "86460x90")],
                            [series("ses_feedback_last_event_age_seconds", "86000x90")]),
    "SesFeedbackSubscriptionNotConfirmed": (
        [series("ses_feedback_topic_state", "1x90", topic="t", state="pending")],
        [series("ses_feedback_topic_state", "1x90", topic="t", state="confirmed"),
         series("ses_feedback_topic_state", "0x90", topic="t", state="pending")]),
    "SesFeedbackRefusesMessages": (
        [series("ses_feedback_rejects_total", "0+1x90", reason="signature", status="403")],
        [series("ses_feedback_rejects_total", "7x90", reason="signature", status="403")]),
    "SesFeedbackCannotTakeMessages": (
        [series("ses_feedback_rejects_total", "0+1x90", reason="store-failed", status="503")],
        [series("ses_feedback_rejects_total", "0+1x90", reason="signature", status="403")]),
    "SesFeedbackMessagesSetAside": ([series("ses_feedback_aside", "3x90")], [series("ses_feedback_aside", "0x90")]),
    "SesFeedbackUnrecognised": ([series("ses_feedback_unrecognised", "3x60 4x30")],
                                [series("ses_feedback_unrecognised", "3x90")]),
    "SesFeedbackStoreFailing": ([series("ses_feedback_store_failing", "1x90"), series("ses_feedback_store_readable", "1x90")],
                                [series("ses_feedback_store_failing", "0x90"), series("ses_feedback_store_readable", "1x90")]),
    "SesFeedbackQueueLong": ([series("ses_feedback_store_queue", "1500x90")], [series("ses_feedback_store_queue", "900x90")]),
    "SesFeedbackDiskFilling": ([alerts_on("disk-filling", "1x90")], [alerts_on("disk-filling", "0x90")]),
    "SesFeedbackLogFilling": ([series("ses_feedback_store_wal_bytes", "2000000000x90")],
                              [series("ses_feedback_store_wal_bytes", "200000000x90")]),
    "SesFeedbackCertificateEnds": ([series("ses_feedback_tls_certificate_left_seconds", "1000000x90")],
                                   [series("ses_feedback_tls_certificate_left_seconds", "1300000x90")]),
    "SesFeedbackCertificateEnded": ([series("ses_feedback_tls_certificate_left_seconds", "-60x90")],
                                    [series("ses_feedback_tls_certificate_left_seconds", "60x90")]),
    "SesFeedbackSigningCertificate": ([alerts_on("certificate-unavailable", "1x90")],
                                      [alerts_on("certificate-unavailable", "0x90")]),
    "SesFeedbackAlertsNotDelivered": (
        [series("ses_feedback_outbox_oldest_age_seconds", "1000x90", channel="ops")],
        [series("ses_feedback_outbox_oldest_age_seconds", "800x90", channel="ops")]),
    "SesFeedbackAlertsGivenUp": ([series("ses_feedback_outbox_given_up", "0x60 1x30", channel="ops")],
                                 [series("ses_feedback_outbox_given_up", "1x90", channel="ops")]),
    "SesFeedbackDevelopmentKeyTrusted": ([series("ses_feedback_development", "1x1500")],
                                         [series("ses_feedback_development", "0x1500")]),
}


def rules():
    """[(alert, expression)] of the file; every alert in it has one line for each."""
    found = re.findall(r"- alert: (\w+)\n +expr: (.+)\n", RULES.read_text())
    assert len(found) == RULES.read_text().count("- alert:")
    return found


def dashboard_expressions():
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]


def names_used():
    expressions = [expression for _, expression in rules()] + list(dashboard_expressions())
    return {name for expression in expressions for name in METRIC.findall(expression)}


def promtool(*arguments, stdin=None):
    done = subprocess.run([fetched.debian("promtool"), *map(str, arguments)], input=stdin, capture_output=True,
                          text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_the_rules_are_right():
    status, said = promtool("check", "rules", "--lint=all", "--lint-fatal", RULES)
    assert status == 0 and f"SUCCESS: {len(CASES)} rules found" in said, said


def test_every_alert_has_its_case():
    assert [alert for alert, _ in rules()] == list(CASES)


def test_every_alert_says_what_happened_and_what_to_do():
    for part in RULES.read_text().split("- alert:")[1:]:
        for name in ("severity:", "summary:", "description:"):
            assert part.count(name) == 1, part


def test_each_alert_fires_and_does_not(tmp_path):
    files = []
    for alert, cases in CASES.items():
        # JSON is YAML.
        files.append(tmp_path / f"{alert}.yml")
        files[-1].write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [
            {"interval": "1m", "input_series": inputs, "promql_expr_test": [{
                "expr": f'count (ALERTS{{alertname="{alert}",alertstate="firing"}})',
                "eval_time": "24h30m" if alert == "SesFeedbackDevelopmentKeyTrusted" else "85m",
                "exp_samples": samples}]}
            for inputs, samples in zip(cases, ([{"labels": "{}", "value": 1}], []))]}))
    status, said = promtool("test", "rules", *files)
    assert status == 0 and said.count("SUCCESS") == len(CASES), said


def test_the_dashboard_is_one():
    board = json.loads(DASHBOARD.read_text())
    variables = {one["name"]: one for one in board["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    taken = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
        for target in panel.get("targets", []):
            assert target["datasource"]["uid"] == panel["datasource"]["uid"] == "${datasource}"
            assert set(re.findall(r"\$(\w+)", target["expr"])) <= set(variables)


# ---- a daemon that has something in every metric ----

class Prometheus:
    """Debian's prometheus in a folder of its own, that scrapes one daemon with a token."""

    def __init__(self, folder, daemon):
        self.url = f"http://127.0.0.1:{fetched.free_port()}"
        folder.mkdir()
        configuration = folder / "prometheus.yml"
        configuration.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "scrape_configs": [{"job_name": "ses-feedbackd",
                                "authorization": {"credentials": running.TOKENS["reader"]},
                                "static_configs": [{"targets": [f"127.0.0.1:{daemon.admin_port}"]}]}]}))
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen(
            [fetched.debian("prometheus"), f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'data'}",
             f"--web.listen-address={self.url[7:]}"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            cwd=folder)

    def ask(self, path, **query):
        where = f"{self.url}/api/v1/{path}?" + urllib.parse.urlencode(query)
        with urllib.request.urlopen(where, timeout=10) as answer:
            told = json.load(answer)
        assert told["status"] == "success", told
        return told["data"]

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def has_scraped(self):
        assert self.process.poll() is None, open(self.log.name).read()
        try:
            return self.query("ses_feedback_build_info")
        except OSError:
            return False

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.log.close()


@pytest.fixture
def busy(start, signer):
    """Everything that a metric can be about has happened."""
    daemon = start(reputation="quota = 1000/10",
                   more='[alert "ops"]\ntype = webhook\nurl = http://127.0.0.1:9/\n'
                        "levels = warning over-review-limit over-pause-limit recovered\n")
    addresses = [f"user{number}@shop.de" for number in range(600)]
    for days in (3, 1):
        for i in range(0, len(addresses), 50):
            mail = Mail(*addresses[i:i + 50], when=ago(days=days))
            for event in (mail.send(), mail.delivery()):
                assert daemon.post(signer.notification(event, when=ago(days=days))).status == 200
    for number in range(30):   # 2.4 % of all; further days like this one reach the limit
        mail = Mail(f"gone{number}@shop.de", when=ago(minutes=5))
        for event in (mail.send(), mail.bounce()):
            assert daemon.post(signer.notification(event)).status == 200
    assert daemon.post(signer.notification(Mail("a@shop.de").complaint())).status == 200
    assert daemon.post("no message").status == 400
    return daemon


def page_of(daemon):
    answer = daemon.admin("GET", "/metrics")
    assert answer.status == 200
    return answer.body.decode()


def test_the_metrics_are_right(busy):
    status, said = promtool("check", "metrics", stdin=page_of(busy))
    assert status == 0, said


def test_every_expression_names_metrics_that_exist(busy):
    described = set(re.findall(r"^# TYPE (\w+) ", page_of(busy), re.MULTILINE))
    assert names_used() <= described, names_used() - described


def test_a_prometheus_answers_for_each_of_them(busy, tmp_path):
    # What cannot be delivered waits in the outbox.
    assert busy.admin("POST", "/v1/channels/ops/test").status in (200, 202)
    running.wait_for(lambda: re.search(r'^ses_feedback_outbox_waiting\{channel="ops"\} [1-9]', page_of(busy),
                                       re.MULTILINE), 30, "a message that waits")
    prometheus = Prometheus(tmp_path / "prometheus", busy)
    try:
        running.wait_for(prometheus.has_scraped, 60, "the first scrape")
        silent = {name for name in names_used() if not prometheus.query(name)}
        assert not silent, silent
        # A rate needs two scrapes.
        running.wait_for(lambda: len(prometheus.query("rate (ses_feedback_store_jobs_total[1m])")), 30, "two scrapes")
        variables = {"$account": ".*", "$region": ".*"}
        for expression in dashboard_expressions():
            for name, value in variables.items():
                expression = expression.replace(name, value)
            prometheus.query(expression)    # is understood
        groups = prometheus.ask("rules")["groups"]
        loaded = {rule["name"]: rule for group in groups for rule in group["rules"]}
        assert set(loaded) == set(CASES)
        running.wait_for(lambda: all(rule["health"] == "ok" for group in prometheus.ask("rules")["groups"]
                                     for rule in group["rules"]), 30, "all rules evaluated")
        levels = prometheus.query("ses_feedback_account_level")
        assert [one["metric"]["account"] for one in levels] == [aws.ACCOUNT]
        limits = prometheus.query('ses_feedback_limit{metric="bounce"}')
        assert {one["metric"]["limit"]: float(one["value"][1]) for one in limits} == {"review": 0.05, "pause": 0.1}
    finally:
        prometheus.close()
