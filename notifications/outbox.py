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
    .returning(_outbox.c.id)
)
_REPLAY = (
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"), _outbox.c.state == "dead")
    .values(state="due", due_at=bindparam("now"), attempts=0, error=None)
)


def claim(row: int) -> Claimed | None:
    """Claim a row that is due, or whose holder's lease has run out; None when there is nothing to do about it."""

    def work() -> Claimed | None:
        at = now()
        found = db.session.execute(_CLAIM, {"row": row, "now": at, "until": at + LEASE}).one_or_none()
        return Claimed(**found._mapping) if found else None

    return write(work)


def hold(claimed: Claimed) -> datetime:
    """Renew the lease inside the caller's transaction and return the time; raises LostLeaseError when it is lost."""
    at = now()
    row = {"row": claimed.id, "mine": claimed.fence, "until": at + LEASE}
    if db.session.connection().execute(_HOLD, row).rowcount != 1:
        raise LostLeaseError
    return at


def finish(claimed: Claimed) -> None:
    """Write the row down as done; raises LostLeaseError."""
    _settle(_FINISH, claimed, lambda at: {"at": at})


def fail(claimed: Claimed, code: str, wait: timedelta | None) -> None:
    """Put the row back for another try after `wait`, or, with None, into the dead letters; raises LostLeaseError."""
    state = "due" if wait is not None else "dead"
    _settle(_FAIL, claimed, lambda at: {"to": state, "again": at + (wait or timedelta()), "why": code[:60]})
    level = logging.WARNING if wait is not None else logging.CRITICAL
    log.log(level, "outbox row failed" if wait is not None else "outbox row is dead", extra=_named(claimed, code))


def postpone(claimed: Claimed, code: str, wait: timedelta) -> None:
    """Put the row back inside the caller's transaction: what stands in the way is not its fault and is not counted.

    Raises LostLeaseError.
    """
    row = {"row": claimed.id, "mine": claimed.fence, "again": now() + wait, "why": code[:60]}
    if db.session.connection().execute(_POSTPONE, row).rowcount != 1:
        raise LostLeaseError


def _named(claimed: Claimed, code: str) -> dict[str, Any]:
    return {"outbox_id": claimed.id, "event": claimed.event, "attempts": claimed.attempts, "code": code}


def _settle(statement: Any, claimed: Claimed, values: Any) -> None:
    def work() -> None:
        row = {"row": claimed.id, "mine": claimed.fence, **values(now())}
        written = db.session.connection().execute(statement, row)
        if written.rowcount != 1:
            raise LostLeaseError

    write(work)


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
    buried = write(lambda: db.session.execute(_BURY, {"now": now(), "most": MOST_CLAIMS}).scalars().all())
    for row in buried:
        log.critical("outbox row is dead", extra={"outbox_id": row, "code": "worker_died"})
    return len(buried)


def dead() -> list[Row[Any]]:
    """Return the dead letters, oldest first: id, event, attempts, error, created_at."""
    columns = (_outbox.c.id, _outbox.c.event, _outbox.c.attempts, _outbox.c.error, _outbox.c.created_at)
    rows = list(db.session.execute(select(*columns).where(_outbox.c.state == "dead").order_by(_outbox.c.id)))
    rollback()
    return rows


def replay(row: int) -> bool:
    """Make a dead letter due again; False when there is no such dead letter."""
    return write(lambda: db.session.connection().execute(_REPLAY, {"row": row, "now": now()}).rowcount == 1)
