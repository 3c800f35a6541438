"""单位认证 of an employer that is verified: its standing, who signs for it, who asks to (R-EMP-3)."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy import select

from app import access, auth, employer_steps, masking
from app.employers import blueprint
from app.employers.menu import employer
from app.errors import STATUS
from app.extensions import db
from app.models import EmployerUser
from app.writing import rollback, write
from workflows import labels
from workflows.case import Refusal, Refused, Request
from workflows.employer_verification import PROOF_LABEL, Proof
from workflows.vocabulary import Action, State, Subject

_OPEN = (State.PENDING.value, State.REVIEW.value, State.REFUSED.value)


def _page(refusal: Refusal | None = None) -> Any:
    row = employer()
    letters = select(EmployerUser).where(EmployerUser.employer_id == row.id).order_by(EmployerUser.id.desc())
    users = db.session.execute(letters).scalars().all()
    acting = next((user for user in users if user.state == State.APPROVED), None)
    others = [(user, _label(user)) for user in users if user.state in _OPEN]
    page = render_template(
        "employers/standing.html",
        label=labels.state_label(employer_steps.case(Subject.EMPLOYER, row)),
        proof=PROOF_LABEL[Proof(row.proof)] if row.proof else "",
        acting=acting,
        others=others,
        mask=masking.name,
        refusal=refusal,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _label(user: EmployerUser) -> str:
    return labels.state_label(employer_steps.case(Subject.OFFICER, user))


@blueprint.get("/standing")
@access.policy("employer")
def standing() -> Any:
    """Show the employer's standing, its officer and the applications of new ones."""
    return _page()


@blueprint.post("/officer/revoke")
@access.policy("employer")
def officer_revoke() -> Any:
    """End the caller's own authorisation at once and sign out; nobody acts until a new letter is approved (R-EMP-3)."""
    actor, wanted = access.actor(), Request(reason=request.form.get("reason"))
    owner = actor.employer_id or 0
    rollback()
    try:
        write(lambda: employer_steps.step(Subject.OFFICER, actor.id, owner, Action.REVOKE, actor, wanted))
    except Refused as refused:
        return _page(refused.refusal)
    response = make_response(redirect(url_for("employers.sign_in"), 303))
    auth.clear_cookie(response, "employer")
    return response
