"""What an employer and its officers are told about themselves: verified, refused, suspended, resumed (R-EMP-1/3).

The employer's inbox is for who acts for it. Who has applied cannot open it yet and hears by text message.
"""

from typing import Any

from app import employer_steps, masking
from app.extensions import db
from app.models import BankCheck, Employer, EmployerUser
from notifications.letters import Letter, letter, to_phone
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS, Notice
from workflows.employer_verification import ESTABLISHED
from workflows.vocabulary import Event, State, Subject

# What a text message says of it, as the variable of its template.
OUTCOME = {
    Event.EMPLOYER_APPROVED: "认证已通过",
    Event.EMPLOYER_REFUSED: "认证未通过",
    Event.TRANSFER_NOT_MADE: "对公账户打款未能办理",
}


def about_itself(claimed: Claimed) -> list[Letter]:
    """Return the letter to the employer that an event is about; raises PermanentError where there is none."""
    officer = claimed.payload["id"] if claimed.payload["subject"] == Subject.OFFICER else 0
    (notice,) = TOPICS[Event(claimed.event)].notices
    return [_to_inbox(claimed, notice, _employer(claimed), db.session.get(EmployerUser, officer))]


def decided(claimed: Claimed) -> list[Letter]:
    """Tell the officer of a letter how it was decided, and the employer where somebody acts for it."""
    employer, user = _employer(claimed), db.session.get(EmployerUser, claimed.payload["id"])
    if user is None:
        raise PermanentError("no_such_record")
    of_employer, of_number = TOPICS[Event(claimed.event)].notices
    letters = _to_officer(claimed, of_number, employer, user)
    if State(employer.state) in ESTABLISHED:
        letters.append(_to_inbox(claimed, of_employer, employer, user))
    return letters


def not_paid(claimed: Claimed) -> list[Letter]:
    """Tell the officer who asked for a transfer that it could not be made."""
    check = db.session.get(BankCheck, claimed.payload["id"])
    user = db.session.get(EmployerUser, check.officer_id) if check else None
    if user is None:
        raise PermanentError("no_such_record")
    (notice,) = TOPICS[Event.TRANSFER_NOT_MADE].notices
    return _to_officer(claimed, notice, _employer(claimed), user)


def _employer(claimed: Claimed) -> Employer:
    employer = db.session.get(Employer, claimed.payload["employer"])
    if employer is None:
        raise PermanentError("no_such_record")
    return employer


def _to_inbox(claimed: Claimed, notice: Notice, employer: Employer, user: EmployerUser | None) -> Letter:
    words = {"officer": masking.name(user.name) if user else "", "reason": employer.reason or ""}
    return letter(notice, (employer.id, f"用人单位 {employer.name}"), claimed.event, words)


def _to_officer(claimed: Claimed, notice: Notice, employer: Employer, user: EmployerUser) -> list[Letter]:
    """Write to the number in the officer's form; an imported account may have none."""
    form: dict[str, Any] = employer_steps.form_of(user)
    if not form.get("officer_mobile"):
        return []
    words = {"employer": form.get("name") or employer.name}
    params = {"outcome": OUTCOME[Event(claimed.event)]}
    return [to_phone(notice, user.id, form["officer_mobile"], claimed.event, words, params)]
