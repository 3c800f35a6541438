"""The alert in the app, which needs no way out of the house, and the INSERT that happens once."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.faultpoints import point
from app.models import Alert, Delivery
from app.models.types import new_public_id
from notifications.letters import Letter

IN_APP = "in_app"

_alert, _delivery = Alert.__table__, Delivery.__table__
_ADD_ALERT = insert(_alert)
_ADD_DELIVERY = insert(_delivery).returning(_delivery.c.id)


def upsert(table: Any) -> Any:
    """Return an INSERT that can have an ON CONFLICT, in the words of the database at hand."""
    make = postgresql.insert if db.session.connection().dialect.name == "postgresql" else sqlite.insert
    return make(table)


def show_in_app(outbox_id: int, letter: Letter, at: datetime) -> None:
    """Put a letter where its reader finds it here."""
    reader = {"recipient_kind": letter.recipient_kind, "recipient_id": letter.recipient_id}
    sent = {"channel": IN_APP, "state": "sent", "attempts": 1, "created_at": at, "sent_at": at}
    delivery_id = db.session.execute(_ADD_DELIVERY, {"outbox_id": outbox_id} | reader | sent).scalar_one()
    words = {"topic": letter.topic, "title": letter.title, "body": letter.body, "created_at": at}
    row = reader | words | {"delivery_id": delivery_id, "placement_id": letter.about.placement_id}
    row["page"] = letter.about.page
    db.session.execute(_ADD_ALERT, row | {"public_id": new_public_id()})
    point("alert.during_effect")
