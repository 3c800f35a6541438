"""Figures of a cohort at a place: sums and waiting deltas in one statement, so those of one moment (R-STAT-1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)

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

    def add(self, total: int, registered: int, reviewing: int) -> None:
        """Add some more graduates, or fewer."""
        self.total += total
        self.registered += registered
        self.reviewing += reviewing


@dataclass(slots=True)
class Figures:
    """The figures of a place, of its parts by their key, and how many have registered what (`outcomes`)."""

    whole: Count = field(default_factory=Count)
    parts: dict[tuple[Any, ...], Count] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)

    def part(self, key: Iterable[Any]) -> Count:
        """Return the figures of one part, zeros for a new one."""
        return self.parts.setdefault(tuple(key), Count())


def _names(module: Module) -> tuple[str, str, str]:
    """Return what a module calls the three measures of a `Count`."""
    prefix = "" if module == Module.PLACEMENT else f"{module}:"
    return TOTAL, f"{prefix}{REGISTERED}", f"{prefix}{REVIEWING}"


@cache
def _statement(role: Role, names: tuple[str, ...]) -> CompoundSelect[Any]:
    """Return the one statement: the place's own sums, the three sums of each part, and the deltas that wait.

    Its rows are tag, key of a part, measure, and three amounts; all but those of parts have the first amount only.
    """
    sight = SIGHTS[role]

    def here(table: Any) -> list[ColumnElement[bool]]:
        return [table.c.cohort == bindparam("cohort"), *(table.c[name] == bindparam(name) for name in sight.where)]

    def rows(tag: str, table: Any, measure: Any, *amounts: Any) -> Select[Any]:
        listed = [literal_column(f"'{tag}'"), *(table.c[name] for name in sight.key), measure, *amounts]
        return select(*listed).where(*here(table))

    key, waiting_key = ([table.c[name] for name in sight.key] for table in (_sum, _delta))
    none: ColumnElement[Any] = literal_column("0")
    measures: list[ColumnElement[Any]] = [literal_column(f"'{name}'") for name in names]
    of_each = [func.sum(case((_sum.c.measure == measure, _sum.c.amount), else_=0)) for measure in measures]
    whole = rows(WHOLE, _sum, _sum.c.measure, _sum.c.amount, none, none).where(_sum.c.level == sight.whole)
    parts = rows(PART, _sum, literal_column("''"), *of_each).where(_sum.c.level == sight.parts)
    waiting = rows(WAITING, _delta, _delta.c.measure, func.sum(_delta.c.amount), none, none)
    return union_all(
        whole,
        parts.where(_sum.c.measure.in_(measures)).group_by(*key),
        waiting.group_by(*waiting_key, _delta.c.measure),
    )


def read(conn: Connection, actor: Actor, cohort: int, module: Module = Module.PLACEMENT) -> Figures:
    """Return what an actor may see of a cohort in a module: one statement; raises KeyError for a role without figures.

    The place is the actor's own, whatever was asked for (R-ACC-2).
    """
    names = _names(module)
    where = {"cohort": cohort} | {name: getattr(actor, name) for name in SIGHTS[actor.role].where}
    found = Figures()
    for tag, *place, measure, amount, registered, reviewing in conn.execute(_statement(actor.role, names), where).all():
        if tag == PART:
            found.part(place).add(int(amount), int(registered), int(reviewing))
            continue
        if measure in names:
            amounts = [int(amount) if measure == name else 0 for name in names]
            found.whole.add(*amounts)
            if tag == WAITING:
                found.part(place).add(*amounts)
        elif measure.startswith(OUTCOME):
            outcome = measure.removeprefix(OUTCOME)
            found.outcomes[outcome] = found.outcomes.get(outcome, 0) + int(amount)
    return found


def by_national_code(outcomes: Mapping[str, int], day: date) -> dict[str, int]:
    """Count outcomes by the national code they are reported under on a day; without one they are left out."""
    codes = dict.fromkeys((Kind.ONLINE, Kind.OFFLINE, Kind.PAPER), AGREEMENT_CODE) | national_codes(day)
    counts: dict[str, int] = {}
    for outcome, amount in outcomes.items():
        if code := codes.get(outcome):
            counts[code] = counts.get(code, 0) + amount
    return counts
