"""学校登录: sign in with user name and password, be told the right door, sign out (R-ENTRY-1)."""

import logging
from typing import Any

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address

from app import access, auth, doors
from app.crypto import digest
from app.extensions import limiter
from app.staff import blueprint
from app.staff.forms import SignInForm
from app.writing import write

log = logging.getLogger(__name__)

WRONG_STATUS = 401
DOOR_STATUS = 403


def _this_name() -> str:
    """Return the user name as the limiter keeps it: hashed, for people type all kinds of numbers into it."""
    return digest("sign_in.staff", request.form.get("username", "").strip()[: doors.LONGEST])


def _failed(response: Response) -> bool:
    return response.status_code in (WRONG_STATUS, DOOR_STATUS)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute; 200 per hour", key_func=get_remote_address, methods=["POST"], deduct_when=_failed)
@limiter.limit("8 per 10 minutes", key_func=_this_name, methods=["POST"], deduct_when=_failed)
@access.policy("public")
def sign_in() -> Any:
    """Show the door, or let a staff member in."""
    form = SignInForm()
    if request.method == "GET" and auth.identify("staff"):
        return redirect(_wanted())
    if not form.validate_on_submit():
        return _page(form), 422 if form.errors else 200
    try:
        staff = doors.enter("staff", form.username.data, form.password.data)
    except doors.WrongCredentialsError:
        log.info("staff sign-in refused")
        return _page(form, error=doors.WRONG), WRONG_STATUS
    except doors.WrongDoorError as wrong:
        return _page(form, wrong=wrong), DOOR_STATUS
    token = write(lambda: auth.open_session("staff", staff))
    session.clear()
    response = make_response(redirect(_wanted(), 303))
    auth.set_cookie(response, "staff", token)
    return response


def _page(form: SignInForm, **values: Any) -> str:
    return render_template("staff/sign_in.html", form=form, next=_target(), **values)


def _target() -> str:
    return doors.safe_target(request.values.get("next"), "/staff/")


def _wanted() -> str:
    return _target() or url_for("staff.home")


@blueprint.post("/sign-out")
@access.policy("staff")
def sign_out() -> Any:
    """Revoke the session."""
    write(auth.close_session)
    session.clear()
    response = make_response(redirect(url_for("staff.sign_in"), 303))
    auth.clear_cookie(response, "staff")
    return response
