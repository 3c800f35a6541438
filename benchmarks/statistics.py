"""The dashboards of provinces and of the operator against a plain GROUP BY: `python -m benchmarks.statistics [SIZE]`.

One private PostgreSQL holds two databases, one with SIZE graduates (a million) and one with twelve times as many; the
sums are built by a recount, a thousand deltas wait. Every round reads, in turn: our figures at both sizes, as the page
reads them (`app.figures.read`: statement, rows, Python), and the same figures by one GROUP BY over graduates and
placements, rows fetched. Provinces: all of them, one after the other; the time is that of the mean province. At twelve
times the size nobody waits for the GROUP BY; of the indexes of graduates and placements only those that it can use are
kept there and here.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from app import figures
from app.extensions import db
from app.models import Province
from benchmarks import graduates
from benchmarks.table import Row, at_least, at_most, report
from workflows.case import Actor
from workflows.vocabulary import Role

SIZE, TIMES, ROUNDS = 1_000_000, 12, 7
READS = 20  # of ours in a round; the other side reads once
_PLAIN = """
SELECT {part}, p.kind, p.state, p.type_code, count(*)
FROM roll_record r JOIN school s ON s.id = r.school_id LEFT JOIN placement p ON p.live_key = r.id
WHERE r.cohort = :cohort AND r.state = 'on_roll' {where} GROUP BY 1, 2, 3, 4
"""
NATION = text(_PLAIN.format(part="s.province_code", where=""))
PROVINCE = text(_PLAIN.format(part="r.school_id", where="AND s.province_code = :province"))


@dataclass
class Country:
    """A database full of graduates, and who looks at it."""

    app: Flask
    provinces: list[Actor]

    def ours(self, actors: list[Actor]) -> float:
        """Return milliseconds for one dashboard."""
        return self._timed(lambda conn, actor: figures.read(conn, actor, graduates.COHORT), actors * READS)

    def plain(self, actors: list[Actor]) -> float:
        """Return milliseconds for the same figures by GROUP BY."""

        def read(conn: Any, actor: Actor) -> Any:
            where = {"cohort": graduates.COHORT, "province": actor.province_code}
            national = actor.role == Role.OPERATOR
            return conn.execute(
                NATION if national else PROVINCE, {"cohort": graduates.COHORT} if national else where
            ).all()

        return self._timed(read, actors)

    def _timed(self, read: Callable[[Any, Actor], Any], actors: list[Actor]) -> float:
        with self.app.app_context():
            conn = db.session.connection()
            read(conn, actors[0])
            began = time.perf_counter()
            for actor in actors:
                read(conn, actor)
            seconds = time.perf_counter() - began
            db.session.remove()
        return seconds * 1000 / len(actors)


OPERATOR = [Actor(Role.OPERATOR)]


def _country(server: Any, folder: Path, size: int) -> Country:
    began = time.perf_counter()
    server.execute(f"CREATE DATABASE graduates_{size}")
    app = graduates.application_on(server.url(f"graduates_{size}"), folder)
    with app.app_context():
        graduates.load(size)
        loaded = time.perf_counter()
        sums = graduates.count()
        codes = db.session.execute(select(Province.code).order_by(Province.code)).scalars().all()
        db.session.remove()
    took = f"loaded in {loaded - began:.0f} s, {sums} sums counted in {time.perf_counter() - loaded:.0f} s"
    print(f"{size} graduates {took}", flush=True)
    return Country(app, [Actor(Role.PROVINCE, province_code=code) for code in codes])


def _agree(country: Country) -> None:
    """Make sure that both sides read the same figures."""
    with country.app.app_context():
        conn = db.session.connection()
        ours = figures.read(conn, OPERATOR[0], graduates.COHORT)
        rows = conn.execute(NATION, {"cohort": graduates.COHORT}).all()
        db.session.remove()
    registered = sum(row.count for row in rows if row.state in ("effective", "approved"))
    reviewing = sum(row.count for row in rows if row.state in ("accepted", "review"))
    theirs = (sum(row.count for row in rows), registered, reviewing)
    if theirs != (ours.whole.total, ours.whole.registered, ours.whole.reviewing):
        raise RuntimeError(f"the sides disagree: {ours.whole} and {theirs}")


def _rows(small: Country, large: Country) -> list[Row]:
    who = {"national": OPERATOR, "province": small.provinces}
    taken: dict[tuple[str, str], list[float]] = {}
    for number in range(ROUNDS):
        for name, actors in who.items():
            sides = {
                "ours": small.ours(actors),
                "plain": small.plain(actors),
                "large": large.ours(actors),
            }
            for side, milliseconds in sides.items():
                taken.setdefault((name, side), []).append(milliseconds)
        said = ", ".join(f"{name} {side} {values[-1]:.2f} ms" for (name, side), values in taken.items())
        print(f"round {number + 1}: {said}", flush=True)
    ms = {key: median(values) for key, values in taken.items()}
    rows = []
    for name in who:
        rate, plain = 1000 / ms[name, "ours"], 1000 / ms[name, "plain"]
        rows.append(at_least(f"{name} dashboards/s : plain GROUP BY", rate, plain, 100))
    for name in who:
        metric = f"{name} dashboard ms, {TIMES} times the graduates : once"
        rows.append(at_most(metric, ms[name, "large"], ms[name, "ours"], 1.2))
    return rows


def main(size: int = SIZE) -> bool:
    """Measure, print, write var/bench/statistics.json; True when every target was met."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = graduates.server()
        server.start()
        stack.callback(server.remove)
        small, large = (_country(server, folder, number) for number in (size, size * TIMES))
        _agree(small)
        rows = _rows(small, large)
        for country in (small, large):
            with country.app.app_context():
                db.engine.dispose()
    return report("statistics", rows)


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
