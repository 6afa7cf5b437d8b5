"""Starting, reloading, stopping, dying: nothing acknowledged is ever lost."""

import http.client
import os
import pathlib
import random
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

import aws
import running
from aws import Mail


class Load:
    """Threads that post bounces over keep-alive connections and remember what was acknowledged."""

    def __init__(self, daemon, signer, threads=8, prepared=400):
        self.daemon = daemon
        self.acknowledged, self.odd = [], []
        self.ending = threading.Event()
        self.pile = [(address, aws.posted(signer.notification(Mail(address).bounce())))
                     for address in (f"u{random.getrandbits(60):x}@example.net" for _ in range(prepared))]
        self.threads = [threading.Thread(target=self.work, args=(self.pile[number::threads],), daemon=True)
                        for number in range(threads)]
        for thread in self.threads:
            thread.start()

    def work(self, pile):
        connection = None
        for address, body in pile:
            if self.ending.is_set():
                return
            try:
                connection = connection or self.daemon.feedback(timeout=15)
                answer = self.daemon.post(body, connection=connection)
                if answer.status == 200:
                    self.acknowledged.append(address)
                elif answer.status != 503:
                    self.odd.append(answer)
                if answer.headers.get("Connection", "").lower() == "close":
                    connection.close()
                    connection = None
            except (OSError, ssl.SSLError, http.client.HTTPException):
                connection = None
                if self.daemon.process.poll() is not None:
                    return

    def wait(self):
        for thread in self.threads:
            thread.join(30)
            assert not thread.is_alive()


def recorded(daemon):
    return {event["address"] for event in daemon.events()}


@pytest.mark.long
@pytest.mark.parametrize("round_", range(20))
def test_killed_in_mid_stream_every_acknowledged_event_is_there_after_restart(start, signer, round_):
    daemon = start()
    load = Load(daemon, signer)
    many = random.randint(5, 250)
    running.wait_for(lambda: len(load.acknowledged) >= many, what="some acknowledged events")
    daemon.kill()
    load.wait()
    assert load.odd == []
    daemon.start()
    assert set(load.acknowledged) <= recorded(daemon)
    assert all(daemon.suppression(address) for address in load.acknowledged)
    total = daemon.get("/v1/rates?basis=published")["rows"][0]["hard_bounces"]
    assert total == len(daemon.events()) == len(recorded(daemon))


@pytest.mark.threads
@pytest.mark.parametrize("round_", range(20))
def test_stopped_under_load_it_never_aborts_and_loses_nothing(start, signer, round_):
    daemon = start()
    load = Load(daemon, signer)
    many = random.randint(1, 150)
    running.wait_for(lambda: len(load.acknowledged) >= many, 60, what="some acknowledged events")
    daemon.stop()
    load.wait()
    assert load.odd == []
    daemon.start()
    assert set(load.acknowledged) <= recorded(daemon)


def test_a_reload_takes_a_new_certificate_and_drops_no_connection(start, signer):
    daemon = start()
    connection = daemon.feedback()
    assert daemon.post(signer.notification(Mail("a@example.net").bounce()), connection=connection).status == 200
    held = connection.sock

    def shown():
        return ssl.get_server_certificate(("127.0.0.1", daemon.feedback_port), timeout=10)
    before = shown()
    running.write_tls(daemon.folder, elliptic=False)
    daemon.signal(signal.SIGHUP)
    running.wait_for(lambda: shown() != before, what="the new certificate")
    assert daemon.post(signer.notification(Mail("b@example.net").bounce()), connection=connection).status == 200
    assert connection.sock is held
    connection.close()
    assert daemon.post(signer.notification(Mail("c@example.net").bounce())).status == 200


def test_a_reload_takes_new_topics(start, signer):
    daemon = start()
    other = f"arn:aws:sns:eu-central-1:444455556666:f"
    envelope = signer.notification(Mail("a@example.net", account="444455556666", region="eu-central-1").bounce(), topic=other)
    assert daemon.post(envelope).status == 403
    daemon.edit(f"topic = {aws.TOPIC}", f"topic = {aws.TOPIC} {other}")
    daemon.signal(signal.SIGHUP)
    running.wait_for(lambda: daemon.post(envelope).status == 200)
    assert daemon.suppression("a@example.net")


