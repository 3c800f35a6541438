"""Sending reports: in order per graduate, one at a time, for as long as it takes (R-SYNC-1, P4, P11).

A report waits for the graduate's earlier ones; when it has been stored, the next one is due. A failure is tried again
for ever; a refusal goes to the dead letters and the graduate's line stands still, visibly, until it is replayed.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select, update

from app.clock import now
from app.extensions import db
from app.faultpoints import point
from app.models import Outbox, Report
from app.reports import UNSENT, key_of, opened
from app.writing import write
from notifications import employment_system, outbox
from notifications.outbox import Claimed, FailedError, PermanentError, PutBackError
from workflows.vocabulary import Event

WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 120))  # the last one again and again
BEHIND = timedelta(hours=1)  # the earlier report wakes the later one long before

_report, _outbox = Report.__table__, Outbox.__table__
_FIND = select(_report).where(_report.c.id == bindparam("report"))
_OF_GRADUATE = (_report.c.roll_record_id == bindparam("roll"), _report.c.state.in_(UNSENT))
_EARLIER = select(_report.c.id).where(*_OF_GRADUATE, _report.c.id < bindparam("report")).limit(1).with_for_update()
_NEXT = select(_report).where(*_OF_GRADUATE, _report.c.id > bindparam("report")).order_by(_report.c.id).limit(1)
_SENT = (
    update(_report)
    .where(_report.c.id == bindparam("row"))
    .values(state="sent", sent_at=bindparam("at"), error=bindparam("why"))
)
_FAILED = (
    update(_report)
    .where(_report.c.id == bindparam("row"))
    .values(state=bindparam("to"), tries=_report.c.tries + 1, error=bindparam("why"))
)
_WAKE = (
    update(_outbox).where(_outbox.c.key == bindparam("letter"), _outbox.c.state == "due").values(due_at=bindparam("at"))
)


def send_report(claimed: Claimed) -> None:
    """Send the report of an outbox row if it is its turn; raises PermanentError, PutBackError, LostLeaseError."""
    report = write(lambda: _begin(claimed))
    if report is None:
        raise PutBackError
    if report.state not in UNSENT:
        return
    try:
        kept_own = employment_system.current().report(_body(report))
    except PermanentError as refusal:
        write(partial(_failed, claimed, report, refusal.code, "refused"))
        raise
    except FailedError as failure:
        write(partial(_failed, claimed, report, failure.code, "waiting"))
        raise PutBackError from None
    point("report.after_effect")
    write(lambda: _sent(claimed, report, kept_own))


def _begin(claimed: Claimed) -> Any:
    """Return the report, or None when the graduate's earlier one comes first and this one has been put back."""
    found = {"report": claimed.payload.get("report")}
    report = db.session.execute(_FIND, found).one_or_none()
    if report is None:
        raise PermanentError("no_such_record")
    earlier = db.session.execute(_EARLIER, found | {"roll": report.roll_record_id}).first()
    if report.state in UNSENT and earlier:
        outbox.postpone(claimed, "behind_earlier", BEHIND)
        return None
    return report


def _body(report: Any) -> dict[str, Any]:
    numbered = {"sequence": report.sequence, "changed_at": report.changed_at.isoformat()}
    return key_of(report.line) | numbered | opened(report)


def _failed(claimed: Claimed, report: Any, code: str, state: str) -> None:
    db.session.connection().execute(_FAILED, {"row": report.id, "to": state, "why": code[:60]})
    if state == "waiting":
        outbox.postpone(claimed, code, WAITS[min(report.tries, len(WAITS) - 1)])
    else:
        outbox.hold(claimed)


def _sent(claimed: Claimed, report: Any, kept_own: bool) -> None:
    at = outbox.hold(claimed)
    note = "kept_own" if kept_own else None
    db.session.connection().execute(_SENT, {"row": report.id, "at": at, "why": note})
    following = db.session.execute(_NEXT, {"report": report.id, "roll": report.roll_record_id}).first()
    if following:
        letter = f"{Event.REPORT_DUE.value}:{following.public_id}:{following.letters}"
        db.session.connection().execute(_WAKE, {"letter": letter, "at": now()})
