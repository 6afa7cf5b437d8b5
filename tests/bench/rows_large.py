"""Rows L1 to L6: a large database beside a small one, both of which bench-large keeps.

What these rows do to them is little: L1 and L5 record some ten thousand messages of today. Retention is measured on
copies.
"""

import shutil
import sqlite3
import threading
import time
import urllib.parse

import lists
import rows_rates
import running
from measuring import Impossible, Target, events_of, middle
from processes import cpu_us

MESSAGES = 20_000
REQUESTS = 50_000
GOAL, LIMIT = "flat (<= 1.2 x)", 1.2


def _both(bench):
    return {name: bench.kept.daemon(name) for name in ("small", "large")}


def _beside(bench):
    return f"{bench.kept.events / 1e6:.3g} million events beside {bench.kept.few / 1e6:.3g} million"


def _ratios(told, key):
    return [large[key] / small[key] for small, large in zip(told["small"], told["large"])]


def ingestion(bench, rows):
    targets = {name: bench.target(daemon) for name, daemon in _both(bench).items()}
    told = {name: [] for name in targets}
    for target in targets.values():
        bench.load(target, bench.size(2000, 200))
    for number in bench.each_round("large: ingestion"):
        for name, target in targets.items():
            told[name].append(bench.load(target, bench.size(MESSAGES, 500)))
            bench.keep(f"large: ingestion, {name}", number, **told[name][-1])
    bench.figure("L1", f"ingestion, CPU of a message at {_beside(bench)}", GOAL, _ratios(told, "all_in_v"), LIMIT)
    bench.figure("L1", "messages a second", "", _ratios(told, "per_second"))
    bench.figure("L1", "p99", "", _ratios(told, "p99_ms"))
    for name, all_told in told.items():
        def of(key):
            return middle([one[key] for one in all_told])
        bench.plain("L1", f"ingestion, {name}", f"{of('per_second'):,.0f} messages/s", f"CPU {of('all_in_v'):.2f} V",
                    f"p50 {of('p50_ms'):.2f} ms", f"p99 {of('p99_ms'):.2f} ms", f"written {of('written_all_bytes'):,.0f} B",
                    f"RSS {of('rss_kib') / 1024:.1f} MiB")


def lookups(bench, rows):
    told, bulk, chance = {"small": [], "large": []}, {"small": [], "large": []}, lists.random_numbers()
    daemons = _both(bench)
    for number in bench.each_round("large: look-ups"):
        for name, daemon in daemons.items():
            entries = bench.kept.sizes[name][1]
            told[name].append(lists.ask(bench, daemon.process.pid, f"127.0.0.1:{daemon.admin_port}", entries,
                                        bench.size(REQUESTS, 500), 16, running.TOKENS["reader"]))
            told[name][-1]["bulk_us"] = middle([lists.bulk_us(daemon, entries, chance) for _ in range(5)])
            bench.keep(f"large: look-ups, {name}", number, **told[name][-1])
    sizes = " beside ".join(f"{bench.kept.sizes[name][1]:,}" for name in ("large", "small"))
    bench.figure("L2", f"look-ups, CPU of one over HTTP among {sizes} suppressions", GOAL, _ratios(told, "cpu_us"), LIMIT)
    bench.figure("L2", "an address of a bulk check of 10,000 random ones", "", _ratios(told, "bulk_us"))
    for name, all_told in told.items():
        def of(key):
            return middle([one[key] for one in all_told])
        bench.plain("L2", f"look-ups, {name}", f"{of('per_second'):,.0f} requests/s", f"CPU {of('cpu_us'):.1f} us",
                    f"p50 {of('p50_us'):.0f} us", f"p99 {of('p99_us'):.0f} us", f"in bulk {of('bulk_us'):.1f} us an address")


