"""What people are told: the facts behind an outbox row, poured into the template of each audience (R-MSG-1)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from app import as_cases, destination_content, snapshots
from app.extensions import db
from app.models import Employer, Placement, RollRecord
from notifications import (
    account_letters,
    employer_letters,
    link_letters,
    reminder_letters,
    termination_letters,
    transfer_letters,
)
from notifications.letters import Letter, reader_of, words_of
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS, Notice
from workflows import labels
from workflows.calendar import say
from workflows.vocabulary import Event, Kind, Role, State

# Events that are not about a placement or the place on a roll: who writes their letters.
WRITERS: dict[str, Callable[[Claimed], list[Letter]]] = {
    Event.CODE_SENT: account_letters.code,
    Event.ACCOUNT_CHANGED: account_letters.changed,
    Event.ROLL_REQUEST_GRANTED: account_letters.request_decided,
    Event.ROLL_REQUEST_REFUSED: account_letters.request_decided,
    Event.EMPLOYER_APPROVED: employer_letters.about_itself,
    Event.EMPLOYER_REFUSED: employer_letters.about_itself,
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
    Event.ANSWER_DUE: reminder_letters.answer,
    Event.LINK_UNOPENED: reminder_letters.link,
    Event.REVIEW_OVERDUE: reminder_letters.overdue,
    Event.AGREEMENT_UPLOADED: link_letters.uploaded,
    **dict.fromkeys(termination_letters.EVENTS, termination_letters.write),
}


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
    letters = [_letter(claimed, notice, roll, employer, words) for notice in _notices(claimed, placement)]
    return [letter for letter in letters if letter]


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
        "changed": _changed(claimed, placement),
    }


def _changed(claimed: Claimed, placement: Placement) -> str:
    """Name the fields that staff have changed in a destination, without their values (R-DEST-2)."""
    if claimed.event != Event.DESTINATION_CORRECTED:
        return ""
    changes = destination_content.corrected_at(db.session.connection(), placement, claimed.payload["version"])
    return "、".join(change.label for change in changes)


def _suspended(placement: Placement) -> bool:
    employer = db.session.get(Employer, placement.employer_id)
    return employer is not None and employer.state == State.SUSPENDED


def _letter(
    claimed: Claimed, notice: Notice, roll: RollRecord, employer: Employer | None, words: dict[str, Any]
) -> Letter | None:
    reader = reader_of(notice.audience, roll, employer)
    if reader is None:
        return None
    title, body = words_of(notice.template, words)
    return Letter(notice.audience.value, *reader, title, body, claimed.event, claimed.placement_id, notice.channels)
