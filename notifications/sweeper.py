"""The sweeper: rings again for leftovers, records lapsed invitations, reads the far side's feed, clears away."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Delete, Table, and_, bindparam, delete, exists, or_, select, tuple_

from app import counting, storage
from app.clock import now
from app.expiry import expire_due
from app.extensions import db
from app.lists import exports
from app.models import (
    Delivery,
    DownloadTicket,
    FileTicket,
    IdempotencyKey,
    Message,
    Outbox,
    SentCode,
    Session,
    SmsReceipt,
    SmsSent,
    Verification,
    WechatInbox,
    WechatScene,
)
from app.reminders import remind_due
from app.writing import write
from notifications import doorbell, file_clearing, jobs, outbox, receipts
from notifications.report_feed import read_changes
from wechat import inbox
from wechat.followers import repair_at_night

log = logging.getLogger(__name__)

KEPT = {
    "keys": timedelta(hours=48),
    "tickets": timedelta(hours=1),
    "used_tickets": timedelta(),
    "file_tickets": timedelta(),
    "sessions": timedelta(days=30),
    "codes": timedelta(days=2),
    "misses": timedelta(days=2),
    "scenes": timedelta(days=2),
    "texts": timedelta(days=2),
    "receipts": timedelta(days=30),
    "pushes": timedelta(days=30),
    "outbox": timedelta(days=90),
}
BATCH = 1000  # rows that one transaction removes
BATCHES = 20  # of a kind in one round
PATIENCE = 10.0  # seconds without Redis after which the sweeper works rows off itself
AT_ONCE = 50  # rows that it works off in one go

_key, _ticket, _session = IdempotencyKey.__table__, DownloadTicket.__table__, Session.__table__
_look, _outbox, _delivery = Verification.__table__, Outbox.__table__, Delivery.__table__
_file_ticket, _sent_code, _scene = FileTicket.__table__, SentCode.__table__, WechatScene.__table__
_text, _receipt, _message = SmsSent.__table__, SmsReceipt.__table__, Message.__table__
_push = WechatInbox.__table__


def _some(table: Table, *which: Any) -> Delete:
    """Return the statement that removes up to `most` of these rows."""
    own = list(table.primary_key.columns)
    some = select(*own).where(*which).limit(bindparam("most"))
    return delete(table).where(tuple_(*own).in_(some) if len(own) > 1 else own[0].in_(some))


_before: Any = bindparam("before")
_OLD = {
    "keys": _some(_key, _key.c.at < _before),
    "tickets": _some(_ticket, _ticket.c.expires_at < _before),
    "used_tickets": _some(_ticket, _ticket.c.used_at.is_not(None), _ticket.c.expires_at < _before),
    "file_tickets": _some(_file_ticket, _file_ticket.c.expires_at < _before),
    "sessions": _some(_session, or_(_session.c.expires_at < _before, _session.c.revoked_at < _before)),
    "codes": _some(_sent_code, _sent_code.c.sent_at < _before),
    "texts": _some(_text, _text.c.at < _before),
    "receipts": _some(_receipt, _receipt.c.reported_at < _before),
    "misses": _some(_look, _look.c.document_id.is_(None), _look.c.at < _before),
    "scenes": _some(_scene, _scene.c.expires_at < _before),
    "pushes": _some(_push, _push.c.state.in_(("done", "failed")), _push.c.received_at < _before),
    "outbox": _some(
        _outbox,
        and_(_outbox.c.state == "done", _outbox.c.done_at < _before),
        ~exists().where(_delivery.c.outbox_id == _outbox.c.id),
        ~exists().where(_message.c.outbox_id == _outbox.c.id),
    ),
}


def sweep() -> list[int]:
    """Ring for every row that is due and not being worked on; return the ids for which nobody could be rung."""
    outbox.bury()
    rows = outbox.due()
    rung = doorbell.current().again(rows) if rows else True
    return [] if rung else [row for row, _ in rows]


def tidy() -> dict[str, int]:
    """Remove what has served its time, in bounded batches, and part files of dead writers; return how many.

    Idempotency keys go after 48 hours, download tickets an hour after their end and used ones at it, sessions 30 days
    after their end, codes sent to people, the count of text messages, looks at codes that do not exist and scenes of
    WeChat after 2 days, receipts of text messages and what WeChat pushed after 30, outbox rows 90 days after they are
    done unless a delivery or a message refers to them; tickets of uploads at their end, uploads as `file_clearing`
    says, files of lists after a week.
    """
    removed = {name: _remove_old(name) for name in _OLD}
    cleared = {"parts": storage.clear_parts(), "files": file_clearing.clear(), "exports": exports.clear()}
    return removed | cleared


def _remove_some(name: str) -> int:
    values = {"before": now() - KEPT[name], "most": BATCH}
    return db.session.connection().execute(_OLD[name], values).rowcount


def _remove_old(name: str) -> int:
    removed = 0
    for _ in range(BATCHES):
        count = write(partial(_remove_some, name))
        removed += count
        if count < BATCH:
            break
    return removed


def fold_statistics() -> int:
    """Fold the deltas of the statistics that wait, one batch a round (R-STAT-1)."""
    if counting.waiting(db.session.connection()) == 0:
        return 0
    return write(counting.fold)


class Rounds:
    """The regular rounds of one worker: `go` does what it is time for; it never raises, whatever befell a duty."""

    def __init__(self) -> None:
        self._next: dict[Callable[[], object], float] = {}
        self._alone_since: float | None = None

    def go(self) -> None:
        """Do the rounds: sums every second, leftovers every 2 s, lapsed invitations, the far side's changes and
        proofs that came early every 10 s, receipts that were missed, reminders and at night the followers every minute,
        clearing away every 10 minutes.
        """
        for duty, every in (
            (fold_statistics, 1.0),
            (self._leftovers, 2.0),
            (expire_due, 10.0),
            (read_changes, 10.0),
            (inbox.match_leftovers, 10.0),
            (receipts.match_kept, 60.0),
            (remind_due, 60.0),
            (repair_at_night, 60.0),
            (tidy, 600.0),
        ):
            if time.monotonic() >= self._next.get(duty, 0.0):
                self._next[duty] = time.monotonic() + every
                self._do(duty)

    def _do(self, duty: Callable[[], object]) -> None:
        try:
            duty()
        except Exception as error:  # noqa: BLE001 - a duty that fails does not stop the worker, nor the other duties
            log.error("a round was cut short", extra={"duty": duty.__name__, "kind": type(error).__name__})
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
