"""Shows how fast the suppression list answers, and what it takes to fill and empty it.

A temporary daemon takes in so many made-up entries by an import, is asked by single checks over the Unix
socket and over TCP beside a handler that does nothing, by bulk checks of 10,000, and gives everything out
again. Its resident memory is looked at all the while. Only the ratios mean anything on a shared machine.
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

parser = argparse.ArgumentParser()
parser.add_argument("--build", required=True)
parser.add_argument("--entries", type=int, default=1_000_000)
parser.add_argument("--requests", type=int, default=20000)
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
os.environ["BUILD"] = options.build
ASK = pathlib.Path(options.build) / "tests" / "bench" / "ask"

import running  # noqa: E402


class Watch:
    """The largest resident memory of a process while something runs, in MiB."""

    def __init__(self, pid):
        self.pid, self.largest, self.ends = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def resident(self):
        for line in open(f"/proc/{self.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0

    def run(self):
        while not self.ends.wait(0.05):
            self.largest = max(self.largest, self.resident())

    def __enter__(self):
        self.largest = self.resident()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()


def row(name, figure, *rest):
    print(f"{name:<44} {figure:>22}  {'  '.join(rest)}", flush=True)


def lines():
    """Every other number is on the list, in an order that has nothing to do with the addresses'."""
    numbers = list(range(options.entries))
    random.Random(1).shuffle(numbers)
    for start in range(0, len(numbers), 10000):
        yield "".join(f"u{2 * number:07d}@example.org,bounce\n" for number in numbers[start:start + 10000]).encode()


def fill(daemon):
    file = daemon.folder / "list.csv"
    with open(file, "wb") as out:
        out.write(b"address,reason\n")
        out.writelines(lines())
    began = time.monotonic()
    with Watch(daemon.process.pid) as watch:
        subprocess.run([running.TOOL, "--socket", daemon.socket, "suppression", "import", str(file)], check=True,
                       stdout=subprocess.DEVNULL)
    took = time.monotonic() - began
    row("import", f"{options.entries / took:,.0f} entries/s", f"{took:.1f} s", f"RSS up to {watch.largest:.0f} MiB")
    file.unlink()


def single(daemon, empty):
    path = "/v1/suppressions/check?address=u%07u@example.org"
    targets = {"single check, Unix socket": (f"unix:{daemon.socket}", path, ""),
               "single check, TCP": (f"127.0.0.1:{daemon.admin_port}", path, running.TOKENS["reader"]),
               "a handler that does nothing, TCP": (f"127.0.0.1:{empty}", "/", "")}
    for connections in (1, 16):
        for _ in range(options.rounds):
            for name, (target, asked, token) in targets.items():
                done = subprocess.run([ASK, target, asked, str(2 * options.entries), str(options.requests),
                                       str(connections), token], capture_output=True, text=True)
                if done.returncode:
                    sys.exit(f"ask failed: {done.stderr}")
                told = json.loads(done.stdout)
                row(f"{name}, {connections} connections", f"{told['per_second']:,.0f} requests/s",
                    f"p50 {told['p50_us']} us", f"p99 {told['p99_us']} us")


def bulk(daemon):
    chance = random.Random(2)
    took = []
    for _ in range(5 * options.rounds):
        asked = [f"u{chance.randrange(2 * options.entries):07d}@example.org" for _ in range(10000)]
        body = json.dumps({"addresses": asked})
        began = time.monotonic()
        answer = daemon.admin("POST", "/v1/suppressions/check", body)
        took.append(time.monotonic() - began)
        if answer.status != 200 or answer.json["clear"] != sum(int(one[1:8]) % 2 for one in asked):
            sys.exit(f"bulk check: wrong answer {answer.status}")
    took.sort()
    row("bulk check of 10,000, random", f"{took[len(took) // 2] * 100:.1f} us an address",
        f"fastest {took[0] * 100:.1f}", f"slowest {took[-1] * 100:.1f}")


def empty_out(daemon):
    for form in ("csv", "ndjson"):
        connection = running.UnixConnection(daemon.socket, timeout=3600)
        began, size, count = time.monotonic(), 0, 0
        with Watch(daemon.process.pid) as watch:
            connection.request("GET", f"/v1/suppressions/export?format={form}")
            response = connection.getresponse()
            while piece := response.read(1 << 20):
                size += len(piece)
                count += piece.count(b"\n")
        took = time.monotonic() - began
        connection.close()
        if count < options.entries:
            sys.exit(f"export: {count} lines of {options.entries}")
        row(f"export as {form}", f"{options.entries / took:,.0f} entries/s", f"{size / took / 1e6:.0f} MB/s",
            f"RSS up to {watch.largest:.0f} MiB")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ses-feedbackd-bench-"))
    daemon = running.Daemon(folder, tls=False).start()
    empty = subprocess.Popen([ASK, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        row(f"{options.entries:,} entries", "", f"RSS at start {Watch(daemon.process.pid).resident():.0f} MiB")
        port = int(empty.stdout.readline())
        fill(daemon)
        row("database", f"{(folder / 'feedback.db').stat().st_size / options.entries:.0f} bytes an entry")
        single(daemon, port)
        bulk(daemon)
        empty_out(daemon)
    except http.client.HTTPException as error:
        sys.exit(f"the daemon broke off: {error}\n{daemon.text()[-2000:]}")
    finally:
        empty.stdin.close()
        empty.wait(20)
        daemon.stop()
        shutil.rmtree(folder)


main()
