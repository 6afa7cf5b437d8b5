"""Figures over rounds, and the table that they are shown in."""

import statistics


class Figure:
    """One line of the table: what was measured in each round, beside its goal.

    limit: what the goal is judged by, None if there is none; judged by the median, or by the largest value."""

    def __init__(self, row, name, goal, values, limit=None, at_least=False, judged="median", show="{:.2f}".format):
        self.row, self.name, self.goal, self.values = row, name, goal, list(values)
        self.limit, self.at_least, self.judged, self.show = limit, at_least, judged, show
        self.reason = None

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def met(self):
        """True, False, or None where there is no goal or no measurement."""
        if self.limit is None or not self.values:
            return None
        value = max(self.values) if self.judged == "maximum" else self.median
        return value >= self.limit if self.at_least else value <= self.limit

    def cells(self):
        if not self.values:
            return [str(self.row), self.name, self.goal, "not measured: " + self.reason]
        numbers = [self.show(number) for number in (self.median, min(self.values), max(self.values))]
        return [str(self.row), self.name, self.goal, *numbers, {True: "yes", False: "no", None: ""}[self.met]]

    def as_json(self):
        one = {"row": self.row, "name": self.name, "goal": self.goal, "rounds": self.values}
        if self.values:
            one |= {"median": self.median, "minimum": min(self.values), "maximum": max(self.values), "met": self.met}
        else:
            one["not_measured"] = self.reason
        return one


def not_measured(row, name, goal, reason):
    figure = Figure(row, name, goal, [])
    figure.reason = reason
    return figure


def part_of_one(value):
    """0.08 as 1/12.5."""
    return f"1/{1 / value:.1f}" if value > 0 else "0"


def order(row):
    """Rows with numbers first, then the others."""
    text = str(row)
    return (not text.isdigit(), text.zfill(4))


def print_table(figures):
    heads = ["#", "figure", "goal", "median", "minimum", "maximum", "met"]
    rows = [figure.cells() for figure in sorted(figures, key=lambda one: order(one.row))]
    complete = [heads] + [row for row in rows if len(row) == len(heads)]
    widths = [max(len(row[column]) for row in [heads, *rows] if column < 3 or row in complete)
              for column in range(len(heads))]
    for row in [heads, *rows]:
        cells = [cell.rjust(width) if 3 <= column < 6 and len(row) == len(heads) else cell.ljust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def print_plain(lines):
    """lines: (row, name, figure, further…) in the order of their measurement."""
    width = max((len(line[1]) for line in lines), default=0)
    last = None
    for row, name, figure, *further in sorted(lines, key=lambda line: order(line[0])):
        print(f"{'' if row == last else row:>3}  {name:<{width}}  {figure:>18}" + "".join(f"  {one}" for one in further))
        last = row
