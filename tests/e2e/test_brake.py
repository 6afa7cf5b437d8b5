"""Bad mail stops sending: here, and at SES; until somebody says that it goes on."""

import pytest

import aws
from aws import Mail
from running import wait_for
import seshost

pytest.importorskip("botocore", reason="skipped: no botocore (Debian's python3-boto3)")

WHOLE = f"{aws.ACCOUNT}/{aws.REGION}"
BRAKE = "[brake]\nat = over-pause-limit\ndry_run = no\n"


@pytest.fixture
def ses():
    serving = seshost.SesHost()
    yield serving
    serving.close()
    assert not serving.wrong, serving.wrong


@pytest.fixture
def keys(tmp_path):
    file = tmp_path / "aws-credentials"
    file.write_text(f"[default]\naws_access_key_id = {seshost.ACCESS_KEY}\n"
                    f"aws_secret_access_key = {seshost.SECRET_KEY}\n"
                    f"[temporary]\naws_access_key_id = {seshost.ACCESS_KEY}\n"
                    f"aws_secret_access_key = {seshost.SECRET_KEY}\n"
                    f"aws_session_token = {seshost.SESSION_TOKEN}\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def feed(signer):
    def post_all(daemon, events):
        connection = daemon.feedback()
        for event in events:
            assert daemon.post(aws.posted(signer.notification(event)), connection=connection).status == 200
        connection.close()
    return post_all


def campaign(name, bad, mails=12):
    """600 recipients of a configuration set, of whom so many of 50 bounce."""
    events = []
    for number in range(mails):
        mail = Mail(*[f"{name}{number}x{one}@example.net" for one in range(50)], configuration_set=name)
        events.append(mail.send())
        if bad:
            events.append(mail.bounce(*mail.recipients[:bad]))
    return events


def may_send(daemon, query=f"?account={aws.ACCOUNT}&region={aws.REGION}"):
    return daemon.get("/v1/may-send" + query)


def wait_for_answer(daemon, answer, *query):
    wait_for(lambda: may_send(daemon, *query)["answer"] == answer, what=answer)
    return may_send(daemon, *query)


def wait_for_judgement(daemon):
    """Until the rates were judged again, after now."""
    before = may_send(daemon)["levels"]["judged"]
    wait_for(lambda: may_send(daemon)["levels"]["judged"] != before, 40, "another judgement")


def test_by_default_nothing_is_stopped(daemon, feed):
    feed(daemon, campaign("news", 25))
    answer = may_send(daemon)
    assert answer["answer"] == "yes" and "off" in answer["because"] and answer["brake"]["at"] == "off"
    assert daemon.get("/v1/brakes")["brakes"] == []
    assert "off" in daemon.tool("brake").stdout
    assert "Nothing" in daemon.tool("resume", expect=1).stdout


def test_a_set_that_is_resumed_alone_waits_for_its_account(start, feed):
    daemon = start(more=BRAKE)
    feed(daemon, campaign("news", 15))
    wait_for(lambda: len(daemon.get("/v1/brakes")["brakes"]) == 2, what="both brakes")
    text = daemon.tool("resume", WHOLE, "--configuration-set", "news", expect=1).stdout
    assert "the whole account is still stopped" in text and f"ses-feedback resume {WHOLE}" in text
    assert may_send(daemon, f"?account={aws.ACCOUNT}&configuration_set=news")["answer"] == "pause"


def test_a_bad_campaign_stops_all_and_resume_goes_by_what_comes_after(start, feed):
    daemon = start(more=BRAKE)
    assert may_send(daemon)["answer"] == "yes"
    feed(daemon, campaign("news", 15))
    answer = wait_for_answer(daemon, "pause")
    # It may have tripped before all of it was posted.
    assert WHOLE in answer["because"] and "bounce rate " in answer["because"]
    assert "is over the pause limit" in answer["because"]
    wait_for(lambda: len(daemon.get("/v1/brakes")["brakes"]) == 2, what="the stream's own brake")
    assert may_send(daemon)["levels"]["account"] == "over-pause-limit"
    assert may_send(daemon, "")["answer"] == "pause", "it may be this account"
    assert may_send(daemon, "?account=999900001111")["answer"] == "yes"
    text = daemon.tool("brake").stdout
    assert "STOPPED" in text and aws.ACCOUNT in text and "bounce rate " in text
    daemon.wait_for_log("sending is stopped")

    daemon.kill()
    daemon.start()
    assert may_send(daemon)["answer"] == "pause", "it survives a restart"

    text = daemon.tool("resume", WHOLE, "--note", "list cleaned").stdout
    assert WHOLE in text and "news" in text and "goes on" in text
    assert may_send(daemon)["answer"] == "yes"
    feed(daemon, campaign("bills", 0, mails=1))
    wait_for_judgement(daemon)
    wait_for_judgement(daemon)
    assert may_send(daemon)["answer"] == "yes", "old numbers do not trip it again"
    feed(daemon, campaign("few", 50, mails=1))
    wait_for_judgement(daemon)
    assert may_send(daemon)["answer"] == "yes", "fifty mails after a resume are no rate"
    whole = next(one for one in daemon.get("/v1/brakes")["brakes"] if one["configuration_set"] is None)
    assert (whole["state"], whole["note"], whole["tripped"]) == ("armed", "list cleaned", None)
    assert whole["actor"].startswith("unix:") and whole["resumed"]
    assert "Nothing" in daemon.tool("resume", expect=1).stdout


def test_one_stream_is_stopped_alone_at_ses_too(start, feed, ses, keys):
    daemon = start(more=BRAKE + f"call_ses = yes\n[aws]\ncredentials_file = {keys}\nendpoint = {ses.url}\n")
    feed(daemon, campaign("bills", 0, mails=60))
    feed(daemon, campaign("news", 15))
    answer = wait_for_answer(daemon, "pause", f"?account={aws.ACCOUNT}&configuration_set=news")
    assert "configuration set news" in answer["because"]
    assert may_send(daemon)["answer"] == "yes"
    assert may_send(daemon, f"?account={aws.ACCOUNT}&configuration_set=bills")["answer"] == "yes"
    wait_for(lambda: ses.calls == [("/v2/email/configuration-sets/news/sending", False)], what="the call of SES")
    signature, headers = ses.signatures[0]
    assert (signature.access_key, signature.region, signature.service) == (seshost.ACCESS_KEY, aws.REGION, "ses")
    assert {"host", "x-amz-date"} <= set(signature.names) and "X-Amz-Security-Token" not in headers
    wait_for(lambda: daemon.get("/v1/brakes")["brakes"][0]["stopped_at_ses"], what="SES's word in the store")

    text = daemon.tool("resume", "--configuration-set", "news").stdout
    assert "news" in text and "still has it stopped" not in text
    assert ses.calls[1:] == [("/v2/email/configuration-sets/news/sending", True)]
    assert daemon.get("/v1/brakes")["brakes"][0]["stopped_at_ses"] is None
    wait_for_judgement(daemon)
    assert len(ses.calls) == 2 and may_send(daemon, "?configuration_set=news")["answer"] == "yes"


def test_ses_fails_and_then_is_well_with_keys_that_are_temporary(start, feed, ses, keys):
    ses.failing = (400, "NotFoundException", "Configuration set <news> does not exist.")
    daemon = start(more=BRAKE + "call_ses = yes\nstreams = no\n"
                   f"[aws]\ncredentials_file = {keys}\nprofile = temporary\nendpoint = {ses.url}/\n")
    feed(daemon, campaign("news", 15))
    assert wait_for_answer(daemon, "pause")["brake"]["tripped"][0]["stopped_at_ses"] is None
    line = daemon.wait_for_log("SES was not told to stop sending")
    assert "NotFoundException: Configuration set <news> does not exist." in line
    alert = wait_for(lambda: [one for one in daemon.get("/v1/alerts")["alerts"] if one["alert"] == "brake"],
                     what="the alert")
    assert alert[0]["object"] == WHOLE and "all sending is stopped: bounce rate " in alert[0]["text"]
    assert ses.calls == [("/v2/email/account/sending", False)]
    assert ses.signatures[0][1]["X-Amz-Security-Token"] == seshost.SESSION_TOKEN
    assert "x-amz-security-token" in ses.signatures[0][0].names

    ses.failing = None
    daemon.kill()
    daemon.start()
    wait_for(lambda: daemon.get("/v1/brakes")["brakes"][0]["stopped_at_ses"], what="SES's confirmation")
    assert ses.calls[1:] == [("/v2/email/account/sending", False)]

    ses.failing = (503, None, None)
    text = daemon.tool("resume").stdout
    assert "but SES still has it stopped" in text and "503" in text
    assert may_send(daemon)["answer"] == "yes"
    assert daemon.get("/v1/brakes")["brakes"][0]["state"] == "armed"


def test_a_dry_run_does_nothing_and_says_so(start, feed, ses, keys):
    daemon = start(more="[brake]\nat = over-pause-limit\ncall_ses = yes\n"
                   f"[aws]\ncredentials_file = {keys}\nendpoint = {ses.url}\n")
    feed(daemon, campaign("news", 15))
    wait_for(lambda: may_send(daemon)["brake"]["would_pause"] and "30.00 %" in may_send(daemon)["because"],
             what="the judgement")
    answer = may_send(daemon)
    assert answer["answer"] == "yes" and "dry run" in answer["because"] and "30.00 %" in answer["because"]
    alert = wait_for(lambda: [one for one in daemon.get("/v1/alerts?on=yes")["alerts"] if one["alert"] == "brake"],
                     what="the alert")
    assert "dry run" in alert[0]["text"]
    assert daemon.get("/v1/brakes")["brakes"] == [] and ses.calls == []

    # No longer dry, after a reload: then it is meant.
    daemon.edit("call_ses = yes", "call_ses = yes\ndry_run = no")
    daemon.signal(1)
    daemon.wait_for_log("the new configuration is in use")
    feed(daemon, campaign("bills", 0, mails=1))
    wait_for_answer(daemon, "pause")
    wait_for(lambda: len(ses.calls) == 2, what="both calls")


def test_who_may_ask_and_who_may_resume(start, feed):
    daemon = start(more=BRAKE)
    assert daemon.admin("GET", "/v1/may-send", door="tcp").status == 401
    assert daemon.admin("GET", "/v1/may-send", door="tcp", token="read-token").status == 200
    assert daemon.admin("POST", "/v1/resume", {}, door="tcp", token="read-token").status == 403
    assert daemon.admin("POST", "/v1/resume", {}, door="tcp", token="write-token").json == {"resumed": []}
