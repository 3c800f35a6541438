"""What the workers run: jobs carry ids only, look at the row first, and may run any number of times (R-MSG-3, P4).

The attempt is on record before the effect, the result after it, each in a transaction of its own; effects have unique
keys. So a worker may die anywhere, and another one goes on from the row.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from app.extensions import db
from app.faultpoints import point
from app.models import Delivery
from app.writing import rollback, write
from notifications import file_checks, list_exports, outbox, recalls, roll_imports
from notifications.channels import SEND, open_channels, upsert
from notifications.letters import Letter
from notifications.messages import write_letters
from notifications.outbox import Claimed, FailedError, LostLeaseError, PermanentError, PutBackError
from notifications.reporting import send_report
from notifications.topics import Channel
from pdf.fonts import UnprintableError
from pdf.jobs import NoSuchPlacementError, store_agreements
from workflows.vocabulary import Event

log = logging.getLogger(__name__)

_delivery = Delivery.__table__
_SENT = update(_delivery).where(_delivery.c.id == bindparam("row")).values(state="sent", sent_at=bindparam("at"))


def run(outbox_ids: Sequence[int]) -> None:
    """Work off these outbox rows as far as they are due; never raises, for the row knows how it went."""
    for row in outbox_ids:
        try:
            _work_off(row)
        except SQLAlchemyError as error:  # the row stays as it is, and the sweeper comes back to it
            log.error("the database refused a worker", extra={"outbox_id": row, "kind": type(error).__name__})
        except LostLeaseError:
            log.warning("another worker has taken over", extra={"outbox_id": row})
        except Exception as error:  # noqa: BLE001 - one bad row does not stop the others
            log.error("a worker could not settle a row", extra={"outbox_id": row, "kind": type(error).__name__})
        finally:
            db.session.remove()


def _work_off(row: int) -> None:
    claimed = outbox.claim(row)
    if claimed is None:
        return
    kind, work = _WORK.get(claimed.event, ("alert", _tell))
    point(f"{kind}.after_claim")
    try:
        work(claimed)
    except (LostLeaseError, OperationalError, InterfaceError):
        rollback()
        raise
    except PutBackError:
        return
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
        outbox.finish(claimed)
        point(f"{kind}.after_result")


def _tell(claimed: Claimed) -> None:
    letters = write_letters(claimed)
    rollback()
    if not letters:
        log.info("nobody to tell", extra={"outbox_id": claimed.id})
    for letter in letters:
        for channel in open_channels(letter):
            _deliver(claimed, letter, channel)


def _deliver(claimed: Claimed, letter: Letter, channel: Channel) -> None:
    """Put one letter through one channel: attempt, effect and result are three transactions."""
    begun = write(lambda: _begin(claimed, letter, channel))
    if begun is None:
        return
    delivery_id, at = begun
    write(lambda: SEND[channel](delivery_id, letter, at))
    point("alert.after_effect")
    write(lambda: _sent(claimed, delivery_id))


def _begin(claimed: Claimed, letter: Letter, channel: Channel) -> tuple[int, datetime] | None:
    """Put the attempt on record; return the delivery's id and the time, None when it has gone out already."""
    at = outbox.hold(claimed)
    kind, reader = letter.recipient_kind, letter.recipient_id
    row = {"outbox_id": claimed.id, "recipient_kind": kind, "recipient_id": reader, "channel": channel.value}
    first = upsert(_delivery).values(row | {"state": "due", "attempts": 1, "created_at": at})
    again = first.on_conflict_do_update(
        index_elements=list(row), set_={"attempts": _delivery.c.attempts + 1}, where=_delivery.c.state != "sent"
    )
    delivery_id = db.session.execute(again.returning(_delivery.c.id)).scalar_one_or_none()
    return None if delivery_id is None else (delivery_id, at)


def _sent(claimed: Claimed, delivery_id: int) -> None:
    db.session.execute(_SENT, {"row": delivery_id, "at": outbox.hold(claimed)})


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
_WORK: dict[str, tuple[str, Callable[[Claimed], None]]] = {
    Event.AGREEMENT_ISSUED: ("document", _make_document),
    Event.FILE_RECEIVED: ("file", file_checks.check),
    Event.REPORT_DUE: ("report", send_report),
    Event.INVITATIONS_RECALLED: ("recall", recalls.recall),
    Event.ROLL_RECEIVED: ("import", roll_imports.carry_out),
    Event.LIST_ASKED: ("export", list_exports.carry_out),
}
