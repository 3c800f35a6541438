"""单位注册, and the application of a new officer of a registered employer: pages for anybody (R-EMP-1, R-EMP-3)."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, session, url_for

from app import auth, employer_registration
from app.access import policy
from app.employers import blueprint, registration_form
from app.extensions import limiter
from app.writing import rollback, write
from workflows.case import Refused
from workflows.employer_standing import REGISTERED

OFTEN = "10 per 10 minutes; 60 per hour"
NAME_TAKEN = "该用户名已被使用，请换一个。"
UNKNOWN = "该单位尚未注册或尚未通过认证，请使用“单位注册”。"


def _page(form: Any, status: int = 200, **values: Any) -> Any:
    groups = registration_form.SHOWN[form.what]
    return render_template("employers/register.html", form=form, groups=groups, **values), status


@blueprint.route("/register", methods=["GET"])
@policy("public")
def register() -> Any:
    """Show the registration form."""
    return _page(registration_form.blank("register"))


@blueprint.post("/register")
@limiter.limit(OFTEN)
@policy("public")
def register_now() -> Any:
    """Register an employer with its officer, and sign the officer in to hand in the documents."""
    form = registration_form.sent("register")
    cleaned = form.clean()
    known = employer_registration.find(cleaned.values.get("credit_code") or "")
    if known is not None and known.state in REGISTERED:
        form.blame({"credit_code": "该单位已经注册。"})
        return _page(form, 422, registered=True)
    return _enter(form, cleaned.values, lambda password: employer_registration.register(cleaned.values, password))


@blueprint.route("/new-officer", methods=["GET"])
@policy("public")
def new_officer() -> Any:
    """Show the application of a new officer."""
    return _page(registration_form.blank("officer"))


@blueprint.post("/new-officer")
@limiter.limit(OFTEN)
@policy("public")
def new_officer_now() -> Any:
    """Take in a new officer of a registered employer; until the letter is approved nothing else changes (R-EMP-3)."""
    form = registration_form.sent("officer")
    values = form.clean().values
    employer = employer_registration.find(values.get("credit_code") or "")
    if (employer is None or employer.state not in REGISTERED) and not form.credit_code.errors:
        form.blame({"credit_code": UNKNOWN})
    if employer is None or form.complaints():
        return _page(form, 422)
    record, newcomer = employer.id, employer_registration.NEWCOMER
    person = {name: value for name, value in values.items() if name != "credit_code"}
    return _enter(form, values, lambda password: employer_registration.add_letter(record, person, password, newcomer))


def _enter(form: Any, values: Mapping[str, Any], add: Callable[[str], int]) -> Any:
    if values.get("username") and employer_registration.username_taken(values["username"]):
        form.blame({"username": NAME_TAKEN})
    if form.complaints():
        return _page(form, 422)
    rollback()
    password_hash = auth.HASHER.hash(form.password.data)
    try:
        token = write(lambda: auth.open_session("employer", add(password_hash)))
    except Refused as refused:
        form.blame(refused.refusal.fields)
        return _page(form, 422)
    session.clear()
    flash("账号已建立，请继续提交认证材料。", "success")
    response = make_response(redirect(url_for("employers.verification"), 303))
    auth.set_cookie(response, "employer", token)
    return response
