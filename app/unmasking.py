"""Whoever of the staff reads what is masked in lists leaves a row in the graduate's history (R-AUDIT-1)."""

from collections.abc import Iterable

from app.clock import now
from app.extensions import db
from app.history import lock
from app.models import Placement
from workflows import history_lines
from workflows.case import Actor


def note(actor: Actor, placement: Placement, fields: Iterable[str]) -> None:
    """Write down who looked at which masked fields; runs inside a write."""
    chain = lock(db.session.connection(), "roll_record", placement.roll_record_id)
    chain.add(now(), actor, ("placement", placement.id), history_lines.UNMASK, {"fields": list(fields)})
    chain.write()
