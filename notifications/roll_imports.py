"""The job that brings a received roll in, a piece at a time, so that no other job waits for it long (R-ROLL-1)."""

import logging
from datetime import timedelta

from sqlalchemy.exc import InterfaceError, OperationalError

from app.rolls import importing
from app.writing import rollback, write
from notifications import outbox
from notifications.outbox import Claimed, LostLeaseError, PutBackError

log = logging.getLogger(__name__)

PIECE = 45.0  # seconds; a job may take two minutes
TRIES = 3  # after which a file that cannot be brought in is given up, in words


def carry_out(claimed: Claimed) -> None:
    """Carry an import out, or on; raises PutBackError when there is more to do."""
    import_id = int(claimed.payload["import"])
    try:
        importing.carry_out(import_id, lambda: outbox.hold(claimed), PIECE)
    except importing.BrokenOffError:
        rollback()
        write(lambda: outbox.postpone(claimed, "goes_on", timedelta()))
        raise PutBackError from None
    except (LostLeaseError, OperationalError, InterfaceError):
        raise
    except Exception as error:
        rollback()
        if claimed.attempts < TRIES:
            raise
        log.error("a roll could not be brought in", extra={"import": import_id, "kind": type(error).__name__})
        importing.give_up(import_id, lambda: outbox.hold(claimed))
