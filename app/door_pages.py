"""Signing in and out on a page: what the doors of the schools and of the employers have in common (R-ENTRY-1)."""

import logging
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app import auth, doors
from app.writing import write

log = logging.getLogger(__name__)

WRONG_STATUS = 401
DOOR_STATUS = 403


class SignInForm(FlaskForm):
    """User name and password."""

    username = StringField("用户名", [InputRequired("请填写用户名。"), Length(max=200, message="用户名太长。")])
    password = PasswordField("密码", [InputRequired("请填写密码。"), Length(max=200, message="密码太长。")])


@dataclass(frozen=True, slots=True)
class DoorPage:
    """A door's page: the door, its template, the endpoints of the page and of what lies behind, the room's path."""

    door: str
    template: str
    endpoint: str
    home: str
    room: str

    def sign_in(self) -> Any:
        """Show the door, or let its account in and go on to the page that was wanted."""
        form = SignInForm()
        if request.method == "GET" and auth.identify(self.door):
            return redirect(self._wanted())
        if not form.validate_on_submit():
            return self._page(form), 422 if form.errors else 200
        try:
            account = doors.enter(self.door, form.username.data, form.password.data)
        except doors.WrongCredentialsError:
            log.info("sign-in refused", extra={"door": self.door})
            return self._page(form, error=doors.WRONG), WRONG_STATUS
        except doors.WrongDoorError as wrong:
            return self._page(form, wrong=wrong), DOOR_STATUS
        token = write(lambda: auth.open_session(self.door, account))
        session.clear()
        response = make_response(redirect(self._wanted(), 303))
        auth.set_cookie(response, self.door, token)
        return response

    def sign_out(self) -> Response:
        """Revoke the session and go back to the door."""
        write(auth.close_session)
        session.clear()
        response = make_response(redirect(url_for(self.endpoint), 303))
        auth.clear_cookie(response, self.door)
        return response

    def _page(self, form: SignInForm, **values: Any) -> str:
        return render_template(self.template, form=form, next=self._target(), **values)

    def _target(self) -> str:
        return doors.safe_target(request.values.get("next"), self.room)

    def _wanted(self) -> str:
        return self._target() or url_for(self.home)
