"""What became of an attempt, written down: the delivery, the reader's WeChat, consents, pauses of the channel."""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from app.models import Delivery, SubscribeGrant, WechatUser
from notifications import pauses, sms_budget
from notifications.attempts import Call, Outcome
from notifications.ladder_facts import Journey
from notifications.sms import SmsFate
from workflows.calendar import beijing_day, beijing_midnight
from workflows.ladder import back_off, exhausted
from workflows.ladder_terms import Channel, Standing, Tried
from workflows.sending import (
    Accepted,
    AmbiguousError,
    LaterError,
    PausedError,
    RefusedError,
    SendError,
    UnreachableError,
)

log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(minutes=1)  # where the operator could not be asked
PLATFORM = {Channel.WECHAT: "official", Channel.SUBSCRIBE: "mini"}

_delivery, _user, _grant = Delivery.__table__, WechatUser.__table__, SubscribeGrant.__table__
# Only what the attempt has begun; a proof that came in the meantime stands (app/following.py).
_WRITE = update(_delivery).where(_delivery.c.id == bindparam("row"), _delivery.c.state.in_(("sending", "accepted")))
_LATEST = (
    select(_delivery.c.id)
    .where(_delivery.c.id == bindparam("row"), _delivery.c.attempts == bindparam("try"), _delivery.c.state == "sending")
    .with_for_update()
)
_MARK = update(_user).where(_user.c.id == bindparam("user")).values(state=bindparam("to"), state_at=bindparam("at"))
_FREE = update(_user).where(_user.c.id == bindparam("user")).values(busy_until=None)
_of_user = (_grant.c.wechat_user_id == bindparam("user"), _grant.c.template == bindparam("name"))
_GIVE_BACK = update(_grant).where(*_of_user).values(count=_grant.c.count + 1)
_NO_MORE = update(_grant).where(*_of_user).values(count=0, updated_at=bindparam("at"))


def as_error(error: Exception) -> SendError:
    """Return a failure as one of the ladder's; whatever an adapter did not foresee may have gone out."""
    return error if isinstance(error, SendError) else AmbiguousError(type(error).__name__[:60])


def is_latest(conn: Connection, call: Call) -> bool:
    """Say whether a call is the latest attempt of its delivery, and nothing is known of it yet; locks the delivery."""
    return conn.execute(_LATEST, {"row": call.delivery_id, "try": call.attempt}).first() is not None


def note(conn: Connection, journey: Journey, call: Call, outcome: Outcome, at: datetime) -> None:
    """Write down the outcome of a call, in the caller's transaction."""
    if call.asks:
        _note_answer(conn, journey, call, outcome, at)
        return
    if call.channel == Channel.SUBSCRIBE:
        conn.execute(_FREE, {"user": journey.bound["mini"].id})
    if isinstance(outcome, Accepted):
        _write(conn, call, state="accepted", number=outcome.number, provider_id=outcome.provider_id, error=outcome.note)
        if outcome.note:
            log.error("a message went out with a flaw", extra=_named(journey, call, outcome.note))
    elif isinstance(outcome, Exception):
        _note_failure(conn, journey, call, as_error(outcome), at)
    _note_channel(conn, call, outcome, at)


def _note_failure(conn: Connection, journey: Journey, call: Call, error: SendError, at: datetime) -> None:
    values: dict[str, Any] = {"error": error.code[:60]}
    match error:
        case AmbiguousError():
            pass  # it stays as the attempt has left it
        case LaterError():
            again = _again(error, call, at)
            values |= {"again_at": again} | ({} if call.unsure else {"state": _state_of(journey, call, again, at)})
        case PausedError():
            values |= {"attempts": _delivery.c.attempts - 1} | ({} if call.unsure else {"state": "due"})
        case UnreachableError():
            values |= {"state": "failed"}
            _mark(conn, journey, call, error, at)
        case _:
            values |= {"state": "failed", "refused": True}
            log.error("a message was refused", extra=_named(journey, call, error.code))
    _write(conn, call, **values)
    if not isinstance(error, AmbiguousError):
        _give_back(conn, journey, call, error)


def _again(error: LaterError, call: Call, at: datetime) -> datetime:
    if error.until_midnight:
        return beijing_midnight(beijing_day(at) + timedelta(days=1))
    return at + (error.wait or back_off(call.attempt))