def test_a_reload_that_is_wrong_keeps_the_old_configuration(start, signer):
    daemon = start()
    daemon.edit("[sns]", "[sns]\ncolour = red")
    daemon.signal(signal.SIGHUP)
    daemon.wait_for_log("colour")
    running.wait_for(lambda: "reload-failed" in [one["name"] for one in daemon.get("/v1/status")["alarms"]])
    assert daemon.post(signer.notification(Mail("a@example.net").bounce())).status == 200
    daemon.edit("colour = red\n", "")
    chain = daemon.chain.read_text()
    daemon.chain.write_text("nonsense")
    daemon.signal(signal.SIGHUP)
    daemon.wait_for_log("feedback.pem")
    daemon.chain.write_text(chain)
    daemon.signal(signal.SIGHUP)
    running.wait_for(lambda: daemon.get("/v1/status")["alarms"] == [], what="the end of the alarm")
    assert daemon.post(signer.notification(Mail("b@example.net").bounce())).status == 200


def test_what_a_reload_cannot_change_is_said(start):
    daemon = start()
    daemon.edit("path = " + str(daemon.folder / "feedback.db"), "path = " + str(daemon.folder / "other.db"))
    daemon.signal(signal.SIGHUP)
    daemon.wait_for_log("restart")


def test_reloads_under_load(start, signer):
    daemon = start()
    load = Load(daemon, signer, threads=4)
    while any(thread.is_alive() for thread in load.threads):
        daemon.signal(signal.SIGHUP)
        time.sleep(0.05)
    load.wait()
    assert load.odd == [] and len(load.acknowledged) == len(load.pile)
    assert len(daemon.events()) == len(load.pile)


def test_a_second_daemon_on_the_same_store_is_refused(start, tmp_path):
    daemon = start()
    second = running.Daemon(tmp_path / "daemon0")
    second.start(wait=False)
    assert second.process.wait(20) == 1
    second.reader.join(5)
    assert "feedback.db" in second.text()
    assert daemon.get("/v1/status")


def test_a_stale_socket_is_replaced(start):
    daemon = start()
    daemon.kill()
    assert pathlib.Path(daemon.socket).exists()
    daemon.start()
    assert daemon.get("/v1/status")


def test_a_database_that_is_newer_or_no_database_is_refused(start, tmp_path):
    daemon = start()
    daemon.stop()
    subprocess.run(["sqlite3", daemon.folder / "feedback.db", "PRAGMA user_version = 9999"], check=True)
    daemon.start(wait=False)
    assert daemon.process.wait(20) == 1
    daemon.reader.join(5)
    assert "newer" in daemon.text()
    (daemon.folder / "feedback.db").write_bytes(b"this is no database at all" * 1000)
    for left in ("feedback.db-wal", "feedback.db-shm"):
        (daemon.folder / left).unlink(missing_ok=True)
    daemon.start(wait=False)
    assert daemon.process.wait(20) == 1
    assert (daemon.folder / "feedback.db").read_bytes().startswith(b"this is no database")
    daemon.process = None


def daemon_says(*arguments, **more):
    return subprocess.run([running.DAEMON, *arguments], capture_output=True, text=True, timeout=30, **more)


def test_the_command_line(tmp_path):
    assert "ses-feedbackd" in daemon_says("--version").stdout
    assert "--check-config" in daemon_says("--help").stdout
    assert daemon_says("--nonsense").returncode == 2
    missing = daemon_says("-c", str(tmp_path / "none.conf"))
    assert missing.returncode == 78 and "none.conf" in missing.stderr


