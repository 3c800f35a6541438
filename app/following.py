"""What WeChat and the ladder share: a reader's WeChat, proofs of deliveries, waking a message (docs/decisions/0008)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from app.models import Delivery, Message, Outbox, WechatUser
from workflows.vocabulary import Event

_delivery, _message, _outbox, _user = (m.__table__ for m in (Delivery, Message, Outbox, WechatUser))
_OF_ACCOUNT = select(_user.c.id, _user.c.platform, _user.c.openid, _user.c.state).where(
    _user.c.account_id == bindparam("account")
)
_PROVE = (
    update(_delivery)
    .where(_delivery.c.id == bindparam("row"), _delivery.c.state.in_(("sending", "accepted")))
    .values({"state": bindparam("to"), "proven_at": bindparam("at"), "error": bindparam("why")})
    .returning(_delivery.c.message_id, _delivery.c.channel)
)
# A proof that comes after the message was given up: nobody need call any more.
_TOLD_LATE = (
    update(_message)
    .where(_message.c.id == bindparam("row"), _message.c.state == "listed", _message.c.called_by.is_(None))
    .values({"state": "told", "channel": bindparam("by"), "proof": bindparam("shown"), "error": None})
)
_BY_NUMBER = select(_delivery.c.id).where(
    _delivery.c.channel == bindparam("by"), _delivery.c.number == bindparam("given")
)
_WAKE = (
    update(_outbox).where(_outbox.c.key == bindparam("letter"), _outbox.c.state == "due").values(due_at=bindparam("at"))
)
_NAMED = select(_message.c.public_id).where(_message.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True)
class Bound:
    """A WeChat that is bound to an account: the row's id, openid, and whether it follows (as `WechatUser.state`)."""

    id: int
    openid: str
    state: str


def of_account(conn: Connection, account_id: int) -> dict[str, Bound]:
    """Return the WeChat of an account by platform (official, mini)."""
    rows = conn.execute(_OF_ACCOUNT, {"account": account_id})
    return {row.platform: Bound(row.id, row.openid, row.state) for row in rows}


def delivery_of(conn: Connection, channel: str, number: int) -> int | None:
    """Return the delivery that the platform knows by a MsgID; None where no such send has committed yet."""
    return conn.execute(_BY_NUMBER, {"by": channel, "given": number}).scalar_one_or_none()


def settle(conn: Connection, delivery_id: int, problem: str | None, at: datetime) -> bool:
    """Write down what became of a delivery, once: proven, or failed for `problem`; wake its message.

    A message that the school was to call about is told by a proof that comes late, unless somebody has called.

    Returns False where that had been settled already.
    """
    row = {"row": delivery_id, "to": "failed" if problem else "proven", "at": at, "why": problem}
    found = conn.execute(_PROVE, row).one_or_none()
    if found is None or found.message_id is None:
        return False
    if not problem:
        shown = "receipt" if found.channel == "sms" else "finish_event"
        conn.execute(_TOLD_LATE, {"row": found.message_id, "by": found.channel, "shown": shown})
    wake(conn, found.message_id, at)
    return True


def wake(conn: Connection, message_id: int, at: datetime) -> None:
    """Let a message that waits take its next step now."""
    public_id = conn.execute(_NAMED, {"row": message_id}).scalar_one()
    conn.execute(_WAKE, {"letter": f"{Event.MESSAGE_DUE.value}:{public_id}", "at": at})
