"""The portal as an employer uses it: a browser, a search, the form filled in, and what is in the database."""

import html
import re
from typing import Any

from flask import Flask
from sqlalchemy import func, inspect, select

from app import auth
from app.extensions import db
from app.models import Employer, EmployerUser, Placement
from tests import builders
from tests.app.staff.desk import DeskClient, browser, words
from tests.application import open_session

__all__ = ["FORM", "browser", "client", "find", "findings", "invite", "rows", "said", "send", "words"]

FORM: dict[str, str] = {
    "employer_kind": "39",
    "industry": "34",
    "region_province": "110000",
    "region_city": "110100",
    "region_code": "110108",
    "address": "示例大街1号A座5层",
    "position_category": "13",
    "position": "软件工程师",
    "contact_name": "演示甲",
    "contact_mobile": "19900001111",
    "contact_phone": "010-62510000",
    "contact_email": "hr@example.com",
    "household_archive": "employer",
    "probation_months": "3",
    "probation_pay_fen": "8000",
    "pay_fen": "10000.50",
    "penalty_fen": "",
    "report_place": "",
    "report_by": "2027-07-15",
    "work_place": "北京市海淀区",
    "supplement": "甲方提供集体宿舍。",
    "deadline_at": "2026-11-28T18:00",
}


def client(app: Flask, employer: Employer) -> DeskClient:
    """Return a browser signed in as the employer's signing officer."""
    user = select(EmployerUser.id).where(EmployerUser.employer_id == employer.id)
    token = open_session("employer", db.session.execute(user).scalar_one())
    signed_in = browser(app)
    signed_in.set_cookie(auth.cookie_name("employer"), token)
    return signed_in


def find(browser: DeskClient, graduate: builders.Graduate, **overrides: str) -> Any:
    """Look for a graduate by name and number."""
    typed = {"by": "identity", "name": graduate.roll.name, "id_kind": "resident_id", "id_number": graduate.id_number}
    return browser.post("/employer/search", data=typed | overrides)


def find_by_student_number(browser: DeskClient, school: str, number: str) -> Any:
    """Look for a graduate by school and student number."""
    return browser.post("/employer/search", data={"by": "student_number", "school": school, "student_number": number})


def findings(public_id: str) -> str:
    """Return the address of the page of what was found."""
    return f"/employer/graduates/{public_id}"


def send(browser: DeskClient, page: str, /, **overrides: str) -> Any:
    """Send the filled-in form, by default with the tick and the confirmation."""
    return browser.post(page, data=FORM | {"step": "confirm", "confirmed": "yes"} | overrides)


def invite(browser: DeskClient, graduate: builders.Graduate, **overrides: str) -> Any:
    """Find a graduate and invite."""
    assert find(browser, graduate).status_code == 303
    return send(browser, f"{findings(graduate.roll.public_id)}/invite", **overrides)


def invitation(answer: Any) -> Placement:
    """Return the placement that an answer leads to."""
    assert answer.status_code == 303, words(answer)
    public_id = answer.location.rsplit("/", 1)[-1]
    found = db.session.execute(select(Placement).where(Placement.public_id == public_id)).scalar_one()
    return builders.reload(found.id)


def said(answer: Any, name: str) -> str:
    """Return the sentence beside a field, "" for none."""
    found = re.search(rf'id="{name}-error">([^<]*)<', answer.get_data(as_text=True))
    return html.unescape(found.group(1)) if found else ""


def rows() -> dict[str, int]:
    """Count the rows of every table."""
    with db.engine.connect() as conn:
        names = set(inspect(conn).get_table_names())
        queries = {name: select(func.count()).select_from(table) for name, table in db.metadata.tables.items()}
        return {name: conn.execute(query).scalar_one() for name, query in queries.items() if name in names}
