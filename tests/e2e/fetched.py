"""What tests/install-packages unpacks for tests, and receivers of messages on loopback."""

import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import urllib.request

import pytest

import aws
import running
from cryptography import x509


def _find(name):
    for folder in (running.BUILD, running.ROOT / "build"):
        if (folder / name).exists():
            return folder / name
    return None


def debian(program):
    """A program of a Debian package, installed or unpacked; skips without it."""
    found = _find(f"debian/usr/bin/{program}") or shutil.which(program)
    if not found:
        pytest.skip(f"skipped: no {program} (tests/install-packages test unpacks it)")
    return pathlib.Path(found)


def node(script, *arguments, stdin=None):
    """Runs JavaScript with the modules of tests/e2e/npm; gives the process that has ended."""
    modules = _find("npm/node_modules")
    if not shutil.which("node") or not modules:
        pytest.skip("skipped: no node or no modules of npm (tests/install-packages test installs them)")
    return subprocess.run(["node", "-e", script, *arguments], input=stdin, capture_output=True, text=True,
                          timeout=60, env={"PATH": os.environ["PATH"], "NODE_PATH": str(modules)})


class Authority:
    """A certificate authority of the test's, and what it vouches for: localhost."""

    def __init__(self, folder):
        self.key = aws.make_key()
        self.certificate = aws.make_certificate(self.key, "Test authority", is_authority=True)
        self.file = folder / "channel-authority.pem"
        self.file.write_bytes(aws.pem_of(self.certificate))
        key = aws.make_key()
        chain = aws.make_certificate(key, "localhost", issuer=self.certificate, issuer_key=self.key,
                                     names=[x509.DNSName("localhost")])
        self.chain = folder / "channel-receiver.pem"
        self.chain.write_bytes(aws.pem_of(chain) + aws.pem_of_key(key))

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


class Receiver:
    """An HTTP server that keeps what it gets; `answers` are (status, headers), the last one stays.
    A status "hang" says nothing until the end."""

    def __init__(self, authority=None):
        self.requests = []      # (path, headers, body)
        self.answers = [(200, {})]
        self.lock = threading.Lock()
        self.released = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.requests.append((self.path, dict(self.headers), body))
                    status, headers = receiver.answers[0]
                    if len(receiver.answers) > 1:
                        receiver.answers.pop(0)
                if status == "hang":
                    receiver.released.wait(60)
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass    # who gives up is part of the tests

        self.server = Server(("127.0.0.1", 0), Handler)
        if authority:
            self.server.socket = authority.context().wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if authority else 'http'}://localhost:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def wait(self, count=1, seconds=20):
        running.wait_for(lambda: len(self.requests) >= count, seconds, f"request {count}")
        return self.requests[count - 1]

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Alertmanager:
    """Debian's prometheus-alertmanager in a folder of its own."""

    # Debian's build reads its templates here, whatever the configuration says.
    TEMPLATES = "/usr/share/prometheus/alertmanager"

    def __init__(self, folder):
        program = debian("prometheus-alertmanager")
        folder.mkdir()
        if not pathlib.Path(self.TEMPLATES).is_dir():
            program = self.beside_its_templates(program, folder)
        self.url = f"http://127.0.0.1:{free_port()}"
        configuration = folder / "alertmanager.yml"
        configuration.write_text("route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n")
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen(
            [program, f"--config.file={configuration}", f"--storage.path={folder / 'data'}",
             f"--web.listen-address={self.url[7:]}", "--cluster.listen-address="],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=folder)
        running.wait_for(self.is_ready, 30, "Alertmanager")

    def beside_its_templates(self, program, folder):
        """Where it is unpacked only: a copy that looks for its templates where it is started."""
        fixed = self.TEMPLATES.encode()
        here = (b"./" * len(fixed))[:len(fixed)]
        for template in (program.parents[2] / self.TEMPLATES[1:]).glob("*.tmpl"):
            shutil.copy(template, folder)
        copy = folder / program.name
        copy.write_bytes(program.read_bytes().replace(fixed, here))
        copy.chmod(0o755)
        return copy

    def is_ready(self):
        assert self.process.poll() is None, "Alertmanager ended:\n" + pathlib.Path(self.log.name).read_text()
        try:
            return urllib.request.urlopen(self.url + "/-/ready", timeout=5).status == 200
        except OSError:
            return False

    def active(self):
        """Alerts that are on, by their labels alertname and severity."""
        with urllib.request.urlopen(self.url + "/api/v2/alerts?active=true", timeout=5) as answer:
            return {(one["labels"]["alertname"], one["labels"].get("severity")): one
                    for one in json.load(answer)}

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.log.close()
