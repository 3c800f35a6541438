"""The ways to a person: each channel puts one letter through, at most once per delivery."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.faultpoints import point
from app.models import Alert, DemoMessage
from notifications.letters import Letter
from notifications.topics import Channel


def upsert(table: Any) -> Any:
    """Return an INSERT that can have an ON CONFLICT, in the words of the database at hand."""
    make = postgresql.insert if db.session.connection().dialect.name == "postgresql" else sqlite.insert
    return make(table)


def _insert_once(table: Any, row: dict[str, Any]) -> None:
    db.session.execute(upsert(table).values(row).on_conflict_do_nothing())


def _in_app(delivery_id: int, letter: Letter, at: datetime) -> None:
    row = {
        "delivery_id": delivery_id,
        "recipient_kind": letter.recipient_kind,
        "recipient_id": letter.recipient_id,
        "topic": letter.topic,
        "title": letter.title,
        "body": letter.body,
        "placement_id": letter.placement_id,
        "created_at": at,
    }
    _insert_once(Alert.__table__, row)
    point("alert.during_effect")


def _demo(delivery_id: int, letter: Letter, at: datetime) -> None:
    row = {"delivery_id": delivery_id, "reader": letter.reader, "title": letter.title, "body": letter.body, "at": at}
    _insert_once(DemoMessage.__table__, row)


SEND: dict[Channel, Callable[[int, Letter, datetime], None]] = {Channel.IN_APP: _in_app, Channel.DEMO: _demo}


def open_channels(letter: Letter) -> tuple[Channel, ...]:
    """Return the channels over which a letter goes here: no demo inbox in production."""
    closed = {Channel.DEMO} if current_app.config["PRODUCTION"] else set()
    return tuple(channel for channel in letter.channels if channel not in closed)
