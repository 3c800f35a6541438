"""What the operator sees and does about channels: pauses, refusals, dead letters, text messages; nobody's data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import Row, bindparam, func, select, update

from app import history
from app.clock import now
from app.extensions import db
from app.models import ChannelPause, Delivery, Message, Outbox, SmsDay
from workflows.calendar import beijing_day
from workflows.case import Actor, Refusal, Refused
from workflows.vocabulary import Code, Event

LETTERS_SHOWN = 100
REFUSED_FOR = timedelta(days=7)  # how long what the platform has refused is shown

_pause, _outbox, _day = ChannelPause.__table__, Outbox.__table__, SmsDay.__table__
_delivery, _message = Delivery.__table__, Message.__table__
_PAUSES = select(_pause).order_by(_pause.c.channel, _pause.c.template)
_RESUME = (
    update(_pause)
    .where(_pause.c.channel == bindparam("of"), _pause.c.template == bindparam("name"))
    .values(until=bindparam("at"))
)
_WAKE = (
    update(_outbox)
    .where(
        _outbox.c.event == Event.MESSAGE_DUE.value,
        _outbox.c.state == "due",
        _outbox.c.error == "paused",
        _outbox.c.due_at > bindparam("at"),
    )
    .values(due_at=bindparam("at"))
)
_DEAD = (
    select(_outbox.c.id, _outbox.c.event, _outbox.c.error, _outbox.c.attempts, _outbox.c.created_at)
    .where(_outbox.c.state == "dead")
    .order_by(_outbox.c.id.desc())
    .limit(LETTERS_SHOWN)
)
_BURIED = select(func.count()).select_from(_outbox).where(_outbox.c.state == "dead")
_last = func.max(_delivery.c.tried_at).label("last")
_REFUSED = (
    select(_delivery.c.channel, _message.c.message_group, _delivery.c.error, func.count().label("count"), _last)
    .join(_message, _message.c.id == _delivery.c.message_id)
    .where(_delivery.c.refused, _delivery.c.tried_at > bindparam("since"))
    .group_by(_delivery.c.channel, _message.c.message_group, _delivery.c.error)
    .order_by(_last.desc())
    .limit(LETTERS_SHOWN)
)
_USED = select(_day.c.count).where(_day.c.day == bindparam("on"))

Replay = Callable[[int], bool]  # runs inside a write; says whether there was such a dead letter


@dataclass(frozen=True, slots=True)
class Spent:
    """How many text messages went out today, of how many that may."""

    count: int
    budget: int

    @property
    def percent(self) -> int:
        """Return the part that is used up, at most 100."""
        return min(self.count * 100 // self.budget, 100) if self.budget > 0 else 100


def install(app: Flask, replay: Replay) -> None:
    """Say how a dead letter is made due again: the outbox lies in another room."""
    app.extensions["replay"] = replay


def pauses() -> list[Row[Any]]:
    """Return what rests: channel, template ("" for all of it), reason, since, until, strikes."""
    return list(db.session.execute(_PAUSES))


def dead_letters() -> tuple[list[Row[Any]], int]:
    """Return the newest dead letters (id, event, error, attempts, created_at), and how many there are."""
    return list(db.session.execute(_DEAD)), db.session.execute(_BURIED).scalar_one()


def refused() -> list[Row[Any]]:
    """Return what the platform found fault with these days: channel, message_group, error, count, last.

    Their readers were told by the next channel, or stand on a call list; what was wrong is ours to mend.
    """
    return list(db.session.execute(_REFUSED, {"since": now() - REFUSED_FOR}))


def spent() -> Spent:
    """Return how the day's budget of text messages stands."""
    count = db.session.execute(_USED, {"on": beijing_day(now())}).scalar_one_or_none()
    return Spent(count or 0, int(current_app.config["SMS_DAILY_BUDGET"]))


def age(since: datetime, at: datetime) -> str:
    """Return how long ago that was, in the largest unit that fits."""
    passed = max(at - since, timedelta())
    if passed >= timedelta(days=1):
        return f"{passed.days} 天"
    minutes = int(passed.total_seconds() // 60)
    return f"{minutes // 60} 小时" if minutes >= 60 else f"{minutes} 分钟"


def resume(actor: Actor, channel: str, template: str) -> None:
    """Let what rests be tried at once: the next message is the probe, and a failure makes the rest longer.

    Raises Refused where nothing rests; on record with the operator.
    """
    chain = history.lock(db.session.connection(), "staff", actor.id)
    at = now()
    if db.session.connection().execute(_RESUME, {"of": channel, "name": template, "at": at}).rowcount != 1:
        raise Refused(Refusal(Code.WRONG_STATE, "该通道没有暂停，无需恢复。", "请刷新页面查看最新状态。"))
    db.session.execute(_WAKE, {"at": at})
    chain.add(at, actor, ("staff", actor.id), "resume_channel", {"channel": channel, "template": template})
    chain.write()


def replay(actor: Actor, row: int) -> None:
    """Make a dead letter due again; raises Refused where there is none, on record with the operator."""
    chain = history.lock(db.session.connection(), "staff", actor.id)
    if not cast(Replay, current_app.extensions["replay"])(row):
        raise Refused(Refusal(Code.WRONG_STATE, "这条死信已经重新处理过。", "请刷新页面查看最新状态。"))
    chain.add(now(), actor, ("staff", actor.id), "replay_dead", {"outbox": row})
    chain.write()
