"""Which files a record asks for, by subject and kind; each flow's entry stands here (R-OFF-1, R-DEST-1)."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from app import uploads
from workflows import paper_registration
from workflows import uploads as rules
from workflows.case import Refusal
from workflows.catalogue.destinations import FORMS
from workflows.offline_signing import STAMPED, STAMPED_BY_LINK, STAMPED_LABEL
from workflows.termination import LETTER
from workflows.uploads import Wanted
from workflows.vocabulary import Action, Kind, Subject

_LETTER = (Wanted("termination_letter", "解约函"),)
# What is asked for of a record whose row has at least `kind`; nothing where there is no entry.
WANTED: dict[tuple[Subject, str], Callable[[Any], Sequence[Wanted]]] = {
    (Subject.PLACEMENT, Kind.OFFLINE): lambda row: (Wanted(STAMPED, STAMPED_LABEL),),
    (Subject.PLACEMENT, Kind.PAPER): lambda row: (paper_registration.PROOF,),
    (Subject.PLACEMENT, Kind.DESTINATION): lambda row: _of_destination(row.type_code),
    (Subject.TERMINATION, Kind.OFFLINE): lambda row: (LETTER,),
    (Subject.TERMINATION, Kind.PAPER): lambda row: (LETTER,),
}
# What must be possible for a graduate to add or remove a file of a purpose; otherwise the form's own EDIT.
ALLOWED_BY: dict[str, Action] = {STAMPED: Action.UPLOAD, STAMPED_BY_LINK: Action.UPLOAD}


def _of_destination(form: str | None) -> Sequence[Wanted]:
    return tuple(proof.wanted for proof in FORMS[form].proofs) if form in FORMS else ()


def wanted(subject: Subject, row: Any) -> tuple[Wanted, ...]:
    """Return what a record asks for."""
    entry = WANTED.get((subject, row.kind))
    return tuple(entry(row)) if entry else ()


def refusal(conn: Connection, subject: Subject, row: Any) -> Refusal | None:
    """Return why a record cannot be handed in with the files it has: missing, refused, or not checked yet."""
    asked = wanted(subject, row)
    return rules.refuse_files(uploads.facts_of(conn, subject.value, row.id), asked) if asked else None