def _state_of(journey: Journey, call: Call, again: datetime, at: datetime) -> str:
    """Say whether a channel that failed for now is to be tried again at all."""
    known = journey.deliveries.get(call.channel)
    first = (known.first_at if known else None) or at
    over = exhausted(call.channel, Tried(Standing.DUE, call.attempt, first, again_at=again))
    return "failed" if over else "due"


def _give_back(conn: Connection, journey: Journey, call: Call, error: SendError) -> None:
    """Nothing went out: the consent and the place in the number's budget are not used up."""
    if call.channel == Channel.SMS:
        sms_budget.give_back(conn, call.delivery_id, call.attempt)
    elif call.channel == Channel.SUBSCRIBE and isinstance(error, LaterError | PausedError):
        conn.execute(_GIVE_BACK, {"user": journey.bound["mini"].id, "name": journey.group.value})


def _mark(conn: Connection, journey: Journey, call: Call, error: UnreachableError, at: datetime) -> None:
    """Remember what the platform says of the reader's WeChat (R-BOT-1); the binding stays."""
    if call.channel == Channel.SMS:
        return
    user = journey.bound[PLATFORM[call.channel]].id
    if error.mark in ("invalid", "left"):
        conn.execute(_MARK, {"user": user, "to": error.mark, "at": at})
    elif call.channel == Channel.SUBSCRIBE:
        conn.execute(_NO_MORE, {"user": user, "name": journey.group.value, "at": at})


def _note_channel(conn: Connection, call: Call, outcome: Outcome, at: datetime) -> None:
    """Let the channel rest, or go on, as the outcome says; one that gives no answer for long rests, too."""
    silent = isinstance(outcome, Exception) and _is_silence(as_error(outcome))
    too_long = pauses.note(call.channel, silent)
    if isinstance(outcome, PausedError):
        pauses.start(conn, call.channel, call.template, outcome, at, call.probing)
    elif silent and (call.probing or too_long):
        code = as_error(outcome).code if isinstance(outcome, Exception) else ""
        names = call.probing or (pauses.WHOLE,)
        for name in names:
            rest = PausedError(code, template=name != pauses.WHOLE)
            pauses.start(conn, call.channel, name, rest, at, call.probing)
    elif call.probing:
        pauses.end(conn, call.channel, call.probing)


def _is_silence(error: SendError) -> bool:
    """Say whether nothing was heard of the channel itself; who is told how long to wait has had an answer."""
    return isinstance(error, AmbiguousError) or (isinstance(error, LaterError) and not error.named)


def _note_answer(conn: Connection, journey: Journey, call: Call, outcome: Outcome, at: datetime) -> None:
    """Write down what the operator knows of a text message: nothing, that it has it, or how it ended."""
    row = journey.deliveries[Channel.SMS]
    match outcome:
        case None | RefusedError():
            _write(conn, call, asked=_delivery.c.asked + 1, again_at=None)
        case SmsFate(state="delivered"):
            _write(conn, call, state="proven", proven_at=at, again_at=None, error=None)
        case SmsFate(state="failed", code=code):
            _write(conn, call, state="failed", error=code[:60] or "not_delivered")
        case SmsFate(biz_id=biz_id):
            asked = row.asked + 1 if row.state == "accepted" else 0
            number = func.coalesce(_delivery.c.provider_id, biz_id)
            _write(conn, call, state="accepted", provider_id=number, asked=asked, again_at=None)
        case PausedError():
            pauses.start(conn, call.channel, call.template, outcome, at)
            _write(conn, call, again_at=at + pauses.SHORTEST)
        case _:
            wait = outcome.wait if isinstance(outcome, LaterError) else None
            _write(conn, call, again_at=at + (wait or ASK_AGAIN))


def _write(conn: Connection, call: Call, **values: Any) -> None:
    conn.execute(_WRITE.values(values), {"row": call.delivery_id})


def _named(journey: Journey, call: Call, code: str) -> dict[str, Any]:
    named = {"message_id": journey.message.id, "delivery_id": call.delivery_id}
    return named | {"channel": call.channel.value, "group": journey.group.value, "code": code}
