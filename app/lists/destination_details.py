"""What the file of destinations says beside the list: national code and every field of the catalogue (R-DEST-1)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_

from app import snapshots
from app.agreement_fields import EMPTY
from app.destination_forms import codes_set
from app.form_masking import masked
from app.models import Placement, PlacementTerms
from app.terms import in_words
from workflows.calendar import beijing_day
from workflows.catalogue.codes import code_on
from workflows.catalogue.destinations import FORMS
from workflows.catalogue.entry import NationalCode
from workflows.form_fields import Field

LABELS = tuple(dict.fromkeys(field.label for form in FORMS.values() for field in form.fields))
HEAD = ("去向代码", *LABELS)
UNCONFIRMED = "（未核对）"  # known by pattern only: whoever reports it has to look it up

_terms = PlacementTerms.__table__


def with_terms(query: Select[Any]) -> Select[Any]:
    """Return the statement of the list with the terms in force of every record."""
    in_force = and_(_terms.c.placement_id == Placement.id, _terms.c.version == Placement.terms_version)
    return query.add_columns(_terms.c.body_sealed).outerjoin(_terms, in_force)


@dataclass(frozen=True, slots=True)
class Details:
    """The further cells of one file; `changes` are the codes that the operator has set, read once, by form.

    Numbers, addresses and other free texts of people are masked unless the file is asked for in `full`.
    """

    changes: dict[str, list[NationalCode]]
    full: bool

    def cells(self, row: Any, at: datetime) -> list[str]:
        """Return the cells of a row under `HEAD`; what its type does not ask for is empty."""
        form = FORMS.get(row.type_code or "")
        if form is None:
            return [EMPTY] * len(HEAD)
        terms = snapshots.open_terms(row) if row.body_sealed else {}
        said = {field.label: self._said(field, terms.get(field.name)) for field in form.fields}
        code = self._code(form.name, beijing_day(row.decided_at or at))
        return [code, *(said.get(label, EMPTY) for label in LABELS)]

    def _said(self, field: Field, value: Any) -> str:
        words = in_words(field, value)
        return words if self.full else masked(field.name, words)

    def _code(self, form: str, day: date) -> str:
        found = code_on(FORMS[form], day, self.changes.get(form, ()))
        if found is None:
            return EMPTY
        return found.code if found.confirmed else f"{found.code}{UNCONFIRMED}"


def details(full: bool) -> Details:
    """Return the further cells for a file that is about to be made: one statement."""
    return Details(codes_set(), full)
