"""Starts the real daemon in a temporary folder, asks it, and ends it by its process id."""

import hashlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

import aws

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")).resolve()
DAEMON = BUILD / "ses-feedbackd"
TOOL = BUILD / "ses-feedback"
TOKENS = {"reader": "read-token", "helper": "support-token", "writer": "write-token"}
SANITIZER = re.compile(r"(ERROR: AddressSanitizer|WARNING: ThreadSanitizer|runtime error:|LeakSanitizer)")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=20):
        super().__init__("localhost", timeout=timeout)
        self.unix_path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.unix_path)


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


def ask(connection, method, path, body=None, headers=None):
    connection.request(method, path, body=body, headers=headers or {})
    response = connection.getresponse()
    return Answer(response, response.read())


def wait_for(condition, seconds=15, what="the condition"):
    """The first true value of condition(); fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true in {seconds} s")
        time.sleep(0.02)


def write_tls(folder, name="feedback", elliptic=True):
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    import ipaddress
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else aws.make_key()
    certificate = aws.make_certificate(
        key, "localhost", names=[x509.DNSName("localhost"),
                                 x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    chain, private = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(aws.pem_of(certificate))
    private.write_bytes(aws.pem_of_key(key))
    return chain, private


class Daemon:
    """One daemon, its folder, and connections to its doors. more: further sections, as text."""

    def __init__(self, folder, signer=None, tls=True, topics=(aws.TOPIC,), sns="", reputation="",
                 feedback="", admin="", store="", suppression="", elliptic=True, more=""):
        self.folder = pathlib.Path(folder)
        self.certificates = self.folder / "certificates"
        self.certificates.mkdir(exist_ok=True)
        if signer:
            signer.install(self.certificates)
        self.tls = tls
        lines = ["[feedback]", "listen = 127.0.0.1:0"]
        if tls:
            chain, key = write_tls(self.folder, elliptic=elliptic)
            self.chain = chain
            lines += [f"certificate = {chain}", f"private_key = {key}"]
        tokens = self.folder / "tokens"
        roles = {"reader": "read", "helper": "support", "writer": "write"}
        tokens.write_text("".join(f"{name} {roles[name]} {hashlib.sha256(token.encode()).hexdigest()}\n"
                                  for name, token in TOKENS.items()))
        tokens.chmod(0o600)
        self.socket = str(self.folder / "admin.sock")
        lines += [feedback, "[admin]", f"socket = {self.socket}", "listen = 127.0.0.1:0",
                  f"tokens_file = {tokens}", admin,
                  "[sns]", *[f"topic = {topic}" for topic in topics],
                  f"certificates = {self.certificates}", sns,
                  "[store]", f"path = {self.folder / 'feedback.db'}", store,
                  "[reputation]", reputation, "[suppression]", suppression, more]
        self.configuration = self.folder / "ses-feedbackd.conf"
        self.configuration.write_text("\n".join(lines) + "\n")
        self.process = None
        self.log = []
        self.reader = None

    def edit(self, old, new):
        text = self.configuration.read_text()
        assert old in text, (old, text)
        self.configuration.write_text(text.replace(old, new))

    def start(self, wait=True, environment=None):
        self.log = []
        self.process = subprocess.Popen([DAEMON, "-c", self.configuration], stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        env={**os.environ, **(environment or {})})
        self.reader = threading.Thread(target=self._read, args=(self.process, self.log), daemon=True)
        self.reader.start()
        if wait:
            self.wait_until_ready()
        return self

    @staticmethod
    def _read(process, log):
        for line in process.stderr:
            log.append(line.decode("utf-8", "replace").rstrip("\n"))

    def wait_until_ready(self):
        def ready():
            if self.process.poll() is not None:
                self.reader.join(5)
                raise AssertionError(f"the daemon ended with {self.process.returncode}:\n" + self.text())
            return any("ready" in line for line in self.log)
        wait_for(ready, 30, "readiness")
        self.feedback_port = self._port("feedback")
        self.admin_port = self._port("admin")

    def _port(self, door):
        for line in self.log:
            found = re.search(r"listening on \S+?:(\d+) \(" + door + r"\b", line)
            if found:
                return int(found.group(1))
        raise AssertionError(f"no {door} listener in the log:\n" + self.text())

    def text(self):
        return "\n".join(self.log)

    def wait_for_log(self, part, seconds=15):
        return wait_for(lambda: next((line for line in self.log if part in line), None), seconds,
                        f"{part!r} in the log")

    # ---- doors ----

    def feedback(self, timeout=20):
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(self.chain)
            return http.client.HTTPSConnection("127.0.0.1", self.feedback_port, timeout=timeout,
                                               context=context)
        return http.client.HTTPConnection("127.0.0.1", self.feedback_port, timeout=timeout)

    def post(self, body, headers=None, connection=None, path="/sns"):
        """Posts to the feedback door as SNS does."""
        if isinstance(body, dict):
            body = aws.posted(body)
        opened = connection or self.feedback()
        try:
            return ask(opened, "POST", path, body,
                       {"Content-Type": "text/plain; charset=UTF-8",
                        "User-Agent": "Amazon Simple Notification Service Agent", **(headers or {})})
        finally:
            if connection is None:
                opened.close()

    def admin(self, method, path, body=None, token=None, door="socket", headers=None):
        if door == "socket":
            connection = UnixConnection(self.socket)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=20)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        try:
            return ask(connection, method, path, body, headers)
        finally:
            connection.close()

    def get(self, path):
        answer = self.admin("GET", path)
        assert answer.status == 200, (path, answer)
        return answer.json

    def suppression(self, address, query=""):
        answer = self.admin("GET", "/v1/suppressions/" + urllib.parse.quote(address, safe="") + query)
        return answer.json if answer.status == 200 else None

    def events(self, query=""):
        """Every event, newest first, over all pages."""
        found, cursor = [], None
        while True:
            page = self.get("/v1/events?limit=1000" + query + (f"&cursor={cursor}" if cursor else ""))
            found += page["events"]
            cursor = page["next"] and urllib.parse.quote(page["next"], safe="")
            if not cursor:
                return found

    def tool(self, *arguments, stdin=None, expect=0):
        done = subprocess.run([TOOL, "--socket", self.socket, *arguments], input=stdin,
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
        return done

    # ---- ending ----

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait(20)
        self.reader.join(5)

    def stop(self, seconds=40):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
                raise AssertionError("the daemon did not stop:\n" + self.text())
        self.reader.join(5)
        assert not SANITIZER.search(self.text()), self.text()
        assert self.process.returncode == 0, f"exit {self.process.returncode}:\n{self.text()}"
