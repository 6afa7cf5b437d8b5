"""Row 12: resident memory after many messages on many connections, and while much goes in and out."""

import lists
from processes import resident_mib, status_mib

MESSAGES, MANY_MESSAGES, CONNECTIONS = 200_000, 1_000_000, 256
ENTRIES = 200_000


def _messages(bench, name, daemon, total):
    target, values = bench.target(daemon), []
    at_start = resident_mib(daemon.process.pid)
    for number in bench.each_round(f"memory, {name}: {total:,} messages on {CONNECTIONS} connections"):
        told = bench.load(target, total // bench.rounds, CONNECTIONS)
        values.append(resident_mib(daemon.process.pid))
        bench.keep(f"memory, {name}", number, resident_mib=values[-1], **told)
    bench.figure(12, f"resident memory after {total:,} messages, {CONNECTIONS} connections, {name}", "<= 24 MiB", values, 24,
                 judged="maximum", show="{:.1f}".format)
    bench.plain(12, f"messages, {name}", f"{at_start:.1f} MiB at the start",
                f"{values[-1]:.1f} after them", f"{status_mib(daemon.process.pid, 'VmHWM'):.1f} at most")


def _lists(bench, name, daemon):
    entries = bench.size(ENTRIES, 1000)
    largest = [lists.fill(bench, 12, daemon, entries, f"import, {name},"),
               lists.export(bench, 12, daemon, entries, "csv"), lists.export(bench, 12, daemon, entries, "ndjson")]
    copy = daemon.folder / "copy.db"
    seconds, memory = lists.backup(daemon, copy)
    bench.plain(12, f"backup, {name}", f"{copy.stat().st_size / seconds / 1e6:.0f} MB/s", f"{seconds:.1f} s",
                f"RSS up to {memory:.1f} MiB")
    copy.unlink()
    bench.figure(12, f"during import, export (csv, ndjson), backup, {name}", "", [*largest, memory], show="{:.1f}".format)


def memory(bench, rows):
    places = {"empty database": lambda: bench.daemon("empty")}
    if bench.kept:
        places[f"{bench.kept.events:,} events"] = lambda: bench.kept.daemon("large")
    else:
        events = bench.size(1_000_000)
        places[f"{events:,} events"] = lambda: bench.daemon("filled", database=bench.database(events))
    for name, start in places.items():
        daemon = start()
        _messages(bench, name, daemon, bench.size(MANY_MESSAGES if bench.kept else MESSAGES, 1000))
        _lists(bench, name, daemon)
        bench.stop(daemon)


GROUPS = [((12,), memory)]
