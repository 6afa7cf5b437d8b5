"""What strangers and misfortune do: the daemon stays small, up, and honest."""

import concurrent.futures
import pathlib
import resource
import signal
import socket

import pytest

import aws
import running
from aws import Mail
from test_feedback_door import OTHER_TOPIC, problem


def resident_kib(daemon):
    for line in open(f"/proc/{daemon.process.pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    raise AssertionError("no VmHWM")


@pytest.mark.skipif("address" in str(running.BUILD) or "thread" in str(running.BUILD),
                    reason="skipped: sanitizers change what memory is used")
def test_bodies_full_of_little_values_take_no_memory(start, host, signer):
    """A million values of two bytes would be 80 MiB of nodes, for as long as a certificate is awaited."""
    host.behaviour = "hang"
    daemon = start(signer=None, sns=f"connect_to = {host.connect_to}\nca_file = {host.ca_file}")
    body = aws.posted(signer.notification("x"))
    bomb = body[:-1] + b', "x" : [' + b"0," * 1000000 + b"0]}"
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: daemon.post(bomb).status, range(20)))
    assert answers == [400] * 20
    assert resident_kib(daemon) < 128 * 1024


def test_a_few_that_send_slowly_keep_nobody_out(daemon, signer):
    held = []
    for _ in range(40):
        connection = daemon.feedback()
        connection.putrequest("POST", "/sns")
        connection.putheader("Content-Type", "text/plain")
        connection.putheader("Content-Length", str(2 << 20))
        connection.endheaders()
        connection.send(b" " * ((2 << 20) - 1))
        held.append(connection)
    assert daemon.post(signer.notification(Mail("gone@example.net").bounce())).status == 200
    for connection in held:
        connection.close()


@pytest.mark.parametrize("count", [127, 128, 256])
def test_many_that_come_in_one_moment_are_all_answered(start, count):
    """The daemon is stopped while they write, so that it finds all of them ready at once."""
    daemon = start(tls=False)
    request = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
    connections = [socket.create_connection(("127.0.0.1", daemon.feedback_port)) for _ in range(count)]
    for connection in connections:
        connection.settimeout(20)
        connection.sendall(request)
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")
    daemon.process.send_signal(signal.SIGSTOP)
    try:
        stat = pathlib.Path(f"/proc/{daemon.process.pid}/stat")
        running.wait_for(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T")
        for connection in connections:
            connection.sendall(request)
    finally:
        daemon.process.send_signal(signal.SIGCONT)
    for connection in connections:
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")
        connection.close()


def test_a_forged_timestamp_keeps_no_certificate_out(start, host, signer):
    """Whoever asks first for a certificate proves nothing; the one that comes is the right one."""
    host.add(signer)
    host.behaviour = "slow"
    daemon = start(signer=None, sns=f"connect_to = {host.connect_to}\nca_file = {host.ca_file}")
    genuine = [signer.notification(Mail(f"a{number}@example.net").bounce()) for number in range(4)]
    forged = dict(genuine[0], Timestamp="2099-01-01T00:00:00.000Z")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        first = pool.submit(lambda: daemon.post(forged))
        # The host takes a second: the others wait for the same certificate.
        running.wait_for(lambda: host.fetched(signer.name), what="the first fetch")
        answers = list(pool.map(lambda one: daemon.post(one).status, genuine))
    assert answers == [200] * 4
    problem(first.result(), 403, "signature")
    assert daemon.get("/v1/status")["alarms"] == []


def test_a_simulated_event_of_a_topic_not_configured_never_counts(start):
    daemon = start(sns="development = yes")
    told = daemon.get("/v1/development")
    from cryptography.hazmat.primitives import serialization
    key = serialization.load_pem_private_key(told["private_key"].encode(), None)
    simulator = aws.Signer(key=key)
    url = told["certificates"][0]["signing_cert_url"]
    assert daemon.post(simulator.notification(Mail("a@example.net").bounce(), url=url)).status == 200
    problem(daemon.post(simulator.notification(Mail("b@example.net").bounce(), topic=OTHER_TOPIC, url=url)), 403)
    assert daemon.get("/v1/status")["aside"]["count"] == 0
    assert [event["development"] for event in daemon.events()] == [True]


def test_a_full_disk_is_503_until_there_is_room_and_readyz_is_honest(daemon, signer):
    first = signer.notification(Mail("a@example.net").bounce())
    assert daemon.post(first).status == 200
    pid = daemon.process.pid
    # No file may grow: what a full disk is to the store.
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    lost = [signer.notification(Mail(f"b{number}@example.net").bounce()) for number in range(3)]
    for envelope in lost:
        answer = daemon.post(envelope)
        problem(answer, 503)
        assert answer.headers["Retry-After"]
    assert daemon.admin("GET", "/readyz").status == 503
    assert daemon.post(first).status == 200, "a duplicate needs no room"
    assert daemon.admin("GET", "/readyz").status == 503, "and proves none"
    assert "store-failing" in [alarm["name"] for alarm in daemon.get("/v1/status")["alarms"]]
    assert daemon.suppression("b0@example.net") is None
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for envelope in lost:
        assert daemon.post(envelope).status == 200
    assert daemon.admin("GET", "/readyz").status == 200
    assert daemon.get("/v1/status")["alarms"] == []
    assert len(daemon.events()) == 4


@pytest.mark.parametrize("query", ["after=9223372036854775807", "after=0", "limit=1000&after=1"])
def test_the_far_ends_of_lists(daemon, signer, query):
    daemon.post(signer.notification(Mail("a@example.net").bounce()))
    assert daemon.admin("GET", "/v1/events?" + query).status == 200
    assert daemon.admin("GET", "/v1/events?after=99999999999999999999").status == 400
