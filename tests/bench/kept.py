"""Two filled databases that stay in a folder until somebody removes it: a small one, and a large one."""

import datetime
import json
import shutil

import lists
import rows_store
from measuring import Impossible, free_bytes

PARTS = 50              # the small one is so much smaller
BYTES_AN_EVENT = 400    # with room for the copy of it that is made
BYTES_AN_ENTRY = 250


class Kept:
    """folder/small and folder/large, each with events and a suppression list."""

    def __init__(self, bench, folder, events, entries):
        self.bench, self.folder = bench, folder
        self.events, self.entries = events, entries
        self.few = max(events // PARTS, 1)
        self.sizes = {"small": (self.few, max(entries // PARTS, 1)), "large": (events, entries)}

    # ---- what is there ----

    def place(self, name):
        return self.folder / name

    def state(self, name):
        try:
            return json.loads((self.place(name) / "state.json").read_text())
        except (OSError, ValueError):
            return {}

    def write_state(self, name, **more):
        (self.place(name) / "state.json").write_text(json.dumps({**self.state(name), **more}, indent=1) + "\n")

    def growth(self):
        rounds = self.state("large").get("growth")
        if not rounds:
            raise Impossible("it is measured while the large database is filled; remove it to measure again")
        return rounds

    def filled(self):
        return self.state("large").get("filled", "")

    def bytes(self):
        return sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())

    def daemon(self, name):
        return self.bench.daemon(name, folder=self.place(name))

    # ---- making it ----

    def make(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in self.sizes:
            self._make_events(name)
            self._make_entries(name)
        for name, (events, entries) in self.sizes.items():
            size = (self.place(name) / "feedback.db").stat().st_size
            self.bench.plain("L", f"the {name} database", f"{events:,} events", f"{entries:,} suppressions",
                             f"{size / 1e9:.2f} GB", f"filled {self.state(name).get('filled')}", str(self.place(name)))

    def _make_events(self, name):
        events, entries = self.sizes[name]
        if self.state(name).get("events") == events:
            return
        needed = 2 * events * BYTES_AN_EVENT + 2 * entries * BYTES_AN_ENTRY
        if free_bytes(self.folder) < needed:
            raise Impossible(f"{self.folder} needs {needed / 1e9:.0f} GB free")
        place, bench = self.place(name), self.bench
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        bench.say(f"filling {place} with {events:,} events, once and for all; this takes a while")
        growth = None
        with bench.group():
            if name == "large":
                growth = rows_store.grow(bench, place / "feedback.db", self.few, events, self._window())
            else:
                bench.run("fill", place / "feedback.db", events, rows_store.DAYS)
        self.write_state(name, events=events, growth=growth,
                         filled=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"))

    def _window(self):
        """A divisor of both sizes, a fifth of the small one."""
        return max(self.few // 5, 1)

    def _make_entries(self, name):
        _, entries = self.sizes[name]
        if self.state(name).get("entries") == entries:
            return
        self.bench.say(f"importing {entries:,} suppressions into {self.place(name)}")
        with self.bench.group():
            lists.fill(self.bench, "L", self.daemon(name), entries, f"import, {name} database,")
        self.write_state(name, entries=entries)
