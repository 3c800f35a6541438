"""Counting graduates as they change: deltas in the transaction of the change, folded into sums later (R-STAT-1).

A delta touches no row that another transaction writes, so counting holds nobody up; sums and waiting deltas together
are always what a recount would find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import now
from app.extensions import db
from app.models import School, Statistic, StatisticDelta
from workflows.statistics import TOTAL, Held, placement_measures, transfer_measures
from workflows.vocabulary import Kind, Module, State, Subject

if TYPE_CHECKING:
    from app.actions import Unit

AT_ONCE = 5000  # deltas that one transaction folds
FOLDING = 20_270_615  # the key of the lock that keeps two from folding at once

_delta, _sum, _school = StatisticDelta.__table__, Statistic.__table__, School.__table__
_ADD = insert(_delta)
_PROVINCE = select(_school.c.province_code).where(_school.c.id == bindparam("school"))


class Place(NamedTuple):
    """Where a graduate counts."""

    cohort: int
    province_code: str
    school_id: int
    department_id: int
    major: str


# How fine each level is: the parts of a place that it keeps.
LEVELS: dict[str, tuple[str, ...]] = {
    "nation": (),
    "province": ("province_code",),
    "school": ("province_code", "school_id"),
    "department": ("province_code", "school_id", "department_id"),
    "major": ("province_code", "school_id", "department_id", "major"),
}
_COARSE: dict[str, Any] = {"province_code": "", "school_id": 0, "department_id": 0, "major": ""}


def write(conn: Connection, counts: Mapping[tuple[Place, str], int], at: datetime | None = None) -> None:
    """Add deltas: how many more (or fewer) graduates count at a place as a measure, by default from now on."""
    at = at or now()
    rows = [
        place._asdict() | {"measure": measure, "amount": amount, "at": at}
        for (place, measure), amount in counts.items()
        if amount
    ]
    if rows:
        conn.execute(_ADD, rows)


def arrived(conn: Connection, rolls: Iterable[Mapping[str, Any]]) -> None:
    """Count graduates who are new on the roll; each has `school_id`, `cohort`, `department_id` and `major`."""
    counts: Counter[tuple[Place, str]] = Counter()
    provinces: dict[int, str] = {}
    for roll in rolls:
        school = roll["school_id"]
        if school not in provinces:
            provinces[school] = conn.execute(_PROVINCE, {"school": school}).scalar_one()
        counts[Place(roll["cohort"], provinces[school], school, roll["department_id"], roll["major"]), TOTAL] += 1
    write(conn, counts)


def observe(unit: Unit) -> None:
    """Count what a step has changed about its graduate: placement, transfers, or the place itself."""
    subjects = {change.subject for change in unit.changes}
    before, after = _roll(unit, "old"), _roll(unit, "new")
    moved = before != after
    counts: Counter[tuple[Place, str]] = Counter()
    for sign, roll, side in ((-1, before, "old"), (1, after, "new")):
        if roll["state"] != State.ON_ROLL:
            continue
        measures = _measures(unit, subjects, moved, side)
        counts.update({(_place(unit, roll), measure): sign for measure in measures})
    write(unit.conn, {key: amount for key, amount in counts.items() if amount}, unit.view.now)


def _roll(unit: Unit, side: str) -> dict[str, Any]:
    roll = {name: getattr(unit.view.roll, name) for name in ("state", "cohort", "department_id", "major")}
    for change in unit.changes:
        if change.subject == Subject.ROLL_RECORD and side == "new":
            roll |= {name: change.new[name] for name in roll if name in change.new}
    return roll


def _place(unit: Unit, roll: Mapping[str, Any]) -> Place:
    view = unit.view.roll
    return Place(roll["cohort"], view.province_code, view.school_id, roll["department_id"], roll["major"])


def _measures(unit: Unit, subjects: set[Subject], moved: bool, side: str) -> set[str]:
    """Return what may have changed of a graduate's measures, as it was (`old`) or is (`new`)."""
    measures: set[str] = {TOTAL} if moved else set()
    if moved or Subject.PLACEMENT in subjects:
        measures |= placement_measures(_held(_rows(unit, Subject.PLACEMENT, side)))
    if moved or Subject.TRANSFER in subjects:
        rows = _rows(unit, Subject.TRANSFER, side)
        for module in (Module.ARCHIVE, Module.HOUSEHOLD):
            measures |= transfer_measures(module, (State(r["state"]) for r in rows if r["kind"] == module))
    return measures


def _rows(unit: Unit, subject: Subject, side: str) -> list[Mapping[str, Any]]:
    """Return a graduate's records of one kind before or after the step."""
    rows: dict[int, Mapping[str, Any]] = {row.id: dict(row._mapping) for row in unit.view.records(subject)}
    if side == "new":
        rows |= {change.new["id"]: change.new for change in unit.changes if change.subject == subject}
    else:
        for change in unit.changes:
            if change.subject == subject and change.old is None:
                rows.pop(change.new["id"], None)
    return list(rows.values())


def _held(rows: Iterable[Mapping[str, Any]]) -> Held | None:
    row = next((row for row in rows if row["live_key"] is not None), None)
    return Held(Kind(row["kind"]), State(row["state"]), row["type_code"] or "") if row else None


# --- folding ------------------------------------------------------------------------------------------------------

_OLDEST = select(_delta.c.id).order_by(_delta.c.id).limit(AT_ONCE)
_TAKE = delete(_delta).where(_delta.c.id.in_(_OLDEST.scalar_subquery())).returning(*_delta.c)


def fold() -> int:
    """Move waiting deltas into the sums and return how many; nothing while somebody else does (call within a write)."""
    conn = db.session.connection()
    if not _alone(conn):
        return 0
    taken = conn.execute(_TAKE).mappings().all()
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in taken:
        for level in LEVELS:
            sums[_key(level, dict(row))] += row["amount"]
    add_to_sums(conn, {key: amount for key, amount in sums.items() if amount})
    return len(taken)


def _alone(conn: Connection) -> bool:
    if conn.dialect.name != "postgresql":
        return True  # a writing transaction on SQLite is alone
    return bool(conn.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": FOLDING}).scalar_one())


def _key(level: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    parts = LEVELS[level]
    place = (row[name] if name in parts else coarse for name, coarse in _COARSE.items())
    return (row["cohort"], level, *place, row["measure"])


COLUMNS = ("cohort", "level", *_COARSE, "measure")


def add_to_sums(conn: Connection, sums: Mapping[tuple[Any, ...], int]) -> None:
    """Add to the sums, each named by the values of `COLUMNS`; in one order, so that two never wait for each other."""
    rows = [dict(zip(COLUMNS, key, strict=True)) | {"amount": sums[key]} for key in sorted(sums)]
    if not rows:
        return
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    added = dialect.insert(_sum)
    conn.execute(
        added.on_conflict_do_update(index_elements=COLUMNS, set_={"amount": _sum.c.amount + added.excluded.amount}),
        rows,
    )


def waiting(conn: Connection) -> int:
    """Return how many deltas wait to be folded."""
    return int(conn.execute(select(func.count()).select_from(_delta)).scalar_one())
