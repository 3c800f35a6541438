"""Text messages that wait for the same reader go as one, which says how many there are (docs/decisions/0008)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, literal, select, update

from app.models import Delivery, Message, Outbox
from notifications import sms
from notifications.ladder_facts import Journey
from workflows.ladder_terms import BY_WECHAT, Channel, WaitUntil
from workflows.vocabulary import Event

WAITS = ("quiet_hours", "paused")
BEHIND = timedelta(minutes=1)  # whoever came first goes first, and takes the others along

_message, _delivery, _outbox = Message.__table__, Delivery.__table__, Outbox.__table__
_other = _delivery.alias("other")
_waiting = (
    _message.c.recipient_kind == bindparam("kind"),
    _message.c.recipient_id == bindparam("reader"),
    _message.c.id != bindparam("row"),
    _message.c.state == "open",
    _message.c.message_group.in_([group.value for group in BY_WECHAT]),
    _delivery.c.message_id == _message.c.id,
    _delivery.c.channel == Channel.SMS.value,
    _delivery.c.state == "due",
    _delivery.c.error.in_(WAITS),
)
_ANOTHER = select(_message.c.id).where(*_waiting).limit(1)
_by_wechat = (
    select(_other.c.id)
    .where(
        _other.c.message_id == _message.c.id,
        _other.c.channel != Channel.SMS.value,
        _other.c.state.in_(("due", "sending")),
    )
    .exists()
)
# Not those that a worker holds, nor those that are about to go by WeChat as well.
_OTHERS = (
    select(_message.c.id, _message.c.message_group, _outbox.c.id.label("outbox_id"))
    .where(
        *_waiting,
        ~_by_wechat,
        _outbox.c.key == literal(f"{Event.MESSAGE_DUE.value}:").concat(_message.c.public_id),
        _outbox.c.state == "due",
    )
    .with_for_update(of=_outbox, skip_locked=True)
)
_these: Any = bindparam("rows", expanding=True)
_MERGE = (
    update(_message)
    .where(_message.c.id.in_(_these))
    .values(state="merged", merged_into=bindparam("into"), channel=Channel.SMS.value, ended_at=bindparam("at"))
)
_DELIVERIES = update(_delivery).where(_delivery.c.message_id.in_(_these), _delivery.c.state == "due")
_TAKEN_ALONG = _DELIVERIES.values(state="merged")
_STAND_BY = insert(_delivery).values(state="due", attempts=0)
_WAIT_ON = update(_delivery).where(_delivery.c.id == bindparam("row")).values(state="due", error=bindparam("why"))
_DONE = update(_outbox).where(_outbox.c.id.in_(_these)).values(state="done", done_at=bindparam("at"), error=None)


def take_along(conn: Connection, journey: Journey, at: datetime) -> None:
    """Let what waits for the same reader go with this message's SMS, in the caller's transaction."""
    if journey.group not in BY_WECHAT or not sms.configured("merged"):
        return
    others = conn.execute(_OTHERS, _reader(journey)).all()
    if others:
        rows = [row.id for row in others]
        conn.execute(_MERGE, {"rows": rows, "into": journey.message.id, "at": at})
        conn.execute(_TAKEN_ALONG, {"rows": rows})
        conn.execute(_DONE, {"rows": [row.outbox_id for row in others], "at": at})
        journey.carried = [*journey.carried, *(row.message_group for row in others)]


def stand_by(conn: Connection, journey: Journey, wait: WaitUntil, at: datetime) -> datetime:
    """Put on record that a message waits for SMS, and return when to look again: behind another of the same reader."""
    if wait.channel != Channel.SMS or wait.why not in WAITS or journey.group not in BY_WECHAT:
        return wait.at
    known = journey.deliveries.get(Channel.SMS)
    if known is None:
        conn.execute(_STAND_BY, journey.delivery(wait.channel) | {"error": wait.why, "created_at": at})
    elif (known.state, known.error) != ("due", wait.why):
        conn.execute(_WAIT_ON, {"row": known.id, "why": wait.why})
    another = conn.execute(_ANOTHER, _reader(journey)).first() is not None
    return wait.at + BEHIND if another else wait.at


def _reader(journey: Journey) -> dict[str, object]:
    message = journey.message
    return {"kind": message.recipient_kind, "reader": message.recipient_id, "row": message.id}
