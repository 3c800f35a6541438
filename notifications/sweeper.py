"""The sweeper: rings again for what was left over, records lapsed invitations, clears away what has served its time."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import bindparam, delete
from sqlalchemy.exc import SQLAlchemyError

from app import storage
from app.clock import now
from app.expiry import expire_due
from app.extensions import db
from app.models import DownloadTicket, IdempotencyKey
from app.writing import write
from notifications import doorbell, jobs, outbox

log = logging.getLogger(__name__)

KEYS_KEPT = timedelta(hours=48)
TICKETS_KEPT = timedelta(hours=1)
PATIENCE = 10.0  # seconds without Redis after which the sweeper works rows off itself
AT_ONCE = 50  # rows that it works off in one go

_OLD_KEYS = delete(IdempotencyKey.__table__).where(IdempotencyKey.__table__.c.at < bindparam("before"))
_OLD_TICKETS = delete(DownloadTicket.__table__).where(DownloadTicket.__table__.c.expires_at < bindparam("before"))


def sweep() -> list[int]:
    """Ring for every row that is due and not being worked on; return the ids for which nobody could be rung."""
    outbox.bury()
    rows = outbox.due()
    rung = doorbell.current().again(rows) if rows else True
    return [] if rung else [row for row, _ in rows]


def tidy() -> dict[str, int]:
    """Remove idempotency keys after 48 hours, old download tickets, part files of dead writers; return how many."""

    def rows() -> dict[str, int]:
        at, connection = now(), db.session.connection()
        keys = connection.execute(_OLD_KEYS, {"before": at - KEYS_KEPT}).rowcount
        tickets = connection.execute(_OLD_TICKETS, {"before": at - TICKETS_KEPT}).rowcount
        return {"keys": keys, "tickets": tickets}

    return write(rows) | {"parts": storage.clear_parts()}


class Rounds:
    """The regular rounds of one worker: `go` does what it is time for; it never raises for a database that is away."""

    def __init__(self) -> None:
        self._next: dict[Callable[[], object], float] = {}
        self._alone_since: float | None = None

    def go(self) -> None:
        """Do the rounds: leftovers every 2 s, lapsed invitations every 10 s, clearing away every 10 minutes."""
        for duty, every in ((self._leftovers, 2.0), (expire_due, 10.0), (tidy, 600.0)):
            if time.monotonic() >= self._next.get(duty, 0.0):
                self._next[duty] = time.monotonic() + every
                self._do(duty)

    def _do(self, duty: Callable[[], object]) -> None:
        try:
            duty()
        except (SQLAlchemyError, OSError) as error:
            log.error("a round was cut short", extra={"kind": type(error).__name__})
        finally:
            db.session.remove()

    def _leftovers(self) -> None:
        """Ring; where the queue stays out of reach, work the rows off here: alerts are late then, not lost (P14)."""
        unheard = sweep()
        if not unheard:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = time.monotonic()
        elif time.monotonic() - self._alone_since >= PATIENCE:
            jobs.run(unheard[:AT_ONCE])
