"""New signing officers, and accounts that were imported, over HTTP, allowed and refused (R-EMP-2, R-EMP-3)."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import auth, history
from app.extensions import db
from app.models import Employer, EmployerUser
from tests import builders
from tests.app.employers import portal, registering
from tests.app.employers.registering import HERE, PERSON
from tests.app.staff.desk import DeskClient, words
from tests.builders import Graduate
from tests.notifications.working import alerts, work_off
from workflows.employer_verification import ID_CARD, LETTER
from workflows.vocabulary import State

PASSWORD = "Blue-Horse-27"
HASH = auth.HASHER.hash(PASSWORD)
HEADINGS = (
    "统一社会信用代码,单位名称,单位性质,单位行业,通讯地址（省市区）,通讯地址（详细）,单位联系人,联系人手机,联系人电话,联系人邮箱,"
    "网签负责人姓名,用户名,密码散列"
)


@pytest.fixture(autouse=True)
def known(employer: Employer, desk: DeskClient) -> None:
    """Let the employer be read after its session is gone."""
    db.session.refresh(employer)
    db.session.expunge(employer)


def acting(employer: Employer) -> list[str]:
    """Return the user names of those who may act."""
    wanted = select(EmployerUser.username).where(
        EmployerUser.employer_id == employer.id, EmployerUser.active, EmployerUser.state == State.APPROVED.value
    )
    names = list(db.session.execute(wanted).scalars())
    db.session.rollback()
    return names


@pytest.mark.rule("R-EMP-3", http="allowed")
def test_a_new_officer_takes_over_once_the_letter_is_approved(
    app: Flask, employer: Employer, desk: DeskClient, graduate: Graduate
) -> None:
    former = employer.credit_code.lower()
    newcomer = registering.apply(app, employer)
    assert registering.hand_in(newcomer, LETTER, ID_CARD).status_code == 303
    assert "认证审核中" in words(desk.get("/employer/standing"))
    assert portal.invite(desk, graduate).status_code == 303, "until then the former officer acts"
    assert acting(employer) == [former]

    operator = registering.operator(app)
    assert "更换网签负责人" in words(operator.get("/staff/employers"))
    assert registering.decide(operator, registering.officer("new.officer"), "approve").status_code == 303
    assert acting(employer) == ["new.officer"]
    assert desk.get("/employer/").status_code == 302, "the former officer is out at once"
    assert newcomer.get("/employer/").status_code == 200
    assert registering.officer(former).state == State.REPLACED
    work_off()
    titles = [alert.title for alert in alerts("employer")]
    assert "有人申请成为网签负责人" in titles and "单位认证已通过" in titles
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-EMP-3", http="refused")
def test_until_then_the_new_officer_sees_and_does_nothing(
    app: Flask, employer: Employer, desk: DeskClient, graduate: Graduate
) -> None:
    sent = portal.invitation(portal.invite(desk, graduate))
    newcomer = registering.apply(app, employer)
    for page in ("", "search", "invitations", "inbox", "standing", f"invitations/{sent.public_id}"):
        assert newcomer.get(f"/employer/{page}").location == HERE
    assert newcomer.get(f"/employer/invitations/{sent.public_id}/agreement.pdf").location == HERE
    assert newcomer.post(f"/employer/invitations/{sent.public_id}/withdraw").status_code == 403
    assert newcomer.post("/employer/officer/revoke", data={"reason": "我要接管"}).status_code == 403
    assert portal.find(newcomer, graduate).status_code == 403
    registering.hand_in(newcomer, LETTER, ID_CARD)
    refused = registering.decide(
        registering.operator(app), registering.officer("new.officer"), "reject", reason="公章不符"
    )
    assert refused.status_code == 303
    assert newcomer.get("/employer/").location == HERE
    assert acting(employer) == [employer.credit_code.lower()] and desk.get("/employer/").status_code == 200


@pytest.mark.rule("R-EMP-3")
def test_a_revoked_officer_is_out_at_once_and_nobody_acts_until_a_new_letter(
    app: Flask, employer: Employer, desk: DeskClient
) -> None:
    operator, former = registering.operator(app), registering.officer(employer.credit_code.lower())
    silent = registering.decide(operator, former, "revoke")
    assert silent.status_code == 422 and acting(employer) != []
    assert registering.decide(operator, former, "revoke", reason="单位来函：已离职").status_code == 303
    assert desk.get("/employer/").status_code == 302 and acting(employer) == []
    typed = {"username": former.username, "password": builders.PASSWORD}
    assert portal.browser(app).post("/employer/sign-in", data=typed).status_code == 401
    newcomer = registering.apply(app, employer)
    registering.hand_in(newcomer, LETTER, ID_CARD)
    registering.decide(operator, registering.officer("new.officer"), "approve")
    assert newcomer.get("/employer/").status_code == 200 and acting(employer) == ["new.officer"]


@pytest.mark.rule("R-EMP-3")
def test_an_officer_may_end_the_own_authorisation(app: Flask, employer: Employer, desk: DeskClient) -> None:
    silent = desk.post("/employer/officer/revoke", data={"reason": ""})
    assert silent.status_code == 422 and "请填写撤销原因" in words(silent)
    left = desk.post("/employer/officer/revoke", data={"reason": "本人离职"})
    assert left.location == "/employer/sign-in" and acting(employer) == []


@pytest.mark.rule("R-EMP-3")
def test_two_letters_of_one_employer_are_never_approved_together(app: Flask, employer: Employer) -> None:
    operator = registering.operator(app)
    for number in (1, 2):
        newcomer = registering.apply(app, employer, username=f"officer{number}")
        registering.hand_in(newcomer, LETTER, ID_CARD)
    for number in (1, 2):
        registering.decide(operator, registering.officer(f"officer{number}"), "approve")
        assert acting(employer) == [f"officer{number}"]


@pytest.mark.rule("R-EMP-3", http="refused")
def test_who_applies_names_a_registered_employer(app: Flask) -> None:
    registering.register(app)
    for code in (registering.CODE, registering.OTHER_CODE):
        form = {"credit_code": code, **PERSON, **registering.ACCOUNT, "username": "new.officer"}
        answer = portal.browser(app).post("/employer/new-officer", data=form)
        assert answer.status_code == 422 and "单位注册" in portal.said(answer, "credit_code")


# --- imported accounts --------------------------------------------------------------------------------------------


def line(
    code: str = registering.CODE, username: str = "old.account", kind: str = "其他企业", hashed: str = HASH
) -> str:
    about = f"{code},示例老用户有限公司,{kind},34,110108,示例大街3号,演示联系人,19900005555,,hr@example.com"
    return f'{about},赵小云,{username},"{hashed}"'


def bring_in(app: Flask, tmp_path: Path, *lines: str) -> tuple[int, str]:
    file = tmp_path / "accounts.csv"
    file.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    db.session.remove()
    done = app.test_cli_runner().invoke(args=["employers", "import", str(file)])
    db.session.remove()
    return done.exit_code, done.output


@pytest.mark.rule("R-EMP-2", http="allowed")
def test_an_imported_account_becomes_full_by_the_letter_alone(app: Flask, graduate: Graduate, tmp_path: Path) -> None:
    assert bring_in(app, tmp_path, line()) == (0, "新增 1，已有 0，错误 0 行\n")
    assert registering.employer().state == State.IMPORTED
    browser = portal.browser(app)
    entered = browser.post("/employer/sign-in", data={"username": "old.account", "password": PASSWORD})
    assert entered.status_code == 303
    page = words(browser.get(HERE))
    assert "单位无需再次认证" in page and "请先补充：证件类型、证件号码、网签负责人手机" in page
    assert browser.post(f"{HERE}/edit", data=PERSON | {"confirmed": "y"}).status_code == 303
    assert browser.get(f"{HERE}/letter.pdf").mimetype == "application/pdf"
    assert registering.hand_in(browser, LETTER, ID_CARD).status_code == 303
    operator = registering.operator(app)
    assert "新职业网账号升级" in words(operator.get("/staff/employers"))
    registering.decide(operator, registering.officer("old.account"), "approve")
    employer = registering.employer()
    assert (employer.state, employer.proof, employer.name) == ("verified", "imported", "示例老用户有限公司")
    assert portal.invite(browser, graduate).status_code == 303
    assert bring_in(app, tmp_path, line()) == (0, "新增 0，已有 1，错误 0 行\n")
    assert registering.employer().state == State.VERIFIED
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-EMP-2", http="refused")
def test_an_imported_account_without_letter_cannot_invite(app: Flask, graduate: Graduate, tmp_path: Path) -> None:
    bring_in(app, tmp_path, line())
    browser = portal.browser(app)
    browser.post("/employer/sign-in", data={"username": "old.account", "password": PASSWORD})
    assert browser.get("/employer/search").location == HERE
    assert portal.find(browser, graduate).status_code == 403
    assert browser.get(f"{HERE}/letter.pdf").status_code == 409
    assert "信息尚未填写完整" in words(browser.post(f"{HERE}/submit"))
    browser.post(f"{HERE}/edit", data=PERSON | {"confirmed": "y"})
    assert "请上传加盖公章的网签授权书" in words(browser.post(f"{HERE}/submit"))


@pytest.mark.rule("R-EMP-2")
def test_every_wrong_line_is_named_and_the_others_come_in(app: Flask, employer: Employer, tmp_path: Path) -> None:
    status, said = bring_in(
        app,
        tmp_path,
        line(),
        line(code="91110108DEM0770013", username="second"),
        line(code=registering.OTHER_CODE, username="third", kind="没有的性质"),
        line(code=employer.credit_code, username="fourth"),
        line(code=registering.OTHER_CODE, username="old.account"),
        line(code=registering.OTHER_CODE, username="fifth", hashed="plain-text"),
        line(code=registering.OTHER_CODE, username="sixth"),
    )
    assert status == 1 and said.endswith("新增 2，已有 0，错误 5 行\n")
    for number, word in ((3, "校验位"), (4, "单位性质"), (5, "已在平台注册"), (6, "用户名已被使用"), (7, "argon2id")):
        assert [text for text in said.splitlines() if text.startswith(f"第 {number} 行") and word in text], said
    count = db.session.execute(select(func.count()).select_from(Employer)).scalar_one()
    assert count == 3


@pytest.mark.rule("R-EMP-2")
def test_a_file_without_a_column_brings_nothing(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(HEADINGS.replace(",密码散列", "") + "\nx\n", encoding="utf-8")
    done = app.test_cli_runner().invoke(args=["employers", "import", str(file)])
    assert done.exit_code == 1 and "缺少列：密码散列" in done.output
