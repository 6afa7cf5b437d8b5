"""Posts some messages to each peer that can run here: what `peers.py check` does."""

import http.client
import pathlib
import shutil
import ssl
import sys
import tempfile
import urllib.parse

import peers
import aws
import running

MESSAGES = 200


def envelopes(signer, count):
    """Signed notifications of all the kinds that are kept differently."""
    for number in range(count):
        mail = aws.Mail(f"user{number}@domain{number % 7}.example")
        event = [mail.delivery, mail.bounce, mail.delivery, mail.full, mail.opened, mail.complaint,
                 mail.delivery][number % 7]()
        yield signer.notification(event, version=str(1 + number % 2))


class Poster:
    """Posts as SNS does, over one connection as long as the peer keeps it."""

    def __init__(self, url, authority=None):
        parts = urllib.parse.urlsplit(url)
        self.path = parts.path
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=authority)
            self.connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=60, context=context)
        else:
            self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)

    def post(self, envelope, **headers):
        self.connection.request("POST", self.path, aws.posted(envelope), {
            "Content-Type": "text/plain; charset=UTF-8",
            "x-amz-sns-message-type": envelope["Type"], "x-amz-sns-message-id": envelope["MessageId"],
            "x-amz-sns-topic-arn": envelope["TopicArn"], "User-Agent": "Amazon Simple Notification Service Agent",
            **headers})
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


def forged(signer):
    envelope = next(envelopes(signer, 1))
    envelope["Message"] = envelope["Message"].replace("user0", "victim")
    return envelope


def check_peer(name, folder, signer):
    """Faults, as sentences, and what is worth knowing."""
    peer = peers.start(name, folder, signer)
    try:
        poster, faults = Poster(peer.url), []
        messages = list(envelopes(signer, MESSAGES))
        refused = [status for status in map(poster.post, messages) if status != 200]
        if refused:
            faults.append(f"{len(refused)} of {MESSAGES} not taken, the first with {refused[0]}")
        if peer.rows() != MESSAGES - len(refused):
            faults.append(f"{peer.rows()} rows after {MESSAGES - len(refused)} messages")
        if poster.post(messages[0]) != 200 or peer.rows() != MESSAGES - len(refused):
            faults.append("a repeated message is refused, or counted twice")
        verdict = poster.post(forged(signer))
        if name in peers.NODE and verdict != 403:
            faults.append(f"a forged message is answered {verdict}")
        pids = peer.pids()
        told = (f"{peer.rows()} rows of {MESSAGES} messages, one repeated, one forged ({verdict}); "
                f"{len(pids)} processes, {peer.resident_kib() // 1024} MiB")
    finally:
        peer.stop()
    if any(map(peers.is_running, pids)):
        faults.append("a process is left")
    return faults, told


def check_tls(name, folder, signer):
    chain, key = running.write_tls(folder)
    peer = peers.start_tls(name, folder, chain, key)
    try:
        statuses = {Poster(peer.url, chain).post(envelope) for envelope in envelopes(signer, 20)}
        pids = peer.pids()
        told = f"20 messages over TLS; {len(pids)} processes, {peer.resident_kib() // 1024} MiB"
    finally:
        peer.stop()
    faults = [] if statuses == {200} else [f"answered {statuses}"]
    return faults + (["a process is left"] if any(map(peers.is_running, pids)) else []), told


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ses-feedbackd-peers-"))
    signer, is_well = aws.Signer(), True
    try:
        for name in [*peers.available(), *peers.available_tls()]:
            place = folder / name
            place.mkdir()
            faults, told = (check_tls if name in peers.TLS_NAMES else check_peer)(name, place, signer)
            is_well = is_well and not faults
            print(f"{name:<15} {'; '.join(faults) if faults else 'works'}: {told}", flush=True)
        for name, reason in peers.missing().items():
            print(f"{name:<15} cannot run: {reason}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
