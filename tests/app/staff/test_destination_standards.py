"""The operator's pages for destinations: minimum wages and national codes (R-DEST-1, R-DEST-4)."""

from datetime import timedelta

import pytest
from flask import Flask

from app import destination_forms
from app.clock import now
from app.extensions import db
from app.models import MinimumWage
from tests import builders
from tests.app.staff import desk
from workflows.calendar import beijing_day
from workflows.vocabulary import Role

WAGES, CODES = "/staff/minimum-wages", "/staff/destination-codes"


@pytest.mark.rule("R-DEST-4")
def test_the_operator_adds_a_minimum_wage_and_the_old_one_stays(app: Flask) -> None:
    operator, today = desk.client(app, Role.OPERATOR), beijing_day(now())
    assert "未核对" in desk.words(operator.get(WAGES))
    sent = {"province_code": "110000", "monthly_yuan": "2540", "valid_from": today.isoformat(), "confirmed": "y"}
    assert operator.post(WAGES, data=sent).status_code == 303
    assert destination_forms.standards(now()).minimum_wage("110108") == 254_000
    assert "2540.00元" in desk.words(operator.get(WAGES))
    later = sent | {"monthly_yuan": "2600.5", "valid_from": (today + timedelta(days=30)).isoformat()}
    operator.post(WAGES, data=later)
    assert "2600.50元" in desk.words(operator.get(WAGES)).partition("尚未生效")[2]
    rows = db.session.query(MinimumWage).filter_by(province_code="110000").order_by(MinimumWage.id)
    assert [(row.fen, row.set_by is None) for row in rows] == [(242_000, True), (254_000, False), (260_050, False)]


@pytest.mark.rule("R-DEST-4")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"monthly_yuan": "many"}, "每月金额（元）请填写金额（元），最多两位小数"),
        ({"monthly_yuan": ""}, "请填写每月金额（元）。"),
        ({"valid_from": ""}, "请填写起始日期。"),
        ({"province_code": "999999"}, ""),
    ],
)
def test_a_wrong_wage_is_not_kept(app: Flask, wrong: dict[str, str], said: str) -> None:
    before = db.session.query(MinimumWage).count()
    sent = {"province_code": "110000", "monthly_yuan": "2540", "valid_from": "2026-01-01"} | wrong
    answer = desk.client(app, Role.OPERATOR).post(WAGES, data=sent)
    assert answer.status_code == 422 and said in desk.words(answer)
    assert db.session.query(MinimumWage).count() == before


@pytest.mark.rule("R-DEST-1")
def test_the_operator_maps_a_form_to_another_code_between_two_days(app: Flask) -> None:
    operator, today = desk.client(app, Role.OPERATOR), beijing_day(now())
    assert "签就业协议形式就业－士官10签就业协议形式就业已核对" in desk.words(operator.get(CODES))
    sent = {"form": "sergeant", "code": "12", "label": "其他录用形式就业", "confirmed": "y"}
    sent |= {"valid_from": today.isoformat(), "valid_to": (today + timedelta(days=1)).isoformat()}
    assert operator.post(CODES, data=sent).status_code == 303
    assert "签就业协议形式就业－士官12其他录用形式就业已核对" in desk.words(operator.get(CODES))
    assert destination_forms.national_code("sergeant", today + timedelta(days=2)).code == "10"
    backwards = sent | {"valid_to": (today - timedelta(days=1)).isoformat()}
    answer = operator.post(CODES, data=backwards)
    assert answer.status_code == 422 and "结束日期不能早于起始日期。" in desk.words(answer)


@pytest.mark.parametrize("address", [WAGES, CODES])
def test_these_pages_are_the_operators_alone(app: Flask, address: str) -> None:
    school = builders.make_school()
    for role in (Role.SCHOOL, Role.DEPARTMENT, Role.PROVINCE, Role.AUDITOR):
        department = builders.make_department(school) if role == Role.DEPARTMENT else None
        client = desk.client(app, role, school if role in (Role.SCHOOL, Role.DEPARTMENT) else None, department)
        assert client.get(address).status_code == client.post(address, data={}).status_code == 403
