"""What was edited on the far side comes back: its feed is read on from where it was left (R-SYNC-1).

Archive and household data are editable on both sides: the later change wins, and what came from there is not reported.
Each change is taken in together with its number in the feed, in one transaction: once, whoever reads, whatever dies.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from app import actions, reports
from app.clock import now
from app.extensions import db
from app.forms import FORMS
from app.models import Report, ReportFeed, RollRecord, School
from app.models.types import new_public_id
from app.writing import write
from notifications import employment_system
from notifications.channels import upsert
from notifications.outbox import FailedError
from workflows import reporting
from workflows.case import Refused, Request
from workflows.reporting import Status, Told
from workflows.vocabulary import Action, Module, State, Subject

log = logging.getLogger(__name__)

NAME = "changes"
EVERY = timedelta(seconds=10)
PAGE = 100

_feed, _roll, _school = ReportFeed.__table__, RollRecord.__table__, School.__table__
_TURN = (
    update(_feed)
    .where(_feed.c.name == NAME, _feed.c.next_at <= bindparam("now"))
    .values(next_at=bindparam("again"))
    .returning(_feed.c.position)
)
_POSITION = select(_feed.c.position).where(_feed.c.name == NAME).with_for_update()
_MOVE = update(_feed).where(_feed.c.name == NAME).values(position=bindparam("to"))
_FIND = (
    select(_roll.c.id)
    .join(_school, _school.c.id == _roll.c.school_id)
    .where(
        _school.c.code == bindparam("school_code"),
        _roll.c.student_number == bindparam("student_number"),
        _roll.c.cohort == bindparam("cohort"),
    )
)
_ADD = insert(Report.__table__)


def read_changes() -> int:
    """Take in what is new in the feed, if it is time and nobody else is at it; return how many changes there were."""
    system = employment_system.current()
    position = write(_turn) if system.connected else None
    if position is None:
        return 0
    done = 0
    try:
        while page := system.changes(position, PAGE):
            for change in page:
                write(partial(_take_in_turn, change))
            position, done = int(page[-1]["id"]), done + len(page)
    except FailedError as error:
        log.warning("the feed of changes was not read", extra={"code": error.code})
    return done


def _turn() -> int | None:
    at = now()
    first = upsert(_feed).values(name=NAME, position=0, next_at=at).on_conflict_do_nothing()
    db.session.execute(first)
    return db.session.execute(_TURN, {"now": at, "again": at + EVERY}).scalar_one_or_none()


def _take_in_turn(change: dict[str, Any]) -> None:
    if db.session.execute(_POSITION).scalar_one() >= int(change["id"]):
        return
    outcome = take_in(db.session.connection(), change)
    db.session.execute(_MOVE, {"to": int(change["id"])})
    log.info("a change of the far side", extra={"change": int(change["id"]), "outcome": outcome})


def take_in(conn: Connection, change: dict[str, Any]) -> str:
    """Apply a change made over there in the caller's transaction; return taken, outdated, unmatched or unreadable.

    `change` has school_code, student_number, cohort, kind, content and edited_at. One that fits nothing here is kept
    as unmatched, where `flask report list` shows it; one that cannot be read must not hold up those behind it.
    """
    try:
        key = {name: change[name] for name in ("school_code", "student_number", "cohort")}
        module, edited_at = Module(change["kind"]), datetime.fromisoformat(change["edited_at"])
        if edited_at.tzinfo is None or not isinstance(change["content"], dict):
            raise ValueError("a time without a zone, or no content")
    except (KeyError, TypeError, ValueError):
        log.error("a change of the far side cannot be read", extra={"change": change.get("id")})
        return "unreadable"
    roll_id = conn.execute(_FIND, key).scalar_one_or_none()
    line = reports.line_of(**key, module=module)
    unit = actions.begin(roll_id) if roll_id else None
    if unit and roll_id:
        last = reports.known(conn, roll_id, [line]).get(line)
        if not reporting.later_wins(last.changed_at if last else None, edited_at):
            return "outdated"
        if _applied(unit, module, change["content"], edited_at):
            return "taken"
    _keep(conn, roll_id, module, line, change["content"], edited_at)
    return "unmatched"


def _applied(unit: actions.Unit, module: Module, content: dict[str, Any], edited_at: datetime) -> bool:
    """Correct the transfer in force; False when there is none, or the rules do not have it."""
    rows = [row for row in unit.view.transfers if row.kind == module and row.state == State.APPROVED]
    cleaner = FORMS.get((Subject.TRANSFER, module.value))
    if not rows or cleaner is None:
        return False
    cleaned = cleaner({name: content.get(name) for name in reporting.TRANSFER_FIELDS})
    request = Request(at=edited_at, errors=cleaned.errors)
    try:
        with reports.taken_from_there(edited_at):
            actions.step(
                rows[0].id,
                unit.view.roll_id,
                Action.CORRECT,
                actions.PLATFORM,
                request,
                cleaned.values,
                Subject.TRANSFER,
            )
    except Refused as refused:
        log.warning("a change of the far side was refused", extra={"code": refused.refusal.code.value})
        return False
    return True


def _keep(
    conn: Connection, roll_id: int | None, module: Module, line: str, content: dict[str, Any], edited_at: datetime
) -> None:
    told = Told(Status.IN_FORCE, content)
    row: dict[str, Any] = {"public_id": new_public_id(), "roll_record_id": roll_id, "kind": module.value}
    row |= {"line": line, "state": "unmatched", "mark": reports.mark_of(told), "changed_at": edited_at}
    row |= {"created_at": now(), "letters": 0, "tries": 0, "sealed": reports.sealed(told, row["public_id"])}
    conn.execute(_ADD, row)
