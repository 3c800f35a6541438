"""Migrations on a database that is in use: rows that others refer to are kept, up, down and up again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, insert, text

import wsgi
from app.extensions import db
from tests.application import build
from tests.servers import Databases

FOLDER = str(Path(wsgi.__file__).parent / "migrations")
FIRST_RELEASE = "0002"
SAMPLES: dict[type, Any] = {int: 1, str: "1", bytes: b"1", datetime: datetime(2026, 11, 20, tzinfo=UTC), bool: True}


def put(name: str, **given: Any) -> None:
    """Insert a row of a table as it stands, every column that has to be filled in with something."""
    table = Table(name, MetaData(), autoload_with=db.engine)
    needed = [c for c in table.c if not c.nullable and not c.primary_key and c.server_default is None]
    values = {column.name: SAMPLES.get(column.type.python_type, "1") for column in needed}
    db.session.execute(insert(table), values | given)
    db.session.commit()


def rows(name: str) -> list[int]:
    found = list(db.session.execute(text(f"SELECT id FROM {name}")).scalars())
    db.session.commit()
    return found


@pytest.fixture
def url(databases: Databases, database_kind: str) -> Any:
    url = databases.empty(database_kind)
    yield url
    databases.drop(url)


def test_what_refers_to_a_copied_table_is_kept(url: str, tmp_path: Path) -> None:
    """SQLite alters by copying and dropping: an account is referred to by its enrolments."""
    with build(url, tmp_path).app_context():
        upgrade(FOLDER, FIRST_RELEASE)
        put("account", id=7)
        put("enrolment", id=8, account_id=7)
        upgrade(FOLDER)
        assert (rows("account"), rows("enrolment")) == ([7], [8])
        downgrade(FOLDER, FIRST_RELEASE)
        upgrade(FOLDER)
        assert (rows("account"), rows("enrolment")) == ([7], [8])
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
            assert db.session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        db.session.remove()
        db.engine.dispose()


def test_messages_that_were_sent_get_the_module_of_their_record(url: str, tmp_path: Path) -> None:
    """0015: a transfer's messages, and those on an objection to its change, belong to the transfer's module."""
    with build(url, tmp_path).app_context():
        upgrade(FOLDER, "0014")
        for parent in ("school", "department", "roll_record"):
            put(parent, id=1)
        put("transfer", id=5, kind="household", state="draft")
        put("correction", id=6, public_id="6", subject="transfer", subject_id=5, state="shown")
        put("correction", id=7, public_id="7", subject="placement", subject_id=5, state="shown")
        topics = (
            ("transfer.rejected", 5),
            ("correction.upheld", 6),
            ("correction.dismissed", 7),
            ("paper.approved", 5),
        )
        for number, (topic, record) in enumerate(topics, 1):
            put("outbox", id=number, key=topic, payload={"id": record})
            put("message", id=number, public_id=topic, outbox_id=number, topic=topic)
        upgrade(FOLDER)
        found = db.session.execute(text("SELECT module FROM message ORDER BY id")).scalars().all()
        assert found == ["household", "household", "placement", "placement"]
        db.session.remove()
        db.engine.dispose()
