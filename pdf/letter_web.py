"""The download of an officer's letter of authorisation, filled in with its own application (R-EMP-1)."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Flask, Response, current_app, send_file

from app import access, employer_steps, masking
from app.clock import now
from app.errors import ApiError
from app.extensions import db
from app.models import Employer, EmployerUser
from pdf.fonts import UnprintableError
from pdf.letters import TITLE, Authorisation, render
from workflows.identity import IDENTITY_LABELS, IdentityKind

letters = Blueprint("letters", __name__)


@letters.get("/employer/verification/letter.pdf")
@access.policy("applicant")
def letter() -> Response:
    """Hand out the caller's own letter, to be stamped."""
    user = db.session.get_one(EmployerUser, access.actor().id)
    if employer_steps.missing(user):
        raise ApiError(
            409, "form_incomplete", "请先补充网签负责人信息，再下载授权书。", {"next": "请返回单位认证页面。"}
        )
    try:
        content = render(_facts(user, db.session.get_one(Employer, user.employer_id)))
    except UnprintableError as error:
        raise ApiError(422, "unprintable", f"{error}。") from None
    response = send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=f"{TITLE}.pdf")
    response.headers["Cache-Control"] = "no-store"
    return response


def _facts(user: EmployerUser, employer: Employer) -> Authorisation:
    form = employer_steps.form_of(user)
    return Authorisation(
        employer=form.get("name") or employer.name,
        credit_code=employer.credit_code,
        officer=form["officer_name"],
        mobile=masking.phone(form["officer_mobile"]),
        id_kind=IDENTITY_LABELS[IdentityKind(form["id_kind"])],
        id_number=masking.id_number(form["id_number"]),
        number=user.public_id[:12].upper(),
        platform_name=current_app.config["PLATFORM_NAME"],
        created_at=now(),
    )


def install(app: Flask) -> None:
    """Register the address."""
    app.register_blueprint(letters)
