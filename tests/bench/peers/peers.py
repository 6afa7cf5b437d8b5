"""Starts what the bench is compared with: receivers of SES feedback as others write them, and nginx for TLS.

Each is set up as its users would reasonably do it, in its best form: nothing that it does not need (no middleware, no
access log, no password), prepared statements, persistent connections. All are durable before they answer 200 (WAL,
synchronous=FULL), keep the same kinds of rows in tables of the same names, and commit once a message, as is the custom
of both worlds. What they do not do is theirs: Node's sns-validator verifies what the daemon verifies, except age;
anymail verifies nothing.

`peers.py check` posts some messages to each that can run here, and says what came of it.
"""

import functools
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import aws  # noqa: E402

INSTALLED = ROOT / "build" / "peers"
MODULES = INSTALLED / "node_modules"
NGINX = INSTALLED / "debian" / "usr" / "sbin" / "nginx"

NODE = {"node": "http", "node-cluster": "cluster", "node-express": "express"}
# sync workers close each connection, which is all they can; gthread keeps them, as long as the bench may pause.
DJANGO = {"django-sync": ["--worker-class", "sync"],
          "django-gthread": ["--worker-class", "gthread", "--threads", "4", "--keep-alive", "120"]}
NAMES = [*NODE, *DJANGO]
TLS_NAMES = ["nginx"]
INSTALL = "make bench-peers installs it"


# ---- what can run here ----

def _runs(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode == 0:
        return None
    lines = done.stderr.strip().splitlines() or ["it ended without a word"]
    return next((line for line in lines if "Error: " in line), lines[-1])


def _node_environment():
    return {"PATH": os.environ["PATH"], "NODE_PATH": str(MODULES), "NODE_ENV": "production"}


def _python_environment(database="unused"):
    packages = INSTALLED / "debian" / "usr" / "lib" / "python3" / "dist-packages"
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{HERE / 'django'}:{packages}",
            "PYTHONPYCACHEPREFIX": str(INSTALLED / "pycache"), "PEER_DATABASE": str(database),
            "DJANGO_SETTINGS_MODULE": "feedback.settings"}


def _missing_node():
    if not shutil.which("node"):
        return f"no node ({INSTALL})"
    # Opens a database: a better-sqlite3 built for another node is found out here.
    wrong = _runs(["node", "-e", "require('express'); require('sns-validator');"
                   "new (require('better-sqlite3'))(':memory:')"], _node_environment())
    return wrong and f"node lacks its modules ({INSTALL}): {wrong}"


def _missing_django():
    wrong = _runs([sys.executable, "-c", "import boto3, django, gunicorn.app.wsgiapp; django.setup();"
                   "import anymail.webhooks.amazon_ses"], _python_environment())
    return wrong and f"python3 lacks its modules ({INSTALL}): {wrong}"


def _missing_nginx():
    if not NGINX.exists():
        return f"no nginx ({INSTALL})"
    return _runs([NGINX, "-v"], {})


@functools.lru_cache(maxsize=None)
def _reasons():
    node, django = _missing_node(), _missing_django()
    return {**{name: node for name in NODE}, **{name: django for name in DJANGO}, "nginx": _missing_nginx()}


def missing():
    """Why those that cannot run here cannot: {name: reason}, nginx among them."""
    return {name: reason for name, reason in _reasons().items() if reason}


def available():
    """The names for start() that can run here and now."""
    return [name for name in NAMES if name not in missing()]


def available_tls():
    """The names for start_tls() that can run here and now."""
    return [name for name in TLS_NAMES if name not in missing()]


# ---- processes ----

