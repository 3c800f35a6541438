"""Graduates with a WeChat, messages to them, and time that passes: for tests of the ladder."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from app import following
from app.clock import now
from app.extensions import db
from app.models import ChannelPause, Delivery, Message, Outbox, SubscribeGrant, WechatUser
from app.writing import write
from notifications import jobs, pauses
from tests import builders
from tests.app.api.calls import pass_time
from tests.builders import Graduate
from tests.notifications.working import rows
from workflows.ladder_terms import Channel


def invite(school: Any = None, *bound: str, employer: Any = None) -> tuple[int, Graduate]:
    """Let a graduate be invited who has these WeChats (official, mini); return the account's id and the graduate."""
    graduate = builders.make_graduate(school or builders.make_school())
    account = graduate.account.id
    for platform in bound:
        bind(account, platform)
    builders.make_invitation(graduate, employer)
    return account, graduate


def bind(account: int, platform: str = "official", state: str = "following") -> int:
    """Bind a WeChat to an account; return the row's id."""
    at = now()
    user = WechatUser(platform=platform, openid=f"{platform}-{account}", account_id=account, bound_at=at)
    user.state, user.state_at, user.created_at = state, at, at
    db.session.add(user)
    db.session.commit()
    return user.id


def agree(user: int, group: str, count: int = 1) -> None:
    db.session.add(SubscribeGrant(wechat_user_id=user, template=group, count=count, updated_at=now()))
    db.session.commit()


def grants() -> list[int]:
    return _all(select(SubscribeGrant.count).order_by(SubscribeGrant.wechat_user_id))


def work() -> None:
    """Let a worker look at everything that is due."""
    jobs.run([row.id for row in rows() if row.state in ("due", "leased")])


def later(app: Flask, **span: float) -> None:
    """Let time pass, and then a worker look at what has become due."""
    pass_time(app, timedelta(**span))
    work()


def message(group: str | None = None) -> Message:
    """Return the newest message."""
    db.session.expire_all()
    which = [Message.group == group] if group else []
    found = db.session.execute(select(Message).where(*which).order_by(Message.id.desc())).scalars().first()
    db.session.rollback()
    assert found
    return found


def messages() -> list[Message]:
    db.session.expire_all()
    return _all(select(Message).order_by(Message.id))


def delivery(channel: str) -> Delivery:
    """Return the newest delivery on a channel."""
    db.session.expire_all()
    newest = select(Delivery).where(Delivery.channel == channel).order_by(Delivery.id.desc())
    found = db.session.execute(newest).scalars().first()
    db.session.rollback()
    assert found, channel
    return found


def seen(channel: str) -> tuple[str, int, str | None]:
    """Return state, attempts and error of the newest delivery on a channel."""
    found = delivery(channel)
    return found.state, found.attempts, found.error


def waits(row: Message) -> tuple[str, str | None, int]:
    """Return state and reason of a message's outbox row, and in how many minutes, about, it is looked at again."""
    key = f"message.due:{row.public_id}"
    found = db.session.execute(select(Outbox).where(Outbox.key == key)).scalar_one()
    at = now()
    known = found.state, found.error, round((found.due_at - at).total_seconds() / 60)
    db.session.rollback()
    return known


def hear(channel: str, problem: str | None = None) -> None:
    """Let the proof of the newest send on a channel come in, as WeChat's callback and the receipts do."""
    row = delivery(channel).id
    assert write(lambda: following.settle(db.session.connection(), row, problem, now()))


def pause_of(channel: str) -> ChannelPause | None:
    db.session.expire_all()
    found = db.session.execute(select(ChannelPause).where(ChannelPause.channel == channel)).scalars().first()
    db.session.rollback()
    return found


def user_state(platform: str = "official") -> str:
    return _all(select(WechatUser.state).where(WechatUser.platform == platform))[0]


def no_fallback(school: Any) -> None:
    """Let the school not want SMS where WeChat does not reach."""
    table = type(school).__table__
    db.session.execute(update(table).where(table.c.id == school.id).values(sms_fallback=False))
    db.session.commit()


def forget_silence() -> None:
    """Forget the failures that this process has counted."""
    for channel in Channel:
        pauses.note(channel, False)


def _all(statement: Any) -> list[Any]:
    found = list(db.session.execute(statement).scalars())
    db.session.rollback()
    return found
