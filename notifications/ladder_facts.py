"""What the ladder is given of one message: the message itself, its reader, its deliveries, grants and pauses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app import accounts, crypto, following
from app.extensions import db
from app.following import Bound
from app.models import Account, Delivery, Message, School, SubscribeGrant
from notifications import pauses, sms, telling
from notifications.outbox import Claimed
from notifications.pauses import Pauses
from wechat import sending
from workflows.ladder_terms import BY_WECHAT, URGENT, Channel, Facts, Group, Standing, Tried

GONE = ("left", "invalid")  # states of a WeChat that takes nothing any more

_message, _delivery, _school, _grant = (m.__table__ for m in (Message, Delivery, School, SubscribeGrant))
_MESSAGE = (
    select(_message, _school.c.sms_fallback)
    .outerjoin(_school, _school.c.id == _message.c.school_id)
    .where(_message.c.id == bindparam("row"))
)
# Locked, so that a proof that comes now waits for this step, and then wakes the message (app/following.py).
_DELIVERIES = (
    select(_delivery)
    .where(_delivery.c.message_id == bindparam("row"), _delivery.c.channel.in_([c.value for c in Channel]))
    .with_for_update()
)
_CARRIED = select(_message.c.message_group).where(_message.c.merged_into == bindparam("row"))
_GRANTS = select(_grant.c.count).where(
    _grant.c.wechat_user_id == bindparam("user"), _grant.c.template == bindparam("name")
)


@dataclass(slots=True)
class Journey:
    """One message on its way: what does not change during a worker's visit, and what was read last."""

    claimed: Claimed
    message: Row[Any]
    bound: Mapping[str, Bound]
    letter: dict[str, Any]
    deliveries: dict[Channel, Row[Any]] = field(default_factory=dict)
    pauses: Pauses = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)

    @property
    def group(self) -> Group:
        """Return what the message is about."""
        return Group(self.message.message_group)

    @property
    def sms_template(self) -> str:
        """Return the text message's template: one for all that go together, one for changes, one for the others."""
        if self.carried:
            return "merged"
        if self.group == Group.CHANGE:
            return "changed"
        return "notice" if self.group in BY_WECHAT else self.group.value

    def template(self, channel: Channel) -> str:
        """Return the name under which a channel's template may rest."""
        return self.sms_template if channel == Channel.SMS else self.group.value

    def delivery(self, channel: Channel) -> dict[str, Any]:
        """Return the columns of a delivery that name what it delivers, to whom, how."""
        message = self.message
        row = {"outbox_id": message.outbox_id, "message_id": message.id, "channel": channel.value}
        return row | {"recipient_kind": message.recipient_kind, "recipient_id": message.recipient_id}

    def configured(self, channel: Channel) -> bool:
        """Say whether a channel exists here for this message at all."""
        if channel == Channel.SMS:
            return sms.configured(self.sms_template)
        return sending.configured(channel.value, self.group.value)

    @property
    def on_a_call_list(self) -> bool:
        """Say whether a school would find this message on its call list; the others are dead letters instead.

        As the scopes of Message in `app/access.py` have it.
        """
        message = self.message
        known = message.roll_record_id is not None or message.recipient_kind == "account"
        return message.school_id is not None and known

    def phone(self) -> str:
        """Return the number: the letter's own, else that of the account now."""
        if self.letter["phone"]:
            return str(self.letter["phone"])
        return accounts.phone_of(db.session.get_one(Account, self.message.recipient_id))


def read(conn: Connection, claimed: Claimed) -> Journey | None:
    """Return the message that an outbox row works off; None where there is none, or it has ended."""
    message = conn.execute(_MESSAGE, {"row": claimed.payload["message"]}).one_or_none()
    if message is None or message.state != "open":
        return None
    has_wechat = message.recipient_kind == "account" and message.message_group in BY_WECHAT
    bound = following.of_account(conn, message.recipient_id) if has_wechat else {}
    letter = crypto.unseal_json(bytes(message.letter_sealed), telling.bound(message.public_id))
    return Journey(claimed, message, bound, letter)


def facts(conn: Connection, journey: Journey, at: datetime) -> Facts:
    """Read what may have changed, and return the facts of a message now."""
    message, group = journey.message, journey.group
    rows = conn.execute(_DELIVERIES, {"row": message.id}).all()
    journey.deliveries = {Channel(row.channel): row for row in rows}
    journey.pauses = pauses.read(conn)
    if Channel.SMS in journey.deliveries:
        journey.carried = list(conn.execute(_CARRIED, {"row": message.id}).scalars())
    official = journey.bound.get("official")
    resting = {c: pauses.until(journey.pauses, c, journey.template(c), at) for c in Channel}
    return Facts(
        at,
        message.opened_at,
        group,
        message.worthless_at,
        follows=official is not None and official.state not in GONE,
        grants=_grants(conn, journey),
        fallback=message.sms_fallback is not False,
        paused={channel: until for channel, until in resting.items() if until},
        tried={channel: _tried(row) for channel, row in journey.deliveries.items()},
        closed=frozenset(channel for channel in Channel if not _open(journey, channel)),
        broken=frozenset(c for c in Channel if pauses.broken(journey.pauses, c, journey.template(c), at)),
        carries=any(carried in URGENT for carried in journey.carried),
    )


def _open(journey: Journey, channel: Channel) -> bool:
    """Say whether a channel exists here; WeChat's templates are asked for only where they may be used."""
    return (channel != Channel.SMS and not journey.bound) or journey.configured(channel)


def _grants(conn: Connection, journey: Journey) -> int:
    mini = journey.bound.get("mini")
    if mini is None or mini.state in GONE:
        return 0
    given = {"user": mini.id, "name": journey.group.value}
    return conn.execute(_GRANTS, given).scalar_one_or_none() or 0


def _tried(row: Row[Any]) -> Tried:
    return Tried(Standing(row.state), row.attempts, row.first_at, row.tried_at, row.again_at, row.asked, row.error)
