"""Measures the real daemon against the goals of the bench, and prints them as one table; a look, not a test.

Only ratios taken inside one run mean anything on a shared machine: what is compared takes turns in rounds, and V is one
bare RSA-2048 verification measured right before and after. The table and all that it comes from is in BUILD/bench.json
as well. The exit status is 0 whatever the figures say.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "e2e"))

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--build", required=True, help="where the programs are")
parser.add_argument("--rows", default="", help="only these, such as 1,8 or L3")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--quick", type=int, nargs="?", const=20, default=1, help="divides the sizes: does it run at all?")
parser.add_argument("--entries", type=int, help="suppressions to look up among (row 10)")
parser.add_argument("--events", help="sizes for rates and reputation (row 14), separated by commas; with --large the one "
                    "size of the large database")
parser.add_argument("--large", metavar="FOLDER", help="with a large database that is kept there")
options = parser.parse_args()
os.environ["BUILD"] = options.build

import figures      # noqa: E402
import kept         # noqa: E402
import measuring    # noqa: E402
import rows_ingest  # noqa: E402
import rows_large   # noqa: E402
import rows_lookup  # noqa: E402
import rows_memory  # noqa: E402
import rows_peers   # noqa: E402
import rows_rates   # noqa: E402
import rows_store   # noqa: E402

MODULES = [rows_ingest, rows_peers, rows_store, rows_lookup, rows_memory, rows_rates]
# Those of the fourteen whose figures depend on the size of the database.
OF_SIZE = [5, 6, 7, 10, 12, 14]
NAMES = {1: "CPU of a new message over HTTP", 2: "CPU of a new message over HTTPS", 3: "messages a second beside others",
         4: "CPU of a message beside others", 5: "the store's growth", 6: "disk for an event", 7: "bytes written for an event",
         8: "latency of one connection", 9: "p99 beside p50", 10: "look-ups", 11: "duplicates", 12: "memory",
         13: "new TLS connections beside nginx", 14: "rates and reputation", "L1": "ingestion", "L2": "look-ups",
         "L3": "dashboard", "L4": "retention", "L5": "backup", "L6": "start-up"}


def chosen_rows():
    known = list(NAMES) if options.large else [row for row in NAMES if isinstance(row, int)]
    if not options.rows:
        return [row for row in known if row in OF_SIZE or isinstance(row, str)] if options.large else known
    rows = [int(word) if word.isdigit() else word.upper() for word in options.rows.replace(",", " ").split()]
    unknown = [str(row) for row in rows if row not in known]
    if unknown:
        sys.exit(f"bench: no row {', '.join(unknown)}; there are {', '.join(map(str, known))}")
    return rows


def words_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def machine():
    processor = [line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    file_system = words_of("stat", "-f", "-c", "%T", options.build)
    return {"cores": len(os.sched_getaffinity(0)), "processor": processor[0] if processor else platform.machine(),
            "memory_bytes": memory, "kernel": platform.release(), "file_system": file_system}


def versions():
    libraries = {name: words_of("pkg-config", "--modversion", package) for name, package in
                 (("SQLite", "sqlite3"), ("libmicrohttpd", "libmicrohttpd"), ("OpenSSL", "libcrypto"), ("GnuTLS", "gnutls"),
                  ("cJSON", "libcjson"))}
    return {"ses-feedbackd": (ROOT / "VERSION").read_text().strip(),
            "commit": words_of("git", "-C", str(ROOT), "describe", "--always", "--dirty"), **libraries,
            "Python": platform.python_version()}


def yardsticks(bench):
    """What the machine can do at all, in this run."""
    bench.say("yardsticks")
    found = {"v_us": bench.run("yard", "verify")["v_us"]}
    speed = words_of("openssl", "speed", "-mr", "-seconds", "1", "rsa2048") or ""
    for line in speed.splitlines():
        parts = line.split(":")
        if parts[0] == "+F2":   # operations a second
            found |= {"openssl_sign_us": 1e6 / float(parts[3]), "openssl_verify_us": 1e6 / float(parts[4])}
    disk = bench.run("yard", "fdatasync", bench.folder)
    found |= {"fdatasync_p50_us": disk["p50_us"], "fdatasync_p99_us": disk["p99_us"]}
    with bench.idle_server() as (server, port):
        told = bench.run("load", "--url", f"http://127.0.0.1:{port}/sns", "--key", bench.key, "--certificate-url",
                         bench.signer.url(), "--topic", measuring.aws.TOPIC, "--pid", server.pid,
                         "--messages", bench.size(20_000, 500))
    found |= {"handler_us": told["cpu_us"], "handler_per_second": told["per_second"]}
    return found


def tell_yardsticks(found):
    print(f"V, a bare RSA-2048 verification: {found['v_us']:.1f} us"
          + (f" (openssl speed: {found['openssl_verify_us']:.1f} us, signing {found['openssl_sign_us']:.0f} us)"
             if "openssl_verify_us" in found else "")
          + f"; fdatasync of 4 KB: p50 {found['fdatasync_p50_us']:.0f} us, p99 {found['fdatasync_p99_us']:.0f} us;\n"
          f"a handler that throws the message away: {found['handler_us']:.1f} us, {found['handler_per_second']:,.0f} a second")


def measure(bench, wanted):
    for module in [*MODULES, *([rows_large] if options.large else [])]:
        for rows, group in module.GROUPS:
            asked = [row for row in rows if row in wanted]
            if not asked:
                continue
            began = time.monotonic()
            failed = None
            try:
                with bench.group():
                    group(bench, asked)
            except measuring.Impossible as error:
                failed = str(error)
            except Exception as error:   # whatever it is, the other rows are measured
                traceback.print_exc()
                failed = f"{type(error).__name__}: {error}"
            if failed:
                told = {figure.row for figure in bench.figures}
                for row in asked:
                    bench.cannot(row, NAMES[row] + (", the rest" if row in told else ""), "", " ".join(failed.split())[:300])
            bench.say(f"rows {', '.join(map(str, asked))}: {time.monotonic() - began:.0f} s")


def write_json(bench, found, began):
    path = bench.build / "bench.json"
    result = {"date": began.isoformat(timespec="seconds"), "seconds": round(time.monotonic() - bench.began),
              "machine": machine(), "versions": versions(),
              "options": {key: value for key, value in vars(options).items() if key != "build"}, "yardsticks": found,
              "table": [figure.as_json() for figure in sorted(bench.figures, key=lambda one: figures.order(one.row))],
              "plain": [list(line) for line in bench.plain_lines], "notes": bench.notes, "rounds": bench.raw}
    path.with_suffix(".new").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    path.with_suffix(".new").replace(path)
    return path


def tell(bench, found, began):
    facts, known = machine(), versions()
    print(f"ses-feedbackd {known['ses-feedbackd']} ({known['commit']}), {began:%Y-%m-%d %H:%M} UTC, {facts['cores']} cores, "
          f"Linux {facts['kernel']}, SQLite {known['SQLite']}, libmicrohttpd {known['libmicrohttpd']}, OpenSSL {known['OpenSSL']}")
    tell_yardsticks(found)
    if bench.divisor > 1:
        print(f"quick: sizes are divided by {bench.divisor}; whether goals are met says little")
    print(f"\nratios over {bench.rounds} rounds\n")
    figures.print_table(bench.figures)
    print("\nplain figures, medians\n")
    figures.print_plain(bench.plain_lines)
    for note in bench.notes:
        print(f"note: {note}")
    if bench.kept:
        print(f"\nthe databases stay in {bench.kept.folder} until you remove it: {bench.kept.bytes() / 1e9:.1f} GB")


def main():
    signal.signal(signal.SIGTERM, measuring.stop_by_signal)
    wanted = chosen_rows()
    began = datetime.datetime.now(datetime.timezone.utc)
    bench = measuring.Bench(options.build, options.rounds, options.quick)
    try:
        sizes = [int(size) for size in (options.events or "").split(",") if size]
        bench.entries = bench.size(options.entries or (10_000_000 if options.large else 1_000_000))
        if options.large:
            bench.kept = kept.Kept(bench, pathlib.Path(options.large).resolve(), bench.size(max(sizes or [50_000_000])),
                                   bench.entries)
            bench.kept.make()
        else:
            bench.events = [bench.size(size) for size in (sizes or [100_000, 1_000_000])]
        found = yardsticks(bench)
        measure(bench, wanted)
        tell(bench, found, began)
        print(f"\nall of it, machine-readable: {write_json(bench, found, began)}")
    except measuring.Impossible as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: ended before it was done")
    finally:
        bench.close()


main()
