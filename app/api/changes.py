"""Old → new in words: what an employer changed since the graduate read the invitation (R-INV-1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import codes
from app.agreement_fields import EMPTY
from app.models import History
from app.snapshots import terms_at, yuan
from workflows.agreement_form import BY_NAME, changes
from workflows.calendar import say

_DEADLINES = (
    select(History.detail)
    .where(History.subject_kind == "placement", History.subject_id == bindparam("placement"))
    .where(History.action.in_(("invite", "correct")))
    .order_by(History.seq)
)


def readable(name: str, value: Any) -> str:
    """Return a term of the agreement as a person reads it; “--” for none."""
    field = BY_NAME[name]
    if value is None or value == "":
        return EMPTY
    if field.table == "regions":
        return codes.region_name(value)
    if field.table:
        return codes.label(field.table, value)
    if name.endswith("_fen"):
        return yuan(value, field.hint)
    return f"{value}个月" if name == "probation_months" else str(value)


def since(conn: Connection, placement: Any, version: int) -> list[dict[str, str]]:
    """List what differs between the terms of `version` and those in force: field, label, old, new."""
    old, new = terms_at(conn, placement, version), terms_at(conn, placement)
    listed = [
        {"field": name, "label": BY_NAME[name].label, "old": readable(name, then), "new": readable(name, today)}
        for name, then, today in changes(old, new)
    ]
    return listed + _deadline(conn, placement, version)


def _deadline(conn: Connection, placement: Any, version: int) -> list[dict[str, str]]:
    steps = conn.execute(_DEADLINES, {"placement": placement.id}).scalars()
    then = [step["deadline_at"] for step in steps if step["version"] <= version]
    old = datetime.fromisoformat(then[-1]) if then else None
    if old is None or placement.deadline_at is None or old == placement.deadline_at:
        return []
    names = {"field": "deadline_at", "label": "应约截止时间"}
    return [names | {"old": say(old), "new": say(placement.deadline_at)}]
