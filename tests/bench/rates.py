"""Shows that what rates and reputation cost does not grow with the number of events.

Databases with so many events each, of the last 30 days, are made and asked by a daemon of their own: the
reputation, the rates by every dimension over every window, the series. Only the ratios mean anything on a
shared machine: the column at the right is the largest database's median beside the smallest one's.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

parser = argparse.ArgumentParser()
parser.add_argument("--build", required=True)
parser.add_argument("--events", default="100000,1000000", help="sizes, separated by commas")
parser.add_argument("--days", type=int, default=30)
parser.add_argument("--rounds", type=int, default=15)
parser.add_argument("--folder", help="keep the databases here, and use those that are there")
options = parser.parse_args()
os.environ["BUILD"] = options.build
FILL = pathlib.Path(options.build) / "tests" / "bench" / "fill"

import running  # noqa: E402

DIMENSIONS = ["account", "identity", "configuration-set", "recipient-domain", "provider", "tag:campaign",
              "tenant", "source-ip", "caller", "from-domain", "diagnostic"]
CALLS = (["/v1/reputation"]
         + [f"/v1/rates?window=representative&by={dimension}" for dimension in DIMENSIONS]
         + [f"/v1/rates?window={window}&by=configuration-set" for window in ("1h", "24h", "7d", "30d")]
         + ["/v1/series?window=30d&step=1h", "/v1/why-rate?account=111122223333&region=us-east-1",
            "/v1/incident", "/v1/may-send?account=111122223333&region=us-east-1"])


def make_database(folder, events):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "feedback.db"
    if path.exists():
        return
    print(f"filling {events:,} events …", file=sys.stderr, flush=True)
    done = subprocess.run([FILL, path, str(events), str(options.days)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"fill failed: {done.stdout} {done.stderr}")
    told = json.loads(done.stdout)
    print(f"  {1000 * events / max(told['ms'], 1):,.0f} events/s, "
          f"{path.stat().st_size / events:.0f} bytes an event", file=sys.stderr, flush=True)


def took(daemon, call):
    began = time.monotonic()
    answer = daemon.admin("GET", call)
    spent = time.monotonic() - began
    if answer.status != 200:
        sys.exit(f"{call}: {answer}")
    return spent * 1000


def main():
    sizes = sorted(int(size) for size in options.events.split(","))
    top = pathlib.Path(options.folder or tempfile.mkdtemp(prefix="ses-feedbackd-bench-"))
    daemons = {}
    try:
        for size in sizes:
            folder = top / f"{size}"
            make_database(folder, size)
            daemons[size] = running.Daemon(folder, tls=False).start()
        print(f"{'median of ' + str(options.rounds) + ', ms':<52}"
              + "".join(f"{size:>14,}" for size in sizes) + f"{'ratio':>9}", flush=True)
        for call in CALLS:
            times = {size: [] for size in sizes}
            for _ in range(options.rounds):  # interleaved
                for size in sizes:
                    times[size].append(took(daemons[size], call))
            medians = [sorted(times[size])[options.rounds // 2] for size in sizes]
            print(f"{call:<52}" + "".join(f"{median:14.2f}" for median in medians)
                  + f"{medians[-1] / medians[0]:9.2f}", flush=True)
    finally:
        for daemon in daemons.values():
            daemon.stop()
        if not options.folder:
            shutil.rmtree(top)


main()
