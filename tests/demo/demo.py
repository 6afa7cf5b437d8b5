"""A believable day at a small sender, shown on a temporary daemon.

Starts ses-feedbackd with a self-signed certificate and an empty store, posts a day of signed SNS
notifications over HTTPS to its feedback door, with some that a stranger would try, and prints what the operator's tool then says. The signing
certificate is put where an operator without outgoing connections would put it; everything else is as in production.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

parser = argparse.ArgumentParser()
parser.add_argument("--build", required=True)
parser.add_argument("--stay", action="store_true")
options = parser.parse_args()
os.environ["BUILD"] = options.build

import aws      # noqa: E402
import running  # noqa: E402
from aws import Mail  # noqa: E402

DOMAINS = ["gmail.com"] * 9 + ["outlook.com"] * 4 + ["yahoo.com"] * 3 + ["gmx.de", "orange.fr", "example.net", "example.org"]
STREAMS = [("newsletter", "news.example.com", 0.052), ("receipts", "example.com", 0.004), ("password-reset", "example.com", 0.002)]
FOREIGN = "arn:aws:sns:us-east-1:999999999999:somebody-elses"


def say(text=""):
    print(text, flush=True)


def a_day(random_):
    """Mails of the last 24 hours with what became of them, as (when, event) in order of publication."""
    events = []
    for number in range(1200):
        stream, identity, bounce_rate = random_.choices(STREAMS, (60, 30, 10))[0]
        when = aws.ago(minutes=random_.triangular(5, 1435, 480))
        address = f"{random_.choice('abcdefghijklmnoprstw')}.reader{number}@{random_.choice(DOMAINS)}"
        mail = Mail(address, when=when, configuration_set=stream, identity=identity, tags={"campaign": f"{stream}-week-48"})
        events.append((when, mail.send()))
        chance = random_.random()
        if chance < bounce_rate:
            events.append((when, mail.bounce(after=4)))
        elif chance < bounce_rate + 0.012:
            events.append((when, mail.bounce(kind="Transient", subtype="MailboxFull", status="4.2.2",
                                             diagnostic="smtp; 452 4.2.2 The recipient's inbox is out of storage space", after=40)))
        else:
            events.append((when, mail.delivery()))
            if stream == "newsletter" and not address.endswith("gmail.com") and random_.random() < 0.008:
                events.append((when, mail.complaint(after=240)))
    listed = Mail("left.long.ago@example.org", when=aws.ago(hours=7))
    events += [(listed.when, listed.send()), (listed.when, listed.bounce(subtype="OnAccountSuppressionList",
                diagnostic="Amazon SES did not send the message to this address because it is on the suppression list for your account."))]
    return sorted(events, key=lambda one: one[0])


def post_all(daemon, bodies, workers=8):
    """Posts over keep-alive connections; gives the statuses counted."""
    counts = {}

    def work(part):
        connection = daemon.feedback()
        told = [daemon.post(body, connection=connection).status for body in part]
        connection.close()
        return told
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for told in pool.map(work, [bodies[number::workers] for number in range(workers)]):
            for status in told:
                counts[status] = counts.get(status, 0) + 1
    return counts


def strangers(signer):
    """What should never get in: (what it is, body)."""
    victim = Mail("victim@example.net")
    genuine = signer.notification(victim.bounce())
    forger = aws.Signer()
    forged = forger.notification(victim.bounce())
    yield "a bounce that somebody else signed", dict(forged, SigningCertURL=signer.url())
    yield "a genuine message with the address changed", dict(genuine, Message=genuine["Message"].replace("victim", "boss"))
    yield "a certificate from a bucket called sns", dict(genuine, SigningCertURL=f"https://sns.s3-ap-southeast-2.amazonaws.com/{signer.name}")
    yield "a genuine message of a stranger's topic", signer.notification(victim.bounce(), topic=FOREIGN)
    yield "a message recorded two months ago", signer.notification(victim.bounce(), when=aws.ago(days=61))
    yield "raw delivery, which carries no signature", victim.bounce()


def show(daemon, *arguments):
    say()
    say("$ ses-feedback " + " ".join(arguments))
    done = running.subprocess.run([running.TOOL, "--socket", daemon.socket, *arguments])
    return done.returncode


def main():
    began = time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ses-feedbackd-demo-"))
    checks = []

    def check(what, true):
        checks.append((what, bool(true)))
        if not true:
            say(f"FAILED: {what}")

    daemon = None

    def interrupt(*_):
        raise KeyboardInterrupt
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, interrupt)
    try:
        say("starting ses-feedbackd with a self-signed certificate …")
        signer = aws.Signer()
        daemon = running.Daemon(folder, signer=signer).start()
        say(f"  feedback door  https://127.0.0.1:{daemon.feedback_port}/sns")
        say(f"  admin door     {daemon.socket}")

        say("signing a day of notifications with a key that stands in for Amazon's …")
        day = a_day(random.Random(48))
        bodies = [aws.posted(signer.notification(event, when=when, subject="Amazon SES Email Event Notification",
                                                 version="1" if number % 2 else "2"))
                  for number, (when, event) in enumerate(day)]
        say(f"posting {len(bodies)} notifications over HTTPS …")
        counts = post_all(daemon, bodies)
        say(f"  answered: " + ", ".join(f"{count} × {status}" for status, count in sorted(counts.items())))
        check("every notification of the day was stored", counts == {200: len(bodies)})
        say("posting 50 of them again, as SNS does when an answer gets lost …")
        again = post_all(daemon, bodies[:50])
        check("repeated notifications were answered 200", again == {200: 50})
        check("and counted once", len(daemon.events()) == len(bodies))

        say("posting what a stranger would try …")
        for what, body in strangers(signer):
            answer = daemon.post(json.dumps(body) if "Type" not in body else body)
            say(f"  {answer.status}  {what}")
            check(f"{what} was refused", answer.status in (400, 403))

        check("the status could be shown", show(daemon, "status") == 0)
        check("the rates could be shown", show(daemon, "rates", "--by", "configuration-set") == 0)
        show(daemon, "rates", "--by", "recipient-domain")
        check("the suppression list could be shown", show(daemon, "suppression", "list", "--limit", "12") == 0)
        suppressed = daemon.get("/v1/suppressions?limit=1000")["suppressions"]
        check("the list holds those who bounced or complained", len(suppressed) > 20)
        check("nobody was forged onto the list", not any("victim" in one["address"] for one in suppressed))
        check("a suppressed address is a no", show(daemon, "suppression", "check", suppressed[0]["address"], "fine@example.net") == 1)
        check("its story says why", show(daemon, "why", suppressed[0]["address"]) == 0)
        say()
        say("refused, and why:")
        for one in daemon.get("/v1/status")["refused"]:
            say(f"  {one['status']}  {one['reason']:<24} {one['detail']}")

        if options.stay:
            say()
            say(f"The daemon is running. Ask it:  {running.TOOL} --socket {daemon.socket} status")
            say(f"or:  curl --unix-socket {daemon.socket} http://localhost/v1/reputation")
            say("Ctrl-C stops it and removes its folder.")
            try:
                daemon.process.wait()
            except KeyboardInterrupt:
                say()
        say("stopping …")
        daemon.stop()
        check("the daemon stopped cleanly", daemon.process.returncode == 0)
    finally:
        if daemon and daemon.process and daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    good = sum(true for _, true in checks)
    say(f"the demonstration took {time.monotonic() - began:.0f} s")
    say(f"{good} passed, {len(checks) - good} failed")
    sys.exit(0 if good == len(checks) else 1)


main()
