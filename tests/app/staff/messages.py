"""Messages on their way as the staff find them: rows that the ladder would have left."""

from datetime import timedelta
from itertools import count
from typing import Any

from app.clock import now
from app.crypto import seal_json
from app.extensions import db
from app.models import Alert, Delivery, Message, Outbox
from app.models.types import new_public_id
from app.writing import write
from tests.builders import Graduate

_serial = count(1)


def put(graduate: Graduate, state: str = "listed", title: str = "签约审核通过", **of: Any) -> str:
    """Insert a message about a graduate's record and return its public id; `of` are further columns."""

    def work() -> str:
        at, public_id = now() - timedelta(minutes=of.pop("minutes", 0)), new_public_id()
        outbox = Outbox(key=f"test:{next(_serial)}", event="signing.approved", due_at=at, created_at=at, state="done")
        db.session.add(outbox)
        db.session.flush()
        letter = {
            "title": title,
            "body": "正文",
            "reader": f"毕业生 {graduate.roll.name}",
            "phone": of.pop("phone", ""),
        }
        row: dict[str, Any] = {"recipient_kind": "account", "recipient_id": graduate.account.id}
        row |= {"school_id": graduate.roll.school_id, "roll_record_id": graduate.roll.id, "topic": "signing.approved"}
        row |= {"group": "review", "state": state, "created_at": at, "opened_at": at} | of
        sealed = seal_json(letter, f"message.letter:{public_id}")
        db.session.add(Message(public_id=public_id, outbox_id=outbox.id, letter_sealed=sealed, **row))
        return public_id

    return write(work)


def stored(public_id: str) -> Message:
    """Return a message as it stands."""
    db.session.rollback()
    found: Message = db.session.query(Message).filter_by(public_id=public_id).populate_existing().one()
    return found


def tried(public_id: str, channel: str, state: str, **of: Any) -> None:
    """Insert a way that a message took."""

    def work() -> None:
        message, at = stored(public_id), now()
        reader = {"recipient_kind": message.recipient_kind, "recipient_id": message.recipient_id}
        row = {"outbox_id": message.outbox_id, "channel": channel, "state": state, "created_at": at}
        row |= {"tried_at": at} | of
        db.session.add(Delivery(message_id=message.id, **reader, **row))

    write(work)


def shown_in_app(public_id: str, read: bool = False) -> None:
    """Insert the alert that lies in the app beside a message."""

    def work() -> None:
        message, at = stored(public_id), now()
        reader = {"recipient_kind": message.recipient_kind, "recipient_id": message.recipient_id}
        delivery = Delivery(outbox_id=message.outbox_id, channel="in_app", state="sent", created_at=at, **reader)
        db.session.add(delivery)
        db.session.flush()
        words = {"topic": message.topic, "title": "签约审核通过", "body": "正文"}
        db.session.add(Alert(delivery_id=delivery.id, created_at=at, read_at=at if read else None, **reader, **words))

    write(work)
