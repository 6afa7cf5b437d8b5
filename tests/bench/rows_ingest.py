"""Rows 1, 2, 8, 9, 11: what a new message costs, how long it takes, and what the same message again costs."""

from measuring import middle
from processes import Watch, resident_mib

MESSAGES = 20_000
LONG_RUN = 100_000


def _tell(bench, row, name, told):
    """Medians of the rounds of one kind of load."""
    def of(key):
        return middle([one[key] for one in told])
    bench.plain(row, name, f"{of('per_second'):,.0f} messages/s", f"p50 {of('p50_ms'):.2f} ms", f"p90 {of('p90_ms'):.2f}",
                f"p99 {of('p99_ms'):.2f}", f"longest {of('max_ms'):.1f}",
                f"CPU {of('cpu_all_us'):.1f} us", f"of it after the answer {of('cpu_all_us') - of('cpu_us'):.1f}",
                f"V {of('v_us'):.1f} us", f"written {of('written_all_bytes'):,.0f} B", f"RSS {of('rss_kib') / 1024:.0f} MiB")


def _warm_up(bench, *targets):
    for target in targets:
        bench.load(target, bench.size(2000, 200))


def _long_run(bench, daemon, target):
    count = bench.size(LONG_RUN, 2000)
    bench.say(f"keep-alive: a long run of {count:,} messages")
    with Watch(daemon.process.pid, daemon.folder / "feedback.db") as watch:
        told = bench.load(target, count)
    bench.keep("long run, http", 1, checkpoints=watch.writings, **told)
    bench.figure(9, f"the same in a run of {count:,}, {watch.writings} times with a checkpoint", "", [told["p99_ms"] / told["p50_ms"]])
    _tell(bench, 9, f"long run of {count:,}", [told])
    bench.plain(9, "writings into the database's file meanwhile", f"{watch.writings}", "(checkpoints, looked for every 20 ms)")


def keep_alive(bench, rows):
    doors = {"http": False, "https": True}
    if 2 not in rows:
        del doors["https"]
    if not {1, 9} & set(rows):
        del doors["http"]
    daemons = {name: bench.daemon(name, tls=tls) for name, tls in doors.items()}
    targets = {name: bench.target(daemon) for name, daemon in daemons.items()}
    told = {name: [] for name in doors}
    _warm_up(bench, *targets.values())
    for number in bench.each_round("keep-alive, 64 connections"):
        for name, target in targets.items():
            told[name].append(bench.load(target, bench.size(MESSAGES, 500)))
            bench.keep(f"keep-alive, {name}", number, **told[name][-1])
    if 1 in rows:
        bench.figure(1, "CPU of a new message, HTTP keep-alive, 64 connections", "<= 3.5 V",
                     [one["all_in_v"] for one in told["http"]], 3.5)
    if 2 in rows:
        bench.figure(2, "the same over HTTPS keep-alive, ECDSA certificate", "<= 4.5 V",
                     [one["all_in_v"] for one in told["https"]], 4.5)
        _tell(bench, 2, "HTTPS", told["https"])
    if "http" in doors:
        _tell(bench, 1 if 1 in rows else 9, "HTTP", told["http"])
    if 9 in rows:
        bench.figure(9, "p99 beside p50, 64 connections, closed loop", "<= 2.5 x",
                     [one["p99_ms"] / one["p50_ms"] for one in told["http"]], 2.5)
        _long_run(bench, daemons["http"], targets["http"])
    for name, daemon in daemons.items():
        files = sum(file.stat().st_size for file in daemon.folder.glob("feedback.db*"))
        events = max(daemon.get("/v1/status")["store"]["events"], 1)
        bench.plain(2 if name == "https" else 1 if 1 in rows else 9, f"its store, {name}", f"{events:,} events",
                    f"{files / events:.0f} bytes an event on disk with every index and the log",
                    f"RSS {resident_mib(daemon.process.pid):.1f} MiB")


def one_connection(bench, rows):
    daemon = bench.daemon("one")
    target = bench.target(daemon)
    _warm_up(bench, target)
    told, disk = [], []
    for number in bench.each_round("one connection"):
        before = bench.run("yard", "fdatasync", daemon.folder)
        told.append(bench.load(target, bench.size(2000, 200), 1))
        after = bench.run("yard", "fdatasync", daemon.folder)
        disk.append({key: (before[key] + after[key]) / 2 for key in before})
        bench.keep("one connection", number, fdatasync_before=before, fdatasync_after=after, **told[-1])
    bench.figure(8, "latency of one connection, p50, beside one fdatasync", "<= 1.4 x",
                 [1000 * one["p50_ms"] / sync["p50_us"] for one, sync in zip(told, disk)], 1.4)
    _tell(bench, 8, "one connection", told)
    bench.plain(8, "an fdatasync of 4 KB in the same folder", f"p50 {middle([one['p50_us'] for one in disk]):.0f} us",
                f"p99 {middle([one['p99_us'] for one in disk]):.0f} us")


def duplicates(bench, rows):
    target = bench.target(bench.daemon("again"))
    _warm_up(bench, target)
    new, again = [], []
    for number in bench.each_round("duplicates"):
        for kept, flags in ((new, []), (again, ["--repeat"])):
            kept.append(bench.load(target, bench.size(MESSAGES, 500), 64, *flags))
        bench.keep("duplicates", number, new=new[-1], again=again[-1])
    bench.figure(11, "duplicates a second beside new messages", ">= 1.5 x",
                 [two["per_second"] / one["per_second"] for one, two in zip(new, again)], 1.5, at_least=True)
    _tell(bench, 11, "new", new)
    _tell(bench, 11, "duplicates", again)


GROUPS = [((1, 2, 9), keep_alive), ((8,), one_connection), ((11,), duplicates)]
