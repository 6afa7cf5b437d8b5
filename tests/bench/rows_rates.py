"""Row 14: what rates, reputation and series cost does not grow with the number of events."""

import time

from measuring import Impossible, middle

ASKS = 5    # of each call in a round

DIMENSIONS = ["account", "identity", "configuration-set", "recipient-domain", "provider", "tag:campaign",
              "tenant", "source-ip", "caller", "from-domain", "diagnostic"]
CALLS = (["/v1/reputation"]
         + [f"/v1/rates?window=representative&by={dimension}" for dimension in DIMENSIONS]
         + [f"/v1/rates?window={window}&by=configuration-set" for window in ("1h", "24h", "7d", "30d")]
         + ["/v1/series?window=30d&step=1h", "/v1/why-rate?account=111122223333&region=us-east-1",
            "/v1/incident", "/v1/may-send?account=111122223333&region=us-east-1"])


def took_ms(daemon, call):
    began = time.monotonic()
    answer = daemon.admin("GET", call)
    spent = time.monotonic() - began
    if answer.status != 200:
        raise Impossible(f"{call}: {answer}")
    return spent * 1000


def compare(bench, what, daemons, calls):
    """daemons: by name; calls: {label: {name: call}}. Gives {label: {name: [ms, …]}}; each round's medians in turns."""
    times = {label: {name: [] for name in daemons} for label in calls}
    for label, asked in calls.items():      # the first answer of each is nobody's
        for name, daemon in daemons.items():
            took_ms(daemon, asked[name])
    for number in bench.each_round(what):
        for label, asked in calls.items():
            taken = {name: [] for name in daemons}
            for _ in range(ASKS):
                for name, daemon in daemons.items():
                    taken[name].append(took_ms(daemon, asked[name]))
            for name in daemons:
                times[label][name].append(middle(taken[name]))
            bench.keep(what, number, call=label, ms={name: times[label][name][-1] for name in daemons})
    return times


def sums(times, name, rounds):
    return [sum(times[label][name][number] for label in times) for number in range(rounds)]


def tell(bench, row, times, names):
    """A line a call: its median with each name, and the last beside the first."""
    bench.plain(row, "median of each call", *names, "ratio")
    for label, of in times.items():
        bench.plain(row, label, *(f"{middle(of[name]):.2f} ms" for name in names),
                    f"{middle([two / one for one, two in zip(of[names[0]], of[names[-1]])]):.2f} x")


def rates(bench, rows):
    if bench.kept:
        few, many = f"{bench.kept.few:,}", f"{bench.kept.events:,}"
        daemons = {few: bench.kept.daemon("small"), many: bench.kept.daemon("large")}
    else:
        sizes = sorted(bench.events)
        few, many = f"{sizes[0]:,}", f"{sizes[-1]:,}"
        daemons = {f"{size:,}": bench.daemon("rates", database=bench.database(size)) for size in sizes}
    times = compare(bench, "rates", daemons, {call: dict.fromkeys(daemons, call) for call in CALLS})
    one, two = sums(times, few, bench.rounds), sums(times, many, bench.rounds)
    bench.figure(14, f"rates and reputation, all calls, at {many} events beside {few}", "1.0 x (<= 1.1)",
                 [b / a for a, b in zip(one, two)], 1.1)
    tell(bench, 14, times, list(daemons))


GROUPS = [((14,), rates)]
