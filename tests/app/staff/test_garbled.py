"""What no keyboard types: control characters, halves of characters and absurd numbers never break a staff page."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import School
from app.staff.typed import clean
from tests import builders
from tests.app.staff import desk
from workflows.platform_settings import SCHOOL_FIELDS
from workflows.vocabulary import Role

GARBLED = ("%00", "a%00b", "%01%1f%7f", "%ED%A0%80", "%FF%FE", "99999999999999999999", "-1")
LISTS = ("review", "placements", "roll")


@pytest.fixture
def office(app: Flask) -> desk.Office:
    return desk.office(app)


def addresses(text: str) -> Iterator[str]:
    for page in LISTS:
        names = ("name", "student_number", "employer", "cohort", "state", "queue", "after", "before")
        yield from (f"/staff/{page}?{name}={text}" for name in names)
    yield f"/staff/settings/windows?cohort={text}"
    yield f"/staff/roll/{text}"
    yield f"/staff/review/{text}"


@pytest.mark.parametrize("text", GARBLED)
def test_no_address_of_a_school_breaks(office: desk.Office, text: str) -> None:
    client = office.sit(Role.SCHOOL)
    assert {client.get(address).status_code for address in addresses(text)} <= {200, 404}


@pytest.mark.parametrize("text", GARBLED)
def test_no_address_of_a_province_breaks(app: Flask, text: str) -> None:
    builders.make_school()
    client = desk.client(app, Role.PROVINCE, province_code="110000")
    pages = (f"/staff/schools?name={text}", f"/staff/schools?complete={text}", f"/staff/placements?name={text}")
    assert [client.get(page).status_code for page in pages] == [200] * 3


@pytest.mark.parametrize("text", ["\0", "a\0b", "\x01\x1f\x7f", "\ud800", "99999999999999999999"])
def test_no_field_of_a_form_breaks(office: desk.Office, text: str) -> None:
    client, graduate = office.sit(Role.SCHOOL), office.graduate.roll.public_id
    sent = text.encode("utf-8", "surrogatepass")
    fields = dict.fromkeys((*SCHOOL_FIELDS, "version", "department_review"), sent)
    changes = [{"action": action, "value": sent, "reason": sent} for action in ("move_cohort", "set_training_mode")]
    posts = [("/staff/settings", fields), (f"{office.page}/reject", {"version": sent, "reason": sent})]
    posts += [(f"/staff/roll/{graduate}", change) for change in (*changes, {"action": sent})]
    for path, data in posts:
        answer = client.post(path, data=urlencode(data), content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (303, 404, 409, 422)


def test_a_field_keeps_the_rest_of_what_was_typed(office: desk.Office) -> None:
    client, school = office.sit(Role.SCHOOL), select(School).where(School.id == office.school.id)
    form = {"contact": "赵\0老\x07师", "phone": "010-89733002", "address": "府学路18号", "postcode": "102249"}
    version = db.session.execute(school).scalar_one().version
    assert client.post("/staff/settings", data=form | {"version": version}).status_code == 303
    assert db.session.execute(school.execution_options(populate_existing=True)).scalar_one().contact == "赵老师"


def test_a_search_ignores_what_nobody_can_have_typed(office: desk.Office) -> None:
    client, name = office.sit(Role.SCHOOL), office.graduate.roll.name
    found = client.get("/staff/roll", query_string={"name": f"\0{name}\x7f"})
    assert office.graduate.roll.public_id in found.text
    assert office.graduate.roll.public_id in client.get("/staff/roll?cohort=99999999999").text


def test_clean() -> None:
    assert clean("李\0明\ud800\udfff\x7f\r\n\t𬱖") == "李明\r\n\t𬱖"
    assert clean(7) == 7 and clean(None) is None
