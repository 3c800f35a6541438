"""What the far side holds against what we hold: the differences, school by school, and their mending (R-SYNC-1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from app import actions, reports
from app.extensions import db
from app.models import Outbox, Placement, Report, RollRecord, School, Termination, Transfer
from app.reportable import told_on
from app.writing import rollback, write
from notifications import employment_system, report_feed
from workflows import reporting
from workflows.reporting import Status, Told
from workflows.vocabulary import Event, Module

CHUNK = 500  # graduates that are read at once

_report, _roll, _school, _outbox = Report.__table__, RollRecord.__table__, School.__table__, Outbox.__table__
_COHORTS = select(_roll.c.cohort).distinct().order_by(_roll.c.cohort)
_SCHOOLS = (
    select(_school.c.code)
    .where(_school.c.id.in_(select(_roll.c.school_id).where(_roll.c.cohort == bindparam("cohort"))))
    .order_by(_school.c.code)
)
_ROLLS = (
    select(_roll.c.id, _roll.c.student_number)
    .join(_school, _school.c.id == _roll.c.school_id)
    .where(_school.c.code == bindparam("code"), _roll.c.cohort == bindparam("cohort"), _roll.c.id > bindparam("after"))
    .order_by(_roll.c.id)
    .limit(CHUNK)
)
_STATES = tuple({state.value for _, state in reporting.PLACEMENT_STATUS} | {s.value for s in reporting.TRANSFER_STATUS})
_ROWS = {
    model: select(model.__table__).where(
        model.roll_record_id.in_(bindparam("rolls", expanding=True)), model.state.in_(_STATES)
    )
    for model in (Placement, Transfer)
}
_MARKS = select(Termination.placement_id, Termination.mark).where(
    Termination.roll_record_id.in_(bindparam("rolls", expanding=True)), Termination.mark.is_not(None)
)
_REPORTS = (
    select(_report)
    .where(_report.c.line.in_(bindparam("lines", expanding=True)), _report.c.state != "unmatched")
    .order_by(_report.c.id)
)
_OPEN_LETTERS = select(_outbox.c.key).where(
    _outbox.c.key.in_(bindparam("keys", expanding=True)), _outbox.c.state.in_(("due", "leased"))
)
_SET_ASIDE = (
    update(_report)
    .where(
        _report.c.line == bindparam("of"),
        or_(_report.c.sequence > bindparam("from_"), _report.c.state.in_(reports.UNSENT)),
    )
    .values(sequence=None, state="superseded")
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line on which the two sides differ.

    `problem`: missing, surplus, different, numbering (same content, other sequence), unsent (nobody works on our
    report), newer_there (edited over there since). `roll_id` is None for a graduate whom we do not know.
    """

    line: str
    problem: str
    roll_id: int | None = None
    fields: tuple[str, ...] = ()
    theirs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ours:
    """What we hold of a line: what it should say, and its reports, the oldest first."""

    line: str
    module: Module
    roll_id: int
    told: Told
    reports: tuple[Any, ...]

    @property
    def last(self) -> int:
        """Return the sequence of the newest report, 0 for none."""
        return max((row.sequence for row in self.reports if row.sequence), default=0)

    @property
    def changed_at(self) -> datetime | None:
        """Return since when we know the content."""
        return self.reports[-1].changed_at if self.reports else None


def differences(cohort: int | None = None) -> Iterator[Difference]:
    """Yield every line on which the two sides differ, of one cohort or of all; raises FailedError when it is away."""
    for year in [cohort] if cohort else _column(_COHORTS, {}):
        ours, theirs = _column(_SCHOOLS, {"cohort": year}), employment_system.current().schools(year)
        for code in sorted({*ours, *theirs}):
            yield from _of_school(year, code)


def _column(statement: Any, values: dict[str, Any]) -> list[Any]:
    found = list(db.session.execute(statement, values).scalars())
    rollback()
    return found


def _of_school(cohort: int, code: str) -> Iterator[Difference]:
    theirs = {_line(record): record for record in employment_system.current().of_school(cohort, code)}
    for ours in _held_here(cohort, code):
        found = _compare(ours, theirs.pop(ours.line, None))
        if found:
            yield found
    for line, record in theirs.items():
        if record["status"] != Status.NONE:
            yield Difference(line, "surplus", theirs=record)


def _line(record: Mapping[str, Any]) -> str:
    module = Module(record["kind"])
    return reports.line_of(record["school_code"], record["student_number"], record["cohort"], module)


def _held_here(cohort: int, code: str) -> Iterator[Ours]:
    after = 0
    while True:
        conn = db.session.connection()
        rolls = conn.execute(_ROLLS, {"code": code, "cohort": cohort, "after": after}).all()
        lines = {
            reports.line_of(code, roll.student_number, cohort, module): (roll.id, module)
            for roll in rolls
            for module in Module
        }
        held = _read(conn, lines, [roll.id for roll in rolls])
        rollback()
        yield from held
        if len(rolls) < CHUNK:
            return
        after = rolls[-1].id


