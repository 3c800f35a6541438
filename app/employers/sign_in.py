"""单位登录: sign in with user name and password, be told the right door, sign out (R-ENTRY-1)."""

import logging
from typing import Any

from flask import Response, make_response, redirect, render_template, request, session, url_for

from app import access, auth, doors
from app.crypto import digest
from app.employers import blueprint
from app.employers.forms import SignInForm
from app.extensions import limiter
from app.writing import write

log = logging.getLogger(__name__)

WRONG_STATUS = 401
DOOR_STATUS = 403
ROOM = "/employer/"


def _this_name() -> str:
    """Return the user name as the limiter keeps it: hashed, for people type all kinds of numbers into it."""
    return digest("sign_in.employer", request.form.get("username", "").strip()[: doors.LONGEST])


def _failed(response: Response) -> bool:
    return response.status_code in (WRONG_STATUS, DOOR_STATUS)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute; 200 per hour", methods=["POST"], deduct_when=_failed)
@limiter.limit("8 per 10 minutes", key_func=_this_name, methods=["POST"], deduct_when=_failed)
@access.policy("public")
def sign_in() -> Any:
    """Show the door, or let an employer's user in."""
    form = SignInForm()
    if request.method == "GET" and auth.identify("employer"):
        return redirect(_wanted())
    if not form.validate_on_submit():
        return _page(form), 422 if form.errors else 200
    try:
        user = doors.enter("employer", form.username.data, form.password.data)
    except doors.WrongCredentialsError:
        log.info("employer sign-in refused")
        return _page(form, error=doors.WRONG), WRONG_STATUS
    except doors.WrongDoorError as wrong:
        return _page(form, wrong=wrong), DOOR_STATUS
    token = write(lambda: auth.open_session("employer", user))
    session.clear()
    response = make_response(redirect(_wanted(), 303))
    auth.set_cookie(response, "employer", token)
    return response


def _page(form: SignInForm, **values: Any) -> str:
    target = doors.safe_target(request.values.get("next"), ROOM)
    return render_template("employers/sign_in.html", form=form, next=target, **values)


def _wanted() -> str:
    return doors.safe_target(request.values.get("next"), ROOM) or url_for("employers.home")


@blueprint.post("/sign-out")
@access.policy("employer")
def sign_out() -> Any:
    """Revoke the session."""
    write(auth.close_session)
    session.clear()
    response = make_response(redirect(url_for("employers.sign_in"), 303))
    auth.clear_cookie(response, "employer")
    return response
