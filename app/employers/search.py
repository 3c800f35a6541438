"""查找毕业生: by name and document, or by student number and school; what was found, and whether it may be invited."""

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from app import access, codes, facts, masking, searching
from app.clock import now
from app.employers import blueprint
from app.employers.forms import IdentityForm, StudentNumberForm
from app.errors import STATUS
from app.extensions import db
from app.models import School
from app.writing import write
from workflows import online_signing
from workflows.case import Case, Option, Refused
from workflows.engine import available
from workflows.identity import clean_name
from workflows.vocabulary import Action, Code

SUGGESTIONS = 20


def _page(identity: IdentityForm, student: StudentNumberForm, **values: Any) -> str:
    actor = access.actor()
    values.setdefault("refusal", searching.refuse(actor, now()))
    misses = searching.misses_today(actor)
    limit = online_signing.MISSES_A_DAY
    return render_template(
        "employers/search.html", identity=identity, student=student, misses=misses, limit=limit, **values
    )


@blueprint.get("/search")
@access.policy("employer")
def search() -> Any:
    """Show the two ways to find a graduate."""
    return _page(IdentityForm(formdata=None), StudentNumberForm(formdata=None))


@blueprint.post("/search")
@access.policy("employer")
def search_now() -> Any:
    """Look for a graduate; every kind of miss gets the one answer (R-ON-1)."""
    by_student = request.form.get("by") == "student_number"
    identity = IdentityForm(formdata=None) if by_student else IdentityForm(formdata=request.form)
    student = StudentNumberForm(formdata=request.form) if by_student else StudentNumberForm(formdata=None)
    if not (student if by_student else identity).validate():
        return _page(identity, student), 422
    wanted = _by_student(student) if by_student else _by_identity(identity)
    try:
        hits = write(lambda: searching.search(access.actor(), wanted))
    except Refused as refused:
        return _page(identity, student, refusal=refused.refusal), STATUS[refused.refusal.code]
    if not hits:
        return _page(identity, student, no_match=online_signing.NO_MATCH), STATUS[Code.NO_MATCH]
    return redirect(url_for("employers.found", public_id=hits[0]), 303)


def _by_identity(form: IdentityForm) -> searching.ByIdentity:
    return searching.ByIdentity(form.name.data, form.id_kind.data, form.id_number.data)


def _by_student(form: StudentNumberForm) -> searching.ByStudentNumber:
    return searching.ByStudentNumber(form.student_number.data, form.school_id)


@blueprint.get("/schools")
@access.policy("employer")
def schools() -> Any:
    """Suggest schools whose name holds what was typed."""
    typed = clean_name(request.args.get("school", ""))[:80]
    query = select(School.name).where(School.name.contains(typed, autoescape=True)).order_by(School.code)
    names = db.session.execute(query.limit(SUGGESTIONS)).scalars().all() if typed else []
    return render_template("employers/school_options.html", names=names)


@blueprint.get("/graduates/<public_id>")
@access.policy("employer")
def found(public_id: str) -> Any:
    """Show a graduate that this employer has just found, masked, with the button to go on."""
    at = now()
    rows = searching.found(access.actor(), public_id)
    fresh = [row for row in rows if searching.refuse_stale(row, at) is None]
    cards = [(about(row), may_invite(row.id)) for row in fresh]
    return render_template("employers/found.html", cards=cards)


def about(row: Any) -> dict[str, str]:
    """Return what an employer sees of a graduate before the acceptance: the name masked, no numbers."""
    return {
        "public_id": row.public_id,
        "name": masking.name(row.name),
        "school": row.school,
        "department": row.department,
        "major": row.major,
        "degree": codes.label("degree_levels", row.degree_level_code),
    }


def may_invite(roll_id: int) -> Option:
    """Return the button 发起签约邀请 for a graduate, with the reason where it cannot be pressed (R-WHY-1)."""
    actor = access.actor()
    options = available(online_signing.FLOW, Case(None), actor, invite_facts(roll_id))
    return next(option for option in options if option.action == Action.INVITE)


def invite_facts(roll_id: int) -> online_signing.SigningFacts:
    """Return the facts of a new invitation of the caller to a graduate, without a lock: for buttons and previews."""
    actor, conn = access.actor(), db.session.connection()
    view = facts.read(conn, roll_id)
    employer = facts.employer_row(conn, actor.employer_id or 0, view.now)
    return facts.signing_facts(view, None, actor.employer_id, employer)
