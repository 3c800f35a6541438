"""Reports for the employment management system, written in the transaction of the change (R-SYNC-1).

Nothing is sent here. A report stands on its line in the order of the changes; its outbox row rings after the commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update

from app import outgoing
from app.crypto import digest, seal_json, unseal_json
from app.models import Report, RollRecord, School
from app.models.types import new_public_id
from app.reportable import SUBJECT, told_on
from workflows import reporting
from workflows.reporting import Status, Told
from workflows.vocabulary import Event, Module, Subject

if TYPE_CHECKING:
    from app.actions import Unit

UNSENT = ("waiting", "refused")

_report, _roll, _school = Report.__table__, RollRecord.__table__, School.__table__
_KEY = (
    select(_school.c.code, _roll.c.student_number, _roll.c.cohort)
    .join(_school, _school.c.id == _roll.c.school_id)
    .where(_roll.c.id == bindparam("roll"))
)
_COLUMNS = (_report.c.roll_record_id, _report.c.kind, _report.c.line, _report.c.sequence, _report.c.mark)
_KNOWN = (
    select(*_COLUMNS, _report.c.changed_at)
    .where(
        or_(_report.c.roll_record_id == bindparam("roll"), _report.c.line.in_(bindparam("lines", expanding=True))),
        _report.c.state != "unmatched",
    )
    .order_by(_report.c.id)
)
_ADD = insert(_report).returning(_report.c.id)
_AGAIN = (
    update(_report)
    .where(_report.c.id == bindparam("report"))
    .values({"letters": _report.c.letters + 1, "state": "waiting", "tries": 0, "error": None})
    .returning(_report.c.public_id, _report.c.letters, _report.c.roll_record_id)
)
_KEYS = ("school_id", "cohort", "student_number")
_taken_at: ContextVar[datetime | None] = ContextVar("taken_at", default=None)


@contextmanager
def taken_from_there(edited_at: datetime) -> Iterator[None]:
    """Mark what is changed inside as known over there since `edited_at`: it is written down and not reported."""
    token = _taken_at.set(edited_at)
    try:
        yield
    finally:
        _taken_at.reset(token)


def line_of(school_code: str, student_number: str, cohort: int, module: Module) -> str:
    """Return how a line is named here."""
    return f"{school_code}/{student_number}/{cohort}/{module.value}"


def key_of(line: str) -> dict[str, Any]:
    """Return the far side's key of a line: school_code, student_number, cohort, kind."""
    school_code, rest = line.split("/", 1)
    student_number, cohort, kind = rest.rsplit("/", 2)
    return {"school_code": school_code, "student_number": student_number, "cohort": int(cohort), "kind": kind}


def mark_of(told: Told) -> str:
    """Return the keyed digest by which two contents of a line are compared."""
    return digest("report", {"status": told.status.value, "content": dict(told.content)})


def sealed(told: Told, public_id: str) -> bytes:
    """Return what a line is to hold, sealed to its row."""
    return seal_json({"status": told.status.value, "content": dict(told.content)}, f"report.sealed:{public_id}")


def opened(row: Any) -> dict[str, Any]:
    """Return {status, content} of a row with `public_id` and `sealed`."""
    body: dict[str, Any] = unseal_json(bytes(row.sealed), f"report.sealed:{row.public_id}")
    return body


def known(conn: Connection, roll_id: int, lines: list[str]) -> dict[str, Row[Any]]:
    """Return what each line was last told or is known to hold, by line: the graduate's own and those named."""
    return {row.line: row for row in conn.execute(_KNOWN, {"roll": roll_id, "lines": lines})}


