"""Staff change type and fields of a destination while they review it; the graduate is told (R-DEST-2, R-GRAD-9)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import access, actions, destination_content, facts, snapshots
from app.destination_forms import TYPE
from app.employers import terms_form
from app.errors import STATUS, NotFound
from app.extensions import db
from app.models import Placement
from app.staff import blueprint, cases
from app.staff.destination_form import REGION, correction_form
from app.staff.destinations import load
from app.writing import rollback, write
from workflows.case import Refusal, Refused, Request
from workflows.catalogue.destinations import FORMS, forms_for
from workflows.vocabulary import REVIEWERS, Action, Level, State


def _under_review(public_id: str) -> Placement:
    placement = load(public_id)
    if placement.state != State.REVIEW:
        raise NotFound
    return placement


def _names(placement: Placement) -> list[str]:
    view = facts.read(db.session.connection(), placement.roll_record_id)
    seen = forms_for(view.roll.training_mode)
    return [name for name in FORMS if name in seen]


def _page(placement: Placement, form: Any, refusal: Refusal | None = None) -> tuple[str, int]:
    if refusal:
        form.blame(refusal.fields)
    shown = FORMS.get(form[TYPE].data) or FORMS[placement.type_code or ""]
    levels = {REGION: form[REGION].data or ""} if REGION in form else {}
    regions = terms_form.at_region(terms_form.chosen_region(_levels(levels))) if levels else None
    if regions and form[REGION].errors:
        regions[REGION].errors = form[REGION].errors
    page = render_template(
        "staff/destination_correct.html",
        placement=placement,
        form=form,
        sections=[(section.title, [f.name for f in section.fields]) for section in shown.sections],
        required={f.name for f in shown.fields if f.required},
        regions=regions,
        refusal=cases.said(refusal) if refusal else None,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _levels(levels: dict[str, str]) -> dict[str, str]:
    """Return the three levels of a region as the selects send them; those that were sent go first."""
    if "region_province" in request.form:
        return {name: request.form.get(name, "") for name in terms_form.REGIONS}
    return levels


@blueprint.get("/destinations/<public_id>/correct")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def destination_correct(public_id: str) -> Any:
    """Show the form as the graduate filled it in."""
    placement = _under_review(public_id)
    typed = destination_content.typed(snapshots.terms_at(db.session.connection(), placement))
    data = typed | {"version": placement.version}
    return _page(placement, correction_form(FORMS[placement.type_code or ""], _names(placement), data))


@blueprint.post("/destinations/<public_id>/correct")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def destination_correct_now(public_id: str) -> Any:
    """Draw the form of another type, or change the record and tell the graduate."""
    placement = _under_review(public_id)
    old = snapshots.terms_at(db.session.connection(), placement)
    chosen = request.form.get(TYPE, "")
    form = correction_form(FORMS.get(chosen) or FORMS[placement.type_code or ""], _names(placement), None)
    typed = _typed(form, chosen)
    if REGION in form:
        form[REGION].data = typed[REGION]
    if request.form.get("step") == "type":
        return _page(placement, form)
    terms, errors, changed = destination_content.corrected(old, typed)
    wanted = Request(version=form.version.data, value=chosen, errors=errors, changed=changed)
    record, roll, actor = placement.id, placement.roll_record_id, access.actor()
    rollback()
    try:
        write(lambda: actions.step(record, roll, Action.CORRECT, actor, wanted, terms))
    except Refused as refused:
        return _page(load(public_id), form, refused.refusal)
    flash("已修改，毕业生会收到提醒，并看到修改前后的内容。", "success")
    return redirect(url_for("staff.destination", public_id=public_id), 303)


def _typed(form: Any, chosen: str) -> dict[str, str]:
    typed = {f.name: f.data or "" for f in form if f.name not in ("csrf_token", "version")}
    if REGION in typed:
        typed[REGION] = terms_form.chosen_region(_levels({REGION: typed[REGION]}))[REGION]
    return typed | {TYPE: chosen}