def _read(conn: Connection, lines: Mapping[str, tuple[int, Module]], rolls: list[int]) -> list[Ours]:
    of: dict[tuple[Any, int], list[Any]] = {}
    for model, statement in _ROWS.items():
        for row in conn.execute(statement, {"rolls": rolls}):
            of.setdefault((model, row.roll_record_id), []).append(row)
    told: dict[str, list[Any]] = {}
    for row in conn.execute(_REPORTS, {"lines": list(lines)}):
        told.setdefault(row.line, []).append(row)
    marks = {row.placement_id: row.mark for row in conn.execute(_MARKS, {"rolls": rolls})}
    held = []
    for line, (roll_id, module) in lines.items():
        rows = of.get((Placement if module == Module.PLACEMENT else Transfer, roll_id), [])
        held.append(Ours(line, module, roll_id, told_on(conn, module, rows, marks.get), tuple(told.get(line, ()))))
    return held


def _compare(ours: Ours, theirs: Mapping[str, Any] | None) -> Difference | None:
    """Return how a line differs, None where it does not or its reports are under way."""
    unsent = [row for row in ours.reports if row.state in reports.UNSENT]
    if unsent:
        return None if _under_way(unsent) else Difference(ours.line, "unsent", ours.roll_id, theirs=theirs)
    if theirs is None:
        held_before = ours.last > 0 or ours.told.status != Status.NONE
        return Difference(ours.line, "missing", ours.roll_id) if held_before else None
    fields = _fields(ours.told, theirs)
    if fields:
        newer = ours.module != Module.PLACEMENT and _edited_since(ours, theirs)
        surplus = ours.told.status == Status.NONE
        problem = "newer_there" if newer else "surplus" if surplus else "different"
        return Difference(ours.line, problem, ours.roll_id, fields, theirs)
    if theirs["sequence"] != ours.last:
        return Difference(ours.line, "numbering", ours.roll_id, theirs=theirs)
    return None


def _edited_since(ours: Ours, theirs: Mapping[str, Any]) -> bool:
    return reporting.later_wins(ours.changed_at, datetime.fromisoformat(theirs["changed_at"]))


def _fields(told: Told, theirs: Mapping[str, Any]) -> tuple[str, ...]:
    here, there = dict(told.content), dict(theirs["content"])
    if "record" not in there and theirs["kind"] != Module.PLACEMENT:
        here.pop("record", None)  # typed in over there, where our record's name is not known
    names = [name for name in sorted({*here, *there}) if here.get(name) != there.get(name)]
    return tuple((["status"] if told.status != theirs["status"] else []) + names)


def _under_way(unsent: list[Any]) -> bool:
    letters = [_letter(row) for row in unsent]
    open_ones = set(db.session.execute(_OPEN_LETTERS, {"keys": letters}).scalars())
    rollback()
    return set(letters) == open_ones


def _letter(row: Any) -> str:
    return f"{Event.REPORT_DUE.value}:{row.public_id}:{row.letters}"


def mend(found: Difference) -> bool:
    """Have a line sent again in order, or taken over from there; False when there is nobody to do it for."""
    return bool(found.roll_id) and write(partial(_mend, found))


def _mend(found: Difference) -> bool:
    unit = actions.begin(found.roll_id or 0)
    conn, at = unit.conn, unit.view.now
    if found.problem == "newer_there":
        edited = {**reports.key_of(found.line), **(found.theirs or {})}
        return report_feed.take_in(conn, edited | {"edited_at": edited["changed_at"]}) == "taken"
    ours = _read(conn, {found.line: (found.roll_id or 0, _module(found.line))}, [found.roll_id or 0])[0]
    theirs = (found.theirs or {}).get("sequence", 0)
    again = _to_send_again(ours, theirs)
    if not again:
        conn.execute(_SET_ASIDE, {"of": ours.line, "from_": theirs})
        reports.tell(conn, ours.roll_id, ours.module, ours.line, ours.told, at, None, theirs + 1)
    for row in again:
        reports.ring_for(conn, row.id, at)
    return True


def _module(line: str) -> Module:
    return Module(reports.key_of(line)["kind"])


def _to_send_again(ours: Ours, theirs: int) -> list[Any]:
    """Return the reports that the far side lacks, in order.

    [] where sending them would not do: one is missing, they do not end in what the line should say, or the far side
    has another content under a number of ours.
    """
    lacking = [row for row in ours.reports if row.sequence and row.sequence > theirs]
    whole = [row.sequence for row in lacking] == list(range(theirs + 1, theirs + 1 + len(lacking)))
    repeated = [row for row in ours.reports if row.sequence and row.sequence <= theirs and row.state in reports.UNSENT]
    agreed = not any(row.state == "refused" for row in repeated)
    ends_well = bool(ours.reports) and ours.reports[-1].mark == reports.mark_of(ours.told)
    return repeated + lacking if whole and agreed and ends_well else []
