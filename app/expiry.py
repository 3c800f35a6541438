"""The sweeper's part: lapsed invitations are written down as expired (R-ON-2)."""

import logging
from functools import partial

from app import actions, facts
from app.extensions import db
from app.writing import rollback, write
from workflows.case import Refused, Request
from workflows.vocabulary import Action

log = logging.getLogger(__name__)


def expire_due(limit: int = 200) -> int:
    """Record lapsed invitations as expired, oldest first, a transaction for each; return how many.

    The rules treat them as expired from their deadline on, whether or not this ever runs; it writes that down and
    tells the people.
    """
    due = facts.lapsed(db.session.connection(), limit)
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
