"""账号管理: explicit levels, who manages whom, a department capped by its school, handed-out passwords (R-ACC-1)."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import School, Staff
from tests import builders
from tests.application import door_client
from workflows.vocabulary import Role

LEVELS = {"placement_level": "2", "archive_level": "1", "household_level": "0"}


@pytest.fixture
def school(app: Flask) -> School:
    return builders.make_school()


def desk(app: Flask, role: Role, school: School | None = None, **columns: Any) -> Any:
    return door_client(app, "staff", builders.make_staff(role, school, **columns).id)


def named(username: str) -> Staff:
    db.session.rollback()
    return db.session.execute(select(Staff).where(Staff.username == username)).scalar_one()


def opened(client: Any, tenant: str, **changed: str) -> Any:
    form = LEVELS | {"role": "school", "tenant": tenant, "username": "new.school", "name": "李老师"} | changed
    return client.post("/staff/accounts/new", data=form)


def sign_in(app: Flask, username: str, password: str) -> Any:
    client = app.test_client()
    client.post("/staff/sign-in", data={"username": username, "password": password})
    return client


@pytest.mark.rule("R-ACC-1", http="allowed")
def test_a_province_opens_a_school_account_with_three_explicit_levels(app: Flask, school: School) -> None:
    public_id, province = school.public_id, desk(app, Role.PROVINCE)
    answer = opened(province, public_id)
    assert answer.status_code == 200
    account = named("new.school")
    assert (account.placement_level, account.archive_level, account.household_level) == (2, 1, 0)
    password = re.search(r'user-select-all">([^<]+)<', answer.text)
    assert password
    assert "new.school" in province.get("/staff/accounts").text


@pytest.mark.rule("R-ACC-1", http="refused")
@pytest.mark.parametrize("missing", LEVELS)
def test_no_level_stands_in_for_another(app: Flask, school: School, missing: str) -> None:
    public_id, province = school.public_id, desk(app, Role.PROVINCE)
    answer = opened(province, public_id, **{missing: ""})
    assert answer.status_code == 422
    assert "请选择“" in answer.text
    assert db.session.execute(select(Staff).where(Staff.username == "new.school")).first() is None


@pytest.mark.rule("R-ACC-1")
def test_the_password_that_was_handed_out_opens_one_page_only(app: Flask, school: School) -> None:
    answer = opened(desk(app, Role.PROVINCE), school.public_id)
    handed = re.search(r'user-select-all">([^<]+)<', answer.text)[1]  # type: ignore[index]
    client = sign_in(app, "new.school", handed)
    assert client.get("/staff/").headers["Location"] == "/staff/password"
    assert client.get("/staff/roll").headers["Location"] == "/staff/password"
    weak = client.post("/staff/password", data={"old": handed, "new": "short", "again": "short"})
    assert (weak.status_code, "新密码须为" in weak.text) == (422, True)
    own = "Beijing-autumn-2026"
    other = client.post("/staff/password", data={"old": handed, "new": own, "again": own + "x"})
    assert "两次输入的新密码不一致" in other.text
    assert client.post("/staff/password", data={"old": "wrong", "new": own, "again": own}).status_code == 422
    assert client.post("/staff/password", data={"old": handed, "new": own, "again": own}).status_code == 303
    assert client.get("/staff/").status_code == 200
    assert sign_in(app, "new.school", own).get("/staff/").status_code == 200


@pytest.mark.rule("R-ACC-1")
def test_a_new_password_ends_every_other_session(app: Flask, school: School) -> None:
    account = builders.make_staff(Role.SCHOOL, school)
    here, elsewhere = (door_client(app, "staff", account.id) for _ in range(2))
    own = {"old": builders.PASSWORD, "new": "Beijing-autumn-2026", "again": "Beijing-autumn-2026"}
    assert here.post("/staff/password", data=own).status_code == 303
    assert here.get("/staff/roll").status_code == 200
    assert "/staff/sign-in" in elsewhere.get("/staff/roll").headers["Location"]


@pytest.mark.rule("R-ACC-1", http="refused")
@pytest.mark.parametrize("tenant", ["", "999999"])
def test_an_account_of_a_province_that_does_not_exist_is_not_opened(app: Flask, tenant: str) -> None:
    operator = desk(app, Role.OPERATOR)
    answer = opened(operator, tenant, role="province")
    assert (answer.status_code, "请选择账号所属的单位" in answer.text) == (422, True)
    assert db.session.execute(select(Staff).where(Staff.username == "new.school")).first() is None
    assert opened(operator, "110000", role="province").status_code == 200


@pytest.mark.rule("R-ACC-1", http="allowed")
def test_the_province_changes_levels_later_at_once(app: Flask, school: School) -> None:
    account = builders.make_staff(Role.SCHOOL, school, archive_level=0)
    client, page = door_client(app, "staff", account.id), f"/staff/accounts/{account.public_id}"
    province = desk(app, Role.PROVINCE)
    assert "档案信息管理" not in client.get("/staff/").text
    assert province.post(page, data=LEVELS | {"archive_level": "2"}).status_code == 303
    assert "档案信息管理" in client.get("/staff/").text
    assert province.post(page, data=LEVELS | {"archive_level": "2"}).status_code == 422


@pytest.mark.rule("R-ACC-1")
def test_a_department_may_do_no_more_than_its_school(app: Flask, school: School) -> None:
    department = builders.make_department(school)
    builders.make_staff(Role.SCHOOL, school, placement_level=1)
    client = desk(app, Role.DEPARTMENT, school, department_id=department.id, placement_level=2)
    assert "您的账号只有查看权限" in client.get("/staff/review").text
    builders.make_staff(Role.SCHOOL, db.session.merge(school), placement_level=2)
    assert "您的账号只有查看权限" not in client.get("/staff/review").text


@pytest.mark.rule("R-ACC-1", http="refused")
def test_closing_the_schools_accounts_gives_a_department_no_more(app: Flask, school: School) -> None:
    department = builders.make_department(school)
    page = f"/staff/accounts/{builders.make_staff(Role.SCHOOL, school, placement_level=1).public_id}/close"
    client = desk(app, Role.DEPARTMENT, school, department_id=department.id, placement_level=2)
    assert desk(app, Role.PROVINCE).post(page).status_code == 303
    assert "您的账号只有查看权限" in client.get("/staff/review").text


@pytest.mark.rule("R-ACC-1", http="refused")
def test_a_school_hands_out_no_more_than_it_has(app: Flask, school: School) -> None:
    department = builders.make_department(school).public_id
    client = desk(app, Role.SCHOOL, school, archive_level=1)
    form = {"role": "department", "username": "dep.one"}
    refused = opened(client, department, **form, archive_level="2")
    assert refused.status_code == 422
    assert "“档案信息”的权限不能高于本校的权限（只读）" in refused.text
    assert opened(client, department, **form).status_code == 200
    assert named("dep.one").role == "department"


@pytest.mark.rule("R-ACC-2", http="refused")
def test_a_foreign_account_is_not_found(app: Flask, school: School) -> None:
    foreign = builders.make_staff(Role.SCHOOL, builders.make_school(code="10183")).public_id
    own_rank = builders.make_staff(Role.PROVINCE).public_id
    province = desk(app, Role.PROVINCE)
    for public_id in (foreign, own_rank, "0" * 20):
        assert province.get(f"/staff/accounts/{public_id}").status_code == 404
        assert province.post(f"/staff/accounts/{public_id}/close").status_code == 404
    assert opened(province, db.session.merge(school).public_id, role="province").status_code == 403


@pytest.mark.rule("R-ACC-1")
def test_closing_ends_the_sessions_and_resetting_the_old_password(app: Flask, school: School) -> None:
    account = builders.make_staff(Role.SCHOOL, school)
    username, page = account.username, f"/staff/accounts/{account.public_id}"
    client, province = door_client(app, "staff", account.id), desk(app, Role.PROVINCE)
    assert client.get("/staff/").status_code == 200
    assert province.post(f"{page}/close").status_code == 303
    assert client.get("/staff/").headers["Location"].startswith("/staff/sign-in")
    assert province.post(f"{page}/close").status_code == 409
    assert province.post(f"{page}/reopen").status_code == 303
    fresh = re.search(r'user-select-all">([^<]+)<', province.post(f"{page}/reset").text)[1]  # type: ignore[index]
    assert sign_in(app, username, builders.PASSWORD).get("/staff/").status_code == 302
    assert sign_in(app, username, fresh).get("/staff/").headers["Location"] == "/staff/password"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"username": "ab"}, "登录名须为"),
        ({"username": "空格 名字"}, "登录名须为"),
        ({"name": ""}, "请填写使用人姓名"),
        ({"name": "长" * 31}, "使用人姓名最多 30 字"),
        ({"tenant": "0" * 20}, "请选择账号所属的单位"),
        ({"tenant": ""}, "请选择账号所属的单位"),
    ],
)
def test_what_is_wrong_is_said(app: Flask, school: School, changed: dict[str, str], sentence: str) -> None:
    public_id = school.public_id
    answer = opened(desk(app, Role.PROVINCE), public_id, **changed) if "tenant" not in changed else None
    if answer is None:
        answer = opened(desk(app, Role.PROVINCE), **changed)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_user_name_is_given_once_and_readers_manage_nobody(app: Flask, school: School) -> None:
    public_id, taken = school.public_id, builders.make_staff(Role.SCHOOL, school).username
    province, reader = desk(app, Role.PROVINCE), desk(app, Role.PROVINCE, placement_level=1)
    assert "该登录名已被使用" in opened(province, public_id, username=taken).text
    assert opened(reader, public_id).status_code == 403
