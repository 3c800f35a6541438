"""One attempt on one channel: put on record before the call, its outcome written after it (P4, R-MSG-3)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, update

from app.models import Delivery, SubscribeGrant, WechatUser
from app.people import blind_phone
from notifications import merging, pauses, sms, sms_budget
from notifications.ladder_facts import Journey
from notifications.sms import SmsFate
from wechat import sending as wechat_sending
from workflows.calendar import beijing_day
from workflows.ladder_terms import Channel, WaitUntil
from workflows.sending import Accepted

log = logging.getLogger(__name__)

BUSY = timedelta(seconds=10)  # longest that one subscribe message holds up the next to the same openid
AFTER_BUSY = timedelta(seconds=2)

_delivery, _user, _grant = Delivery.__table__, WechatUser.__table__, SubscribeGrant.__table__
_OCCUPY = (
    update(_user)
    .where(_user.c.id == bindparam("user"), or_(_user.c.busy_until.is_(None), _user.c.busy_until <= bindparam("at")))
    .values(busy_until=bindparam("until"))
)
_SPEND = (
    update(_grant)
    .where(_grant.c.wechat_user_id == bindparam("user"), _grant.c.template == bindparam("name"), _grant.c.count > 0)
    .values(count=_grant.c.count - 1, updated_at=bindparam("at"))
)
_written = (_delivery.c.id, _delivery.c.attempts)
_ADD = insert(_delivery).returning(*_written)
_this = _delivery.c.id == bindparam("row")
_AGAIN = (
    update(_delivery)
    .where(_this)
    .values(
        state="sending",
        attempts=_delivery.c.attempts + 1,
        first_at=func.coalesce(_delivery.c.first_at, bindparam("at")),
        tried_at=bindparam("at"),
        again_at=None,
        asked=0,
        error=None,
    )
    .returning(*_written)
)
_NOT_TRIED = update(_delivery).where(_this).values(state="failed", error=bindparam("why")).returning(*_written)
_PUT_OFF = (
    update(_delivery)
    .where(_this)
    .values(state="due", attempts=_delivery.c.attempts - 1, again_at=bindparam("again"), error=bindparam("why"))
)

Outcome = Accepted | SmsFate | Exception | None


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be done outside any transaction, and what is to be known of it afterwards.

    `unsure`: an earlier attempt may have gone out. `probing`: what of the channel rests and is tried by this.
    """

    channel: Channel
    delivery_id: int
    attempt: int
    template: str
    go: Callable[[], Outcome]
    asks: bool = False
    unsure: bool = False
    probing: tuple[str, ...] = ()
    phone_blind: bytes = b""


def begin(conn: Connection, journey: Journey, channel: Channel, at: datetime) -> Call | WaitUntil | None:
    """Put an attempt on record, in the caller's transaction, and return the call to make.

    WaitUntil: another one is on its way to the same reader. None: something has changed, and the ladder decides anew.
    """
    if not journey.configured(channel):
        _put(conn, journey, channel, at, "not_configured")
        return None
    if channel == Channel.SMS:
        merging.take_along(conn, journey, at)
    name = journey.template(channel)
    probing = pauses.probed(conn, journey.pauses, channel, name, at)
    if probing is None:
        return None
    if channel == Channel.SUBSCRIBE and not _occupy(conn, journey, at):
        return WaitUntil(at + AFTER_BUSY, "busy", channel)
    known = journey.deliveries.get(channel)
    row = _put(conn, journey, channel, at)
    go, phone_blind = _call(journey, channel), b""
    if channel == Channel.SMS:
        phone_blind = blind_phone(journey.phone())
        if again := sms_budget.take(conn, phone_blind, sms_budget.kind_of(name), row.id, row.attempts, at):
            conn.execute(_PUT_OFF, {"row": row.id, "again": again, "why": "number_budget"})
            return None
    unsure = known is not None and known.state == "sending" and channel == Channel.WECHAT
    return Call(channel, row.id, row.attempts, name, go, False, unsure, probing, phone_blind)


def ask(journey: Journey) -> Call:
    """Return the call that asks what became of a message's text message."""
    row, phone = journey.deliveries[Channel.SMS], journey.phone()
    day = beijing_day(row.tried_at)
    go = partial(sms.look_up, phone, journey.message.public_id, day, row.provider_id)
    return Call(Channel.SMS, row.id, row.attempts, journey.sms_template, go, asks=True, phone_blind=blind_phone(phone))


def _put(conn: Connection, journey: Journey, channel: Channel, at: datetime, error: str | None = None) -> Any:
    """Write an attempt down, or with `error` that there is none; the delivery's row is locked, if there is one."""
    known = journey.deliveries.get(channel)
    if known is None:
        state = {"state": "failed", "attempts": 0, "error": error} if error else {"state": "sending", "attempts": 1}
        moments = {"created_at": at} | ({} if error else {"first_at": at, "tried_at": at})
        return conn.execute(_ADD, journey.delivery(channel) | state | moments).one()
    if error:
        return conn.execute(_NOT_TRIED, {"row": known.id, "why": error}).one()
    return conn.execute(_AGAIN, {"row": known.id, "at": at}).one()


def _occupy(conn: Connection, journey: Journey, at: datetime) -> bool:
    """Let one subscribe message at a time go to an openid, and count its consent down."""
    user = journey.bound["mini"].id
    if conn.execute(_OCCUPY, {"user": user, "at": at, "until": at + BUSY}).rowcount != 1:
        return False
    return conn.execute(_SPEND, {"user": user, "name": journey.group.value, "at": at}).rowcount == 1


def _call(journey: Journey, channel: Channel) -> Callable[[], Outcome]:
    letter, group = journey.letter, journey.group.value
    if channel == Channel.SMS:
        count = str(len(journey.carried) + 1)
        params = {"count": count} if journey.carried else letter["params"]
        return partial(sms.send, journey.phone(), journey.sms_template, params, journey.message.public_id)
    moment = datetime.fromisoformat(letter["at"])
    fields = {"title": letter["title"], "about": letter["about"], "time": moment, "hint": letter["hint"]}
    page = letter["page"] or None
    if channel == Channel.SUBSCRIBE:
        return partial(wechat_sending.send_subscribe, journey.bound["mini"].openid, group, fields, page)
    openid, message_id = journey.bound["official"].openid, journey.message.public_id
    return partial(wechat_sending.send_template, openid, group, fields, page, message_id)
