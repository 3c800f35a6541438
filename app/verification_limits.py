"""The graduate's hold over the verification of an agreement: who has looked, and until when anybody may (R-VER-1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from app import history
from app.clock import now
from app.extensions import db
from app.models import Document, Placement, Verification
from workflows import history_lines
from workflows.case import Actor, Refused
from workflows.verification import PageState, page_state, refuse_limit
from workflows.vocabulary import Kind, State

SHOWN = 100  # the newest looks

_placement, _document, _log = Placement.__table__, Document.__table__, Verification.__table__
_ISSUED = select(func.count()).where(_document.c.placement_id == _placement.c.id).scalar_subquery()
_ROW = select(
    _placement.c.id,
    _placement.c.kind,
    _placement.c.state,
    _placement.c.roll_record_id,
    _placement.c.verifiable_until,
    _ISSUED.label("issued"),
).where(_placement.c.id == bindparam("placement"))
_LOOKS = (
    select(_log.c.at, _log.c.kind, _log.c.outcome, _log.c.visitor)
    .join(_document, _document.c.id == _log.c.document_id)
    .where(_document.c.placement_id == bindparam("placement"))
    .order_by(_log.c.at.desc(), _log.c.id.desc())
    .limit(SHOWN)
)
_SET = update(_placement).where(_placement.c.id == bindparam("row")).values(verifiable_until=bindparam("until"))


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an agreement's page: when, what was done and what came of it; `visitor` numbers the lookers."""

    at: datetime
    kind: str
    outcome: str
    visitor: int


def looks(conn: Connection, placement_id: int) -> list[Look]:
    """Return the newest looks at an agreement, whoever looked: one number per visitor and day."""
    rows = conn.execute(_LOOKS, {"placement": placement_id}).all()
    numbers: dict[bytes, int] = {}
    for row in reversed(rows):
        numbers.setdefault(bytes(row.visitor), len(numbers) + 1)
    return [Look(row.at, row.kind, row.outcome, numbers[bytes(row.visitor)]) for row in rows]


def read(conn: Connection, placement_id: int) -> Row[Any]:
    """Return what the rules want to know of an agreement."""
    return conn.execute(_ROW, {"placement": placement_id}).one()


def state_of(row: Any) -> PageState:
    """Return what the page says of an agreement, unknown where none was issued."""
    return page_state(Kind(row.kind), State(row.state), True) if row.issued else PageState.UNKNOWN


def limit(actor: Actor, placement_id: int, roll_id: int, until: datetime | None, at_once: bool = False) -> None:
    """Let the verification end at a moment, at once, or not at all (None); inside a write. Raises Refused."""
    conn = db.session.connection()
    chain = history.lock(conn, "roll_record", roll_id)
    at, row = now(), read(conn, placement_id)
    ends = at if at_once else until
    if refusal := refuse_limit(state_of(row), ends, at):
        raise Refused(refusal)
    conn.execute(_SET, {"row": placement_id, "until": ends})
    detail = {"until": ends.isoformat() if ends else None}
    chain.add(at, actor, ("placement", placement_id), history_lines.LIMIT_VERIFICATION, detail)
    chain.write()
