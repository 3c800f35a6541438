"""What the workers run: jobs carry ids only, look at the row first, and may run any number of times (R-MSG-3, P4).

What goes to another house is on record as an attempt before the call and with its result after it; what we write
ourselves has unique keys. So a worker may die anywhere, and another one goes on from the row.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from app.extensions import db
from app.faultpoints import point
from app.writing import rollback, write
from notifications import file_checks, ladder, list_exports, outbox, recalls, roll_imports, telling
from notifications.messages import write_letters
from notifications.outbox import Claimed, FailedError, LostLeaseError, PermanentError, PutBackError
from notifications.reporting import send_report
from pdf.fonts import UnprintableError
from pdf.jobs import NoSuchPlacementError, store_agreements
from workflows.vocabulary import Event

log = logging.getLogger(__name__)

ENOUGH = 60.0  # seconds; a job may take two minutes, the row at hand among them


def run(outbox_ids: Sequence[int]) -> None:
    """Work off these outbox rows as far as they are due, and the messages that come of them; never raises.

    What is not done within a minute is left to the sweeper; every row knows how it went.
    """
    rows, end = deque(outbox_ids), time.monotonic() + ENOUGH
    while rows and time.monotonic() < end:
        row = rows.popleft()
        try:
            rows.extend(_work_off(row))
        except SQLAlchemyError as error:  # the row stays as it is, and the sweeper comes back to it
            log.error("the database refused a worker", extra={"outbox_id": row, "kind": type(error).__name__})
        except LostLeaseError:
            log.warning("another worker has taken over", extra={"outbox_id": row})
        except Exception as error:  # noqa: BLE001 - one bad row does not stop the others
            log.error("a worker could not settle a row", extra={"outbox_id": row, "kind": type(error).__name__})
        finally:
            db.session.remove()


def _work_off(row: int) -> list[int]:
    """Work one row off and return the rows that came of it and are due at once."""
    claimed = outbox.claim(row)
    if claimed is None:
        return []
    kind, work = _WORK.get(claimed.event, ("alert", _tell))
    point(f"{kind}.after_claim")
    due: list[int] = []
    try:
        due = work(claimed) or due
        if kind not in _SETTLED:
            outbox.finish(claimed)
    except (LostLeaseError, OperationalError, InterfaceError):
        rollback()
        raise
    except PutBackError:
        return []
    except PermanentError as error:
        rollback()
        outbox.fail(claimed, error.code, None)
    except FailedError as error:
        rollback()
        outbox.fail(claimed, error.code, error.wait or outbox.wait_after(claimed.attempts))
    except Exception as error:  # noqa: BLE001 - whatever it was, the row says so and is tried again
        rollback()
        outbox.fail(claimed, type(error).__name__, outbox.wait_after(claimed.attempts))
    else:
        point(f"{kind}.after_result")
    return due


def _tell(claimed: Claimed) -> list[int]:
    letters = write_letters(claimed)
    rollback()
    if not letters:
        log.info("nobody to tell", extra={"outbox_id": claimed.id})
    return write(lambda: telling.tell(claimed, letters))


def _make_document(claimed: Claimed) -> None:
    if claimed.placement_id is None:
        raise PermanentError("no_such_record")
    try:
        store_agreements(claimed.placement_id)
    except UnprintableError:  # refused where the text enters; a font taken away since would come to this
        raise PermanentError("unprintable") from None
    except NoSuchPlacementError:
        raise PermanentError("no_such_record") from None


# What is no alert: event -> the name of its fault points, and what is done.
_WORK: dict[str, tuple[str, Callable[[Claimed], list[int] | None]]] = {
    Event.MESSAGE_DUE: ("message", ladder.carry_out),
    Event.AGREEMENT_ISSUED: ("document", _make_document),
    Event.FILE_RECEIVED: ("file", file_checks.check),
    Event.REPORT_DUE: ("report", send_report),
    Event.INVITATIONS_RECALLED: ("recall", recalls.recall),
    Event.ROLL_RECEIVED: ("import", roll_imports.carry_out),
    Event.LIST_ASKED: ("export", list_exports.carry_out),
}
_SETTLED = ("alert", "message")  # end their rows themselves, together with what they write
