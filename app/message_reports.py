"""Who was told what, by which way, when and proven how; and the call that tells what no channel could (R-MSG-2)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select, update

from app import accounts, history, masking
from app.clock import now
from app.crypto import unseal_json
from app.extensions import db
from app.models import Account, Alert, Delivery, Department, Message, RollRecord
from workflows import message_words
from workflows.calendar import say
from workflows.case import Actor, Refusal, Refused
from workflows.history_lines import TELL_BY_CALL
from workflows.vocabulary import Code

NOTE_LIMIT = 200  # characters
_NUMBER = re.compile(r"\d{7,}")

_message, _delivery, _alert = Message.__table__, Delivery.__table__, Alert.__table__
# A message may be about nobody's record: a refused request to be put on the roll. Then the account has the name.
PERSON = func.coalesce(RollRecord.name, Account.name)
ROWS: Select[Any] = (
    select(
        Message.public_id,
        Message.recipient_kind,
        Message.letter_sealed,
        Message.state,
        Message.module,
        Message.channel,
        Message.proof,
        Message.error,
        Message.created_at,
        Message.ended_at,
        PERSON.label("name"),
        RollRecord.student_number,
        Department.name.label("department"),
    )
    .outerjoin(RollRecord, RollRecord.id == Message.roll_record_id)
    .outerjoin(Department, Department.id == RollRecord.department_id)
    .outerjoin(Account, and_(Message.recipient_kind == "account", Account.id == Message.recipient_id))
)
_DELIVERIES = select(_delivery).where(_delivery.c.message_id == bindparam("message")).order_by(_delivery.c.id)
_SHOWN_IN_APP = (
    select(_alert.c.created_at, _alert.c.read_at)
    .join(_delivery, _delivery.c.id == _alert.c.delivery_id)
    .where(
        _delivery.c.outbox_id == bindparam("outbox"),
        _delivery.c.recipient_kind == bindparam("kind"),
        _delivery.c.recipient_id == bindparam("reader"),
    )
)
_TOLD = (
    update(_message)
    .where(_message.c.id == bindparam("row"), _message.c.state == "listed")
    .values(
        {
            "state": "told",
            "channel": "call",
            "proof": "call",
            "ended_at": bindparam("at"),
            "called_by": bindparam("by"),
            "call_note": bindparam("note"),
        }
    )
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way that a message took: channel and state in words, times as people read them, why it failed or waits."""

    channel: str
    state: str
    kind: str
    sent: str
    proven: str
    why: str


def letter_of(row: Any) -> dict[str, Any]:
    """Return what a message keeps of its letter, by `public_id` and `letter_sealed`."""
    found: dict[str, Any] = unseal_json(bytes(row.letter_sealed), f"message.letter:{row.public_id}")
    return found


def listed(row: Any) -> dict[str, str]:
    """Return a row of `ROWS` as a list shows it, the person masked."""
    return {
        "id": row.public_id,
        "at": say(row.created_at),
        "name": masking.name(row.name),
        "student_number": row.student_number or "--",
        "department": row.department or "--",
        "title": letter_of(row)["title"],
        "state": row.state,
        "label": message_words.MESSAGE_STATE[row.state],
        "how": message_words.CHANNEL.get(row.channel or "", "--"),
        "why": message_words.reason(row.error) if row.state in ("listed", "dead") else "",
    }


def ways(message: Message) -> list[Way]:
    """Return every way that a message took: the alert in the app first, then the channels as they were tried."""
    reader = {"outbox": message.outbox_id, "kind": message.recipient_kind, "reader": message.recipient_id}
    shown = db.session.execute(_SHOWN_IN_APP, reader).first()
    tried = [_way(row) for row in db.session.execute(_DELIVERIES, {"message": message.id})]
    return ([_in_app(shown)] if shown else []) + tried


def _in_app(row: Any) -> Way:
    read = f"已阅读（{say(row.read_at)}）" if row.read_at else ""
    return Way(message_words.CHANNEL["in_app"], message_words.DELIVERY_STATE["sent"], "", say(row.created_at), read, "")


def _way(row: Any) -> Way:
    sent: datetime | None = row.sent_at or row.tried_at or row.first_at
    proven = say(row.proven_at) if row.state == "proven" and row.proven_at else ""
    state = message_words.DELIVERY_STATE.get(row.state, row.state)
    kind = {"proven": "effective", "failed": "forced"}.get(row.state, "")
    why = "" if row.state == "proven" else message_words.reason(row.error)
    return Way(
        message_words.CHANNEL.get(row.channel, row.channel), state, kind, say(sent) if sent else "--", proven, why
    )


def phone_of(message: Message) -> str:
    """Return the number at which the reader of a message can be called."""
    if message.recipient_kind == "account":
        return accounts.phone_of(db.session.get_one(Account, message.recipient_id))
    return str(letter_of(message).get("phone", ""))


def record_of(message: Message) -> tuple[str, int]:
    """Return whose history a call, or a look at the number, stands in: the roll record's, without one the account's."""
    if message.roll_record_id is not None:
        return "roll_record", message.roll_record_id
    return "account", message.recipient_id


def name_of(message: Message) -> str:
    """Return the name of the graduate whom a message without a roll record is to."""
    return db.session.get_one(Account, message.recipient_id).name


def told_by_call(actor: Actor, message: Message, note: str) -> None:
    """Write down that a listed message was told by telephone, with a note on the call; raises Refused (R-MSG-2)."""
    text = note.strip()
    if not text or len(text) > NOTE_LIMIT or _NUMBER.search(text):
        sentence = f"请用不超过{NOTE_LIMIT}个字说明通话情况，例如“本人接听，已告知”，不要填写电话或证件号码。"
        raise Refused(Refusal(Code.REASON_REQUIRED, sentence, fields={"note": sentence}))
    record = record_of(message)
    chain = history.lock(db.session.connection(), *record)
    at = now()
    row = {"row": message.id, "at": at, "by": actor.id, "note": text}
    if db.session.connection().execute(_TOLD, row).rowcount != 1:
        raise Refused(Refusal(Code.WRONG_STATE, "这条提醒不在待电话通知名单中。", "请刷新页面查看最新状态。"))
    detail = {"message": message.public_id, "topic": message.topic}
    chain.add(at, actor, record, TELL_BY_CALL, detail, {"note": text})
    chain.write()
