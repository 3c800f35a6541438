"""What both sides are told of an ending: asked, answered, decided, forced (R-MSG-1, R-TO-3)."""

from functools import partial
from typing import Any

from app import as_cases
from app.extensions import db
from app.models import Employer, Placement, RollRecord, Termination
from notifications import pages
from notifications.letters import About, Letter, letter, reader_of
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS, Audience
from workflows import labels
from workflows.vocabulary import Event, Mark, Role

EVENTS = tuple(event for event in Event if event.value.startswith("termination."))
# Who hears of these is one side alone: the one that did not ask, or the one that did.
TO_THE_OTHER = frozenset({Event.TERMINATION_ASKED, Event.TERMINATION_WITHDRAWN})
TO_THE_ASKER = frozenset({Event.TERMINATION_ACCEPTED, Event.TERMINATION_DECLINED})
_AUDIENCE = {Role.GRADUATE: Audience.GRADUATE, Role.EMPLOYER: Audience.EMPLOYER}


def write(claimed: Claimed) -> list[Letter]:
    """Return the letters to graduate and employer; none to an employer without an account here.

    Raises PermanentError when the rows that the outbox row speaks of do not exist.
    """
    termination = db.session.get(Termination, claimed.payload["id"])
    placement = db.session.get(Placement, termination.placement_id) if termination else None
    if termination is None or placement is None:
        raise PermanentError("no_such_record")
    roll = db.session.get(RollRecord, placement.roll_record_id)
    employer = db.session.get(Employer, placement.employer_id) if placement.employer_id else None
    words = _words(termination, placement, roll)
    page = pages.of(pages.TERMINATION, termination)
    about = About(placement.title, page, termination.school_id, termination.roll_record_id, placement.id)
    letters = []
    for notice in TOPICS[Event(claimed.event)].notices:
        reader = reader_of(notice.audience, roll, employer)
        if reader and notice.audience in _told(claimed.event, termination):
            letters.append(letter(notice, reader, claimed.event, words, about))
    return letters


def _told(event: str, termination: Termination) -> set[Audience]:
    asker = _AUDIENCE[Role(termination.asked_by)]
    if event in TO_THE_ASKER:
        return {asker}
    return set(_AUDIENCE.values()) - ({asker} if event in TO_THE_OTHER else set())


def _words(termination: Termination, placement: Placement, roll: Any) -> dict[str, Any]:
    sides = {Role.GRADUATE: f"毕业生{roll.name}", Role.EMPLOYER: placement.title}
    answerer = Role.EMPLOYER if termination.asked_by == Role.GRADUATE else Role.GRADUATE
    worded = partial(labels.worded, case=as_cases.termination(termination))
    return {
        "graduate": roll.name,
        "employer": placement.title,
        "asker": sides[Role(termination.asked_by)],
        "answerer": sides[answerer],
        "reviewer": worded("院系审核" if termination.rejected_by == Role.DEPARTMENT else "学校审核"),
        "mark": labels.MARK_LABEL[Mark(termination.mark)] if termination.mark else "",
        "worded": worded,
    }
