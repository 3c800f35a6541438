"""The forms that graduates fill in: what a draft keeps, and what becomes of it when it is handed in.

A draft keeps under `draft` what was typed, right or wrong (R-SLOT-2), beside those values that are right; a submission
cleans it again and keeps both, so that a returned form opens as it was typed.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection

from app import bodies, codes, printable, snapshots
from app.destination_forms import clean_destination
from workflows import agreement_form, termination, transfer_form
from workflows.agreement_form import Cleaned
from workflows.vocabulary import Kind, Module, Subject

Terms = dict[str, Any]
TYPED = "draft"


def clean_agreement(typed: Mapping[str, Any]) -> Cleaned:
    """Check the form of an agreement that a graduate fills in (R-OFF-1)."""
    return agreement_form.clean(typed, online=False, known=codes.known, unprintable=printable.unprintable)


def clean_paper(typed: Mapping[str, Any]) -> Cleaned:
    """Check the form of a paper agreement, which is not printed here (R-PAP-1)."""
    return agreement_form.clean(typed, online=False, known=codes.known, unprintable=lambda text: "")


# The cleaner of each form, by subject and kind.
FORMS: dict[tuple[Subject, str], Callable[[Mapping[str, Any]], Cleaned]] = {
    (Subject.PLACEMENT, Kind.OFFLINE): clean_agreement,
    (Subject.PLACEMENT, Kind.PAPER): clean_paper,
    (Subject.PLACEMENT, Kind.DESTINATION): clean_destination,
    **{
        (Subject.TERMINATION, kind): partial(termination.clean, known=codes.known)
        for kind in (Kind.ONLINE, Kind.OFFLINE, Kind.PAPER)
    },
    (Subject.TRANSFER, Module.ARCHIVE): partial(transfer_form.clean, Module.ARCHIVE, known=codes.known),
    (Subject.TRANSFER, Module.HOUSEHOLD): partial(transfer_form.clean, Module.HOUSEHOLD, known=codes.known),
}


def draft(subject: Subject, kind: str, typed: Mapping[str, Any]) -> Terms:
    """Return the terms of a draft: what was typed, and the values that are right already."""
    cleaned = FORMS[subject, kind](typed)
    right = {name: value for name, value in cleaned.values.items() if value is not None}
    return right | {TYPED: dict(typed)}


def submission(conn: Connection, subject: Subject, row: Any) -> tuple[Terms, Mapping[str, str]]:
    """Return the terms that a submission stores, and what is wrong with them by field; ({}, {}) without a form."""
    cleaner = FORMS.get((subject, row.kind))
    if cleaner is None:
        return {}, {}
    stored = snapshots.terms_at(conn, row) if subject == Subject.PLACEMENT else bodies.unseal(subject, row)
    typed = stored.get(TYPED, {})
    cleaned = cleaner(typed)
    return cleaned.values | {TYPED: typed}, cleaned.errors
