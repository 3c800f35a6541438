"""What the far side holds, in SQLite: a line per graduate and kind, every report on it, and the edits made there."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS line (
    school_code TEXT, student_number TEXT, cohort INTEGER, kind TEXT,
    sequence INTEGER NOT NULL, status TEXT NOT NULL, content TEXT NOT NULL, changed_at TEXT NOT NULL,
    PRIMARY KEY (cohort, school_code, student_number, kind));
CREATE TABLE IF NOT EXISTS report (
    school_code TEXT, student_number TEXT, cohort INTEGER, kind TEXT, sequence INTEGER, body TEXT NOT NULL,
    PRIMARY KEY (school_code, student_number, cohort, kind, sequence));
CREATE TABLE IF NOT EXISTS edit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    school_code TEXT, student_number TEXT, cohort INTEGER, kind TEXT, content TEXT NOT NULL, edited_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nonce (value TEXT PRIMARY KEY, at REAL NOT NULL);
"""
_THIS_LINE = "school_code = :school_code AND student_number = :student_number AND cohort = :cohort AND kind = :kind"
_LINE = f"SELECT * FROM line WHERE {_THIS_LINE}"  # noqa: S608 - constants only
_REPORT = f"SELECT body FROM report WHERE {_THIS_LINE} AND sequence = :sequence"  # noqa: S608
_NEW_REPORT = "INSERT INTO report VALUES (:school_code, :student_number, :cohort, :kind, :sequence, :body)"
_NEW_LINE = (
    "INSERT INTO line VALUES"
    " (:school_code, :student_number, :cohort, :kind, :sequence, :status, :content, :changed_at)"
    " ON CONFLICT DO UPDATE SET sequence = :sequence, status = :status, content = :content, changed_at = :changed_at"
)
_NEW_EDIT = (
    "INSERT INTO edit (school_code, student_number, cohort, kind, content, edited_at)"
    " VALUES (:school_code, :student_number, :cohort, :kind, :content, :edited_at)"
)
_OF_GRADUATE = "SELECT * FROM line WHERE school_code = ? AND student_number = ? AND cohort = ? ORDER BY kind"
_OF_SCHOOL = (
    "SELECT * FROM line WHERE cohort = ? AND school_code = ? AND (student_number, kind) > (?, ?)"
    " ORDER BY student_number, kind LIMIT ?"
)

Row = dict[str, Any]
EDITABLE = ("archive", "household")


class Conflict(Exception):
    """A report out of its order: `code` is gap or different_repeat, `expected` the number that should come next."""

    def __init__(self, code: str, expected: int):
        super().__init__(code)
        self.code, self.expected = code, expected


def moment(text: str) -> datetime:
    """Return an ISO time as a moment that can be compared."""
    return datetime.fromisoformat(text)


class Ledger:
    """The store of one far side; safe for several threads and processes."""

    def __init__(self, path: Path | str):
        self._path = str(path)
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(SCHEMA)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path, timeout=15, isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            yield db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that has the write lock from its start."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def first_time(self, nonce: str, forget_before: float) -> bool:
        """Remember a nonce; say whether it had not been seen since `forget_before` (seconds of the epoch)."""
        with self.writing() as db:
            db.execute("DELETE FROM nonce WHERE at < ?", (forget_before,))
            added = db.execute("INSERT INTO nonce VALUES (?, ?) ON CONFLICT DO NOTHING", (nonce, time.time()))
            return added.rowcount == 1

    def store(self, report: Row) -> Row:
        """Store a report in its order and return the answer; raises Conflict. The later content of two wins."""
        with self.writing() as db:
            held = db.execute(_LINE, report).fetchone()
            last = held["sequence"] if held else 0
            if report["sequence"] <= last:
                return self._repeat(db, report, last)
            if report["sequence"] != last + 1:
                raise Conflict("gap", last + 1)
            db.execute(_NEW_REPORT, report | {"body": _text(report)})
            kept = (
                bool(held) and report["kind"] in EDITABLE and moment(held["changed_at"]) > moment(report["changed_at"])
            )
            content = {key: held[key] for key in ("status", "content", "changed_at")} if kept else _content(report)
            db.execute(_NEW_LINE, report | content)
            return {"sequence": report["sequence"], "kept_own": kept}

    def _repeat(self, db: sqlite3.Connection, report: Row, last: int) -> Row:
        stored = db.execute(_REPORT, report).fetchone()
        if stored is None or stored["body"] != _text(report):
            raise Conflict("different_repeat", last + 1)
        return {"sequence": report["sequence"], "kept_own": False}

    def edit(self, key: Row, content: Row, edited_at: str) -> int:
        """Write down what somebody typed over there, and return the number of the change in the feed."""
        with self.writing() as db:
            held = db.execute(_LINE, key).fetchone()
            line = {"sequence": held["sequence"] if held else 0, "status": "in_force", "changed_at": edited_at}
            db.execute(_NEW_LINE, key | line | {"content": _text(content)})
            added = db.execute(_NEW_EDIT, key | {"content": _text(content), "edited_at": edited_at})
            return int(added.lastrowid or 0)

    def changes(self, after: int, limit: int) -> list[Row]:
        """Return the edits after a number, oldest first."""
        return self._read("SELECT * FROM edit WHERE id > ? ORDER BY id LIMIT ?", after, limit)

    def of_graduate(self, school_code: str, student_number: str, cohort: int) -> list[Row]:
        """Return all lines of a graduate."""
        return self._read(_OF_GRADUATE, school_code, student_number, cohort)

    def of_school(self, cohort: int, school_code: str, after: tuple[str, str], limit: int) -> list[Row]:
        """Return lines of a school's cohort after (student number, kind), in that order."""
        return self._read(_OF_SCHOOL, cohort, school_code, *after, limit)

    def schools(self, cohort: int) -> list[str]:
        """Return the codes of the schools of which something is held."""
        found = self._read("SELECT DISTINCT school_code FROM line WHERE cohort = ? ORDER BY 1", cohort)
        return [row["school_code"] for row in found]

    def newest(self, limit: int) -> list[Row]:
        """Return the lines that changed last."""
        return self._read("SELECT * FROM line ORDER BY changed_at DESC LIMIT ?", limit)

    def _read(self, statement: str, *values: Any) -> list[Row]:
        with self._open() as db:
            rows = [dict(row) for row in db.execute(statement, values)]
        return [row | {"content": json.loads(row["content"])} if "content" in row else row for row in rows]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _content(report: Row) -> Row:
    return {"status": report["status"], "content": _text(report["content"]), "changed_at": report["changed_at"]}
