"""What a graduate's records say to the employment management system: rows and sealed terms, read for the rules."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import bodies, snapshots
from app.models import DestinationCode
from workflows import reporting
from workflows.calendar import beijing_day
from workflows.catalogue.codes import code_on
from workflows.catalogue.destinations import FORMS
from workflows.catalogue.entry import NationalCode
from workflows.reporting import Reportable, Status, Told
from workflows.vocabulary import Kind, Mark, Module, State, Subject

SUBJECT = {Module.PLACEMENT: Subject.PLACEMENT, Module.ARCHIVE: Subject.TRANSFER, Module.HOUSEHOLD: Subject.TRANSFER}

_code = DestinationCode.__table__
_CODES = select(_code).where(_code.c.form == bindparam("form")).order_by(_code.c.id)


def told_on(conn: Connection, module: Module, rows: Iterable[Any], mark_of: Callable[[int], str | None]) -> Told:
    """Return what a line is to hold, from a graduate's rows of one kind; constant statements.

    `mark_of` returns how the placement of an id was ended.
    """
    speaking = {}
    for row in rows:
        if module == Module.PLACEMENT or row.kind == module:
            speaking[row.public_id] = row
    chosen = reporting.speaker(_reportable(module, row) for row in speaking.values())
    if chosen is None:
        return reporting.NOTHING
    return reporting.told(_with_content(conn, chosen, speaking[chosen.record], mark_of))


def _reportable(module: Module, row: Any) -> Reportable:
    ended = reporting.status(module, row.kind, row.state) == Status.ENDED
    at = (row.ended_at if ended else row.decided_at) or row.updated_at
    if module != Module.PLACEMENT:
        return Reportable(row.public_id, module, State(row.state), at)
    form = row.type_code if row.kind == Kind.DESTINATION else None
    return Reportable(
        row.public_id, module, State(row.state), at, Kind(row.kind), number=row.agreement_number, form=form
    )


def _with_content(conn: Connection, chosen: Reportable, row: Any, mark_of: Callable[[int], str | None]) -> Reportable:
    if reporting.status(chosen.module, row.kind, row.state) == Status.ENDED:
        mark = mark_of(row.id) if chosen.module == Module.PLACEMENT else None
        return replace(chosen, mark=Mark(mark) if mark else None)
    if chosen.module == Module.PLACEMENT:
        code = _national_code(conn, chosen) if chosen.form else None
        return replace(chosen, terms=snapshots.terms_at(conn, row), code=code)
    return replace(chosen, terms=bodies.unseal(Subject.TRANSFER, row))


def _national_code(conn: Connection, chosen: Reportable) -> str | None:
    form = FORMS.get(chosen.form or "")
    if form is None:
        return None
    changes = [
        NationalCode(row.code, row.label, row.confirmed, row.valid_from, row.valid_to)
        for row in conn.execute(_CODES, {"form": form.name})
    ]
    found = code_on(form, beijing_day(chosen.at), changes)
    return found.code if found else None