def _stat(pid):
    """(parent, start time) of a process, or None. The start time tells it from a later one with its number."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[1]), fields[19]) if fields[0] != "Z" else None


def is_running(pid):
    """Whether there is such a process, and not only its remains."""
    return _stat(pid) is not None


def _with_descendants(pid):
    children = {}
    for entry in os.listdir("/proc"):
        found = _stat(entry) if entry.isdigit() else None
        if found:
            children.setdefault(found[0], []).append(int(entry))
    every = [pid]
    for one in every:
        every += children.get(one, [])
    return every


def _wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: nothing within {seconds} s")
        time.sleep(0.02)


class Peer:
    """A running peer: .url is where messages are posted."""

    def __init__(self, name, command, environment, folder, database=None, **how):
        # setpriv: a bench that is killed leaves nobody behind. The kernel goes by the thread that started them.
        assert threading.current_thread() is threading.main_thread(), "peers are started by the main thread"
        self.name = name
        self.database = database
        self.url = None
        self.log = folder / f"{name}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *map(str, command)], cwd=folder,
                                            env=environment, stdin=subprocess.DEVNULL, stderr=log,
                                            **{"stdout": log, **how})

    def check_alive(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n"
                               + self.log.read_text(errors="replace")[-2000:])

    def wait_until(self, condition, seconds=60):
        def holds():
            self.check_alive()
            return condition()
        try:
            return _wait_for(holds, seconds, self.name)
        except BaseException:
            self.stop()
            raise

    def pids(self):
        """All its processes, children too."""
        return _with_descendants(self.process.pid)

    def resident_kib(self):
        """Memory of all its processes. What several share counts once (Pss), which is in the peers' favour."""
        total = 0
        for pid in self.pids():
            for line in open(f"/proc/{pid}/smaps_rollup"):
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total

    def rows(self):
        """The number of events that its database holds."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=60)
        try:
            return connection.execute("SELECT count(*) FROM events").fetchone()[0]
        finally:
            connection.close()

    def stop(self):
        """Asks the first process to end, then ends what is left, each by its number."""
        if self.process.poll() is not None:
            return
        known = {pid: _stat(pid) for pid in self.pids()}
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)
        for pid, was in known.items():
            now = _stat(pid)
            if was and now and now[1] == was[1]:
                os.kill(pid, signal.SIGKILL)


# ---- one by one ----

def _answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(b"HEAD /sns HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


def _start_node(name, folder, signer):
    certificate = folder / f"{name}.pem"
    certificate.write_bytes(signer.pem)
    database = folder / f"{name}.db"
    command = ["node", HERE / "node" / "server.js", NODE[name], database, signer.url(), certificate, aws.TOPIC]
    peer = Peer(name, command, _node_environment(), folder, database, stdout=subprocess.PIPE)
    line = peer.process.stdout.readline()
    if not line:
        peer.process.wait(20)
        peer.check_alive()
    peer.url = f"http://127.0.0.1:{int(line)}/sns"
    return peer


def _start_django(name, folder):
    database = folder / f"{name}.db"
    environment = _python_environment(database)
    subprocess.run([sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"], env=environment,
                   check=True, timeout=120)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        port, number = listener.getsockname()[1], listener.fileno()
        # --preload shares the memory of what both have loaded; heartbeats go where they touch no disk.
        peer = Peer(name, [sys.executable, "-m", "gunicorn", "feedback.wsgi", "--workers", "2", *DJANGO[name],
                           "--preload", "--graceful-timeout", "5", "--worker-tmp-dir", "/dev/shm", "--bind", f"fd://{number}"],
                    environment, folder, database, pass_fds=[number])
    peer.url = f"http://127.0.0.1:{port}/sns"
    peer.wait_until(lambda: len(peer.pids()) == 3 and _answers(port))
    return peer


def start(name, folder, signer):
    """A running peer of that name, its files in the folder. signer: the aws.Signer of the messages to come."""
    folder = pathlib.Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if name in NODE:
        return _start_node(name, folder, signer)
    if name in DJANGO:
        return _start_django(name, folder)
    raise ValueError(f"there is no peer {name}")


# One worker, as the daemon has one thread. What is off would spare handshakes, and is off on the daemon's side too.
NGINX_CONFIGURATION = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; multi_accept on; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    keepalive_timeout 120s;
    keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{port} ssl backlog=1024;
        ssl_certificate {chain};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_tickets off;
        ssl_session_cache off;
        location = /sns {{ return 200; }}
        location / {{ return 404; }}
    }}
}}
"""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_tls(name, folder, certificate_chain, key):
    """A running nginx (Debian's, with OpenSSL) that answers 200 to POST /sns; it keeps nothing and has no rows()."""
    if name not in TLS_NAMES:
        raise ValueError(f"there is no peer {name} for TLS")
    folder = pathlib.Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX_CONFIGURATION.format(
        folder=folder, port=port, chain=pathlib.Path(certificate_chain).resolve(), key=pathlib.Path(key).resolve(),
        user="user root;" if os.getuid() == 0 else ""))
    peer = Peer(name, [NGINX, "-p", folder, "-e", "stderr", "-c", configuration], {}, folder)
    peer.url = f"https://localhost:{port}/sns"
    peer.wait_until(lambda: len(peer.pids()) == 2 and _accepts(port))
    return peer


if __name__ == "__main__":
    if sys.argv[1:] != ["check"]:
        sys.exit("usage: peers.py check")
    import check
    sys.exit(check.main())
