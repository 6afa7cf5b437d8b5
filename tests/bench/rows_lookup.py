"""Row 10: looking addresses up in a long suppression list, over HTTP and in process."""

import lists
import running
from measuring import middle
from processes import resident_mib

REQUESTS = 50_000


def _ask_all(bench, daemon, server, port, entries):
    """{(who, connections): [told, …]}, taking turns."""
    token = running.TOKENS["reader"]
    targets = {"TCP": (daemon.process.pid, f"127.0.0.1:{daemon.admin_port}", token),
               "nothing": (server.pid, f"127.0.0.1:{port}", token),
               "Unix socket": (daemon.process.pid, f"unix:{daemon.socket}", "")}
    told = {}
    for number in bench.each_round(f"look-ups among {entries:,}"):
        for connections in (16, 1):
            for who, (pid, target, given) in targets.items():
                requests = bench.size(REQUESTS if connections > 1 else REQUESTS // 5, 500)
                one = lists.ask(bench, pid, target, entries, requests, connections, given)
                told.setdefault((who, connections), []).append(one)
                bench.keep(f"look-ups, {who}, {connections} connections", number, **one)
    return told


def _tell(bench, told):
    bench.figure(10, "CPU of a look-up over HTTP (TCP, token, 16 connections) beside a handler that does nothing", "<= 1.6 x",
                 [ours["cpu_us"] / nothing["cpu_us"] for ours, nothing in zip(told["TCP", 16], told["nothing", 16])], 1.6)
    names = {"TCP": "single check, TCP", "nothing": "a handler that does nothing, TCP", "Unix socket": "single check, Unix socket"}
    for (who, connections), all_told in told.items():
        def of(key):
            return middle([one[key] for one in all_told])
        bench.plain(10, f"{names[who]}, {connections} connections", f"{of('per_second'):,.0f} requests/s",
                    f"CPU {of('cpu_us'):.1f} us", f"p50 {of('p50_us'):.0f} us", f"p99 {of('p99_us'):.0f} us")


def _in_process(bench, database, entries):
    told = []
    for number in bench.each_round("look-ups in process"):
        told.append(bench.run("lookup", database, "--entries", entries, "--asks", bench.size(100_000, 2000)))
        bench.keep("look-ups, in process", number, **told[-1])
    bench.figure(10, "a look-up in process", "<= 5 us", [one["us_each"] for one in told], 5)

    def of(key):
        return middle([one[key] for one in told])
    bench.plain(10, "in process", f"{of('us_each'):.1f} us", f"CPU {of('cpu_us_each'):.1f} us", f"p50 {of('p50_us'):.1f}",
                f"p99 {of('p99_us'):.1f}", f"in bulk, sorted first {of('bulk_us_each'):.2f} us an address")


def lookups(bench, rows):
    if bench.kept:
        entries, daemon = bench.kept.entries, bench.kept.daemon("large")
    else:
        entries, daemon = bench.entries, bench.daemon("list")
        bench.plain(10, "resident memory at the start", f"{resident_mib(daemon.process.pid):.1f} MiB")
        bench.say(f"importing a list of {entries:,} addresses")
        lists.fill(bench, 10, daemon, entries)
    with bench.idle_server() as (server, port):
        _tell(bench, _ask_all(bench, daemon, server, port, entries))
    chance = lists.random_numbers()
    took = sorted(lists.bulk_us(daemon, entries, chance) for _ in range(5 * bench.rounds))
    bench.plain(10, f"bulk check of {lists.BULK:,}, random", f"{middle(took):.1f} us an address", f"fastest {took[0]:.1f}",
                f"slowest {took[-1]:.1f}")
    for form in ("csv", "ndjson"):
        lists.export(bench, 10, daemon, entries, form)
    bench.stop(daemon)
    database = daemon.folder / "feedback.db"
    if not bench.kept:
        bench.plain(10, "its database", f"{database.stat().st_size / entries:.0f} bytes an entry")
    _in_process(bench, database, entries)


GROUPS = [((10,), lookups)]
