"""强制解约 and 学生单方面解约: evidence, then reason, confirmation and the graduate's name (R-TO-3, R-TOFF-3)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import access, facts, quarantine, terminations, uploads
from app.clock import now
from app.errors import STATUS, ApiError, NotFound
from app.extensions import db
from app.incoming import takes_files
from app.models import File, Termination
from app.staff import blueprint, cases
from app.staff.termination_forms import EvidenceForm, ForcedForm
from app.staff.terminations import load, options_of
from app.termination_facts import BY_SCHOOL
from app.uploads import Place
from app.writing import rollback, write
from workflows import labels
from workflows.calendar import say
from workflows.case import Actor, Refusal, Refused, Request
from workflows.termination import EVIDENCE, WARNING
from workflows.vocabulary import Action, Kind, Level, Role, Subject


def _action(row: Termination) -> Action:
    return Action.FORCE if row.kind == Kind.ONLINE else Action.APPROVE_UNILATERAL


def _refusal(row: Termination, actor: Actor) -> Refusal | None:
    view = facts.read(db.session.connection(), row.roll_record_id)
    return options_of(view, row, actor)[_action(row).value].refusal


def _page(row: Termination, form: ForcedForm, sending: EvidenceForm, refusal: Refusal | None = None) -> tuple[str, int]:
    conn, actor = db.session.connection(), access.actor()
    impossible = _refusal(row, actor)
    if refusal:
        form.blame(refusal.fields)
    form.version.data, form.version.raw_data = row.version, None
    view = facts.read(conn, row.roll_record_id)
    shown = refusal or impossible
    files = uploads.listed(conn, Subject.TERMINATION.value, row.id, EVIDENCE.purpose)
    page = render_template(
        "staff/forced_ending.html",
        row=row,
        placement=view.placement(row.placement_id),
        title=labels.MARK_LABEL[BY_SCHOOL[_action(row)]],
        content=terminations.content(row),
        files=files,
        waiting=not uploads.ready(files),
        titles={EVIDENCE.purpose: EVIDENCE.label},
        possible=impossible is None,
        warning=WARNING,
        form=form,
        sending=sending,
        refusal=cases.said(shown) if shown else None,
    )
    return page, STATUS[refusal.code] if refusal else 200


@blueprint.get("/terminations/<public_id>/force")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def termination_force(public_id: str) -> Any:
    """Show the warning, the evidence there is, and the form."""
    return _page(load(public_id), ForcedForm(formdata=None), EvidenceForm(formdata=None))


@blueprint.post("/terminations/<public_id>/force")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def termination_force_now(public_id: str) -> Any:
    """End the agreement by the school's word; both sides are told."""
    actor, form, row = access.actor(), ForcedForm(), load(public_id)
    wanted = Request(
        version=form.version.data, reason=form.reason.data, confirmed=form.confirmed.data, value=form.value.data
    )
    action = _action(row)
    try:
        write(lambda: terminations.step(row, action, actor, wanted))
    except Refused as refused:
        return _page(load(public_id), form, EvidenceForm(formdata=None), refused.refusal)
    flash(f"{labels.MARK_LABEL[BY_SCHOOL[action]]}已办理，毕业生和用人单位会收到通知（{say(now())}）。", "success")
    return redirect(url_for("staff.termination", public_id=public_id), 303)


@blueprint.post("/terminations/<public_id>/evidence")
@takes_files()
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def termination_evidence(public_id: str) -> Any:
    """Keep a file that shows what was tried with the employer, while the request can be ended so."""
    actor, row = access.actor(), load(public_id)
    if refusal := _refusal(row, actor):
        return _page(row, ForcedForm(formdata=None), EvidenceForm(formdata=None), refusal)
    place = Place(Subject.TERMINATION.value, row.id, row.roll_record_id)
    rollback()  # a slow upload must not hold the transaction that every write begins with
    try:
        _keep(place, actor)
    except (Refused, ApiError) as error:
        sending = EvidenceForm(formdata=None)
        sending.blame(error.refusal.fields if isinstance(error, Refused) else error.detail.get("fields", {}))
        status = STATUS[error.refusal.code] if isinstance(error, Refused) else error.status
        return _page(load(public_id), ForcedForm(formdata=None), sending)[0], status
    return redirect(url_for("staff.termination_force", public_id=public_id), 303)


def _keep(place: Place, actor: Actor) -> None:
    held = quarantine.hold(request.files.get("file"))
    try:
        write(lambda: uploads.attach(held, uploads.owner_of(actor), place, EVIDENCE.purpose, actor=actor))
    except BaseException:
        quarantine.drop(held.public_id)
        raise


@blueprint.post("/terminations/<public_id>/evidence/<file_id>/remove")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def termination_evidence_remove(public_id: str, file_id: str) -> Any:
    """Take a file of the evidence off again."""
    actor, row = access.actor(), load(public_id)
    file: File = access.load(File, file_id, actor)
    if (file.subject, file.subject_id, file.purpose) != (Subject.TERMINATION.value, row.id, EVIDENCE.purpose):
        raise NotFound
    if refusal := _refusal(row, actor):
        return _page(row, ForcedForm(formdata=None), EvidenceForm(formdata=None), refusal)
    write(lambda: uploads.remove(file, actor))
    return redirect(url_for("staff.termination_force", public_id=public_id), 303)
