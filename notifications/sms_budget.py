"""How many text messages may go: to one number, and in all on a day; counted in SQL, so it holds without Redis (P10).

A place is taken in the transaction that puts the attempt on record, before the call: what is lost in between counts.
"""

import logging
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import Connection, bindparam, delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from app.models import SmsDay, SmsSent
from workflows import sent_codes
from workflows.calendar import beijing_day, beijing_midnight

log = logging.getLogger(__name__)

# A number's limits by kind; 50 notices a day is the platform's own limit per signature and template, ours is for all.
LIMITS = {"code": sent_codes.LIMITS, "notice": ((timedelta(days=1), 50),)}
LONGEST = timedelta(days=1)
ALARM = 0.8  # of the day's budget

_sent, _day = SmsSent.__table__, SmsDay.__table__
_TO_NUMBER = select(_sent.c.at).where(
    _sent.c.phone_blind == bindparam("phone"), _sent.c.kind == bindparam("of"), _sent.c.at > bindparam("since")
)
_WRITE = insert(_sent)
_REMOVE = (
    delete(_sent)
    .where(_sent.c.delivery_id == bindparam("delivery"), _sent.c.attempt == bindparam("try"))
    .returning(_sent.c.at)
)
_LESS = update(_day).where(_day.c.day == bindparam("on"), _day.c.count > 0).values(count=_day.c.count - 1)
_COUNT = select(_day.c.count).where(_day.c.day == bindparam("on"))


def kind_of(template: str) -> str:
    """Return the kind of a template: code for what somebody has just asked for, else notice."""
    return "code" if template in ("code", "upload_link") else "notice"


def take(
    conn: Connection, phone_blind: bytes, kind: str, delivery_id: int, attempt: int, at: datetime
) -> datetime | None:
    """Take a place for a text message and write it down, in the caller's transaction; None: taken.

    Otherwise return the earliest moment at which it may go: the number has had its share (code 1/min, 5/h, 10/day;
    notice 50/day), or the day's budget is used up until midnight in Beijing.
    """
    _lock_number(conn, phone_blind)
    given = {"phone": phone_blind, "of": kind, "since": at - LONGEST}
    if again := sent_codes.next_allowed(conn.execute(_TO_NUMBER, given).scalars().all(), at, LIMITS[kind]):
        return again
    day = beijing_day(at)
    if not _count(conn, day):
        return beijing_midnight(day + timedelta(days=1))
    row = {"delivery_id": delivery_id, "attempt": attempt, "phone_blind": phone_blind, "kind": kind, "at": at}
    conn.execute(_WRITE, row)
    return None


def give_back(conn: Connection, delivery_id: int, attempt: int) -> None:
    """Give back the place of an attempt that surely sent nothing, so that trying again need not wait for it.

    For LaterError, PausedError, RefusedError and UnreachableError; never for AmbiguousError.
    """
    for at in conn.execute(_REMOVE, {"delivery": delivery_id, "try": attempt}).scalars().all():
        conn.execute(_LESS, {"on": beijing_day(at)})


def used(conn: Connection, day: date) -> int:
    """Return how many text messages went out on a Beijing day."""
    return conn.execute(_COUNT, {"on": day}).scalar_one_or_none() or 0


def budget() -> int:
    """Return how many may go out on a day, from the settings."""
    return int(current_app.config["SMS_DAILY_BUDGET"])


def _lock_number(conn: Connection, phone_blind: bytes) -> None:
    """Let messages to one number be counted one after the other; SQLite's write lock does it for all."""
    if conn.dialect.name == "postgresql":
        number = int.from_bytes(phone_blind[:8], signed=True)
        conn.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _count(conn: Connection, day: date) -> bool:
    """Count one more on a day, unless its budget is used up; tell the operator at 80 % and with the last one."""
    most = budget()
    make = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    more = make(_day).values(day=day, count=1)
    more = more.on_conflict_do_update(
        index_elements=[_day.c.day], set_={"count": _day.c.count + 1}, where=_day.c.count < most
    )
    count = conn.execute(more.returning(_day.c.count)).scalar_one_or_none() if most > 0 else None
    if count in (max(int(most * ALARM), 1), most):
        log.critical("the day's budget of text messages runs out", extra={"count": count, "budget": most})
    return count is not None
