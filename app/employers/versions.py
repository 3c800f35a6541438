"""The versions of an invitation's terms: when each was sent and what it changed, old → new (R-INV-1)."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from app.crypto import unseal_json
from app.models import History, PlacementTerms
from app.snapshots import terms_bound
from app.terms import Change, differences

_VERSIONS = (
    select(PlacementTerms.version, PlacementTerms.body_sealed, PlacementTerms.at)
    .where(PlacementTerms.placement_id == bindparam("placement"))
    .order_by(PlacementTerms.version)
)
_DEADLINES = (
    select(History.detail)
    .where(
        History.record_kind == "roll_record",
        History.record_id == bindparam("roll"),
        History.subject_kind == "placement",
        History.subject_id == bindparam("placement"),
        History.action.in_(("invite", "correct")),
    )
    .order_by(History.seq)
)


class Version(NamedTuple):
    """One version of the terms: its number among them, the moment it was sent, and its changes (none in the first)."""

    number: int
    at: datetime
    changes: list[Change]


def history(conn: Connection, placement: Any) -> list[Version]:
    """Return the versions of the terms, newest first: two statements."""
    rows = conn.execute(_VERSIONS, {"placement": placement.id}).all()
    details = conn.execute(_DEADLINES, {"placement": placement.id, "roll": placement.roll_record_id}).scalars()
    deadlines = {detail["version"]: datetime.fromisoformat(detail["deadline_at"]) for detail in details}
    listed: list[Version] = []
    old: tuple[dict[str, Any], datetime | None] | None = None
    for number, row in enumerate(rows, 1):
        new = unseal_json(row.body_sealed, terms_bound(placement.public_id, row.version)), deadlines.get(row.version)
        listed.append(Version(number, row.at, differences(old[0], new[0], old[1], new[1]) if old else []))
        old = new
    return listed[::-1]
