"""What people and the API are told when the database fails under a request, and when only the bell does."""

import sqlite3
from typing import Any

import pytest
from flask import Flask
from psycopg.errors import DeadlockDetected
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import writing
from app.errors import WEB
from app.extensions import db
from app.staff import waiting
from tests import builders
from tests.app.staff import desk
from workflows.vocabulary import Role


def broken(*args: Any) -> Any:
    db.session.execute(text("SELECT * FROM nowhere"))


def busy(*args: Any) -> Any:
    error = sqlite3.OperationalError("database is locked: 110101199901010010")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    raise OperationalError("UPDATE", {}, error)


def deadlock(*args: Any) -> Any:
    raise OperationalError("UPDATE", {}, DeadlockDetected("deadlock detected: 110101199901010010"))


def test_a_failed_statement_ends_in_a_friendly_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.client(app, Role.SCHOOL, builders.make_school())
    with monkeypatch.context() as patch:
        patch.setattr(waiting, "cards", broken)
        answer = client.get("/staff/")
    assert answer.status_code == 500 and WEB[500][1] in desk.words(answer)
    assert "nowhere" not in answer.text and answer.mimetype == "text/html"
    assert client.get("/staff/").status_code == 200


def test_a_page_that_cannot_read_its_tenant_is_told_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.client(app, Role.SCHOOL, builders.make_school())
    monkeypatch.setattr("app.staff.menu.tenant", broken)
    answer = client.get("/staff/")
    assert answer.status_code == 500 and WEB[500][1] in desk.words(answer)
    unknown = client.get(f"/staff/review/{'0' * 20}")
    assert unknown.status_code == 404 and WEB[404][1] in desk.words(unknown)


@pytest.mark.parametrize("failure", [busy, deadlock])
def test_a_busy_database_asks_for_another_try(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: Any
) -> None:
    client = desk.client(app, Role.SCHOOL, builders.make_school())
    monkeypatch.setattr("app.auth.close_session", failure)
    answer = client.post("/staff/sign-out")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert WEB[503][1] in desk.words(answer)
    assert "database busy" in caplog.messages and "110101199901010010" not in caplog.text


def test_a_busy_api_says_so_in_its_own_form(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.auth.identify", deadlock)
    answer = app.test_client().get("/api/v1/me")
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "busy", "1")


def test_an_error_survives_a_connection_that_cannot_even_undo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.errors.rollback", deadlock)
    answer = app.test_client().get("/nothing")
    assert answer.status_code == 404 and WEB[404][1] in answer.text


def test_a_broken_bell_does_not_deny_what_is_committed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def ring(bells: Any) -> None:
        raise ValueError("13912345678")

    monkeypatch.setitem(app.extensions, "doorbell", ring)
    graduate = builders.make_graduate(builders.make_school())
    caplog.clear()
    invited = builders.make_invitation(graduate)
    assert builders.reload(invited.id).state == "invited"
    assert "the bell did not ring" in caplog.messages and "13912345678" not in caplog.text
    assert writing.write(lambda: 1) == 1
