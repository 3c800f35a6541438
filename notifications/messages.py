"""What people are told: the facts behind an outbox row, poured into the template of each audience (R-MSG-1)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from app import as_cases, snapshots
from app.extensions import db
from app.models import Employer, Placement, RollRecord
from notifications import (
    account_letters,
    cancellation_letters,
    correction_letters,
    employer_letters,
    link_letters,
    pages,
    reminder_letters,
    termination_letters,
    transfer_letters,
)
from notifications.letters import About, Letter, letter, reader_of
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS, Notice
from workflows import labels
from workflows.calendar import say
from workflows.vocabulary import Event, Kind, Role, State, Subject

# Events that are not about a placement or the place on a roll: who writes their letters.
WRITERS: dict[str, Callable[[Claimed], list[Letter]]] = {
    Event.CODE_SENT: account_letters.code,
    Event.ACCOUNT_CHANGED: account_letters.changed,
    Event.ROLL_REQUEST_GRANTED: account_letters.request_decided,
    Event.ROLL_REQUEST_REFUSED: account_letters.request_decided,
    Event.EMPLOYER_APPROVED: employer_letters.decided,
    Event.EMPLOYER_REFUSED: employer_letters.decided,
    Event.TRANSFER_NOT_MADE: employer_letters.not_paid,
    Event.EMPLOYER_SUSPENDED: employer_letters.about_itself,
    Event.EMPLOYER_RESUMED: employer_letters.about_itself,
    Event.OFFICER_APPLIED: employer_letters.about_itself,
    Event.OFFICER_REVOKED: employer_letters.about_itself,
    Event.TRANSFER_FORWARDED: transfer_letters.decided,
    Event.TRANSFER_APPROVED: transfer_letters.decided,
    Event.TRANSFER_RETURNED: transfer_letters.decided,
    Event.TRANSFER_REJECTED: transfer_letters.decided,
    Event.TRANSFER_CORRECTED: transfer_letters.decided,
    Event.UPLOAD_LINK_SENT: link_letters.link,
    Event.RECORD_CANCELLED: cancellation_letters.cancelled,
    Event.ANSWER_DUE: reminder_letters.answer,
    Event.LINK_UNOPENED: reminder_letters.link,
    Event.LINK_UNUSED: reminder_letters.unused_link,
    Event.REVIEW_OVERDUE: reminder_letters.overdue,
    Event.AGREEMENT_UPLOADED: link_letters.uploaded,
    **dict.fromkeys(termination_letters.EVENTS, termination_letters.write),
}
_CORRECTED = frozenset({Event.PLACEMENT_CORRECTED, Event.DESTINATION_CORRECTED, Event.ROLL_CHANGED})


def write_letters(claimed: Claimed) -> list[Letter]:
    """Return the letters that an outbox row asks for; none to a graduate who has no account yet.

    Raises PermanentError when the rows that it speaks of do not exist.
    """
    return WRITERS.get(claimed.event, _about_record)(claimed)


def _about_record(claimed: Claimed) -> list[Letter]:
    roll = db.session.get(RollRecord, claimed.roll_record_id)
    placement = db.session.get(Placement, claimed.placement_id) if claimed.placement_id else None
    if roll is None or (claimed.placement_id and placement is None):
        raise PermanentError("no_such_record")
    employer_id = placement.employer_id if placement else None
    employer = db.session.get(Employer, employer_id) if employer_id else None
    words = _words(claimed, roll, placement)
    page = _page(claimed, placement)
    if claimed.event in _CORRECTED:
        words["changes"], page = correction_letters.changes(*_corrected(claimed, roll))
    module = correction_letters.module_of(claimed)
    about = About(words.get("employer", ""), page, roll.school_id, roll.id, claimed.placement_id, module)
    notices = [(notice, reader_of(notice.audience, roll, employer)) for notice in _notices(claimed, placement)]
    return [letter(notice, reader, claimed.event, words, about) for notice, reader in notices if reader]


def _corrected(claimed: Claimed, roll: RollRecord) -> tuple[Subject, int, int]:
    subject = Subject.PLACEMENT if claimed.placement_id else Subject.ROLL_RECORD
    return subject, claimed.placement_id or roll.id, claimed.payload.get("version", 0)


def _page(claimed: Claimed, placement: Placement | None) -> str:
    if placement is None:
        return pages.ALERTS
    invitation = claimed.event.startswith("invitation.")
    return pages.of(pages.INVITATION if invitation else pages.PLACEMENT, placement)


def _notices(claimed: Claimed, placement: Placement | None) -> list[Notice]:
    withdrawn_by = placement.withdrawn_by if placement else None
    notices = TOPICS[Event(claimed.event)].notices
    return [notice for notice in notices if notice.withdrawn_by in (None, withdrawn_by)]


def _words(claimed: Claimed, roll: RollRecord, placement: Placement | None) -> dict[str, Any]:
    if placement is None:
        return {"graduate": roll.name}
    terms = snapshots.terms_at(db.session.connection(), placement, claimed.payload["version"])
    worded = partial(labels.worded, case=as_cases.placement(placement))
    by_department = placement.rejected_by == Role.DEPARTMENT
    return {
        "graduate": roll.name,
        "employer": terms.get("employer_name") or placement.title,
        "title": placement.title,
        "position": terms.get("position") or "",
        "deadline": say(placement.deadline_at) if placement.deadline_at else "",
        "reviewer": worded("院系审核" if by_department else "学校审核"),
        "online": placement.kind == Kind.ONLINE,
        "by_platform": placement.withdrawn_by == Role.PLATFORM,
        "suspended": placement.withdrawn_by == Role.PLATFORM and _suspended(placement),
        "worded": worded,
    }


def _suspended(placement: Placement) -> bool:
    employer = db.session.get(Employer, placement.employer_id)
    return employer is not None and employer.state == State.SUSPENDED
