"""Rows 5, 6, 7: what an event costs the store near a million events and near ten, and how much room it takes.

Two databases are filled in the same way. The first stops near a million events, the second goes on to the end; then
their windows take turns, so that both are measured in the same phases of the machine.
"""

import json
import os
import signal
import subprocess
import time

from measuring import Impossible

FEW, MANY, WINDOW, DAYS = 1_000_000, 10_000_000, 200_000, 30
PATIENCE = 8 * 60


class Filling:
    """A fill that stands still unless it is asked for its next window."""

    def __init__(self, bench, path, events, window):
        self.events = 0
        self.ended = None
        self.process = subprocess.Popen([bench.path_of("fill"), path, str(events), str(DAYS), str(window)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        bench.stack.callback(self.end)

    def next(self):
        self.process.send_signal(signal.SIGCONT)
        line = self.process.stdout.readline()
        if not line:
            raise Impossible(f"fill broke off: {self.process.stderr.read()[-500:]}")
        os.kill(self.process.pid, signal.SIGSTOP)
        told = json.loads(line)
        self.events = told["events"]
        return told

    def finish(self):
        """Lets it close its database."""
        self.process.send_signal(signal.SIGCONT)
        self.process.stdout.read()
        self.process.wait(600)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)
        self.process.stdout.close()
        self.process.stderr.close()


def grow(bench, path, few, many, window, patience=None):
    """Fills path with many events, or with as many as are done in so many seconds; gives a list of rounds: (near few,
    at the end)."""
    began = said = time.monotonic()
    short = Filling(bench, bench.place("few") / "feedback.db", many, window)
    while short.events < few - bench.rounds * window // 2:
        short.next()
    bench.say(f"store: {short.events:,} events in the first database")
    long, filling_began = Filling(bench, path, many, window), time.monotonic()
    while long.events < many - bench.rounds * window:
        long.next()
        if time.monotonic() > said + 20:
            said = time.monotonic()
            bench.say(f"store: {long.events:,} of {many:,} events, {long.events / (said - filling_began):,.0f} a second")
        if patience and time.monotonic() > began + patience:
            bench.notes.append(f"rows 5 to 7: {many:,} events would take more than {patience // 60} minutes here; "
                               f"measured at {long.events:,}")
            break
    rounds = []
    for number in bench.each_round(f"store: windows of {window:,} at {short.events:,} and {long.events:,} events"):
        rounds.append((short.next(), long.next()))
        bench.keep("growth", number, near_few=rounds[-1][0], near_many=rounds[-1][1])
    if long.events >= many:
        long.finish()
    return rounds


def tell(bench, rows, rounds, when=""):
    at = f"{rounds[-1][1]['events'] / 1e6:.3g} million events"
    beside = f"{at} beside {rounds[0][0]['events'] / 1e6:.3g} million{when}"
    if 5 in rows:
        for key, name in (("cpu_us", "the store's CPU for an event"), ("written_bytes", "bytes it writes for an event")):
            bench.figure(5, f"{name} at {beside}", "<= 1.1 x",
                         [many[key] / max(few[key], 1e-9) for few, many in rounds], 1.1)
    if 6 in rows:
        bench.figure(6, f"disk for an event without raw body, all indexes, at {at}", "<= 180 B",
                     [many["db_bytes"] for _, many in rounds], 180, show="{:.0f}".format)
    if 7 in rows:
        bench.figure(7, "bytes written for an event in big batches", "<= 1200 B",
                     [one["written_bytes"] for pair in rounds for one in pair], 1200, show="{:,.0f}".format)
    for few, many in rounds:
        for one in (few, many):
            bench.plain(min(set(rows) & {5, 6, 7}), f"window ending at {one['events']:,}", f"CPU {one['cpu_us']:.1f} us",
                        f"written {one['written_bytes']:,.0f} B", f"disk {one['db_bytes']:.0f} B an event")


def growth(bench, rows):
    if bench.kept:
        tell(bench, rows, bench.kept.growth(), f" (filled {bench.kept.filled()})")
        return
    tell(bench, rows, grow(bench, bench.place("many") / "feedback.db", bench.size(FEW), bench.size(MANY), bench.size(WINDOW),
                           PATIENCE))


GROUPS = [((5, 6, 7), growth)]
