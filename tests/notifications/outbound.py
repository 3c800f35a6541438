"""What leaves the house: the messages as their readers would get them, and a far side that takes every attempt down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from app.crypto import unseal_json
from app.extensions import db
from app.models import Message
from notifications import sms, telling
from notifications.sms import SmsFate
from wechat import sending
from workflows.sending import Accepted


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is to leave the house, opened."""

    id: int
    group: str
    state: str
    topic: str
    reader: str
    title: str
    body: str
    phone: str
    params: dict[str, str]
    fields: dict[str, Any]


def outgoing(group: str | None = None) -> list[Outgoing]:
    """Return every message, the oldest first, whatever has become of it."""
    db.session.expire_all()
    rows = db.session.execute(select(Message).order_by(Message.id)).scalars().all()
    opened = [_open(row) for row in rows if group in (None, row.group)]
    db.session.rollback()
    return opened


def _open(row: Message) -> Outgoing:
    letter = unseal_json(row.letter_sealed, telling.bound(row.public_id))
    fields = {name: letter[name] for name in ("about", "at", "hint", "page")}
    words = (letter["reader"], letter["title"], letter["body"], letter["phone"], letter["params"])
    return Outgoing(row.id, row.group, row.state, row.topic, *words, fields)


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt that reached the far side: channel, openid or number, template, what it said, our name of it."""

    channel: str
    to: str
    template: str
    says: dict[str, Any]
    name: str
    page: str | None = None


@dataclass
class Recorder:
    """A far side in this process: it takes everything, and answers as it is told to.

    `answers` holds, for each channel, what the next attempts come to: an exception, or a function of the attempt that
    returns Accepted. `fates` are what the operator says when asked, in order; then nothing is known.
    """

    sent: list[Sent] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    fates: list[SmsFate | Exception | None] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(2**53 + 1, 2**54)))

    def of(self, channel: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.channel == channel]

    def _take(self, sent: Sent) -> Accepted:
        self.sent.append(sent)
        waiting = self.answers.get(sent.channel, [])
        answer = waiting.pop(0) if waiting else None
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(sent)
        number = next(self.numbers)
        return Accepted(provider_id=f"biz{number}") if sent.channel == "sms" else Accepted(number=number)

    def send_sms(self, phone: str, template: str, params: Any, out_id: str) -> Accepted:
        return self._take(Sent("sms", phone, template, dict(params), out_id))

    def send_template(self, openid: str, group: str, fields: Any, page: str | None, message_id: str) -> Accepted:
        return self._take(Sent("wechat", openid, group, dict(fields), message_id, page))

    def send_subscribe(self, openid: str, group: str, fields: Any, page: str | None) -> Accepted:
        return self._take(Sent("subscribe", openid, group, dict(fields), "", page))

    def look_up(self, phone: str, out_id: str, day: Any, biz_id: str | None = None) -> SmsFate | None:
        self.asked.append((phone, out_id))
        fate = self.fates.pop(0) if self.fates else None
        if isinstance(fate, Exception):
            raise fate
        return fate


def record(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Put a recording far side in the place of WeChat and SMS."""
    side = Recorder()
    calls: dict[Any, dict[str, Callable[..., Any]]] = {
        sms: {
            "send": side.send_sms,
            "look_up": side.look_up,
            "configured": lambda template: "sms" not in side.closed and template not in side.closed,
        },
        sending: {
            "send_template": side.send_template,
            "send_subscribe": side.send_subscribe,
            "configured": lambda channel, group: channel not in side.closed,
        },
    }
    for module, functions in calls.items():
        for name, function in functions.items():
            monkeypatch.setattr(module, name, function)
    return side
