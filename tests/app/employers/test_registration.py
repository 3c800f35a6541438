"""Registration and verification of an employer over HTTP, allowed and refused (R-EMP-1)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import history
from app.employer_steps import form_of
from app.extensions import db
from app.models import BankCheck, File, HistoryValue, Outbox
from app.people import employer_contact
from tests import application, builders
from tests.app.api.calls import pass_time
from tests.app.employers import portal, registering
from tests.app.employers.registering import FORM, HERE, PICTURE
from tests.app.staff import desk as offices
from tests.app.staff.desk import words
from tests.builders import Graduate
from tests.inspection import samples
from tests.notifications.working import alerts, work_off
from workflows.employer_verification import ID_CARD, LETTER, LICENCE
from workflows.vocabulary import Role, State


@pytest.mark.rule("R-EMP-1", http="allowed")
def test_an_employer_is_verified_by_licence_and_letter_and_may_invite(app: Flask, graduate: Graduate) -> None:
    browser = registering.register(app)
    page = words(browser.get(HERE))
    assert "待提交认证材料" in page and "尚未完成单位认证" in page and "示例新云软件有限公司" in page
    assert "E12345678" not in page and "19900007777" not in page, "masked"
    assert registering.employer().state == State.PENDING

    assert registering.hand_in(browser).status_code == 303
    assert registering.officer().state == State.REVIEW
    desk = registering.operator(app)
    assert "示例新云软件有限公司" in words(desk.get("/staff/employers"))
    shown = words(desk.get(registering.case(registering.officer())))
    assert "加盖公章的营业执照" in shown and "王小明" in shown
    assert registering.decide(desk, registering.officer(), "approve").status_code == 303

    employer = registering.employer()
    assert (employer.state, employer.proof, employer.name) == ("verified", "licence", FORM["name"])
    assert employer_contact(employer)["mobile"] == FORM["mobile"]
    assert registering.officer().state == State.APPROVED
    assert browser.get(HERE).location == "/employer/standing"
    assert "已认证" in words(browser.get("/employer/standing"))
    placement = portal.invitation(portal.invite(browser, graduate))
    assert placement.employer_id == employer.id and placement.title == FORM["name"]
    work_off()
    assert [alert.title for alert in alerts("employer")] == ["单位认证已通过"]
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-EMP-1", http="refused")
def test_until_then_it_cannot_search_invite_or_look_around(app: Flask, graduate: Graduate) -> None:
    browser = registering.register(app)
    for step in ("pending", "review", "refused"):
        assert registering.officer().state == step
        for path in (
            "/employer/",
            "/employer/search",
            "/employer/invitations",
            "/employer/inbox",
            "/employer/standing",
        ):
            assert browser.get(path).location == HERE, path
        answer = portal.find(browser, graduate)
        assert answer.status_code == 403 and "尚未审核通过" in portal.words(answer)
        invite = f"{portal.findings(graduate.roll.public_id)}/invite"
        assert portal.send(browser, invite).status_code == 403
        if step == "pending":
            assert registering.hand_in(browser).status_code == 303
        elif step == "review":
            desk = registering.operator(app)
            assert registering.decide(desk, registering.officer(), "reject", reason="公章不清晰").status_code == 303


@pytest.mark.rule("R-EMP-1", http="refused")
def test_what_is_missing_cannot_be_handed_in(app: Flask) -> None:
    browser = registering.register(app)

    def submit() -> str:
        answer = browser.post(f"{HERE}/submit")
        assert answer.status_code in (409, 422)
        return words(answer)

    assert "尚未完成单位认证" in submit()
    registering.send(browser, LICENCE)
    assert "请上传加盖公章的网签授权书" in submit()
    registering.send(browser, LETTER)
    registering.send(browser, ID_CARD, b"<html>no picture</html>", "身份证.jpg")
    assert "材料正在检查" in submit()
    work_off()
    assert "未通过检查" in submit()
    assert registering.officer().state == State.PENDING
    bad = db.session.execute(select(File).where(File.purpose == ID_CARD)).scalar_one()
    assert browser.post(f"{HERE}/files/{bad.public_id}/remove").status_code == 303
    assert registering.hand_in(browser, ID_CARD).status_code == 303


@pytest.mark.rule("R-EMP-1")
def test_a_refusal_says_why_and_can_be_mended(app: Flask) -> None:
    browser, desk = registering.register(app), registering.operator(app)
    registering.hand_in(browser)
    silent = registering.decide(desk, registering.officer(), "reject", reason=" ")
    assert silent.status_code == 422 and "请填写不通过原因" in words(silent)
    assert (
        registering.decide(desk, registering.officer(), "reject", reason="单位名称与营业执照不一致").status_code == 303
    )
    page = words(browser.get(HERE))
    assert "认证未通过" in page and "单位名称与营业执照不一致" in page

    edit = browser.get(f"{HERE}/edit")
    assert FORM["name"] in edit.get_data(as_text=True)
    mended = browser.post(f"{HERE}/edit", data=FORM | {"name": "示例新云软件（北京）有限公司"})
    assert mended.status_code == 303 and registering.officer().state == State.REFUSED
    assert browser.post(f"{HERE}/submit").status_code == 303
    assert registering.decide(desk, registering.officer(), "approve").status_code == 303
    assert registering.employer().name == "示例新云软件（北京）有限公司"
    again = desk.post(f"{registering.case(registering.officer())}/approve", data={"version": "1"})
    assert again.status_code == 409, "decided once"


@pytest.mark.rule("R-EMP-1")
def test_nothing_changes_while_it_is_judged(app: Flask) -> None:
    browser, desk = registering.register(app), registering.operator(app)
    registering.hand_in(browser)
    assert browser.get(f"{HERE}/edit").status_code == 409
    assert browser.post(f"{HERE}/edit", data=FORM).status_code == 409
    assert "正在审核" in words(registering.send(browser, LICENCE))
    file = db.session.execute(select(File).limit(1)).scalar_one()
    assert browser.post(f"{HERE}/files/{file.public_id}/remove").status_code == 409
    user = registering.officer()
    outdated = desk.post(f"{registering.case(user)}/approve", data={"version": str(user.version - 1)})
    assert outdated.status_code == 409 and registering.officer().state == State.REVIEW


@pytest.mark.rule("R-EMP-1")
@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"credit_code": "91110108DEM0770013"}, "credit_code", "校验位"),
        ({"name": ""}, "name", "请填写单位名称"),
        ({"kind_code": "zz"}, "kind_code", "请从列表中选择"),
        ({"region_code": "110000", "region_city": ""}, "region_code", "请从列表中选择"),
        ({"mobile": "123"}, "mobile", "11 位"),
        ({"email": "nobody"}, "email", "格式不对"),
        ({"id_kind": "resident_id", "id_number": "110101199003070000"}, "id_number", "校验位"),
        ({"username": "1st"}, "username", "以字母开头"),
        ({"password": "short1", "password_again": "short1"}, "password", "至少"),
        ({"password": "Blue-19900006666", "password_again": "Blue-19900006666"}, "password", "手机号码"),
        ({"password_again": "Blue-Horse-28"}, "password_again", "不一致"),
        ({"confirmed": ""}, "confirmed", "勾选"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(app: Flask, wrong: dict[str, str], field: str, says: str) -> None:
    answer = portal.browser(app).post("/employer/register", data=FORM | wrong)
    assert answer.status_code == 422
    assert says in portal.said(answer, field) or (field == "password" and portal.said(answer, field)), words(answer)
    assert portal.rows()["employer"] == 0


@pytest.mark.rule("R-EMP-1")
def test_nobody_registers_a_registered_employer_or_takes_a_taken_name(app: Flask) -> None:
    employer = builders.make_employer()
    again = portal.browser(app).post("/employer/register", data=FORM | {"credit_code": employer.credit_code})
    assert again.status_code == 422 and "申请成为网签负责人" in words(again)
    taken = portal.browser(app).post("/employer/register", data=FORM | {"username": employer.credit_code.lower()[:3]})
    assert taken.status_code == 422
    registering.register(app)
    same = portal.browser(app).post("/employer/register", data=FORM | {"credit_code": registering.OTHER_CODE})
    assert same.status_code == 422 and "已被使用" in portal.said(same, "username")


@pytest.mark.rule("R-EMP-1")
def test_a_false_registration_does_not_lock_the_true_one_out(app: Flask) -> None:
    registering.register(app, name="冒名单位", username="squatter")
    browser = registering.register(app)
    assert "冒名单位" not in words(browser.get(HERE)).replace("冒名单位退出", "")
    registering.hand_in(browser)
    registering.decide(registering.operator(app), registering.officer(), "approve")
    assert registering.employer().name == FORM["name"]
    squatter = portal.browser(app)
    squatter.post("/employer/sign-in", data={"username": "squatter", "password": FORM["password"]})
    assert squatter.get("/employer/").location == HERE
    assert "正在申请成为" in words(squatter.get(HERE))


# --- the transfer -------------------------------------------------------------------------------------------------


def ask(browser: Any, **overrides: str) -> Any:
    form = {"bank": "示例银行北京海淀支行", "account": "6222 0200 1234 5678"}
    return browser.post(f"{HERE}/transfer", data=form | overrides)


def name(browser: Any, typed: object) -> Any:
    return browser.post(f"{HERE}/transfer/{registering.transfer().public_id}", data={"amount": str(typed)})


def send_it(app: Flask) -> None:
    desk = registering.operator(app)
    page = words(desk.get("/staff/employers?tab=transfers"))
    assert "6222020012345678" in page and f"0.{registering.amount():02d}元" in page
    sent = desk.post(f"/staff/employers/transfers/{registering.transfer().public_id}/sent")
    assert sent.status_code == 303


@pytest.mark.rule("R-EMP-1", http="allowed")
def test_an_employer_is_verified_by_the_amount_of_a_transfer(app: Flask) -> None:
    browser = registering.register(app)
    assert ask(browser).status_code == 303
    assert 1 <= registering.amount() <= 99
    assert name(browser, registering.amount()).status_code == 409, "not sent yet"
    send_it(app)
    page = words(browser.get(HERE))
    assert "已打款，待确认金额" in page and "尾号5678" in page
    wrong = name(browser, registering.amount() % 99 + 1)
    assert wrong.status_code == 422 and "金额不符" in words(wrong) and "还可尝试2次" in words(wrong)
    assert name(browser, registering.amount()).status_code == 303
    assert registering.transfer().state == State.CONFIRMED
    assert registering.hand_in(browser, LETTER, ID_CARD).status_code == 303
    registering.decide(registering.operator(app), registering.officer(), "approve")
    assert (registering.employer().state, registering.employer().proof) == ("verified", "transfer")
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-EMP-1", http="refused")
def test_three_wrong_amounts_end_a_transfer_and_three_transfers_are_all(app: Flask) -> None:
    browser = registering.register(app)
    for _ in range(3):
        assert ask(browser).status_code == 303
        assert ask(browser).status_code == 409, "one at a time"
        send_it(app)
        for _ in range(3):
            assert name(browser, registering.amount() % 99 + 1).status_code == 422
        assert registering.transfer().state == State.FAILED
        assert name(browser, registering.amount()).status_code == 409
    last = ask(browser)
    assert last.status_code == 403 and "最多申请3次" in words(last)
    assert "尚未完成单位认证" in words(browser.post(f"{HERE}/submit"))


@pytest.mark.rule("R-EMP-1", http="refused")
def test_registering_again_gives_no_further_guesses(app: Flask) -> None:
    for number in range(3):
        browser = registering.register(app, username=f"again.{number}")
        assert ask(browser).status_code == 303
        send_it(app)
        for _ in range(3):
            assert name(browser, registering.amount() % 99 + 1).status_code == 422
    fourth = registering.register(app, username="again.3")
    last = ask(fourth)
    assert last.status_code == 403 and "最多申请3次" in words(last)
    other = registering.register(app, credit_code=registering.OTHER_CODE, username="other.hr")
    assert ask(other).status_code == 303


def cannot_pay(desk: Any, reason: str) -> Any:
    path = f"/staff/employers/transfers/{registering.transfer().public_id}/refuse"
    return desk.post(path, data={"reason": reason})


@pytest.mark.rule("R-EMP-1", http="allowed")
def test_a_transfer_that_cannot_be_made_is_refused_with_a_reason_and_counts_for_nothing(app: Flask) -> None:
    browser, desk = registering.register(app), registering.operator(app)
    for _ in range(4):
        assert ask(browser).status_code == 303
        assert cannot_pay(desk, "户名与单位名称不符。").status_code == 303
    assert "户名与单位名称不符" in words(browser.get(HERE))
    assert registering.transfer().state == State.REFUSED
    assert ask(browser).status_code == 303
    send_it(app)
    assert name(browser, registering.amount()).status_code == 303


@pytest.mark.rule("R-EMP-1", http="refused")
def test_a_transfer_is_not_refused_without_a_reason_nor_once_it_was_made(app: Flask) -> None:
    browser, desk = registering.register(app), registering.operator(app)
    ask(browser)
    silent = cannot_pay(desk, " ")
    assert silent.status_code == 422 and "请填写不能打款的原因" in words(silent)
    send_it(app)
    assert cannot_pay(desk, "账号不存在").status_code == 409


@pytest.mark.rule("R-EMP-1", http="refused")
def test_after_seven_days_the_amount_is_worth_nothing(app: Flask) -> None:
    browser = registering.register(app)
    ask(browser)
    send_it(app)
    pass_time(app, timedelta(days=7, seconds=1))
    browser.post("/employer/sign-in", data={"username": FORM["username"].lower(), "password": FORM["password"]})
    late = name(browser, registering.amount())
    assert late.status_code == 409 and "逾期未确认" in words(late)
    assert ask(browser).status_code == 303, "a new one may be asked for"


@pytest.mark.rule("R-EMP-1")
def test_amount_and_account_are_sealed_and_another_employers_transfer_is_unknown(app: Flask) -> None:
    browser = registering.register(app)
    ask(browser)
    send_it(app)
    other = registering.register(app, credit_code=registering.OTHER_CODE, username="other.hr")
    assert name(other, registering.amount()).status_code == 404
    row = db.session.execute(select(BankCheck.__table__)).mappings().one()
    assert all(b"6222020012345678" not in value for value in row.values() if isinstance(value, bytes))
    for wrong in ({"bank": "行"}, {"account": "12"}):
        assert ask(other, **wrong).status_code == 422


# --- who may look -------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-EMP-1", "R-ACC-2")
def test_only_the_operator_judges(app: Flask) -> None:
    browser = registering.register(app)
    registering.hand_in(browser)
    user, school = registering.officer(), builders.make_school()
    file = db.session.execute(select(File).limit(1)).scalar_one().public_id

    for role in (Role.SCHOOL, Role.DEPARTMENT, Role.PROVINCE, Role.AUDITOR):
        place = builders.make_department(school) if role == Role.DEPARTMENT else None
        stranger = offices.client(app, role, school if role in (Role.SCHOOL, Role.DEPARTMENT) else None, place)
        for path in ("/staff/employers", registering.case(user), f"/staff/employers/files/{file}"):
            assert stranger.get(path).status_code == 403
        for action in ("approve", "reject", "revoke"):
            assert stranger.post(f"{registering.case(user)}/{action}", data={"reason": "x"}).status_code == 403
    operator = registering.operator(app)
    assert operator.get("/staff/employers/letters/00000000000000000000").status_code == 404
    assert registering.officer().state == State.REVIEW


@pytest.mark.rule("R-EMP-1")
def test_the_operator_opens_documents_on_record(app: Flask) -> None:
    browser, desk = registering.register(app), registering.operator(app)
    registering.send(browser, LICENCE)
    registering.send(browser, LETTER, samples.pdf(), "授权书.pdf")
    waiting = db.session.execute(select(File).where(File.purpose == LICENCE)).scalar_one().public_id
    assert desk.get(f"/staff/employers/files/{waiting}").status_code == 409
    work_off()
    picture = desk.get(f"/staff/employers/files/{waiting}")
    assert picture.status_code == 200 and picture.data[:3] == b"\xff\xd8\xff"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    paper = db.session.execute(select(File).where(File.purpose == LETTER)).scalar_one().public_id
    assert desk.get(f"/staff/employers/files/{paper}").headers["Content-Disposition"].startswith("attachment")
    case = registering.case(registering.officer())
    assert "查看材料" in words(desk.get(case)) and "E12345678" not in words(desk.get(case))
    assert "E12345678" in words(desk.post(f"{case}/unmask"))
    assert "查看完整证件号与联系方式" in words(desk.get(case))


def test_personal_values_are_sealed(app: Flask, tmp_path: Path) -> None:
    browser = registering.register(app)
    registering.hand_in(browser)
    registering.decide(registering.operator(app), registering.officer(), "reject", reason="王小明的身份证不清晰")
    assert form_of(registering.officer())["id_number"] == "E12345678"
    with db.engine.connect() as conn:
        cells = [
            str(cell)
            for name, table in db.metadata.tables.items()
            if name in ("employer", "employer_user", "history", "outbox", "file")
            for row in conn.execute(select(table))
            for cell in row
        ]
    assert not [cell for cell in cells if "E12345678" in cell or "19900007777" in cell]
    details = db.session.execute(select(Outbox.payload)).scalars().all()
    assert all("王小明" not in str(detail) for detail in details)
    assert db.session.execute(select(HistoryValue.field)).scalars().all() == ["reason"]


def test_registering_is_limited_per_visitor(app: Flask, tmp_path: Path) -> None:
    limited = application.build(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, RATELIMIT_ENABLED=True)
    browser = portal.browser(limited)
    answers = [browser.post("/employer/register", data={}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_form_without_its_token_is_refused(app: Flask, tmp_path: Path) -> None:
    guarded = application.build(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, WTF_CSRF_ENABLED=True)
    assert portal.browser(guarded).post("/employer/register", data=FORM).status_code == 400


def test_too_many_and_too_large_documents_are_refused_with_a_sentence(app: Flask) -> None:
    browser = registering.register(app)
    for _ in range(2):
        assert registering.send(browser, ID_CARD).status_code == 303
    third = registering.send(browser, ID_CARD)
    assert third.status_code == 422 and "最多上传2份" in words(third)
    large = registering.send(browser, LICENCE, PICTURE + bytes(11 * 1024 * 1024))
    assert large.status_code == 413 and "10MB" in words(large)
    assert registering.send(browser, "diploma").status_code == 404
    nothing = browser.post(f"{HERE}/files/{LICENCE}", data={}, content_type="multipart/form-data")
    assert nothing.status_code == 422
    other = registering.register(app, credit_code=registering.OTHER_CODE, username="other.hr")
    file = db.session.execute(select(File).limit(1)).scalar_one().public_id
    assert other.post(f"{HERE}/files/{file}/remove").status_code == 404
