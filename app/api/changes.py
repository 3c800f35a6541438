"""Old → new in words: what an employer changed since the graduate read the invitation (R-INV-1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.models import History
from app.snapshots import terms_at
from app.terms import differences

_DEADLINES = (
    select(History.detail)
    .where(History.subject_kind == "placement", History.subject_id == bindparam("placement"))
    .where(History.action.in_(("invite", "correct")))
    .order_by(History.seq)
)


def since(conn: Connection, placement: Any, version: int) -> list[dict[str, str]]:
    """List what differs between the terms of `version` and those in force: field, label, old, new."""
    old, new = terms_at(conn, placement, version), terms_at(conn, placement)
    changed = differences(old, new, _deadline_of(conn, placement, version), placement.deadline_at)
    return [change._asdict() for change in changed]


def _deadline_of(conn: Connection, placement: Any, version: int) -> datetime | None:
    steps = conn.execute(_DEADLINES, {"placement": placement.id}).scalars()
    then = [step["deadline_at"] for step in steps if step["version"] <= version]
    return datetime.fromisoformat(then[-1]) if then else None
