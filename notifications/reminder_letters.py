"""Reminders: of an answer deadline, of an upload link that lies unopened, of cases that wait too long."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import levels, upload_links
from app.clock import now
from app.extensions import db
from app.models import Account, Placement, RollRecord, Staff
from notifications import pages
from notifications.letters import About, Letter, letter, owner, to_phone
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS
from workflows.calendar import say
from workflows.upload_links import works
from workflows.vocabulary import Event, Level, Module, Role, State


def answer(claimed: Claimed) -> list[Letter]:
    """Remind a graduate of an invitation; nobody where it has been answered, withdrawn or has lapsed meanwhile."""
    placement = db.session.get(Placement, claimed.payload["placement"])
    roll = db.session.get(RollRecord, claimed.roll_record_id)
    if placement is None or roll is None:
        raise PermanentError("no_such_record")
    waits = placement.state == State.INVITED and placement.deadline_at is not None and placement.deadline_at > now()
    account = db.session.get(Account, roll.account_id) if waits and roll.account_id else None
    if account is None or placement.deadline_at is None:
        return []
    (notice,) = TOPICS[Event.ANSWER_DUE].notices
    words = {"employer": placement.title, "deadline": say(placement.deadline_at)}
    about = About(placement.title, pages.of(pages.INVITATION, placement), roll.school_id, roll.id, placement.id)
    return [letter(notice, owner(account), claimed.event, words, about, worthless_at=placement.deadline_at)]


def link(claimed: Claimed) -> list[Letter]:
    """Send an upload link once more to an employer's contact who has not opened it; none once it has or is dead."""
    row = upload_links.by_id(claimed.payload["link"])
    sent = upload_links.open_letter(row) if row is not None else None
    if row is None or sent is None:
        return []
    (notice,) = TOPICS[Event.LINK_UNOPENED].notices
    roll = db.session.get(RollRecord, row.roll_record_id)
    words = {"address": sent.address, "until": say(row.expires_at)}
    params = {"graduate": roll.name if roll else "", "token": sent.token, "until": words["until"]}
    return [to_phone(notice, row.id, sent.phone, claimed.event, words, params, worthless_at=row.expires_at)]


def unused_link(claimed: Claimed) -> list[Letter]:
    """Tell the graduate that the employer has opened the link and handed nothing in; nobody once that has changed."""
    row = upload_links.by_id(claimed.payload["link"])
    placement = db.session.get(Placement, row.placement_id) if row is not None else None
    roll = db.session.get(RollRecord, claimed.roll_record_id)
    account = db.session.get(Account, roll.account_id) if roll and roll.account_id else None
    if row is None or placement is None or roll is None or account is None or not works(State(placement.state)):
        return []
    (notice,) = TOPICS[Event.LINK_UNUSED].notices
    words = {"employer": placement.title, "until": say(row.expires_at)}
    about = About(placement.title, pages.of(pages.PLACEMENT, placement), roll.school_id, roll.id, placement.id)
    return [letter(notice, owner(account), claimed.event, words, about, worthless_at=row.expires_at)]


_PLACES = {"school": (Role.SCHOOL, Staff.school_id), "department": (Role.DEPARTMENT, Staff.department_id)}


def overdue(claimed: Claimed) -> list[Letter]:
    """Remind everybody who may review at a school, or in a department, of the cases that have waited for days.

    Each hears of those in the modules in which they may review, and nobody of others (R-ACC-1).
    """
    role, place = _PLACES[claimed.payload["place"]]
    reviewers = select(Staff.id, Staff.name, *(levels.effective(module) for module in Module)).where(
        place == claimed.payload["id"], Staff.role == role.value, Staff.active
    )
    (notice,) = TOPICS[Event.REVIEW_OVERDUE].notices
    numbers = claimed.payload.get("numbers", {})  # none in a row of before there were numbers by module
    told = [(row, _number(row, numbers)) for row in db.session.execute(reviewers.order_by(Staff.id))]
    return [
        letter(notice, (row.id, f"老师 {row.name}"), claimed.event, {"number": number})
        for row, number in told
        if number
    ]


def _number(reader: Any, numbers: Mapping[str, int]) -> int:
    """Return how many of the cases a reader may review."""
    mine = (module for module in Module if getattr(reader, levels.COLUMN[module]) == Level.WRITE)
    return sum(numbers.get(module.value, 0) for module in mine)
