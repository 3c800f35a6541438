"""The sweeper's part: lapsed invitations are written down as expired (R-ON-2)."""

import logging
from functools import partial

from sqlalchemy import Connection, bindparam, select

from app import actions
from app.clock import database_clock, shifted
from app.extensions import db
from app.models import Placement
from app.writing import rollback, write
from workflows.case import Refused, Request
from workflows.vocabulary import Action, State

log = logging.getLogger(__name__)


_LAPSED = (
    select(Placement.id, Placement.roll_record_id)
    .where(Placement.state == State.INVITED.value, Placement.deadline_at <= bindparam("now"))
    .order_by(Placement.deadline_at)
    .limit(bindparam("limit"))
)


def lapsed(conn: Connection, limit: int) -> list[tuple[int, int]]:
    """Return (placement id, roll record id) of invitations past their deadline that nothing has recorded yet."""
    now = shifted(conn.execute(select(database_clock())).scalar_one())
    return [(row.id, row.roll_record_id) for row in conn.execute(_LAPSED, {"now": now, "limit": limit})]


def expire_due(limit: int = 200) -> int:
    """Record lapsed invitations as expired, oldest first, a transaction for each; return how many.

    The rules treat them as expired from their deadline on, whether or not this ever runs; it writes that down and
    tells the people.
    """
    due = lapsed(db.session.connection(), limit)
    rollback()
    done = 0
    for placement_id, roll_id in due:
        try:
            write(partial(actions.step, placement_id, roll_id, Action.EXPIRE, actions.PLATFORM, Request()))
            done += 1
        except Refused:  # answered, or recorded by somebody else, in the meantime
            continue
        except Exception as error:  # noqa: BLE001 - one bad row does not stop the others
            log.error(
                "a lapsed invitation was not recorded",
                extra={"placement_id": placement_id, "kind": type(error).__name__},
            )
    if done:
        log.info("lapsed invitations recorded", extra={"count": done})
    return done
