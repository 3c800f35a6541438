"""An outbox row of its own: for what happens outside the write path of placements, in the caller's transaction."""

from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy import Connection, insert

from app.models import Outbox
from workflows.vocabulary import Event

_outbox = Outbox.__table__
_ADD = insert(_outbox).returning(_outbox.c.id, _outbox.c.event)


def emit(
    conn: Connection,
    event: Event,
    record: str,
    at: datetime,
    payload: dict[str, Any],
    roll_record_id: int | None = None,
    due_at: datetime | None = None,
) -> None:
    """Insert an outbox row whose bell rings after the commit; `record` makes its business key unique.

    `due_at` is when it may be worked off, where that is not at once.
    """
    row = {
        "key": f"{event.value}:{record}",
        "event": event.value,
        "placement_id": None,
        "roll_record_id": roll_record_id,
        "payload": payload,
        "state": "due",
        "due_at": due_at or at,
        "created_at": at,
        "attempts": 0,
        "fence": 0,
    }
    g.setdefault("bells", []).extend(conn.execute(_ADD, row).all())