def _questions(daemon):
    """What a dashboard asks; addresses are this database's own."""
    def newest(query):
        found = daemon.get(f"/v1/events?limit=1{query}")["events"]
        if not found:
            raise Impossible(f"no event {query}")
        return urllib.parse.quote(found[0]["address"], safe="")
    bounced, delivered = newest("&type=bounce"), newest("&type=delivery")
    return {"status": "/v1/status", "alerts": "/v1/alerts?limit=100", "metrics": "/metrics",
            "events, newest 100": "/v1/events?limit=100",
            "bounces, newest 100": "/v1/events?type=bounce&limit=100",
            "events of ten days ago, 100": "/v1/events?until=10d&limit=100",
            "events of one address": f"/v1/events?address={delivered}&limit=100",
            "changes of the list, newest 100": "/v1/changes?limit=100",
            "the list, first 100": "/v1/suppressions?limit=100",
            "series, 24 hours by the hour": "/v1/series?window=24h&step=1h",
            "series, 30 days by the day": "/v1/series?window=30d&step=1d",
            "the story of a bounced address": f"/v1/suppressions/{bounced}/why",
            "the story of a delivered address": f"/v1/suppressions/{delivered}/why"}


def dashboard(bench, rows):
    daemons = _both(bench)
    asked = {name: _questions(daemon) for name, daemon in daemons.items()}
    calls = {label: {name: asked[name][label] for name in daemons} for label in asked["small"]}
    times = rows_rates.compare(bench, "large: dashboard", daemons, calls)
    for label, of in times.items():
        bench.figure("L3", f"dashboard: {label}", GOAL, [two / one for one, two in zip(of["small"], of["large"])], LIMIT)
    rows_rates.tell(bench, "L3", times, list(daemons))


# ---- retention ----

