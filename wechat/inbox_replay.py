"""Pushes that could not be carried out are carried out once more, when what was wrong here is mended.

The platform has long had its `success` and will not say it again: a proof or an unfollow would be lost for good.
"""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.clock import now
from app.crypto import unseal_text
from app.extensions import db
from app.models import WechatInbox
from app.writing import rollback, write
from wechat import inbox
from wechat.pushed import Push, UnreadableError, parse

_inbox = WechatInbox.__table__
_FAILED = select(_inbox.c.id).where(_inbox.c.state == "failed", _inbox.c.error != inbox.NO_SUCH_SEND)
_ONE = select(_inbox).where(_inbox.c.id == bindparam("row"), _inbox.c.state == "failed").with_for_update()
_ENDED = select(_inbox.c.id).where(_inbox.c.id == bindparam("row"), _inbox.c.state != "failed")


def replay() -> tuple[int, int]:
    """Carry every failed event out again, the oldest first; return how many that did, and how many still fail.

    Not what somebody has typed: who got no answer has typed it again. Raises OperationalError where the database is
    busy; what was done until then stays.
    """
    rows = list(db.session.execute(_FAILED.order_by(_inbox.c.id)).scalars())
    rollback()
    done = [write(partial(_again, row)) for row in rows]
    return done.count(True), done.count(False)


def _again(row: int) -> bool | None:
    """Carry one out; None where there is nothing to be done about it."""
    conn, at = db.session.connection(), now()
    found = conn.execute(_ONE, {"row": row}).one_or_none()
    if found is None:
        return None
    text = unseal_text(bytes(found.body_sealed), inbox.body_bound(found.platform, bytes(found.key)))
    try:
        pushes = Push(found.platform, parse(text), text, found.received_at).parts()
        known = [push for push in pushes if push.key == bytes(found.key)]
    except UnreadableError:
        return False
    if not all(push.is_event for push in pushes):
        return None
    return _carry_out(conn, row, known[0], at) if known else _read_at_last(conn, found, text, at)


def _carry_out(conn: Connection, row: int, push: Push, at: datetime) -> bool:
    inbox.carry_out(conn, row, push, at)
    return conn.execute(_ENDED, {"row": row}).first() is not None


def _read_at_last(conn: Connection, found: Row[Any], text: str, at: datetime) -> bool:
    """Take in what could not be read when it came; it gets a row of its own."""
    inbox.take(found.platform, text, found.received_at)
    inbox.end(conn, found.id, "done", at)
    return True
