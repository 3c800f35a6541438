"""WeChat as our two accounts see it: who follows, who is bound, what came in, what was consented to."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime


class WechatUser(Public, db.Model):
    """A person's WeChat as the official account or the mini-program knows it, and the graduate it is bound to.

    `platform` is official or mini. `state`: following, left (unfollowed), unknown (never seen to follow), invalid
    (the platform knows the openid no more); unfollowing keeps the binding (R-BOT-1). `tries` are those to be bound by
    facts that can be guessed, counted from `tries_since` on (R-STEP-1). Until
    `busy_until` a subscribe message is on its way to this openid: the platform takes one after the other (43108).
    """

    __tablename__ = "wechat_user"
    __table_args__ = (UniqueConstraint("platform", "openid"), UniqueConstraint("platform", "account_id"))

    platform: Mapped[str] = mapped_column(String(8))
    openid: Mapped[str] = mapped_column(String(64))
    unionid: Mapped[str | None] = mapped_column(String(64), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    bound_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="unknown")
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    tries_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    busy_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WechatScene(Public, db.Model):
    """A one-time way from one WeChat to one account: a scene QR code or a link, ten minutes, confirmed by the graduate.

    `account_id` is set from the start where the graduate asked for the code; `wechat_user_id` by whoever scans first.
    """

    __tablename__ = "wechat_scene"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    wechat_user_id: Mapped[int | None] = mapped_column(ForeignKey("wechat_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WechatInbox(db.Model):
    """What the platform pushed to us, once each: a duplicate finds its row and gets the same stored reply.

    `key` is the hash of MsgId, or for events of openid, time, event and key. `message_number` is the MsgID of a finish
    event, kept until the send that it speaks of has committed. States: received, done, unmatched, failed.
    """

    __tablename__ = "wechat_inbox"
    __table_args__ = (UniqueConstraint("platform", "key"), Index("ix_wechat_inbox_state", "state", "received_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    platform: Mapped[str] = mapped_column(String(8))
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
    kind: Mapped[str] = mapped_column(String(40))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reply_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    message_number: Mapped[int | None] = mapped_column(BigInteger, index=True)
    outcome: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default="received")
    error: Mapped[str | None] = mapped_column(String(60))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WechatToken(db.Model):
    """The access token of one of our accounts, shared by all processes; fetched under a lease by one of them."""

    __tablename__ = "wechat_token"

    platform: Mapped[str] = mapped_column(String(8), primary_key=True)
    token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(Integer, default=0)


class SubscribeGrant(db.Model):
    """How many more subscribe messages of a template a mini-program user has agreed to get.

    `reported_at`: when the mini-program told of a consent that has been counted and whose event has not come yet.
    """

    __tablename__ = "subscribe_grant"

    wechat_user_id: Mapped[int] = mapped_column(ForeignKey("wechat_user.id"), primary_key=True)
    template: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