def _published(database, place):
    """When the event was published that so many others come before."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)
    try:
        return connection.execute("SELECT published FROM events ORDER BY id LIMIT 1 OFFSET ?", (place,)).fetchone()[0]
    finally:
        connection.close()


def _prune(bench, name, folder, count):
    """A daemon that has to remove the oldest events; gives it and when the first one that stays was published."""
    keep_seconds = int(time.time() - _published(folder / "feedback.db", count) / 1000)
    return bench.daemon(name, folder=folder, store=f"keep_events = {keep_seconds}s")


def _wait(daemon, events, seconds=3600):
    deadline = time.monotonic() + seconds
    while events_of(daemon) > events:
        if time.monotonic() > deadline:
            raise Impossible(f"old events are still there after {seconds} s")
        time.sleep(0.05)


def _prune_alone(bench, number, name, folder, before, count):
    """Microseconds an event: by the clock, and of processor time."""
    began = time.monotonic()
    daemon = _prune(bench, name, folder, count)
    used = cpu_us(daemon.process.pid)
    _wait(daemon, before - count)
    took = {"clock_us": (time.monotonic() - began) * 1e6 / count, "cpu_us": (cpu_us(daemon.process.pid) - used) / count,
            "events": count}
    bench.keep(f"large: retention, {name}", number, **took)
    bench.stop(daemon)
    return took


def _copy(bench, name):
    folder = bench.place(f"old-{name}")
    bench.say(f"copying the {name} database")
    daemon = bench.kept.daemon(name)
    events = events_of(daemon)
    bench.stop(daemon)
    shutil.copyfile(bench.kept.place(name) / "feedback.db", folder / "feedback.db")
    return folder, events


def _ingest_while_pruning(bench, folder, events, count):
    daemon = _prune(bench, "large", folder, count)
    told = []
    for number in bench.each_round("large: ingestion while old events are removed"):
        target = Target(bench.target(daemon).url, lambda: [daemon.process.pid])
        told.append(bench.load(target, bench.size(MESSAGES, 500)))
        goes_on = events_of(daemon) > events - count + (number * bench.size(MESSAGES, 500))
        bench.keep("large: ingestion while old events are removed", number, goes_on=goes_on, **told[-1])
        if not goes_on:
            told.pop()
            bench.notes.append("L4: the old events were gone before ingestion was measured so often")
            break
    _wait(daemon, events - count + bench.rounds * bench.size(MESSAGES, 500))
    calm = [bench.load(bench.target(daemon), bench.size(MESSAGES, 500)) for _ in bench.each_round("large: ingestion after it")]
    if told:
        bench.figure("L4", "ingestion's p99 while old events are removed, beside afterwards", "",
                     [busy["p99_ms"] / one["p99_ms"] for busy, one in zip(told, calm)])
    for name, all_told in (("while old events are removed", told), ("afterwards", calm)):
        if all_told:
            bench.plain("L4", f"ingestion {name}", f"{middle([one['per_second'] for one in all_told]):,.0f} messages/s",
                        f"p50 {middle([one['p50_ms'] for one in all_told]):.2f} ms",
                        f"p99 {middle([one['p99_ms'] for one in all_told]):.2f} ms",
                        f"longest {max(one['max_ms'] for one in all_told):.0f} ms")


def retention(bench, rows):
    day = max(bench.kept.events // 30, 100)     # a day of the large database
    few = max(bench.kept.few // 10, 10)         # the small one has not that many
    copies = {name: _copy(bench, name) for name in ("small", "large")}
    left = {name: events for name, (_, events) in copies.items()}
    told = {"small": [], "large": []}
    for number in bench.each_round("large: retention"):
        for name, (folder, _) in copies.items():
            told[name].append(_prune_alone(bench, number, name, folder, left[name], few))
            left[name] -= few
    bench.figure("L4", f"retention, CPU of an old event's removal at {_beside(bench)}", GOAL, _ratios(told, "cpu_us"), LIMIT)
    for name, all_told in told.items():
        bench.plain("L4", f"retention, {name}", f"{1e6 / middle([one['clock_us'] for one in all_told]):,.0f} events/s",
                    f"CPU {middle([one['cpu_us'] for one in all_told]):.1f} us an event")
    _ingest_while_pruning(bench, copies["large"][0], left["large"], day)


# ---- backup, start-up ----

def backup(bench, rows):
    told = {"small": [], "large": []}
    daemons = _both(bench)
    copy = bench.place("backup") / "copy.db"
    for number in bench.each_round("large: backup"):
        for name, daemon in daemons.items():
            seconds, memory = lists.backup(daemon, copy)
            size = copy.stat().st_size
            told[name].append({"us_a_megabyte": seconds * 1e12 / size, "seconds": seconds, "bytes": size, "resident_mib": memory})
            bench.keep(f"large: backup, {name}", number, **told[name][-1])
            copy.unlink()
    bench.figure("L5", f"backup, time of a megabyte at {_beside(bench)}", GOAL, _ratios(told, "us_a_megabyte"), LIMIT)
    for name, all_told in told.items():
        bench.plain("L5", f"backup, {name}", f"{middle([one['seconds'] for one in all_told]):.1f} s",
                    f"{all_told[-1]['bytes'] / 1e9:.2f} GB", f"RSS up to {max(one['resident_mib'] for one in all_told):.1f} MiB")
    _ingest_during_backup(bench, daemons["large"], copy)


def _ingest_during_backup(bench, daemon, copy):
    bench.say("large: ingestion during a backup")
    target, ends, told, outcome = bench.target(daemon), threading.Event(), [], []

    def copying():
        while not ends.is_set():
            outcome.append(lists.backup(daemon, copy))
            copy.unlink()
    alone = bench.load(target, bench.size(MESSAGES, 500))
    thread = threading.Thread(target=copying)
    thread.start()
    try:
        for _ in range(bench.rounds):
            told.append(bench.load(target, bench.size(MESSAGES, 500)))
    finally:
        ends.set()
        thread.join()
    bench.keep("large: ingestion during a backup", 1, alone=alone, during=told)
    log = daemon.folder / "feedback.db-wal"
    bench.figure("L5", "ingestion's p99 during a backup, beside before", "", [one["p99_ms"] / alone["p99_ms"] for one in told])
    bench.plain("L5", "ingestion during a backup", f"p99 {middle([one['p99_ms'] for one in told]):.2f} ms",
                f"before {alone['p99_ms']:.2f} ms", f"the log's file afterwards {log.stat().st_size / 1e6:.0f} MB")


def start_up(bench, rows):
    told = {"small": [], "large": []}
    daemons = _both(bench)
    for number in bench.each_round("large: start-up"):
        for name, daemon in daemons.items():
            bench.stop(daemon)
            bench.start(daemon)
            told[name].append({"ready_ms": daemon.ready_ms})
            bench.keep(f"large: start-up, {name}", number, ready_ms=daemon.ready_ms)
    bench.figure("L6", f"start-up until ready at {_beside(bench)}", GOAL, _ratios(told, "ready_ms"), LIMIT)
    for name, all_told in told.items():
        bench.plain("L6", f"start-up, {name}", f"{middle([one['ready_ms'] for one in all_told]):.0f} ms")


GROUPS = [(("L1",), ingestion), (("L2",), lookups), (("L3",), dashboard), (("L4",), retention), (("L5",), backup),
          (("L6",), start_up)]