@pytest.mark.parametrize("text, line, remedy", [
    ("[feedback]\nlisen = 127.0.0.1:0\n", 2, "listen"),
    ("[feedbak]\n", 1, "feedback"),
    ("[sns]\nmax_age = soon\n", 2, "7d"),
    ("[sns]\ntopic = arn:aws:sns:us-east-1:12:x\n", 2, "topic"),
    ("[sns]\nconfirm = maybe\n", 2, "manual"),
    ("[store]\npath = a\npath = b\n", 3, "path"),
    ("[reputation]\nbounce_review = 5\n", 2, "5%"),
    ("[alert \"ops\"]\ntype = webhook\n", 1, "alert"),
    ("[alert]\ntype = webhook\n", 1, "alert"),
    ("[suppression]\nsoft_bounces = 3 in 14d\nsoft_bounces = 4 in 14d\n", 3, "soft_bounces"),
    ("[suppression]\nsoft_bounces = 20 in 14d\n", 2, "soft_bounces"),
    ("[suppression]\nbounce_scope = configuration-set\n", 2, "bounce_scope"),
    ("[feedback]\nlisten = 0.0.0.0:8443\n", 2, "certificate"),
    ("nonsense\n", 1, ""),
])
def test_mistakes_in_the_configuration_name_the_line_and_the_remedy(tmp_path, text, line, remedy):
    file = tmp_path / "x.conf"
    file.write_text(text)
    done = daemon_says("--check-config", "-c", str(file))
    assert done.returncode == 78, done
    assert f"{file}:{line}:" in done.stderr and remedy in done.stderr, done.stderr


def test_a_good_configuration_is_called_fine(tmp_path):
    daemon = running.Daemon(tmp_path)
    done = daemon_says("--check-config", "-c", str(daemon.configuration))
    assert done.returncode == 0 and "fine" in done.stdout, done


def test_systemd_is_told(signer, tmp_path):
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(str(tmp_path / "notify"))
    receiver.settimeout(10)
    place = tmp_path / "notified"
    place.mkdir()
    daemon = running.Daemon(place, signer=signer)
    daemon.start(environment={"NOTIFY_SOCKET": str(tmp_path / "notify")})

    def told(part):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if part in receiver.recv(4096).decode():
                return True
        return False
    try:
        assert told("READY=1")
        other = aws.TOPIC + "-two"
        assert daemon.post(signer.notification(Mail("a@example.net").bounce(), topic=other)).status == 200
        daemon.edit(f"topic = {aws.TOPIC}", f"topic = {aws.TOPIC} {other}")
        daemon.signal(signal.SIGHUP)
        # Applying what was set aside can take long: the watchdog hears of each batch.
        assert told("RELOADING=1") and told("WATCHDOG=1") and told("READY=1")
    finally:
        daemon.stop()
    assert told("STOPPING=1")
    receiver.close()


def test_sockets_from_systemd_are_used(tmp_path):
    """LISTEN_FDS as systemd gives them: a child with the sockets at 3 and 4."""
    daemon = running.Daemon(tmp_path)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def child():
        os.dup2(listening.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_FDNAMES="feedback", LISTEN_PID=str(os.getpid()))
        os.execv(running.DAEMON, [str(running.DAEMON), "-c", str(daemon.configuration)])
    pid = os.fork()
    if pid == 0:
        try:
            child()
        finally:
            os._exit(99)
    try:
        daemon.feedback_port = port
        listening.close()

        def healthy():
            connection = daemon.feedback(timeout=2)
            try:
                return running.ask(connection, "GET", "/healthz").status == 200
            except (OSError, http.client.HTTPException):
                return False
            finally:
                connection.close()
        running.wait_for(healthy, 20)
    finally:
        os.kill(pid, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_memory_stays_flat(start, signer):
    daemon = start()

    def resident():
        for line in open(f"/proc/{daemon.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1])
    if "address" in str(running.BUILD) or "thread" in str(running.BUILD):
        pytest.skip("skipped: sanitizers change what memory is used")
    for size in (1, 2, 3):
        load = Load(daemon, signer, prepared=600)
        load.wait()
        assert len(load.acknowledged) == 600
        if size == 1:
            first = resident()
    assert resident() < 64 * 1024 and resident() < first + 8 * 1024
