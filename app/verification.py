"""Looking up an agreement by its verification code: found or missed, limited, and every look written down (R-QR-1)."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, text

from app.agreements import ALPHABET, CODE_LENGTH
from app.clock import now
from app.crypto import keyring
from app.extensions import db
from app.models import Document, Placement, Verification
from app.writing import write
from workflows.calendar import beijing_day
from workflows.verification import PageState, closed, page_state
from workflows.vocabulary import Kind, State

OPEN, COMPARE, UPLOAD = "open", "compare", "upload"
FOUND, MISS, CLOSED = "found", "miss", "closed"
HOUR = timedelta(hours=1)
PER_VISITOR = {OPEN: 60, COMPARE: 20, UPLOAD: 20}  # an hour
MISSES_PER_VISITOR = 20  # an hour, of whatever kind
COMPARES_PER_CODE = 5  # an hour, whoever asks

_SPELLINGS = str.maketrans("ILO", "110")  # Crockford's base 32 has no such letters: people see them all the same
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")

_document, _placement, _log = Document.__table__, Placement.__table__, Verification.__table__
_versions = _document.alias()
_newest = select(func.max(_versions.c.version)).where(_versions.c.placement_id == _document.c.placement_id)
_FIND = (
    select(
        _document.c.id.label("document_id"),
        _document.c.code,
        _document.c.number,
        _document.c.version,
        _document.c.issued_at,
        _document.c.file_sha256,
        _placement.c.id,
        _placement.c.public_id,
        _placement.c.kind,
        _placement.c.state,
        _placement.c.verifiable_until,
        _newest.scalar_subquery().label("newest_version"),
    )
    .join(_placement, _placement.c.id == _document.c.placement_id)
    .where(_document.c.code == bindparam("code"))
)
_LOCK = select(_document.c.id).where(_document.c.code == bindparam("code")).with_for_update(key_share=True)
_ADD = insert(_log)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look that was written down: the agreement's row (None: missed), what came of it, and the moment."""

    row: Row[Any] | None
    outcome: str
    at: datetime


class TooManyError(Exception):
    """A limit of the hour is reached; `.until` is when the next try is possible, `.per_code` whose limit it was."""

    def __init__(self, until: datetime, per_code: bool):
        super().__init__("verification limit")
        self.until, self.per_code = until, per_code


def clean_code(typed: str) -> str:
    """Return a code as it is stored, or "" for what cannot be one: case, blanks, dashes, I, L and O are forgiven."""
    plain = (
        re.sub(r"[\s\-_\u2010-\u2015]", "", unicodedata.normalize("NFKC", typed[:100])).upper().translate(_SPELLINGS)
    )
    return plain if _CODE.fullmatch(plain) else ""


def grouped(code: str) -> str:
    """Return a code as people read it: 4-4-4-4."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def visitor(address: str, at: datetime) -> bytes:
    """Return the keyed hash under which an address is counted on one Beijing day; an IPv6 network counts as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        place = ""
    else:
        place = str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)
    return keyring().blind("visitor", f"{beijing_day(at)}:{place}")[:16]


def look(kind: str, typed: str, address: str, judge: Callable[[Row[Any]], str] = lambda row: FOUND) -> Seen:
    """Find an agreement, let `judge` say what came of the look, write that down and commit.

    A malformed and an unknown code take the same way. Raises TooManyError, and then nothing is written: only tries
    that were answered count. Visitor and document are locked while their tries are counted (R-QR-1).
    """
    return write(lambda: _look(kind, clean_code(typed), address, judge))


def refuse_early(kind: str, address: str) -> None:
    """Raise TooManyError for a visitor whose hour is used up, before anything is read; `look` counts for good."""
    _refuse_visitor(kind, address, now())


def _refuse_visitor(kind: str, address: str, at: datetime) -> None:
    visitors = {visitor(address, at), visitor(address, at - HOUR)}
    _refuse(at, MISSES_PER_VISITOR, _log.c.visitor.in_(visitors), _log.c.outcome == MISS)
    _refuse(at, PER_VISITOR[kind], _log.c.visitor.in_(visitors), _log.c.kind == kind)


def _look(kind: str, code: str, address: str, judge: Callable[[Row[Any]], str]) -> Seen:
    at = _lock_visitor(address)
    _refuse_visitor(kind, address, at)
    if kind != OPEN:
        db.session.execute(_LOCK, {"code": code})
    row = db.session.execute(_FIND, {"code": code}).one_or_none()
    if row is not None and kind == COMPARE:
        mine = (_log.c.document_id == row.document_id, _log.c.kind == COMPARE)
        _refuse(at, COMPARES_PER_CODE, *mine, per_code=True)
    outcome = MISS if row is None else CLOSED if ended(row, at) else judge(row)
    entry = {"document_id": row and row.document_id, "kind": kind, "outcome": outcome}
    db.session.execute(_ADD, entry | {"visitor": visitor(address, at), "at": at})
    return Seen(row, outcome, at)


def state_of(row: Any) -> PageState:
    """Return what the page says of an agreement's row."""
    return page_state(Kind(row.kind), State(row.state), row.version == row.newest_version)


def ended(row: Any, at: datetime) -> bool:
    """Say whether the graduate has ended the verification of an agreement (R-VER-1)."""
    return closed(state_of(row), row.verifiable_until, at)


def _lock_visitor(address: str) -> datetime:
    """Let one visitor in at a time and return the moment; SQLite's write lock does it for all."""
    if db.engine.dialect.name == "postgresql":
        number = int.from_bytes(keyring().blind("visitor", address)[:8], signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
    return now()


def _refuse(at: datetime, limit: int, *tries: Any, per_code: bool = False) -> None:
    """Refuse when `limit` such tries were made within the last hour; the earliest of them frees the next."""
    newest_first = select(_log.c.at).where(*tries, _log.c.at > at - HOUR).order_by(_log.c.at.desc())
    earliest = db.session.execute(newest_first.offset(limit - 1).limit(1)).scalar_one_or_none()
    if earliest is not None:
        raise TooManyError(earliest + HOUR, per_code)
