"""What all rows measure with: the programs of the bench, daemons in folders that go away, databases, progress."""

import contextlib
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import aws
import running
from figures import Figure, not_measured


class Impossible(Exception):
    """Why something cannot be measured here."""


class Target:
    """Who is posted to. count: gives the number of events it has recorded; state: how it is, in words."""

    def __init__(self, url, pids, ca=None, count=None, state=None):
        self.url, self.pids, self.ca, self.count, self.state = url, pids, ca, count, state


class Bench:
    """One run: its figures, and what is needed to get them. Sizes are divided with --quick."""

    def __init__(self, build, rounds=3, divisor=1):
        self.build = pathlib.Path(build).resolve()
        self.rounds, self.divisor = rounds, divisor
        self.figures, self.plain_lines, self.raw, self.notes = [], [], [], []
        self.signer = aws.Signer()
        self.seeds = itertools.count(time.time_ns() // 1000)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=self.build))
        self.key = self.folder / "signer.key"
        self.key.write_bytes(aws.pem_of_key(self.signer.key))
        self.databases = {}
        self.entries, self.events, self.kept = 0, [], None     # as main() chooses
        self.stack = None
        self.began = time.monotonic()

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def size(self, number, least=1):
        return max(least, number // self.divisor)

    # ---- what is told ----

    def say(self, text):
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        print(f"bench {minutes:2}:{seconds:02}  {text}", file=sys.stderr, flush=True)

    def each_round(self, what):
        for number in range(1, self.rounds + 1):
            self.say(f"{what}: round {number} of {self.rounds}")
            yield number

    def figure(self, row, name, goal, values, *arguments, **how):
        self.figures.append(Figure(row, name, goal, values, *arguments, **how))

    def cannot(self, row, name, goal, reason):
        self.figures.append(not_measured(row, name, goal, reason))

    def plain(self, row, name, figure, *further):
        self.plain_lines.append((row, name, figure, *further))

    def keep(self, what, number, **figures):
        """A round's figures as they were, for bench.json."""
        self.raw.append({"what": what, "round": number, **figures})

    # ---- the programs of the bench ----

    def path_of(self, program):
        return self.build / "tests" / "bench" / program

    def run(self, program, *arguments):
        """Runs it; gives the JSON of its last line."""
        done = subprocess.run([self.path_of(program), *map(str, arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            raise Impossible(f"{program} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}")
        return json.loads(lines[-1])

    def load(self, target, messages, connections=64, *flags):
        """Posts so many new messages; each must have been recorded. What the server did for them after it had
        answered is part of their cost: cpu_all_us, all_in_v."""
        pids = ",".join(str(pid) for pid in target.pids())
        before = target.count() if target.count else 0
        try:
            told = self.run("load", "--url", target.url, *(["--ca", target.ca] if target.ca else []), "--key", self.key,
                            "--certificate-url", self.signer.url(), "--topic", aws.TOPIC, "--pid", pids,
                            "--messages", messages, "--connections", connections, "--seed", next(self.seeds), *flags)
        except Impossible:
            self.notes.append(f"{target.url} when load gave up: {target.state() if target.state else 'unknown'}")
            raise
        recorded = target.count() - before if target.count else messages
        if recorded != messages:
            raise Impossible(f"{target.url} answered {messages} messages with 200 and recorded {recorded}")
        told["cpu_all_us"] = told["cpu_us"] + told.get("cpu_after_us", 0)
        told["written_all_bytes"] = told["written_bytes"] + told.get("written_after_bytes", 0)
        told["all_in_v"] = told["cpu_all_us"] / told["v_us"]
        return told

    @contextlib.contextmanager
    def idle_server(self):
        """A handler that does nothing: its process and port."""
        server = subprocess.Popen([self.path_of("yard"), "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield server, int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait(20)
            server.stdout.close()

    # ---- folders and daemons, for as long as a group is measured ----

    @contextlib.contextmanager
    def group(self):
        with contextlib.ExitStack() as self.stack:
            yield

    def place(self, name):
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        self.stack.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def daemon(self, name, folder=None, database=None, **settings):
        """A running daemon, in a folder of its own unless one is given; database: begins with a copy of it."""
        folder = folder or self.place(name)
        if database:
            shutil.copyfile(database, folder / "feedback.db")
        daemon = running.Daemon(folder, signer=self.signer, **{"tls": False, **settings})
        self.stack.callback(self.stop, daemon)
        return self.start(daemon)

    def start(self, daemon, patience=900):
        """Starts it; its .ready_ms is how long that took, to a millisecond."""
        began = time.monotonic()
        daemon.start(wait=False)
        while not any("ready" in line for line in daemon.log):
            if daemon.process.poll() is not None or time.monotonic() > began + patience:
                raise Impossible(f"the daemon does not get ready: {daemon.log[-1] if daemon.log else 'it says nothing'}")
            time.sleep(0.001)
        daemon.ready_ms = (time.monotonic() - began) * 1000
        daemon.wait_until_ready()
        return daemon

    def stop(self, daemon):
        """What is wrong with its end is told, and spoils no figure."""
        try:
            daemon.stop(seconds=300)
        except (AssertionError, OSError) as error:
            self.notes.append(f"a daemon did not end well: {error}")

    def target(self, daemon):
        scheme, host = ("https", "localhost") if daemon.tls else ("http", "127.0.0.1")
        return Target(f"{scheme}://{host}:{daemon.feedback_port}/sns", lambda: [daemon.process.pid],
                      daemon.chain if daemon.tls else None, lambda: events_of(daemon), lambda: state_of(daemon))

    # ---- databases that are filled once and then only copied ----

    def database(self, events, days=30):
        if events not in self.databases:
            self.say(f"filling a database with {events:,} events …")
            folder = pathlib.Path(tempfile.mkdtemp(prefix="database-", dir=self.folder))
            told = self.run("fill", folder / "feedback.db", events, days)
            self.databases[events] = folder / "feedback.db"
            self.plain("–", f"filling {events:,} events of {days} days", f"{1000 * events / max(told['ms'], 1):,.0f} events/s",
                       f"{self.databases[events].stat().st_size / events:.0f} bytes an event")
        return self.databases[events]


def events_of(daemon):
    return daemon.get("/v1/status")["store"]["events"]


def state_of(daemon):
    """How a daemon is, when something went wrong."""
    try:
        store = daemon.get("/v1/status")["store"]
    except (AssertionError, OSError) as error:
        store = f"no status: {error}"
    return f"{store}; its log ends: {daemon.text()[-500:]}"


def middle(values):
    return sorted(values)[len(values) // 2]


def stop_by_signal(*_):
    """So that what was started ends, and folders go away, when the bench is told to end."""
    raise KeyboardInterrupt


def free_bytes(folder):
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize
