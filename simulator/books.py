"""What the far side's WeChat and SMS remember, in SQLite: people, codes, messages, pushes; one writer at a time."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS person (id INTEGER PRIMARY KEY, name TEXT NOT NULL, unionid TEXT UNIQUE, phone TEXT);
CREATE TABLE IF NOT EXISTS wechat (
    openid TEXT PRIMARY KEY, account TEXT NOT NULL, person INTEGER NOT NULL REFERENCES person (id),
    follows INTEGER NOT NULL DEFAULT 0, since REAL, blocked INTEGER NOT NULL DEFAULT 0, scene TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS token (
    value TEXT PRIMARY KEY, account TEXT NOT NULL, issued_at REAL NOT NULL, expires_at REAL NOT NULL,
    stable INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tally (
    account TEXT, path TEXT, code TEXT, count INTEGER NOT NULL, PRIMARY KEY (account, path, code));
CREATE TABLE IF NOT EXISTS used (path TEXT, day REAL, count INTEGER NOT NULL, PRIMARY KEY (path, day));
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, receiver TEXT NOT NULL, template_id TEXT NOT NULL,
    client_id TEXT NOT NULL DEFAULT '', number TEXT NOT NULL DEFAULT '', content TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '', at REAL NOT NULL, outcome TEXT NOT NULL, settled_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS ix_message_receiver ON message (channel, receiver, client_id);
CREATE INDEX IF NOT EXISTS ix_message_number ON message (number);
CREATE TABLE IF NOT EXISTS consent (
    openid TEXT, template_id TEXT, count INTEGER NOT NULL, PRIMARY KEY (openid, template_id));
CREATE TABLE IF NOT EXISTS qr (
    ticket TEXT PRIMARY KEY, account TEXT NOT NULL, scene TEXT NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS code (
    value TEXT PRIMARY KEY, kind TEXT NOT NULL, openid TEXT NOT NULL, expires_at REAL NOT NULL, used_at REAL);
CREATE TABLE IF NOT EXISTS menu (account TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS link (value TEXT PRIMARY KEY, body TEXT NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS chat (
    id INTEGER PRIMARY KEY, openid TEXT NOT NULL, sender TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS push (
    id INTEGER PRIMARY KEY, target TEXT NOT NULL, body TEXT NOT NULL, due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'due', answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS ix_push_due ON push (state, due_at);
CREATE TABLE IF NOT EXISTS sms_nonce (value TEXT PRIMARY KEY);
"""
JSON_COLUMNS = ("content", "body")

Row = dict[str, Any]


class Books:
    """The one connection of a far side's process; several threads may use it, one after the other."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path), timeout=15, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # Killed programs lose nothing this way, a power cut may: it is a demo's file.
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + SCHEMA)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that nobody else reads or writes in."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def write(self, statement: str, *values: Any) -> int:
        """Execute one statement; return how many rows it changed."""
        with self.writing() as db:
            return db.execute(statement, values).rowcount

    def add(self, statement: str, *values: Any) -> int:
        """Insert one row; return its number."""
        with self.writing() as db:
            return int(db.execute(statement, values).lastrowid or 0)

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """Return what a query finds, columns of JSON as what they hold."""
        with self._lock:
            found = self._db.execute(statement, values).fetchall()
        return [{name: _value(name, row[name]) for name in row.keys()} for row in found]  # noqa: SIM118

    def row(self, statement: str, *values: Any) -> Row | None:
        """Return the first row that a query finds."""
        found = self.rows(statement, *values)
        return found[0] if found else None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


def _value(name: str, value: Any) -> Any:
    return json.loads(value) if name in JSON_COLUMNS and isinstance(value, str) else value


def text(value: Any) -> str:
    """Return a value as the JSON that is kept."""
    return json.dumps(value, ensure_ascii=False)
