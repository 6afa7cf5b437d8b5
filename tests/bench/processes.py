"""What /proc tells about processes: processor time, resident memory, and the largest of it in a while."""

import os
import pathlib
import threading

TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")


def cpu_us(pid):
    """User and system time so far, to 10 ms, in microseconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def status_mib(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def resident_mib(pid):
    return status_mib(pid, "VmRSS")


class Watch:
    """While something runs: the largest resident memory of a process in MiB, and how often a file was written to."""

    def __init__(self, pid, file=None):
        self.pid, self.file = pid, file
        self.largest, self.writings = resident_mib(pid), 0
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _changed(self):
        return self.file.stat().st_mtime_ns if self.file else 0

    def _run(self):
        last = self._changed()
        while not self.ends.wait(0.02):
            self.largest = max(self.largest, resident_mib(self.pid))
            now = self._changed()
            self.writings += now != last
            last = now

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()
