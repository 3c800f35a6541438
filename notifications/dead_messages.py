"""Messages whose outbox row is a dead letter: marked with it, opened again with it (P4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from app.extensions import db
from app.models import Delivery, Message
from workflows.vocabulary import Event

_message, _delivery = Message.__table__, Delivery.__table__
_BURY = (
    update(_message)
    .where(_message.c.id.in_(bindparam("rows", expanding=True)), _message.c.state == "open")
    .values(state="dead", error=bindparam("why"), ended_at=bindparam("at"))
)
_REOPEN = (
    update(_message)
    .where(_message.c.id == bindparam("row"), _message.c.state == "dead")
    .values(state="open", error=None, ended_at=None, opened_at=bindparam("at"))
)
_AFRESH = (
    update(_delivery)
    .where(_delivery.c.message_id == bindparam("row"), _delivery.c.state.in_(("failed", "due")))
    .values(state="due", attempts=0, asked=0, error=None, refused=False, first_at=None, tried_at=None, again_at=None)
)


def bury(rows: Iterable[tuple[str, Mapping[str, Any]]], code: str, at: datetime) -> None:
    """Mark the messages that these outbox rows (event, payload) work off as dead; runs inside a write."""
    messages = [payload["message"] for event, payload in rows if event == Event.MESSAGE_DUE]
    if messages:
        db.session.execute(_BURY, {"rows": messages, "why": code[:60], "at": at})


def reopen(event: str, payload: Mapping[str, Any], at: datetime) -> None:
    """Let the message of a replayed row climb the ladder from the bottom; what may have gone out stays as it is."""
    if event == Event.MESSAGE_DUE:
        db.session.execute(_REOPEN, {"row": payload["message"], "at": at})
        db.session.execute(_AFRESH, {"row": payload["message"]})
