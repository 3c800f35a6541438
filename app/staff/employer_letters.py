"""An officer's letter of authorisation for the operator: documents, approval or refusal, revocation (R-EMP-1/2/3)."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from app import access, employer_registration, employer_steps, file_downloads, history, uploads
from app.clock import now
from app.errors import STATUS
from app.extensions import db
from app.models import Employer, EmployerUser, File
from app.staff import blueprint, cases, timeline
from app.staff.forms import DecisionForm
from app.warnings import nationwide
from app.writing import rollback, write
from workflows import history_lines, labels
from workflows.case import Refusal, Refused, Request
from workflows.employer_verification import DOCUMENTS, ESTABLISHED, PROOF_LABEL, organisation_proof
from workflows.vocabulary import Action, Role, State, Subject


def _page(public_id: str, form: DecisionForm | None = None, refusal: Refusal | None = None, full: bool = False) -> Any:
    actor, conn = access.actor(), db.session.connection()
    user = access.load(EmployerUser, public_id, actor)
    row = db.session.get_one(Employer, user.employer_id)
    form = form or DecisionForm(formdata=None)
    if refusal:
        form.blame(refusal.fields)
    form.version.data, form.version.raw_data = user.version, None
    case = employer_steps.case(Subject.OFFICER, user)
    found = employer_steps.officer_facts(conn, now(), row, user)
    proof = organisation_proof(found)
    page = render_template(
        "staff/employer_letter.html",
        user=user,
        row=row,
        label=labels.state_label(case),
        number=user.public_id[:12].upper(),
        typed=employer_registration.typed(employer_steps.form_of(user), full),
        full=full,
        established=State(row.state) in ESTABLISHED,
        proof=PROOF_LABEL[proof] if proof else "--",
        documents=DOCUMENTS,
        files=sorted(uploads.listed(conn, Subject.OFFICER.value, user.id), key=_place),
        options=employer_steps.options(Subject.OFFICER, row, user, actor),
        warnings=nationwide(conn, row.credit_code),
        moments=timeline.moments(row.id, Subject.OFFICER.value, user.id, case, "employer"),
        form=form,
        refusal=cases.said(refusal) if refusal else None,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _place(file: uploads.Listed) -> tuple[int, int]:
    return list(DOCUMENTS).index(file.purpose), file.position


@blueprint.get("/employers/letters/<public_id>")
@access.policy("staff", Role.OPERATOR)
def employer_letter(public_id: str) -> Any:
    """Show an application with its documents and the operator's buttons."""
    return _page(public_id)


@blueprint.post("/employers/letters/<public_id>/unmask")
@access.policy("staff", Role.OPERATOR)
def employer_letter_unmask(public_id: str) -> Any:
    """Show the officer's numbers in full, to be compared with the card; the look stands in the history (R-AUDIT-1)."""
    user = access.load(EmployerUser, public_id, access.actor())
    owner, subject = user.employer_id, (Subject.OFFICER.value, user.id)
    rollback()
    write(lambda: _note(owner, subject, history_lines.UNMASK, {"fields": ["id_number", "officer_mobile"]}))
    return _page(public_id, full=True)


@blueprint.post("/employers/letters/<public_id>/approve")
@access.policy("staff", Role.OPERATOR)
def employer_letter_approve(public_id: str) -> Any:
    """Approve the version that was judged: the officer acts from now on, the employer is verified (R-EMP-1)."""
    return _decide(public_id, Action.APPROVE, "认证已通过。")


@blueprint.post("/employers/letters/<public_id>/reject")
@access.policy("staff", Role.OPERATOR)
def employer_letter_reject(public_id: str) -> Any:
    """Refuse the version that was judged, with a reason; it may be handed in again."""
    return _decide(public_id, Action.REJECT, "已记为认证不通过，申请人可按原因修改后重新提交。")


@blueprint.post("/employers/letters/<public_id>/revoke")
@access.policy("staff", Role.OPERATOR)
def employer_letter_revoke(public_id: str) -> Any:
    """Revoke an officer's authorisation at the employer's request, with a reason (R-EMP-3)."""
    return _decide(public_id, Action.REVOKE, "网签负责人授权已撤销。")


def _decide(public_id: str, action: Action, done: str) -> Any:
    actor, form = access.actor(), DecisionForm()
    user = access.load(EmployerUser, public_id, actor)
    record, owner = user.id, user.employer_id
    wanted = Request(version=form.version.data, reason=form.reason.data)
    rollback()
    try:
        write(lambda: employer_steps.step(Subject.OFFICER, record, owner, action, actor, wanted))
    except Refused as refused:
        return _page(public_id, form, refused.refusal)
    flash(done, "success")
    return redirect(url_for("staff.employer_letter", public_id=public_id), 303)


@blueprint.get("/employers/files/<public_id>")
@access.policy("staff", Role.OPERATOR)
def employer_file(public_id: str) -> Response:
    """Hand out a document of an application; who opened it stands in the employer's history (R-AUDIT-1)."""
    actor = access.actor()
    file: File = access.load(File, public_id, actor)
    file_downloads.require_checked(file)
    db.session.commit()  # ends the read, so that the write begins as one
    detail = {"purpose": file.purpose, "file": file.public_id}
    owner, subject = file.owner_id, (file.subject, file.subject_id)
    write(lambda: _note(owner, subject, history_lines.OPEN_FILE, detail))
    return file_downloads.attachment(file) if "save" in request.args else file_downloads.inline(file)


def _note(employer_id: int, subject: tuple[str, int], action: str, detail: dict[str, Any]) -> None:
    chain = history.lock(db.session.connection(), "employer", employer_id)
    chain.add(now(), access.actor(), subject, action, detail)
    chain.write()
