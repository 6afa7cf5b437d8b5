"""ses-feedback as an operator uses it."""

import json
import shlex
import subprocess

import pytest

import aws
import running
from aws import Mail


def test_nobody_at_home_is_exit_3_with_a_remedy(tmp_path):
    done = subprocess.run([running.TOOL, "--socket", tmp_path / "none.sock", "status"], capture_output=True, text=True)
    assert done.returncode == 3 and "none.sock" in done.stderr and len(done.stderr) > 40


@pytest.mark.parametrize("arguments", [[], ["statsu"], ["suppression"], ["suppression", "chekc"], ["status", "--colour"],
                                       ["suppression", "check"], ["events", "--type", "x"], ["verify"], ["rates", "--by"]])
def test_wrong_use_is_exit_2_and_says_what_is_right(daemon, arguments):
    done = daemon.tool(*arguments, expect=2)
    assert done.stderr


@pytest.mark.parametrize("command", [["status"], ["rates"], ["suppression"], ["suppression", "check"], ["suppression", "add"],
                                     ["events"], ["topics"], ["verify"], ["replay"], ["simulate"]])
def test_every_command_has_help(daemon, command):
    done = daemon.tool(*command, "--help")
    assert len(done.stdout) > 150 and "ses-feedback" in done.stdout


def test_a_fresh_daemon_says_what_to_do_next(daemon):
    text = daemon.tool("status").stdout
    assert aws.TOPIC in text and "subscri" in text.lower()


def test_check_says_no_with_its_exit_status(daemon, signer):
    daemon.post(signer.notification(Mail("gone@example.net").bounce()))
    assert "clear" in daemon.tool("suppression", "check", "fine@example.net").stdout
    done = daemon.tool("suppression", "check", "Gone@Example.net", "fine@example.net", expect=1)
    assert "gone@example.net" in done.stdout.lower() and "bounce" in done.stdout
    done = daemon.tool("--json", "suppression", "check", "-", stdin="gone@example.net\n\n fine@example.net \n", expect=1)
    assert json.loads(done.stdout)["clear"] == 1
    daemon.tool("suppression", "check", "nonsense", expect=2)


def test_the_list_by_hand(daemon):
    daemon.tool("suppression", "add", "a@example.net", "--note", "asked by phone", "--expires", "30d")
    assert "asked by phone" in daemon.tool("suppression", "show", "a@example.net").stdout
    assert "a@example.net" in daemon.tool("suppression", "list").stdout
    daemon.tool("suppression", "remove", "a@example.net")
    daemon.tool("suppression", "show", "a@example.net", expect=1)


def test_json_everywhere(daemon, signer):
    daemon.post(signer.notification(Mail("gone@example.net").bounce()))
    for command in (["status"], ["rates"], ["suppression", "list"], ["suppression", "show", "gone@example.net"], ["events"], ["topics"]):
        done = daemon.tool("--json", *command)
        for line in done.stdout.splitlines():
            if line.startswith(("{", "[")):
                break
        json.loads(done.stdout) if done.stdout.count("\n") <= 1 else [json.loads(line) for line in done.stdout.splitlines()]


def test_escapes_in_mail_do_not_reach_the_terminal(daemon, signer):
    daemon.post(signer.notification(Mail("gone@example.net").bounce(diagnostic="smtp; 550 \x1b]0;evil\x07\x1b[31m red \r\n x")))
    text = daemon.tool("events").stdout + daemon.tool("suppression", "show", "gone@example.net").stdout
    assert "\x1b" not in text and "\x07" not in text and "\r" not in text


@pytest.mark.parametrize("kind, events", [("success", "delivery"), ("bounce", "bounce"), ("complaint", "complaint"),
                                          ("ooto", "bounce"), ("suppressionlist", "bounce")])
def test_simulate_goes_through_the_feedback_door(start, kind, events):
    daemon = start(sns="development = yes")
    assert "development" in daemon.text()
    daemon.tool("simulate", kind)
    assert events in [event["type"] for event in daemon.events()]
    assert all(event["simulator"] for event in daemon.events())
    assert daemon.get("/v1/suppressions")["suppressions"] == []
    assert "development" in daemon.tool("status").stdout.lower()


def test_simulate_for_an_address_of_ones_own_counts(start):
    daemon = start(sns="development = yes")
    daemon.tool("simulate", "bounce", "--to", "me@example.net")
    assert daemon.suppression("me@example.net")["reason"] == "bounce"


def test_simulate_needs_a_daemon_that_trusts_its_key(daemon):
    done = daemon.tool("simulate", "bounce", expect=3)
    assert "development" in done.stderr
    assert daemon.events() == []


def test_over_tcp_with_a_token(daemon, tmp_path):
    token = tmp_path / "token"
    token.write_text("read-token\n")
    url = f"http://127.0.0.1:{daemon.admin_port}"
    done = subprocess.run([running.TOOL, "--url", url, "--token-file", token, "topics"], capture_output=True, text=True)
    assert done.returncode == 0 and aws.TOPIC in done.stdout
    done = subprocess.run([running.TOOL, "--url", url, "--token-file", token, "suppression", "add", "a@example.net"],
                          capture_output=True, text=True)
    assert done.returncode == 3 and done.stderr
    token.write_text("wrong\n")
    assert subprocess.run([running.TOOL, "--url", url, "--token-file", token, "topics"], capture_output=True).returncode == 3


def complete(*words):
    """What bash offers for the last of the words."""
    script = subprocess.run([running.TOOL, "--print-completion"], capture_output=True, text=True, check=True).stdout
    asked = " ".join(shlex.quote(word) for word in ("ses-feedback", *words))
    done = subprocess.run(["bash", "-c", f"{script}\nCOMP_WORDS=({asked})\nCOMP_CWORD={len(words)}\n_ses_feedback\n"
                           'printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_completion_knows_commands_groups_and_options():
    assert "suppression" in complete("") and "help" in complete("he")
    assert complete("suppression", "ch") == ["check"]
    assert {"--window", "--by", "--json"} <= set(complete("rates", "--"))
    assert complete("rates", "--win") == ["--window"]
    assert "--scope" in complete("suppression", "check", "--")
    assert "--window" not in complete("suppression", "check", "--")


def test_what_is_not_there_is_said_without_paths_of_the_api(daemon):
    for arguments, status in ((("alerts", "show", "99"), 1), (("fresh-start", "--remove", "9"), 1), (("incident",), 1),
                              (("resume", "foo"), 2), (("why-rate", "111122223333/eu-west-9"), 1)):
        done = daemon.tool(*arguments, expect=status)
        assert done.stderr and "/v1/" not in done.stderr, (arguments, done.stderr)
