"""Staff change an approved record, or a destination under review: form, old → new, confirmed (R-EDIT-1, R-DEST-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import access, actions, as_cases, corrections, destination_content, facts, ledgers, snapshots
from app.destination_forms import TYPE
from app.errors import STATUS
from app.extensions import db
from app.staff import blueprint, cases, destinations
from app.staff.correction_form import correction_form, regions, typed
from app.terms import Change
from app.writing import rollback, write
from workflows.agreement_form import BY_NAME, SECTIONS
from workflows.case import Refusal, Refused, Request
from workflows.catalogue.destinations import FORMS, forms_for
from workflows.correcting import correctable
from workflows.engine import available, decide
from workflows.form_fields import Field, as_typed
from workflows.vocabulary import REVIEWERS, Action, Kind, Level, Role

Sections = list[tuple[str, list[Field]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is corrected: the record as it was read, its terms, the fields that may be changed, the types to choose."""

    view: facts.View
    row: Any
    terms: Mapping[str, Any]
    sections: Sections
    types: tuple[str, ...] = ()

    @property
    def fields(self) -> list[Field]:
        """All fields in the order of the form."""
        return [f for _, fields in self.sections for f in fields]

    @property
    def page(self) -> str:
        """The address of the record's own page."""
        endpoint = "staff.destination" if self.row.kind == Kind.DESTINATION else "staff.placement"
        return url_for(endpoint, public_id=self.row.public_id)


def _sheet(public_id: str, destination: bool) -> Sheet:
    """Read a record of the caller's tenant; raises NotFound for any other id, or another kind."""
    placement = destinations.load(public_id) if destination else cases.load(public_id)
    conn = db.session.connection()
    view = facts.read(conn, placement.roll_record_id)
    row = view.placement(placement.id)
    terms = snapshots.terms_at(conn, row)
    if not destination:
        return Sheet(view, row, terms, _agreement_sections(Kind(row.kind)))
    seen = forms_for(view.roll.training_mode)
    form = FORMS.get(request.form.get(TYPE, "")) or FORMS[row.type_code or ""]
    sections = [(section.title, list(section.fields)) for section in form.sections]
    return Sheet(view, row, terms, sections, tuple(name for name in FORMS if name in seen))


def _agreement_sections(kind: Kind) -> Sections:
    fields = {f.name: f for f in corrections.agreement_fields(kind)}
    listed = [(title, [fields[name] for name in correctable(kind, names)]) for title, names in SECTIONS]
    return [(title, fields) for title, fields in listed if fields]


def _refusal(sheet: Sheet, wanted: Request | None = None) -> Refusal | None:
    """Return what stands in the way of a correction, by what is wanted, or of any at all."""
    row, actor = sheet.row, access.actor()
    flow, case = ledgers.FLOWS[row.kind], as_cases.placement(row)
    found = ledgers.placement_facts(sheet.view, row, actor)
    if wanted is None:
        options = available(flow, case, actor, found)
        return next(option.refusal for option in options if option.action == Action.CORRECT)
    try:
        decide(flow, Action.CORRECT, case, actor, found, wanted)
    except Refused as refused:
        return refused.refusal
    return None


def _page(sheet: Sheet, form: Any, refusal: Refusal | None = None) -> tuple[str, int]:
    if refusal:
        form.blame(refusal.fields)
    form.version.data, form.version.raw_data = sheet.row.version, None
    page = render_template(
        "staff/correct.html",
        sheet=sheet,
        form=form,
        regions=regions(form),
        possible=_refusal(sheet) is None,
        refusal=cases.said(refusal) if refusal else None,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _show(public_id: str, destination: bool) -> tuple[str, int]:
    sheet = _sheet(public_id, destination)
    if destination:
        data = destination_content.typed(sheet.terms)
    else:
        data = {f.name: as_typed(f, sheet.terms.get(f.name)) for f in sheet.fields}
    return _page(sheet, correction_form(sheet.fields, sheet.types, data), _refusal(sheet))


def _correct(public_id: str, destination: bool) -> Any:
    sheet, step = _sheet(public_id, destination), request.form.get("step")
    form = correction_form(sheet.fields, sheet.types, None)
    if step in ("type", "edit"):
        return _page(sheet, form)
    terms, errors, changed = _wanted(sheet, form)
    names = tuple(change.field for change in changed)
    reason = form.reason.data
    wanted = Request(form.version.data, reason, value=request.form.get(TYPE), errors=errors, changed=names)
    if refusal := _refusal(sheet, wanted):
        return _page(sheet, form, refusal)
    if step != "save":
        carried = typed(form) | {"reason": form.reason.data or "", "version": str(form.version.data)}
        return render_template("staff/correct_confirm.html", sheet=sheet, changed=changed, carried=carried)
    return _save(sheet, form, wanted, terms)


def _wanted(sheet: Sheet, form: Any) -> tuple[dict[str, Any], Mapping[str, str], list[Change]]:
    """Return the terms that are to be in force, what is wrong with them, and what changes, in words."""
    if sheet.row.kind == Kind.DESTINATION:
        terms, errors, _ = destination_content.corrected(sheet.terms, typed(form))
        return terms, errors, destination_content.changes(sheet.terms, terms)
    sent = {name: request.form[name] for name in BY_NAME if name in request.form}
    return corrections.corrected_agreement(Kind(sheet.row.kind), sheet.terms, sent | typed(form))


def _save(sheet: Sheet, form: Any, wanted: Request, terms: dict[str, Any]) -> Any:
    record, roll, actor = sheet.row.id, sheet.view.roll_id, access.actor()
    rollback()
    try:
        write(lambda: actions.step(record, roll, Action.CORRECT, actor, wanted, terms))
    except Refused as refused:
        return _page(sheet, form, refused.refusal)
    flash("已修改，立即生效；毕业生会收到提醒，并看到修改前后的内容。", "success")
    return redirect(sheet.page, 303)


@blueprint.get("/placements/<public_id>/correct")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def placement_correct(public_id: str) -> Any:
    """Show what may be changed in an agreement that is in force."""
    return _show(public_id, destination=False)


@blueprint.post("/placements/<public_id>/correct")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def placement_correct_now(public_id: str) -> Any:
    """Show old → new, and once that is confirmed change the agreement's data."""
    return _correct(public_id, destination=False)


@blueprint.get("/destinations/<public_id>/correct")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def destination_correct(public_id: str) -> Any:
    """Show a destination's form as the graduate filled it in."""
    return _show(public_id, destination=True)


@blueprint.post("/destinations/<public_id>/correct")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def destination_correct_now(public_id: str) -> Any:
    """Draw the form of another type, show old → new, and once that is confirmed change the destination."""
    return _correct(public_id, destination=True)
