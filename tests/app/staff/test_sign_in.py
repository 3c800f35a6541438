"""学校登录: the right password at the right door, no way to somewhere else, out again."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import auth
from app.extensions import db
from app.models import Session
from tests import application, builders
from tests.app.staff import desk
from workflows.vocabulary import Role

WRONG = "用户名或密码不正确"


def sign_in(client: desk.DeskClient, username: str, password: str = builders.PASSWORD, **more: str):
    return client.post("/staff/sign-in", data={"username": username, "password": password} | more)


def test_who_is_not_signed_in_is_led_to_the_door_and_back(app: Flask) -> None:
    staff = builders.make_staff(Role.SCHOOL, builders.make_school())
    browser = desk.browser(app)
    away = browser.get("/staff/roll?name=李")
    assert away.status_code == 302 and away.location.startswith("/staff/sign-in?next=")
    page = browser.get(away.location)
    target = re.search(r'name="next" value="([^"]*)"', page.text).group(1)
    answer = sign_in(browser, staff.username, next=target.replace("&amp;", "&"))
    assert (answer.status_code, answer.location) == (303, "/staff/roll")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert browser.get("/staff/").status_code == 200
    assert browser.get("/staff/sign-in").location == "/staff/"


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "/staff/../api/v1/me",
        "/staff\\..\\x",
        "/staff/\t/x",
        "/employer/",
        "/staff/sign-out",
        "javascript:alert(1)",
        "",
    ],
)
def test_no_other_place_to_go_to(app: Flask, target: str) -> None:
    staff = builders.make_staff(Role.SCHOOL, builders.make_school())
    assert sign_in(desk.browser(app), staff.username, next=target).location == "/staff/"


def test_unknown_users_and_wrong_passwords_get_the_same_answer(app: Flask) -> None:
    staff = builders.make_staff(Role.SCHOOL, builders.make_school())
    gone = builders.make_staff(Role.SCHOOL, builders.make_school(), active=False)
    browser = desk.browser(app)
    said = {
        (answer.status_code, desk.words(answer))
        for answer in (
            sign_in(browser, staff.username, "Wrong-Horse-1"),
            sign_in(browser, "nobody", "Wrong-Horse-1"),
            sign_in(browser, gone.username),
            sign_in(browser, staff.username, "x" * 200),
        )
    }
    assert len(said) == 1
    status, text = said.pop()
    assert status == 401 and WRONG in text
    assert db.session.execute(select(Session)).first() is None


def test_other_accounts_are_told_their_door_after_their_password_was_right(app: Flask) -> None:
    employer = builders.make_employer()
    graduate = builders.make_graduate(builders.make_school())
    browser = desk.browser(app)
    door = sign_in(browser, employer.credit_code.lower())
    assert door.status_code == 403 and "这是用人单位账号，请从“单位登录”进入。" in desk.words(door)
    for name in (graduate.phone, graduate.id_number):
        assert "请从“学生登录”进入。" in desk.words(sign_in(browser, name))
    wrong = sign_in(browser, employer.credit_code.lower(), "Wrong-Horse-1")
    assert wrong.status_code == 401 and "单位登录" not in desk.words(wrong)
    assert browser.get("/staff/").status_code == 302


def test_empty_fields_are_named(app: Flask) -> None:
    answer = sign_in(desk.browser(app), "", "")
    assert answer.status_code == 422
    assert "请填写用户名。" in desk.words(answer) and "请填写密码。" in desk.words(answer)


def test_signing_out_ends_the_session(app: Flask) -> None:
    client = desk.client(app, Role.SCHOOL, builders.make_school())
    token = client.get_cookie(auth.cookie_name("staff")).value
    assert client.get("/staff/sign-out").status_code == 405
    assert client.post("/staff/sign-out").location == "/staff/sign-in"
    client.set_cookie(auth.cookie_name("staff"), token)
    assert client.get("/staff/").status_code == 302


def test_guessing_is_limited(template_url: str, databases, tmp_path: Path) -> None:
    with application.one_of_its_own(template_url, databases, tmp_path, RATELIMIT_ENABLED=True) as app:
        staff = builders.make_staff(Role.SCHOOL, builders.make_school())
        browser = desk.browser(app)
        statuses = [sign_in(browser, staff.username, "Wrong-Horse-1").status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]
        assert sign_in(browser, staff.username).status_code == 429
        other = builders.make_staff(Role.SCHOOL, builders.make_school())
        assert sign_in(browser, other.username).status_code == 303


def test_a_form_without_its_token_is_refused(template_url: str, databases, tmp_path: Path) -> None:
    with application.one_of_its_own(template_url, databases, tmp_path, WTF_CSRF_ENABLED=True) as app:
        office = desk.office(app)
        client = office.sit(Role.SCHOOL)
        page = client.get(office.page)
        tokens = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        posts = len(re.findall(r'<form[^>]*method="post"', page.text))
        assert posts == len(tokens) >= 4
        typed = {"version": office.placement.version}
        assert client.post(f"{office.page}/approve", data=typed).status_code == 400
        assert office.now().state == "accepted"
        assert client.post(f"{office.page}/approve", data=typed | {"csrf_token": tokens[0]}).status_code == 303
        assert office.now().state == "effective"
