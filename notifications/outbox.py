"""The ledger of what is to leave the process: claimed under a fence, settled under the same (P4)."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select, update

from app.clock import now
from app.extensions import db
from app.models import Outbox
from app.writing import rollback, write
from notifications import dead_messages

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
FRESH = timedelta(seconds=3)  # how long the bell of the commit may take before the sweeper rings again
DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))
MOST_CLAIMS = 8  # a row whose workers keep dying is not tried for ever

_outbox = Outbox.__table__


class FailedError(Exception):
    """What was to be done did not come off; `code` says why, `wait` when to try again (None: as the back-off says)."""

    def __init__(self, code: str, wait: timedelta | None = None):
        super().__init__(code)
        self.code, self.wait = code, wait


class PermanentError(FailedError):
    """Trying again would not help."""


class LostLeaseError(Exception):
    """Somebody else has claimed the row in the meantime: stop, and write nothing."""


class PutBackError(Exception):
    """The row has been put back already, together with what came of the try."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outbox row that this worker holds until its lease runs out; `fence` is the claim's own number."""

    id: int
    event: str
    placement_id: int | None
    roll_record_id: int | None
    payload: dict[str, Any]
    attempts: int
    fence: int
    created_at: datetime | None = None


_open = or_(
    and_(_outbox.c.state == "due", _outbox.c.due_at <= bindparam("now")),
    and_(_outbox.c.state == "leased", _outbox.c.lease_until <= bindparam("now")),
)
_CLAIM = (
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"), _open)
    .values(
        state="leased",
        lease_until=bindparam("until"),
        fence=_outbox.c.fence + 1,
        attempts=_outbox.c.attempts + 1,
    )
    .returning(
        _outbox.c.id,
        _outbox.c.event,
        _outbox.c.placement_id,
        _outbox.c.roll_record_id,
        _outbox.c.payload,
        _outbox.c.attempts,
        _outbox.c.fence,
        _outbox.c.created_at,
    )
)
_mine = (_outbox.c.id == bindparam("row"), _outbox.c.fence == bindparam("mine"), _outbox.c.state == "leased")
_HOLD = update(_outbox).where(*_mine).values(lease_until=bindparam("until"))
_FINISH = update(_outbox).where(*_mine).values(state="done", done_at=bindparam("at"), lease_until=None, error=None)
_FAIL = (
    update(_outbox)
    .where(*_mine)
    .values(state=bindparam("to"), due_at=bindparam("again"), lease_until=None, error=bindparam("why"))
)
_POSTPONE = (
    update(_outbox)
    .where(*_mine)
    .values(state="due", due_at=bindparam("again"), attempts=0, lease_until=None, error=bindparam("why"))
)
_DUE = (
    select(_outbox.c.id, _outbox.c.event)
    .where(
        or_(
            and_(_outbox.c.state == "due", _outbox.c.due_at <= bindparam("rung_before")),
            and_(_outbox.c.state == "leased", _outbox.c.lease_until <= bindparam("now")),
        )
    )
    .order_by(_outbox.c.due_at)
    .limit(bindparam("limit"))
)
_BURY = (
    update(_outbox)
    .where(
        _outbox.c.state == "leased",
        _outbox.c.lease_until <= bindparam("now"),
        _outbox.c.attempts >= bindparam("most"),
    )
    .values(state="dead", lease_until=None, error="worker_died")
    .returning(_outbox.c.id, _outbox.c.event, _outbox.c.payload)
)
_REPLAY = (
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"), _outbox.c.state == "dead")
    .values(state="due", due_at=bindparam("now"), attempts=0, error=None)
    .returning(_outbox.c.event, _outbox.c.payload)
)


def claim(row: int) -> Claimed | None:
    """Claim a row that is due, or whose holder's lease has run out; None when there is nothing to do about it."""

    def work() -> Claimed | None:
        at = now()
        found = db.session.execute(_CLAIM, {"row": row, "now": at, "until": at + LEASE}).one_or_none()
        return Claimed(**found._mapping) if found else None

    return write(work)


