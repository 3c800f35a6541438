"""A suspension's job: every invitation that was open is withdrawn by the platform, each in a transaction (R-EMP-3)."""

import logging
from datetime import datetime
from functools import partial

from app import actions
from app.extensions import db
from app.faultpoints import point
from app.recalls import open_invitations
from app.writing import rollback, write
from notifications import outbox
from notifications.outbox import Claimed
from workflows.case import Refused, Request
from workflows.vocabulary import Action

log = logging.getLogger(__name__)


def recall(claimed: Claimed) -> None:
    """Withdraw what was open when the employer was suspended; what a killed worker has left is taken up again (P4).

    An invitation that has been answered or has lapsed in the meantime stays as it is.
    """
    before = datetime.fromisoformat(claimed.payload["at"])
    rows = open_invitations(db.session.connection(), claimed.payload["employer"], before)
    rollback()
    for placement_id, roll_id in rows:
        try:
            write(partial(_withdraw, claimed, placement_id, roll_id))
        except Refused:
            continue
        point("recall.after_effect")
    log.info("open invitations withdrawn", extra={"outbox_id": claimed.id, "count": len(rows)})


def _withdraw(claimed: Claimed, placement_id: int, roll_id: int) -> None:
    outbox.hold(claimed)
    actions.step(placement_id, roll_id, Action.WITHDRAW, actions.PLATFORM, Request())
