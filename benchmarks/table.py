"""The form of every benchmark's result: a table on the terminal with both sides, and `var/bench/<name>.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from unicodedata import east_asian_width

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"


@dataclass(frozen=True)
class Row:
    """One comparison: both sides in the unit that `metric` names, their ratio, the target it was held against."""

    metric: str
    ours: float
    other: float
    ratio: float
    target: str
    met: bool


def at_least(metric: str, ours: float, other: float, least: float) -> Row:
    """A row whose ratio ours ÷ other must reach `least`."""
    ratio = ours / other
    return Row(metric, ours, other, ratio, f">= {least:g}", ratio >= least)


def at_most(metric: str, ours: float, other: float, most: float) -> Row:
    """A row whose ratio ours ÷ other must not pass `most`."""
    ratio = ours / other
    return Row(metric, ours, other, ratio, f"<= {most:g}", ratio <= most)


def report(name: str, rows: Sequence[Row]) -> bool:
    """Print the rows as a table and write them to `var/bench/<name>.json`; True if every target was met."""
    head = ("metric", "ours", "other", "ratio", "target", "met")
    cells = [_cells(row) for row in rows]
    widths = [max(_width(line[place]) for line in [head, *cells]) for place in range(len(head))]
    for line in [head, tuple("-" * width for width in widths), *cells]:
        print("  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip())
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{name}.json"
    target.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"-> {target.relative_to(FOLDER.parent.parent)}")
    return all(row.met for row in rows)


def _cells(row: Row) -> tuple[str, ...]:
    numbers = f"{row.ours:.4g}", f"{row.other:.4g}", f"{row.ratio:.3g}"
    return row.metric, *numbers, row.target, "yes" if row.met else "NO"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
