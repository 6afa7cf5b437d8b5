"""What the bench does with whole suppression lists: in by an import, out by exports, asked in bulk and one by one."""

import json
import random
import sqlite3
import subprocess
import time

import running
from measuring import Impossible
from processes import Watch, cpu_us

STEP = 2_147_483_647    # a prime: numbers in an order that has nothing to do with the addresses'
BULK = 10_000


def write_list(path, entries):
    """Every other number is on the list."""
    with open(path, "w", encoding="ascii") as out:
        out.write("address,reason\n")
        for start in range(0, entries, BULK):
            out.writelines(f"u{2 * (number * STEP % entries):07d}@example.org,bounce\n"
                           for number in range(start, min(start + BULK, entries)))


def fill(bench, row, daemon, entries, name="import"):
    file = daemon.folder / "list.csv"
    write_list(file, entries)
    began = time.monotonic()
    with Watch(daemon.process.pid) as watch:
        done = subprocess.run([running.TOOL, "--socket", daemon.socket, "suppression", "import", file],
                              capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    file.unlink()
    if done.returncode:
        raise Impossible(f"import: {done.stderr.strip()[-500:]}")
    bench.plain(row, f"{name} of {entries:,}", f"{entries / took:,.0f} entries/s", f"{took:.1f} s",
                f"RSS up to {watch.largest:.1f} MiB")
    return watch.largest


def export(bench, row, daemon, entries, form):
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
    if count < entries:
        raise Impossible(f"export: {count} lines of {entries}")
    bench.plain(row, f"export as {form}", f"{count / took:,.0f} entries/s", f"{size / took / 1e6:.0f} MB/s",
                f"RSS up to {watch.largest:.1f} MiB")
    return watch.largest


def backup(daemon, path):
    """A copy of a running daemon's database by SQLite's own means; gives (seconds, largest memory of the daemon)."""
    began = time.monotonic()
    with Watch(daemon.process.pid) as watch:
        source = sqlite3.connect(f"file:{daemon.folder / 'feedback.db'}?mode=ro", uri=True, timeout=60,
                                 check_same_thread=False)
        copy = sqlite3.connect(path, check_same_thread=False)
        source.backup(copy)     # in one step, so that new messages cannot make it begin again
        copy.close()
        source.close()
    return time.monotonic() - began, watch.largest


def bulk_us(daemon, entries, chance):
    """Checks ten thousand random addresses at once; microseconds an address."""
    numbers = [chance.randrange(2 * entries) for _ in range(BULK)]
    body = json.dumps({"addresses": [f"u{number:07d}@example.org" for number in numbers]})
    began = time.monotonic()
    answer = daemon.admin("POST", "/v1/suppressions/check", body)
    took = time.monotonic() - began
    if answer.status != 200 or answer.json["clear"] != sum(number % 2 for number in numbers):
        raise Impossible(f"bulk check: wrong answer {answer.status}")
    return took * 1e6 / BULK


def random_numbers():
    return random.Random(2)


def ask(bench, pid, target, entries, requests, connections, token):
    """Single checks; what `ask` says and the server's processor time for each."""
    before = cpu_us(pid)
    told = bench.run("ask", target, "/v1/suppressions/check?address=u%07u@example.org", 2 * entries, requests,
                     connections, token)
    told["cpu_us"] = (cpu_us(pid) - before) / requests
    return told
