"""Counting everybody anew, and comparing that with the sums: `flask statistics recount` (R-STAT-1)."""

from collections import Counter
from typing import Any

from sqlalchemy import Connection, case, delete, exists, func, select, text

from app.counting import COLUMNS, LEVELS, Place, add_to_sums
from app.models import Placement, RollRecord, School, Statistic, StatisticDelta, Transfer
from workflows.statistics import TOTAL, Held, placement_measures, transfer_measures
from workflows.vocabulary import Kind, Module, State

_roll, _school, _placement, _transfer = (m.__table__ for m in (RollRecord, School, Placement, Transfer))
_sum, _delta = Statistic.__table__, StatisticDelta.__table__

_PLACE = (_roll.c.cohort, _school.c.province_code, _roll.c.school_id, _roll.c.department_id, _roll.c.major)
_ON_ROLL = (
    select(*_PLACE)
    .join(_school, _school.c.id == _roll.c.school_id)
    .where(_roll.c.state == State.ON_ROLL.value)
    .group_by(*_PLACE)
)
_TOTALS = _ON_ROLL.add_columns(func.count().label("amount"))
_HELD = (
    _ON_ROLL.join(_placement, _placement.c.live_key == _roll.c.id)
    .add_columns(_placement.c.kind, _placement.c.state, _placement.c.type_code, func.count().label("amount"))
    .group_by(_placement.c.kind, _placement.c.state, _placement.c.type_code)
)


def _has(module: Module, state: State) -> Any:
    return exists().where(
        _transfer.c.roll_record_id == _roll.c.id, _transfer.c.kind == module.value, _transfer.c.state == state.value
    )


def _transfers(module: Module) -> Any:
    state = case((_has(module, State.APPROVED), State.APPROVED.value), else_=State.REVIEW.value).label("state")
    some = _has(module, State.APPROVED) | _has(module, State.REVIEW)
    return _ON_ROLL.add_columns(state, func.count().label("amount")).where(some).group_by(state)


def truth(conn: Connection) -> Counter[tuple[Any, ...]]:
    """Count every graduate there is at every level; named by the values of `counting.COLUMNS`."""
    counts: Counter[tuple[Any, ...]] = Counter()
    for row in conn.execute(_TOTALS):
        _add(counts, Place(*row[:5]), TOTAL, row.amount)
    for row in conn.execute(_HELD):
        held = Held(Kind(row.kind), State(row.state), row.type_code or "")
        for measure in placement_measures(held):
            _add(counts, Place(*row[:5]), measure, row.amount)
    for module in (Module.ARCHIVE, Module.HOUSEHOLD):
        for row in conn.execute(_transfers(module)):
            for measure in transfer_measures(module, [State(row.state)]):
                _add(counts, Place(*row[:5]), measure, row.amount)
    return counts


def _add(counts: Counter[tuple[Any, ...]], place: Place, measure: str, amount: int) -> None:
    for parts in LEVELS.items():
        counts[_key(parts, place, measure)] += amount


def _key(parts: tuple[str, tuple[str, ...]], place: Place, measure: str) -> tuple[Any, ...]:
    level, kept = parts
    coarse = Place(place.cohort, "", 0, 0, "")
    values = (getattr(place if name in kept else coarse, name) for name in Place._fields[1:])
    return (place.cohort, level, *values, measure)


def counted(conn: Connection) -> Counter[tuple[Any, ...]]:
    """Return the sums together with the waiting deltas, in the same form as `truth`."""
    counts: Counter[tuple[Any, ...]] = Counter()
    for row in conn.execute(select(_sum)).mappings():
        counts[tuple(row[name] for name in COLUMNS)] += row["amount"]
    for row in conn.execute(select(_delta)).mappings():
        place = Place(*(row[name] for name in Place._fields))
        _add(counts, place, row["measure"], row["amount"])
    return counts


def differences(conn: Connection, mending: bool = False) -> list[tuple[tuple[Any, ...], int, int]]:
    """List (place and measure, counted, true) of every figure that is not what a recount finds.

    Both are read at one moment, which has to be the first reading of the transaction. With `mending` nothing is folded
    until its end.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        if mending:
            conn.execute(text("LOCK TABLE statistic IN SHARE ROW EXCLUSIVE MODE"))
    have, want = counted(conn), truth(conn)
    return [(key, have[key], want[key]) for key in sorted(set(have) | set(want)) if have[key] != want[key]]


def mend(conn: Connection) -> list[tuple[tuple[Any, ...], int, int]]:
    """Correct every wrong figure by its difference and return them; deltas that arrive meanwhile stay right."""
    wrong = differences(conn, mending=True)
    add_to_sums(conn, {key: true - have for key, have, true in wrong})
    return wrong


def rebuild(conn: Connection) -> int:
    """Throw all sums and deltas away and count anew: after a bulk load, before anybody else writes."""
    conn.execute(delete(_delta))
    conn.execute(delete(_sum))
    counts = truth(conn)
    add_to_sums(conn, counts)
    return len(counts)
