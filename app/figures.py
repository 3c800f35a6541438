"""Figures of a cohort at a place: sums and waiting deltas in one statement, so those of one moment (R-STAT-1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, bindparam, func, literal, select, union_all

from app.destination_forms import national_codes
from app.models import Statistic, StatisticDelta
from workflows.case import Actor
from workflows.reporting import AGREEMENT_CODE
from workflows.statistics import OUTCOME, REGISTERED, REVIEWING, TOTAL, rate
from workflows.vocabulary import Kind, Module, Role

_sum, _delta = Statistic.__table__, StatisticDelta.__table__
WHOLE, PART, WAITING = "whole", "part", "waiting"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a role sees: the level of its place, the columns that say where that is, the level and key of the parts."""

    whole: str
    where: tuple[str, ...]
    parts: str
    key: tuple[str, ...]


SIGHTS: dict[Role, Sight] = {
    Role.DEPARTMENT: Sight("department", ("school_id", "department_id"), "major", ("department_id", "major")),
    Role.SCHOOL: Sight("school", ("school_id",), "major", ("department_id", "major")),
    Role.PROVINCE: Sight("province", ("province_code",), "school", ("school_id",)),
    Role.OPERATOR: Sight("nation", (), "province", ("province_code",)),
}


@dataclass(slots=True)
class Count:
    """How many graduates there are, and how many have registered or wait for a review; disjoint."""

    total: int = 0
    registered: int = 0
    reviewing: int = 0

    @property
    def missing(self) -> int:
        """Those who have done neither: 未登记."""
        return self.total - self.registered - self.reviewing

    @property
    def share(self) -> float | None:
        """The registered in per cent of all; None where there is nobody."""
        return rate(self.registered, self.total)

    def __iadd__(self, other: "Count") -> "Count":
        """Add the graduates of another place."""
        self.total += other.total
        self.registered += other.registered
        self.reviewing += other.reviewing
        return self


@dataclass(slots=True)
class Figures:
    """The figures of a place, of its parts by their key, and how many have registered what (`outcomes`)."""

    whole: Count = field(default_factory=Count)
    parts: dict[tuple[Any, ...], Count] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)


def _names(module: Module) -> dict[str, str]:
    """Return what the measures of a module are called in a `Count`."""
    prefix = "" if module == Module.PLACEMENT else f"{module}:"
    return {TOTAL: "total", f"{prefix}{REGISTERED}": "registered", f"{prefix}{REVIEWING}": "reviewing"}


@cache
def _statement(role: Role, measures: tuple[str, ...]) -> CompoundSelect[Any]:
    """Return the one statement: the place's own sums, three sums of each part, and the deltas that wait."""
    sight = SIGHTS[role]

    def here(table: Any) -> list[ColumnElement[bool]]:
        return [table.c.cohort == bindparam("cohort"), *(table.c[name] == bindparam(name) for name in sight.where)]

    def columns(tag: str, table: Any) -> list[Any]:
        return [literal(tag).label("tag"), *(table.c[name] for name in sight.key), table.c.measure]

    whole = select(*columns(WHOLE, _sum), _sum.c.amount).where(*here(_sum), _sum.c.level == sight.whole)
    parts = select(*columns(PART, _sum), _sum.c.amount).where(
        *here(_sum), _sum.c.level == sight.parts, _sum.c.measure.in_(measures)
    )
    grouped = [*(_delta.c[name] for name in sight.key), _delta.c.measure]
    waiting = select(*columns(WAITING, _delta), func.sum(_delta.c.amount)).where(*here(_delta)).group_by(*grouped)
    return union_all(whole, parts, waiting)


def read(conn: Connection, actor: Actor, cohort: int, module: Module = Module.PLACEMENT) -> Figures:
    """Return what an actor may see of a cohort in a module: one statement; raises KeyError for a role without figures.

    The sums of one place are never sent beside those of another: the place is the actor's own (R-ACC-2).
    """
    names = _names(module)
    where = {"cohort": cohort} | {name: getattr(actor, name) for name in SIGHTS[actor.role].where}
    found = Figures()
    for tag, *key, measure, amount in conn.execute(_statement(actor.role, tuple(names)), where):
        name = names.get(measure)
        if tag != PART and measure.startswith(OUTCOME):
            outcome = measure.removeprefix(OUTCOME)
            found.outcomes[outcome] = found.outcomes.get(outcome, 0) + int(amount)
        if name is None:
            continue
        counts = [found.whole] if tag != PART else []
        if tag != WHOLE:
            counts.append(found.parts.setdefault(tuple(key), Count()))
        for count in counts:
            setattr(count, name, getattr(count, name) + int(amount))
    return found


def by_national_code(outcomes: Mapping[str, int], day: date) -> dict[str, int]:
    """Count outcomes by the national code they are reported under on a day; without one they are left out."""
    codes = dict.fromkeys((Kind.ONLINE, Kind.OFFLINE, Kind.PAPER), AGREEMENT_CODE) | national_codes(day)
    counts: dict[str, int] = {}
    for outcome, amount in outcomes.items():
        if code := codes.get(outcome):
            counts[code] = counts.get(code, 0) + amount
    return counts