def observe(unit: Unit) -> None:
    """Write a report for every line that should hold something else after this unit."""
    modules = _touched(unit)
    if not modules:
        return
    key = unit.conn.execute(_KEY, {"roll": unit.view.roll_id}).one()
    lines = {line_of(key.code, key.student_number, key.cohort, module): module for module in Module}
    last = known(unit.conn, unit.view.roll_id, list(lines))
    for line, module in lines.items():
        if module in modules:
            tell(unit.conn, unit.view.roll_id, module, line, _told(unit, module), unit.view.now, last.get(line))
    for line, row in last.items():  # the graduate's key over there has changed: the old line holds nothing any more
        if line not in lines and row.roll_record_id == unit.view.roll_id:
            tell(unit.conn, unit.view.roll_id, Module(row.kind), line, reporting.NOTHING, unit.view.now, row)


def _touched(unit: Unit) -> set[Module]:
    found: set[Module] = set()
    for change in unit.changes:
        old, new = change.old or {}, change.new
        if change.subject == Subject.ROLL_RECORD and any(old.get(name) != new.get(name) for name in _KEYS):
            return set(Module)
        if change.subject in (Subject.PLACEMENT, Subject.TRANSFER):
            module = Module.PLACEMENT if change.subject == Subject.PLACEMENT else Module(new["kind"])
            states = [row["state"] for row in (old, new) if row.get("state")]
            if any(reporting.status(module, new["kind"], state) for state in states):
                found.add(module)
    return found


def _told(unit: Unit, module: Module) -> Told:
    """Return what a line is to hold after the unit: the rows read under the lock, under those it has changed."""
    subject = SUBJECT[module]
    rows: dict[int, Mapping[Any, Any]] = {row.id: row._mapping for row in unit.view.records(subject)}
    rows |= {change.new["id"]: change.new for change in unit.changes if change.subject == subject}
    return told_on(unit.conn, module, [SimpleNamespace(**row) for row in rows.values()], lambda i: _ending(unit, i))


def _ending(unit: Unit, placement_id: int) -> str | None:
    endings: list[Mapping[Any, Any]] = [row._mapping for row in unit.view.terminations]
    endings += [change.new for change in unit.changes if change.subject == Subject.TERMINATION]
    marks = [row["mark"] for row in endings if row["placement_id"] == placement_id and row["mark"]]
    return marks[-1] if marks else None


def tell(
    conn: Connection, roll_id: int, module: Module, line: str, told: Told, at: datetime, last: Any, sequence: int = 0
) -> None:
    """Write a report unless the line is known to hold this; `last` is its newest row, `sequence` overrides the next."""
    mark = mark_of(told)
    if not sequence and (last.mark == mark if last else told.status == Status.NONE):
        return
    taken = _taken_at.get()
    row: dict[str, Any] = {
        "public_id": new_public_id(),
        "roll_record_id": roll_id,
        "kind": module.value,
        "line": line,
        "sequence": None if taken else sequence or _next(conn, line),
        "state": "taken" if taken else "waiting",
        "mark": mark,
        "changed_at": taken or at,
        "created_at": at,
        "letters": 0,
        "tries": 0,
    }
    report_id = conn.execute(_ADD, row | {"sealed": sealed(told, row["public_id"])}).scalar_one()
    if not taken and current_app.config["EMPLOYMENT_SYSTEM_URL"]:
        ring_for(conn, report_id, at)


_LAST_SEQUENCE = (
    select(_report.c.sequence)
    .where(_report.c.line == bindparam("line"), _report.c.sequence.is_not(None))
    .order_by(_report.c.sequence.desc())
    .limit(1)
)


def _next(conn: Connection, line: str) -> int:
    return (conn.execute(_LAST_SEQUENCE, {"line": line}).scalar() or 0) + 1


def ring_for(conn: Connection, report_id: int, at: datetime) -> None:
    """Put a report, new or to be sent again, into the outbox; its bell rings after the commit."""
    row = conn.execute(_AGAIN, {"report": report_id}).one()
    outgoing.emit(
        conn, Event.REPORT_DUE, f"{row.public_id}:{row.letters}", at, {"report": report_id}, row.roll_record_id
    )
