"""How an employer comes in: the registration filled in, documents sent and checked, the operator's decision."""

import io
import re
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.demo.numbers import credit_code
from app.employer_steps import amount_of
from app.extensions import db
from app.models import BankCheck, Employer, EmployerUser
from tests.app.employers import portal
from tests.app.staff import desk
from tests.app.staff.desk import DeskClient
from tests.inspection import samples
from tests.notifications.working import work_off
from workflows.employer_verification import ID_CARD, LETTER, LICENCE
from workflows.vocabulary import Level, Role

CODE = credit_code("91", "110108", 77001)
OTHER_CODE = credit_code("91", "110108", 77002)
PICTURE = samples.encoded(samples.letter(width=700))
HERE = "/employer/verification"

PERSON = {
    "officer_name": "王小明",
    "id_kind": "passport",
    "id_number": "E12345678",
    "officer_mobile": "19900007777",
}
ACCOUNT = {"username": "Yunfan.HR", "password": "Blue-Horse-27", "password_again": "Blue-Horse-27", "confirmed": "y"}
FORM = {
    "credit_code": CODE,
    "name": "示例新云软件有限公司",
    "kind_code": "39",
    "industry_code": "34",
    "region_province": "110000",
    "region_city": "110100",
    "region_code": "110108",
    "address": "示例大街9号",
    "contact_name": "演示联系人",
    "mobile": "19900006666",
    "phone": "",
    "email": "hr@example.com",
    **PERSON,
    **ACCOUNT,
}


def register(app: Flask, **overrides: str) -> DeskClient:
    """Register an employer; return the browser of its officer, who is signed in."""
    browser = portal.browser(app)
    answer = browser.post("/employer/register", data=FORM | overrides)
    assert (answer.status_code, answer.location) == (303, HERE), portal.words(answer)
    return browser


def apply(app: Flask, employer: Employer, **overrides: str) -> DeskClient:
    """Apply as a new officer of a registered employer; return the officer's browser."""
    browser = portal.browser(app)
    form = {"credit_code": employer.credit_code} | PERSON | ACCOUNT | {"username": "new.officer"} | overrides
    answer = browser.post("/employer/new-officer", data=form)
    assert (answer.status_code, answer.location) == (303, HERE), portal.words(answer)
    return browser


def send(browser: DeskClient, purpose: str, content: bytes = PICTURE, name: str = "材料.jpg") -> Any:
    """Upload a document."""
    form = {"file": (io.BytesIO(content), name)}
    return browser.post(f"{HERE}/files/{purpose}", data=form, content_type="multipart/form-data")


def hand_in(browser: DeskClient, *purposes: str) -> Any:
    """Upload documents, by default all three, let the worker check them, and submit."""
    for purpose in purposes or (LICENCE, LETTER, ID_CARD):
        assert send(browser, purpose).status_code == 303
    work_off()
    return browser.post(f"{HERE}/submit")


def employer(code: str = CODE) -> Employer:
    """Read the employer anew."""
    db.session.expire_all()
    found = db.session.execute(select(Employer).where(Employer.credit_code == code)).scalar_one()
    db.session.expunge(found)
    db.session.rollback()
    return found


def officer(username: str = "yunfan.hr") -> EmployerUser:
    """Read an officer anew."""
    db.session.expire_all()
    found = db.session.execute(select(EmployerUser).where(EmployerUser.username == username)).scalar_one()
    db.session.expunge(found)
    db.session.rollback()
    return found


def transfer() -> BankCheck:
    """Read the last transfer anew."""
    db.session.expire_all()
    found = db.session.execute(select(BankCheck).order_by(BankCheck.id.desc()).limit(1)).scalar_one()
    db.session.expunge(found)
    db.session.rollback()
    return found


def amount() -> int:
    """Return what was sent last, in fen."""
    return amount_of(transfer())


def operator(app: Flask) -> DeskClient:
    """Return the operator's browser; the levels of the graduates' modules are nothing to it."""
    return desk.client(app, Role.OPERATOR, placement_level=int(Level.NONE))


def case(user: EmployerUser) -> str:
    """Return the address of an officer's case at the operator's desk."""
    return f"/staff/employers/letters/{user.public_id}"


def decide(desk_: DeskClient, user: EmployerUser, action: str, **form: str) -> Any:
    """Press one of the operator's buttons on a case, with the version that the page shows."""
    page = desk_.get(case(user)).get_data(as_text=True)
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    data = ({"version": version[1]} if version else {}) | form
    return desk_.post(f"{case(user)}/{action}", data=data)


def verified(app: Flask) -> DeskClient:
    """Register an employer and let it be verified; return its officer's browser."""
    browser = register(app)
    assert hand_in(browser).status_code == 303
    assert decide(operator(app), officer(), "approve").status_code == 303
    return browser
