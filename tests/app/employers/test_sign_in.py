"""单位登录: the right password at the right door, no way to somewhere else, out again (R-ENTRY-1)."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import auth
from app.extensions import db
from app.models import Employer, EmployerUser, School, Session
from tests import application, builders
from tests.app.employers import portal
from tests.app.staff.desk import DeskClient
from tests.builders import PASSWORD, Graduate
from workflows.vocabulary import Role

WRONG = "用户名或密码不正确"


def sign_in(browser: DeskClient, username: str, password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/employer/sign-in", data={"username": username, "password": password} | more)


def test_who_is_not_signed_in_is_led_to_the_door_and_back(app: Flask, employer: Employer) -> None:
    browser = portal.browser(app)
    away = browser.get("/employer/invitations?state=invited&q=李")
    assert away.status_code == 302 and away.location.startswith("/employer/sign-in?next=")
    target = re.search(r'name="next" value="([^"]*)"', browser.get(away.location).text).group(1)
    answer = sign_in(browser, employer.credit_code.lower(), next=target.replace("&amp;", "&"))
    assert (answer.status_code, answer.location) == (303, "/employer/invitations")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert browser.get("/employer/").status_code == 200
    assert browser.get("/employer/sign-in").location == "/employer/"


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "/employer/../staff/",
        "/employer\\..\\x",
        "/employer/\n/x",
        "/staff/",
        "/employer/sign-out",
        "javascript:alert(1)",
        "/employer//example.com",
    ],
)
def test_no_way_to_somewhere_else(app: Flask, employer: Employer, target: str) -> None:
    answer = sign_in(portal.browser(app), employer.credit_code.lower(), next=target)
    assert (answer.status_code, answer.location) == (303, "/employer/")


@pytest.mark.rule("R-ENTRY-1", http="refused")
def test_other_accounts_hear_of_their_own_door_once_the_password_was_right(
    app: Flask, school: School, graduate: Graduate
) -> None:
    staff, browser = builders.make_staff(Role.SCHOOL, school), portal.browser(app)
    for username, door in (
        (staff.username, "学校登录"),
        (graduate.phone, "学生登录"),
        (graduate.id_number, "学生登录"),
    ):
        told = sign_in(browser, username)
        assert told.status_code == 403 and door in portal.words(told)
        mute = sign_in(browser, username, "Wrong-Horse-1")
        assert mute.status_code == 401 and WRONG in portal.words(mute) and door not in portal.words(mute)
        assert "Set-Cookie" not in told.headers or auth.cookie_name("employer") not in told.headers["Set-Cookie"]


@pytest.mark.rule("R-ENTRY-1", http="allowed")
def test_unknown_names_and_wrong_passwords_get_one_answer(app: Flask, employer: Employer) -> None:
    browser, name = portal.browser(app), employer.credit_code.lower()
    unknown, wrong = sign_in(browser, "nobody"), sign_in(browser, name, "Wrong-Horse-1")
    assert unknown.status_code == wrong.status_code == 401
    assert portal.words(unknown) == portal.words(wrong) and WRONG in portal.words(wrong)
    assert sign_in(browser, name).status_code == 303


@pytest.mark.parametrize(("username", "status"), [("", 422), ("a" * 201, 422), ("a\0b", 401), ("😀", 401)])
def test_strange_user_names_are_refused(app: Flask, username: str, status: int) -> None:
    assert sign_in(portal.browser(app), username).status_code == status


def test_a_password_is_checked_for_unknown_names_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    monkeypatch.setattr(auth, "check_password", lambda stored, password: checked.append(stored) or False)
    sign_in(portal.browser(app), "nobody")
    assert checked == [None]


def test_signing_out_ends_the_session_for_good(app: Flask, employer: Employer) -> None:
    browser = portal.browser(app)
    sign_in(browser, employer.credit_code.lower())
    token = browser.get_cookie(auth.cookie_name("employer")).value
    assert browser.post("/employer/sign-out").location == "/employer/sign-in"
    browser.set_cookie(auth.cookie_name("employer"), token)
    assert browser.get("/employer/").status_code == 302
    assert db.session.execute(select(Session.revoked_at)).scalar_one() is not None


def test_a_form_without_its_token_is_refused(app: Flask, employer: Employer, tmp_path: Path) -> None:
    strict = application.build(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, WTF_CSRF_ENABLED=True)
    browser, name = portal.browser(strict), employer.credit_code.lower()
    assert sign_in(browser, name).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]*)"', browser.get("/employer/sign-in").text).group(1)
    assert sign_in(browser, name, csrf_token=token).status_code == 303
    assert browser.post("/employer/inbox/read").status_code == 400
    assert browser.post("/employer/search", data={"by": "identity"}).status_code == 400


def test_too_many_failures_are_slowed_down(app: Flask, employer: Employer, tmp_path: Path) -> None:
    limited = application.build(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, RATELIMIT_ENABLED=True)
    browser, name = portal.browser(limited), employer.credit_code.lower()
    assert [sign_in(browser, name, "Wrong-Horse-1").status_code for _ in range(11)] == [401] * 10 + [429]
    assert sign_in(browser, name).status_code == 429
    assert sign_in(browser, "somebody-else").status_code == 401


def test_an_unverified_employer_may_enter_and_sees_why_it_cannot_invite(app: Flask) -> None:
    employer = builders.make_employer("pending")
    browser = portal.client(app, employer)
    assert "贵单位尚未通过实名认证" in portal.words(browser.get("/employer/"))
    page = browser.get("/employer/search")
    assert page.status_code == 200 and "请先完成单位认证与网签负责人认证" in portal.words(page)


def test_a_switched_off_user_is_out_at_once(app: Flask, employer: Employer, desk: DeskClient) -> None:
    assert desk.get("/employer/").status_code == 200
    user = select(EmployerUser).where(EmployerUser.employer_id == employer.id)
    db.session.execute(user).scalar_one().active = False
    db.session.commit()
    assert desk.get("/employer/").status_code == 302
