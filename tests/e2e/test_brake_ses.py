"""The brake while SES is slow, or its answers are lost."""

import threading

import pytest

import running
from running import wait_for
from test_brake import BRAKE, WHOLE, campaign, feed, keys, may_send, ses, wait_for_answer  # noqa: F401


def with_ses(keys, ses):
    return BRAKE + f"call_ses = yes\n[aws]\ncredentials_file = {keys}\nendpoint = {ses.url}\n"


def stopped_at_ses(daemon):
    return [brake for brake in daemon.get("/v1/brakes")["brakes"] if brake["stopped_at_ses"]]


def test_a_slow_ses_holds_up_no_door(start, feed, keys, ses):
    daemon = start(more=with_ses(keys, ses))
    feed(daemon, campaign("news", 15))
    wait_for_answer(daemon, "pause")
    wait_for(lambda: stopped_at_ses(daemon), 60, "SES's answer")
    with ses.held():
        resuming = threading.Thread(target=daemon.admin, args=("POST", "/v1/resume"))
        resuming.start()
        wait_for(lambda: ses.waiting, what="a call that waits")
        assert running.ask(running.UnixConnection(daemon.socket, timeout=8), "GET", "/v1/may-send").status == 200
    resuming.join(30)
    assert not resuming.is_alive()


def test_the_daemon_ends_while_ses_hangs(start, feed, keys, ses):
    daemon = start(more=with_ses(keys, ses))
    with ses.held():
        feed(daemon, campaign("news", 15))
        wait_for(lambda: ses.waiting, 60, "a call that waits")
        daemon.stop(10)


@pytest.mark.long
def test_a_stop_whose_answer_is_lost_is_undone_after_a_resume(start, feed, keys, ses):
    daemon = start(more=with_ses(keys, ses))
    ses.loses_answers = True
    feed(daemon, campaign("news", 15))
    wait_for_answer(daemon, "pause")
    wait_for(lambda: ses.calls, 60, "a call")
    ses.loses_answers = False
    daemon.tool("resume", WHOLE)
    # It is called again within a minute.
    wait_for(lambda: dict(ses.calls).get("/v2/email/account/sending") is True, 90, "sending goes on at SES")
    assert may_send(daemon)["answer"] == "yes"
