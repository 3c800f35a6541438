"""预警单位: which warnings a reader sees, and how schools mark and lift (R-WARN-1)."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app import history
from app.clock import now
from app.extensions import db
from app.models import WarningMark
from app.models.types import new_public_id
from workflows import warning_marks as rules
from workflows.case import Actor, Refused
from workflows.warning_marks import Mark, Warning, WarningKind

MARK, LIFT = "mark", "lift"
SUBJECT = "warning_mark"

_mark = WarningMark.__table__
_STANDING = select(_mark.c.school_id, _mark.c.kind, _mark.c.reason, _mark.c.marked_at).where(
    _mark.c.credit_code == bindparam("code"), _mark.c.lifted_at.is_(None)
)


def warnings_for(conn: Connection, credit_code: str | None, school_id: int | None) -> tuple[Warning, ...]:
    """Return the warnings about an employer, registered or not, that a reader of this school sees: one statement.

    The school's own marks with their reasons, and the nationwide warning once five different schools have marked it.
    """
    if not credit_code:
        return ()
    rows = conn.execute(_STANDING, {"code": credit_code})
    marks = [Mark(row.school_id, WarningKind(row.kind), row.reason, row.marked_at) for row in rows]
    return rules.shown(marks, school_id)


def as_answer(conn: Connection, credit_code: str | None, school_id: int | None) -> list[dict[str, str]]:
    """Return the warnings as an answer of the API carries them: scope, text, reason."""
    return [asdict(warning) for warning in warnings_for(conn, credit_code, school_id)]


def nationwide(conn: Connection, credit_code: str) -> tuple[Warning, ...]:
    """Return the warnings that a reader without a school sees."""
    return warnings_for(conn, credit_code, None)


def _live_key(school_id: int, credit_code: str, kind: str | None) -> str:
    return f"{school_id}:{credit_code}:{kind}"


def mark(actor: Actor, credit_code: str, name: str, kind: str | None, reason: str | None) -> str:
    """Mark an employer for the actor's school, inside a write, and return the mark's public id; raises Refused."""
    conn = db.session.connection()
    school_id = actor.school_id or 0
    chain = history.lock(conn, "school", school_id)
    key = _live_key(school_id, credit_code, kind)
    marked = conn.execute(select(_mark.c.id).where(_mark.c.live_key == key)).first() is not None
    if refusal := rules.refuse_mark(actor, kind, reason, marked):
        raise Refused(refusal)
    at, public_id = now(), new_public_id()
    row: dict[str, Any] = {
        "public_id": public_id,
        "school_id": school_id,
        "credit_code": credit_code,
        "employer_name": name,
    }
    row |= {"kind": kind, "reason": (reason or "").strip(), "live_key": key, "marked_at": at, "marked_by": actor.id}
    record = conn.execute(_mark.insert().values(row).returning(_mark.c.id)).scalar_one()
    detail = {"credit_code": credit_code, "kind": kind}
    chain.add(at, actor, (SUBJECT, record), MARK, detail, {"reason": row["reason"]})
    chain.write()
    return public_id


def lift(actor: Actor, mark_id: int, reason: str | None) -> None:
    """Lift a mark of the actor's school, inside a write; the row and its reasons stay. Raises Refused."""
    conn = db.session.connection()
    chain = history.lock(conn, "school", actor.school_id or 0)
    row = conn.execute(select(_mark).where(_mark.c.id == mark_id)).one()
    if refusal := rules.refuse_lift(actor, row.lifted_at is None, reason):
        raise Refused(refusal)
    at, text = now(), (reason or "").strip()
    columns = {"live_key": None, "lifted_at": at, "lifted_by": actor.id, "lift_reason": text}
    conn.execute(update(_mark).where(_mark.c.id == mark_id).values(columns))
    detail = {"credit_code": row.credit_code, "kind": row.kind}
    chain.add(at, actor, (SUBJECT, mark_id), LIFT, detail, {"reason": text})
    chain.write()
