"""The application under test: built by the composition root on a copy of a migrated database, a client per door."""

import contextlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import URL, Dialect, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

import wsgi
from app import auth, codes
from app.extensions import db, limiter
from tests import builders
from tests.builders import Graduate
from tests.servers import Databases

# The tests live in one autumn: signing is open, 2027 is the cohort. Workers of their own process get the same offset.
AUTUMN = datetime(2026, 11, 20, 9, tzinfo=UTC)
OFFSET = (AUTUMN - datetime.now(UTC)).total_seconds()
SETTINGS = {
    "APP_ENV": "test",
    "CLOCK_OFFSET_SECONDS": str(OFFSET),
    "WTF_CSRF_ENABLED": False,
    "RATELIMIT_ENABLED": False,
    "RATELIMIT_STORAGE_URI": "memory://",
    "REDIS_URL": "unix:///nonexistent/redis.sock",  # no test rings at a queue that is not its own
}


def build(url: str, folder: Path | str, **settings: Any) -> Flask:
    """Return the application on a database; `settings` override those of the tests."""
    return wsgi.build(SETTINGS | {"DATABASE_URL": url, "VAR_DIR": str(folder)} | settings)


@pytest.fixture(scope="session")
def built(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of all tests on one kind of database; the database is migrated and has the reference rows."""
    app = build(database_url, tmp_path_factory.mktemp("template"))
    with app.app_context():
        upgrade(directory=str(Path(wsgi.__file__).parent / "migrations"))
        builders.load_reference()
        codes.known("regions", "110108")  # read once here: the tables are the same in every copy
        db.session.remove()
        db.engine.dispose()
        _lead_elsewhere(app)
    return app


# Where an application's connections lead meanwhile. The engine stays: a new one would compile every statement anew.
_elsewhere: dict[Flask, URL] = {}


def _lead_elsewhere(app: Flask) -> None:
    @event.listens_for(db.engine, "do_connect")
    def connect(dialect: Dialect, *_: Any) -> DBAPIConnection | None:
        if app not in _elsewhere:
            return None
        arguments, named = dialect.create_connect_args(_elsewhere[app])
        return dialect.connect(*arguments, **named)


@pytest.fixture(scope="session")
def template_url(built: Flask, database_url: str) -> str:
    """The address of a migrated database with the reference rows: copied for every test, never written to."""
    return database_url


@pytest.fixture
def app(built: Flask, template_url: str, databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database of the test's own, inside an application context."""
    url = databases.copy(template_url)
    with _on(built, url, tmp_path), built.app_context():
        yield built
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)


@contextlib.contextmanager
def one_of_its_own(template_url: str, databases: Databases, folder: Path, **settings: Any) -> Iterator[Flask]:
    """An application that no other test has had, on a copy of the migrated database, inside an application context."""
    url = databases.copy(template_url)
    app = build(url, folder, **settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)


@contextlib.contextmanager
def _on(app: Flask, url: str, folder: Path) -> Iterator[None]:
    """Let an application work on another database and folder; what a test does to it is undone afterwards."""
    settings, extensions = dict(app.config), dict(app.extensions)
    app.config |= {"DATABASE_URL": url, "SQLALCHEMY_DATABASE_URI": url, "VAR_DIR": str(folder)}
    app.config["CLOCK_OFFSET_SECONDS"] = SETTINGS["CLOCK_OFFSET_SECONDS"]
    app.extensions["codes"] = replace(extensions["codes"], until=time.monotonic() + codes.KEEP_SECONDS)
    limiter.enabled = app.config["RATELIMIT_ENABLED"]  # one for all applications: another test may have switched it on
    _elsewhere[app] = make_url(url)
    try:
        yield
    finally:
        del _elsewhere[app]
        for changed, kept in ((app.config, settings), (app.extensions, extensions)):
            changed.clear()
            changed.update(kept)


def api_client(app: Flask, graduate: Graduate | None) -> FlaskClient:
    """Return a client of the API; with a graduate, signed in by a bearer token and sending a fresh Idempotency-Key."""
    client = ApiClient(app, app.response_class, use_cookies=False)
    if graduate:
        client.token = open_session("graduate", graduate.account.id)
    return client


def door_client(app: Flask, door: str, principal_id: int) -> FlaskClient:
    """Return a client with the cookie of a signed-in staff member or employer user."""
    client = app.test_client()
    client.set_cookie(auth.cookie_name(door), open_session(door, principal_id))
    return client


def open_session(door: str, principal_id: int) -> str:
    """Insert a session row and return its token."""
    token = auth.open_session(door, principal_id)
    db.session.commit()
    return token


class ApiClient(FlaskClient):
    """A mini-program: bearer token, JSON, an Idempotency-Key on every write unless the test gives one."""

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request."""
        headers = dict(kwargs.pop("headers", None) or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        headers.setdefault("Idempotency-Key", secrets.token_hex(16))
        with _outside():
            return super().open(*args, headers=headers, **kwargs)


@contextlib.contextmanager
def _outside() -> Iterator[None]:
    """Let a request have a database session of its own, as in a server."""
    db.session.remove()
    yield
    db.session.remove()


__all__ = ["ApiClient", "api_client", "app", "build", "built", "door_client", "open_session", "template_url"]
