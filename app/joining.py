"""Joining a person to a record on a roll: under its lock, on record, with the alerts that nobody could be told."""

from sqlalchemy import bindparam, update

from app import actions, facts
from app.extensions import db
from app.models import Account, Outbox, RollRecord
from workflows.case import Actor
from workflows.history_lines import LINK
from workflows.vocabulary import Event, Role

_outbox = Outbox.__table__
_TOLD = Event.INVITATION_SENT
# A worker that holds the row did not know the reader: it loses its lease, and whoever comes next reads anew.
_READ_ANEW = (
    update(_outbox)
    .where(
        _outbox.c.placement_id == bindparam("placement"),
        _outbox.c.event == Event.INVITATION_SENT.value,
        _outbox.c.state.in_(("due", "leased")),
    )
    .values(fence=_outbox.c.fence + 1, lease_until=bindparam("until"))
)


def join(record: RollRecord, account: Account) -> bool:
    """Join one record to its person (R-GRAD-1); False when that has been done in the meantime.

    Invitations that are open were told to nobody: the new reader is told of each, exactly once (R-ON-1, R-MSG-3).
    """
    unit = actions.begin(record.id)
    if unit.view.roll.account_id is not None:
        return False
    record.account_id = account.id
    db.session.flush()
    subject, detail = ("roll_record", record.id), {"account": account.public_id}
    unit.chain.add(unit.view.now, Actor(Role.GRADUATE, account.id), subject, LINK, detail)
    for placement_id in facts.roll_facts(unit.view).open_invitations:
        _tell(unit, placement_id)
    unit.finish()
    return True


def _tell(unit: actions.Unit, placement_id: int) -> None:
    """Leave an alert to the row that has not been worked off yet, or else to one of its own."""
    waiting = unit.conn.execute(_READ_ANEW, {"placement": placement_id, "until": unit.view.now})
    if waiting.rowcount == 0:
        row = unit.view.placement(placement_id)
        unit.emit(_TOLD.value, row.public_id, row.version, placement_id=placement_id)
        unit.outbox[-1]["key"] += ":linked"
