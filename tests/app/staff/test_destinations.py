"""去向登记管理: whose destinations a list shows, what waits for whom, what foreign ones answer (R-ACC-2, R-VIEW-1)."""

from typing import Any

import pytest
from flask import Flask

from app.models import School
from tests import builders
from tests.app.api import destinations as calls
from tests.app.api.calls import travel
from tests.app.staff import desk
from tests.application import api_client
from tests.builders import Graduate
from workflows.vocabulary import Level, Role

LIST = "/staff/destinations"


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, calls.MAY)
    return builders.make_school()


def waiting(app: Flask, school: School, department: Any = None) -> tuple[Graduate, dict[str, Any]]:
    graduate = builders.make_graduate(school, department)
    return graduate, calls.submitted(api_client(app, graduate), graduate, "postgraduate")


def test_each_tenant_lists_its_own_and_a_foreign_one_is_not_found(app: Flask, school: School) -> None:
    department, other = builders.make_department(school), builders.make_department(school)
    _, page = waiting(app, school, department)
    foreign = builders.make_school("10001")
    seers = [
        desk.client(app, Role.SCHOOL, school),
        desk.client(app, Role.DEPARTMENT, school, department),
        desk.client(app, Role.PROVINCE),
    ]
    for client in seers:
        listed = client.get(f"{LIST}?queue=all")
        assert page["id"] in listed.get_data(as_text=True) and "研究生：示例大学" in desk.words(listed)
        assert client.get(f"{LIST}/{page['id']}").status_code == 200
    blind = [desk.client(app, Role.SCHOOL, foreign), desk.client(app, Role.DEPARTMENT, school, other)]
    blind.append(desk.client(app, Role.PROVINCE, province_code="340000"))
    for client in blind:
        assert page["id"] not in client.get(f"{LIST}?queue=all").get_data(as_text=True)
        unknown = client.get(f"{LIST}/{'0' * 20}")
        assert client.get(f"{LIST}/{page['id']}").get_data() == unknown.get_data()
        assert unknown.status_code == 404
    assert calls.decide(blind[0], page).status_code == 404


def test_the_queue_holds_what_waits_for_this_reviewer(app: Flask, school: School) -> None:
    office = desk.client(app, Role.SCHOOL, school)
    assert "没有等待审核的去向登记。" in desk.words(office.get(LIST))
    _, page = waiting(app, school)
    assert "1去向登记待我审核" in desk.words(office.get("/staff/"))
    assert page["id"] in office.get(LIST).get_data(as_text=True)
    assert calls.decide(office, page).status_code == 303
    assert page["id"] not in office.get(LIST).get_data(as_text=True)
    found = office.get(f"{LIST}?queue=all&state=approved&employer=示例大学")
    assert page["id"] in found.get_data(as_text=True)
    assert page["id"] not in office.get(f"{LIST}?queue=all&state=review").get_data(as_text=True)


def test_a_province_looks_and_a_reader_cannot_decide(app: Flask, school: School) -> None:
    _, page = waiting(app, school)
    province = desk.client(app, Role.PROVINCE)
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    assert desk.buttons(province.get(f"{LIST}/{page['id']}")) == ["/staff/sign-out"]
    assert "只有查看权限" in desk.words(reader.get(f"{LIST}/{page['id']}"))
    for client in (province, reader):
        assert calls.decide(client, page).status_code == 403
        assert client.get(f"{LIST}/{page['id']}/correct").status_code == 403


def test_the_page_shows_content_proofs_and_masked_data(app: Flask, school: School) -> None:
    graduate, page = waiting(app, school)
    seen = desk.client(app, Role.SCHOOL, school).get(f"{LIST}/{page['id']}")
    text = desk.words(seen)
    assert "录取学校示例大学" in text and "录取通知书、调档函或拟录取名单1" in text
    assert graduate.id_number not in text and graduate.phone not in text


def test_choosing_another_type_draws_its_form_and_saves_nothing(app: Flask, school: School) -> None:
    _, page = waiting(app, school)
    office = desk.client(app, Role.SCHOOL, school)
    address = f"{LIST}/{page['id']}/correct"
    drawn = office.post(address, data={"step": "type", "type_code": "labour_contract", "version": page["version"]})
    assert drawn.status_code == 200 and "统一社会信用代码" in desk.words(drawn)
    assert 'name="region_province"' in drawn.get_data(as_text=True)
    assert calls.placement_of(page).type_code == "postgraduate"
