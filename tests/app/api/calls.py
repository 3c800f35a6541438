"""How the mini-program talks to the API: reads a page, sends back what it read; and a clock to travel with."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.models import Placement
from tests.application import ApiClient

API = "/api/v1"


def travel(app: Flask, moment: datetime) -> None:
    """Set the platform's clock; it runs on from there."""
    app.config["CLOCK_OFFSET_SECONDS"] = str((moment - datetime.now(UTC)).total_seconds())


def pass_time(app: Flask, span: timedelta) -> None:
    """Let time pass."""
    app.config["CLOCK_OFFSET_SECONDS"] = str(float(app.config["CLOCK_OFFSET_SECONDS"]) + span.total_seconds())


def page(client: ApiClient, placement: Placement) -> dict[str, Any]:
    """Read an invitation's page."""
    read = client.get(f"{API}/invitations/{placement.public_id}")
    assert read.status_code == 200, read.json
    return read.json


def ticked(read: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    """Return what 接受 sends for a page that was read and ticked."""
    notice, slot = read["binding_notice"], read["slot"]
    body: dict[str, Any] = {"version": read["version"], "declaration": read["declaration"]["version"]}
    body |= {"clauses": read["clauses"]["version"]}
    body |= {"notice": notice["version"]} if notice else {}
    body |= {"void_destination": True} if slot and slot["voidable"] else {}
    return body | overrides


def accept(client: ApiClient, placement: Placement, body: dict[str, Any] | None = None, **options: Any) -> Any:
    """Press 接受, by default after reading the page."""
    body = ticked(page(client, placement)) if body is None else body
    return client.post(f"{API}/invitations/{placement.public_id}/accept", json=body, **options)


def decline(client: ApiClient, placement: Placement, body: dict[str, Any] | None = None, **options: Any) -> Any:
    """Press 拒绝."""
    return client.post(f"{API}/invitations/{placement.public_id}/decline", json=body or {}, **options)


def button(card: dict[str, Any], action: str) -> dict[str, Any]:
    """Return a card's button."""
    return next(one for one in card["actions"] if one["action"] == action)


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Assert the one form of a refusal and return its detail."""
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert set(answer.json) == {"code", "message", "detail"}
    assert answer.json["message"]
    return answer.json["detail"]


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements that are sent meanwhile."""
    sent: list[str] = []
    engine = db.engine

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):  # SQLite's is sent as a statement, PostgreSQL's is not
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
