"""Rows 3, 4, 13: the same messages posted to others, and connections made to nginx."""

import sys

import running
from figures import part_of_one
from measuring import Impossible, Target, middle

sys.path.insert(0, str(running.ROOT / "tests" / "bench" / "peers"))

MESSAGES = 20_000
PEER_MESSAGES = 5_000
HANDSHAKES = 3_000
ADVICE = "run make bench-peers"

# Goals of rows 3 and 4, by kind of peer.
KINDS = {"Node": ("node", 15, 10), "Django": ("django", 30, 25)}


def _why_not(peers, names):
    return f"{ADVICE} ({'; '.join(sorted({peers.missing().get(name, 'missing') for name in names}))})"


def _measure(bench, daemon, others):
    """A list of rounds: what each was told, by name."""
    target = bench.target(daemon)
    targets = {name: Target(peer.url, peer.pids, None, peer.rows) for name, peer in others.items()}
    bench.load(target, bench.size(2000, 200))
    for name in targets:
        bench.load(targets[name], bench.size(500, 100))
    rounds = []
    for number in bench.each_round("peers"):
        told = {"ours": bench.load(target, bench.size(MESSAGES, 500))}
        for name, other in targets.items():
            bench.say(f"  {name}")
            told[name] = bench.load(other, bench.size(PEER_MESSAGES, 200))
            told[name]["rss_kib"] = others[name].resident_kib()
        for name, one in told.items():
            bench.keep(f"peers, {name}", number, **one)
        rounds.append(told)
    return rounds


def _figures(bench, rows, rounds, kind, names):
    _, faster, cheaper = KINDS[kind]
    best = f"the best of {len(names)} {kind} variants"
    if 3 in rows:
        bench.figure(3, f"durable messages a second beside {best}", f">= {faster} x",
                     [told["ours"]["per_second"] / max(told[name]["per_second"] for name in names) for told in rounds],
                     faster, at_least=True, show="{:.1f}".format)
    if 4 in rows:
        bench.figure(4, f"CPU of a message beside {best}", f"<= 1/{cheaper}",
                     [told["ours"]["cpu_all_us"] / min(told[name]["cpu_all_us"] for name in names) for told in rounds],
                     1 / cheaper, show=part_of_one)


def messages(bench, rows):
    try:
        import peers
    except ImportError as error:
        raise Impossible(f"{ADVICE} ({error})") from error
    variants = {kind: [name for name in peers.available() if name.startswith(begin)] for kind, (begin, *_) in KINDS.items()}
    for kind, (begin, faster, cheaper) in KINDS.items():
        if not variants[kind]:
            why = _why_not(peers, [name for name in peers.missing() if name.startswith(begin)])
            for row, name, goal in ((3, "durable messages a second", f">= {faster} x"),
                                    (4, "CPU of a message", f"<= 1/{cheaper}")):
                if row in rows:
                    bench.cannot(row, f"{name} beside {kind}", goal, why)
    if not any(variants.values()):
        return
    others, folder = {}, bench.place("peers")
    for name in sum(variants.values(), []):
        bench.say(f"starting {name}")
        others[name] = peers.start(name, folder / name, bench.signer)
        bench.stack.callback(others[name].stop)
    rounds = _measure(bench, bench.daemon("ours"), others)
    for kind, names in variants.items():
        if names:
            _figures(bench, rows, rounds, kind, names)
    for name in rounds[0]:
        def of(key):
            return middle([told[name][key] for told in rounds])
        bench.plain(3 if 3 in rows else 4, name, f"{of('per_second'):,.0f} messages/s", f"p50 {of('p50_ms'):.1f} ms",
                    f"p99 {of('p99_ms'):.1f}", f"CPU {of('cpu_all_us'):.0f} us", f"memory {of('rss_kib') / 1024:.0f} MiB")


def _connections(bench, targets):
    """A list of rounds: by name the CPU of a message with a connection of its own, and on one that is kept."""
    rounds = []
    for target in targets.values():
        bench.load(target, bench.size(300, 100), 64, "--new-connections")
    for number in bench.each_round("new TLS connections"):
        told = {}
        for name, target in targets.items():
            new = bench.load(target, bench.size(HANDSHAKES, 200), 64, "--new-connections")
            kept = bench.load(target, bench.size(2 * HANDSHAKES, 400))
            told[name] = {"new": new, "kept": kept, "connection_us": new["cpu_all_us"] - kept["cpu_all_us"]}
        bench.keep("new TLS connections", number, **told)
        rounds.append(told)
    return rounds


def connections(bench, rows):
    try:
        import peers
    except ImportError as error:
        raise Impossible(f"{ADVICE} ({error})") from error
    if "nginx" in peers.missing():
        raise Impossible(_why_not(peers, ["nginx"]))
    daemon = bench.daemon("tls", tls=True)
    other = peers.start_tls("nginx", bench.place("nginx"), daemon.chain, daemon.folder / "feedback.key")
    bench.stack.callback(other.stop)
    rounds = _connections(bench, {"ours": bench.target(daemon), "nginx": Target(other.url, other.pids, daemon.chain)})
    bench.figure(13, "CPU of a new TLS connection (ECDSA), its message taken off, beside nginx", "<= 1.55 x",
                 [told["ours"]["connection_us"] / told["nginx"]["connection_us"] for told in rounds], 1.55)
    bench.figure(13, "the same with the message, which nginx only throws away", "",
                 [told["ours"]["new"]["cpu_all_us"] / told["nginx"]["new"]["cpu_all_us"] for told in rounds])
    for name in ("ours", "nginx"):
        new, kept = ([told[name][kind] for told in rounds] for kind in ("new", "kept"))
        bench.plain(13, name, f"{middle([one['per_second'] for one in new]):,.0f} connections/s",
                    f"CPU {middle([one['cpu_all_us'] for one in new]):.0f} us with a message",
                    f"{middle([one['cpu_all_us'] for one in kept]):.0f} us of a message on a kept one",
                    f"p99 {middle([one['p99_ms'] for one in new]):.1f} ms")


GROUPS = [((3, 4), messages), ((13,), connections)]
