"""暂缓开通: the operator's switches for the platform and for a province (R-PROV-3)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import now
from app.extensions import db
from app.models import School
from tests import builders
from tests.app.api.calls import accept
from tests.application import api_client, door_client
from workflows.case import Refused
from workflows.vocabulary import Role

API = "/api/v1"
OFFLINE = {"function": "offline", "province_code": "", "reason": "系统升级"}


def operator(app: Flask) -> Any:
    return door_client(app, "staff", builders.make_staff(Role.OPERATOR, placement_level=0).id)


def button(client: Any, function: str) -> dict[str, Any]:
    made: dict[str, Any] = next(one for one in client.get(f"{API}/home").json["buttons"] if one["function"] == function)
    return made


@pytest.mark.rule("R-PROV-3", http="refused")
def test_a_suspended_function_reads_so_whatever_the_school_says(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    client, desk = api_client(app, graduate), operator(app)
    assert button(client, "offline")["allowed"]
    assert desk.post("/staff/suspensions/suspend", data=OFFLINE).status_code == 303
    refused = button(client, "offline")
    assert not refused["allowed"]
    assert refused["refusal"]["message"] == "该功能暂缓开通（未签就业协议 申请签约）。"
    assert "系统升级" in desk.get("/staff/suspensions").text


@pytest.mark.rule("R-PROV-3", http="allowed")
def test_what_is_resumed_goes_on(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    client, desk = api_client(app, graduate), operator(app)
    desk.post("/staff/suspensions/suspend", data=OFFLINE)
    assert desk.post("/staff/suspensions/resume", data=OFFLINE | {"reason": "升级完成"}).status_code == 303
    assert button(client, "offline")["allowed"]


@pytest.mark.rule("R-PROV-3")
def test_a_province_is_suspended_alone(app: Flask) -> None:
    here, there = builders.make_school(), builders.make_school(code="10183")
    assert here.province_code != there.province_code
    code = here.province_code
    clients = [api_client(app, builders.make_graduate(school)) for school in (here, there)]
    desk = operator(app)
    assert desk.post("/staff/suspensions/suspend", data=OFFLINE | {"province_code": code}).status_code == 303
    assert [button(client, "offline")["allowed"] for client in clients] == [False, True]


@pytest.mark.rule("R-PROV-3")
def test_inviting_is_refused_while_an_invitation_under_way_goes_on(app: Flask) -> None:
    school: School = builders.make_school()
    graduate = builders.make_graduate(school)
    placement = builders.make_invitation(graduate, deadline_at=now() + timedelta(days=3))
    declined = builders.make_invitation(graduate, builders.make_employer(), deadline_at=now() + timedelta(days=3))
    desk = operator(app)
    desk.post("/staff/suspensions/suspend", data=OFFLINE | {"function": "online"})
    db.session.rollback()
    with pytest.raises(Refused) as refused:
        builders.make_invitation(graduate, builders.make_employer())
    assert refused.value.refusal.message == "该功能暂缓开通（网签）。"
    client = api_client(app, graduate)
    assert client.post(f"{API}/invitations/{declined.public_id}/decline", json={}).status_code == 200
    assert accept(client, placement).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"reason": ""}, 422, "请填写原因"),
        ({"function": ""}, 422, "请选择一项功能"),
        ({"function": "everything"}, 422, "请选择一项功能"),
        ({"province_code": "99"}, 422, "请选择全平台或一个省份"),
    ],
)
def test_what_is_missing_is_said(app: Flask, changed: dict[str, str], status: int, sentence: str) -> None:
    answer = operator(app).post("/staff/suspensions/suspend", data=OFFLINE | changed)
    assert answer.status_code == status
    assert sentence in answer.text


def test_suspending_twice_says_so_and_only_the_operator_may(app: Flask) -> None:
    desk, school = operator(app), builders.make_staff(Role.SCHOOL, builders.make_school())
    other = door_client(app, "staff", school.id)
    assert desk.post("/staff/suspensions/suspend", data=OFFLINE).status_code == 303
    again = desk.post("/staff/suspensions/suspend", data=OFFLINE)
    assert again.status_code == 409
    assert "已经暂缓开通" in again.text
    assert other.post("/staff/suspensions/suspend", data=OFFLINE).status_code == 403
    assert other.get("/staff/suspensions").status_code == 403