def hold(claimed: Claimed, at: datetime | None = None) -> datetime:
    """Renew the lease inside the caller's transaction and return the time; raises LostLeaseError when it is lost."""
    at = at or now()
    row = {"row": claimed.id, "mine": claimed.fence, "until": at + LEASE}
    if db.session.connection().execute(_HOLD, row).rowcount != 1:
        raise LostLeaseError
    return at


def finish(claimed: Claimed) -> None:
    """Write the row down as done; raises LostLeaseError."""
    write(lambda: done(claimed))


def done(claimed: Claimed, at: datetime | None = None) -> datetime:
    """Write the row down as done inside the caller's transaction and return the time; raises LostLeaseError."""
    at = at or now()
    _put(_FINISH, claimed, {"at": at})
    return at


def fail(claimed: Claimed, code: str, wait: timedelta | None) -> None:
    """Put the row back for another try after `wait`, or, with None, into the dead letters; raises LostLeaseError."""
    if wait is None:
        write(lambda: give_up(claimed, code))
        _alarm(claimed.id, claimed.event, code)
        return
    write(lambda: _put(_FAIL, claimed, {"to": "due", "again": now() + wait, "why": code[:60]}))
    named = {"outbox_id": claimed.id, "event": claimed.event, "attempts": claimed.attempts, "code": code}
    log.warning("outbox row failed", extra=named)


def give_up(claimed: Claimed, code: str) -> None:
    """Put the row, and the message that it works off, into the dead letters inside the caller's transaction.

    Raises LostLeaseError.
    """
    at = now()
    _put(_FAIL, claimed, {"to": "dead", "again": at, "why": code[:60]})
    dead_messages.bury([(claimed.event, claimed.payload)], code, at)


def postpone(claimed: Claimed, code: str, wait: timedelta) -> None:
    """Put the row back inside the caller's transaction: what stands in the way is not its fault and is not counted.

    Raises LostLeaseError.
    """
    postpone_until(claimed, code, now() + wait)


def postpone_until(claimed: Claimed, code: str, at: datetime) -> None:
    """Put the row back until a moment, as `postpone` does; raises LostLeaseError."""
    _put(_POSTPONE, claimed, {"again": at, "why": code[:60]})


def _put(statement: Any, claimed: Claimed, values: dict[str, Any]) -> None:
    row = {"row": claimed.id, "mine": claimed.fence} | values
    if db.session.connection().execute(statement, row).rowcount != 1:
        raise LostLeaseError


def _alarm(row: int, event: str, code: str) -> None:
    log.critical("outbox row is dead", extra={"outbox_id": row, "event": event, "code": code})


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many tries: 5 s, 30 s, 2 min, 10 min; then None, no more."""
    return DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def due(limit: int = 500) -> list[tuple[int, str]]:
    """Return (id, event) of the rows that nobody works on though it is time, oldest first."""
    at = now()
    rows = db.session.execute(_DUE, {"now": at, "rung_before": at - FRESH, "limit": limit}).all()
    rollback()
    return [(row.id, row.event) for row in rows]


def bury() -> int:
    """Put rows whose workers died too often into the dead letters, with an alarm; return how many."""
    buried = write(_bury)
    for row in buried:
        _alarm(row.id, row.event, "worker_died")
    return len(buried)


def _bury() -> list[Row[Any]]:
    at = now()
    rows = list(db.session.execute(_BURY, {"now": at, "most": MOST_CLAIMS}))
    dead_messages.bury([(row.event, row.payload) for row in rows], "worker_died", at)
    return rows


def dead() -> list[Row[Any]]:
    """Return the dead letters, oldest first: id, event, attempts, error, created_at."""
    columns = (_outbox.c.id, _outbox.c.event, _outbox.c.attempts, _outbox.c.error, _outbox.c.created_at)
    rows = list(db.session.execute(select(*columns).where(_outbox.c.state == "dead").order_by(_outbox.c.id)))
    rollback()
    return rows


def replay(row: int) -> bool:
    """Make a dead letter due again, and open the message that it works off; False when there is no such dead letter."""
    return write(lambda: reopen(row))


def reopen(row: int) -> bool:
    """Do so inside the caller's write."""
    at = now()
    found = db.session.execute(_REPLAY, {"row": row, "now": at}).one_or_none()
    if found is not None:
        dead_messages.reopen(found.event, found.payload, at)
    return found is not None
