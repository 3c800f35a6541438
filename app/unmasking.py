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
    _write(actor, ("roll_record", placement.roll_record_id), ("placement", placement.id), fields)


def note_person(actor: Actor, record: tuple[str, int], fields: Iterable[str]) -> None:
    """Write down who looked at which masked fields of a graduate, outside any case; runs inside a write.

    `record` is the roll record, or the account of somebody on no roll: kind and id.
    """
    _write(actor, record, record, fields)


def _write(actor: Actor, record: tuple[str, int], subject: tuple[str, int], fields: Iterable[str]) -> None:
    chain = lock(db.session.connection(), *record)
    chain.add(now(), actor, subject, history_lines.UNMASK, {"fields": list(fields)})
    chain.write()
