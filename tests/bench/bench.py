"""Shows speed and memory of the real daemon; a look, not a test.

Only the ratios mean anything on a shared machine: CPU a message beside V, one RSA-2048 verification measured in the same run.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

parser = argparse.ArgumentParser()
parser.add_argument("--build", required=True)
parser.add_argument("--messages", type=int, default=20000)
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
os.environ["BUILD"] = options.build

import aws      # noqa: E402
import running  # noqa: E402


def resident_kib(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ses-feedbackd-bench-"))
    signer = aws.Signer()
    key = folder / "signer.key"
    key.write_bytes(aws.pem_of_key(signer.key))
    daemons = {}
    try:
        for name, tls in (("https", True), ("http", False)):
            place = folder / name
            place.mkdir()
            daemons[name] = running.Daemon(place, signer=signer, tls=tls).start()
        print(f"{'door':<6} {'connections':>11} {'messages/s':>11} {'p50 ms':>7} {'p99 ms':>7} {'CPU us':>7} {'in V':>5} {'RSS MiB':>8}")
        for _ in range(options.rounds):
            for name, daemon in daemons.items():
                url = f"{name}://{'localhost' if name == 'https' else '127.0.0.1'}:{daemon.feedback_port}/sns"
                done = subprocess.run([pathlib.Path(options.build) / "tests" / "bench" / "load", url,
                                       daemon.chain if name == "https" else "", key, signer.url(), aws.TOPIC,
                                       str(daemon.process.pid), str(options.messages), "64"],
                                      capture_output=True, text=True, check=False)
                if done.returncode:
                    sys.exit(f"load failed: {done.stdout}{done.stderr}")
                told = json.loads(done.stdout)
                print(f"{name:<6} {64:>11} {told['per_second']:>11.0f} {told['p50_ms']:>7} {told['p99_ms']:>7} "
                      f"{told['cpu_us']:>7} {told['cpu_in_v']:>5} {resident_kib(daemon.process.pid) / 1024:>8.1f}", flush=True)
        for name, daemon in daemons.items():
            files = sum(file.stat().st_size for file in daemon.folder.glob("feedback.db*"))
            events = daemon.get("/v1/status")["store"]["events"]
            print(f"{name}: {events} events, {files / max(events, 1):.0f} bytes an event on disk with every index")
    finally:
        for daemon in daemons.values():
            daemon.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
