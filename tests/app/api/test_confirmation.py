"""信息确认无误，进入系统: what is shown, what is confirmed, and what does not work before (R-GRAD-1)."""

from typing import Any

import pytest
from flask import Flask

from app import actions
from app.extensions import db
from app.models import RollRecord, School
from app.writing import write
from tests import builders
from tests.app.api.calls import API, accept, button, decline, refused
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Role

# R-GRAD-1, in its order.
SHOWN = [
    "姓名",
    "性别",
    "民族",
    "身份证号",
    "政治面貌",
    "毕业院校",
    "学历",
    "层次",
    "考生号",
    "培养方式",
    "生源所在地",
    "入学时间",
    "毕业时间",
    "学号",
    "院系",
    "专业",
    "学制",
    "档案是否转入学校",
    "户口是否转入学校",
    "电子邮箱",
    "手机号码",
]


@pytest.fixture
def newcomer(school: School) -> Graduate:
    """A graduate who has never confirmed anything."""
    return builders.make_graduate(school, confirmed=False)


@pytest.fixture
def outside(app: Flask, newcomer: Graduate) -> ApiClient:
    return api_client(app, newcomer)


def record(client: ApiClient, roll: RollRecord) -> dict[str, Any]:
    return client.get(f"{API}/records/{roll.public_id}").json


def confirm(client: ApiClient, roll: RollRecord, version: str) -> Any:
    return client.post(f"{API}/records/{roll.public_id}/confirmation", json={"shown_version": version})


@pytest.mark.rule("R-GRAD-1", http="allowed")
def test_one_sees_every_field_confirms_and_enters(newcomer: Graduate, outside: ApiClient) -> None:
    shown = record(outside, newcomer.roll)
    values = {field["label"]: field["value"] for field in shown["fields"]}
    assert list(values) == SHOWN
    assert values["身份证号"] == newcomer.id_number and values["手机号码"] == newcomer.phone
    assert (values["性别"], values["民族"], values["档案是否转入学校"]) == ("男", "汉族", "是")
    assert shown["confirmed"] is False

    confirmed = confirm(outside, newcomer.roll, shown["shown_version"])
    assert (confirmed.status_code, confirmed.json) == (200, {"confirmed": True})
    assert record(outside, newcomer.roll)["confirmed"] is True
    assert outside.get(f"{API}/home").status_code == 200


def test_empty_fields_read_as_two_dashes(app: Flask, school: School) -> None:
    bare = {"exam_number": "", "origin_region": "", "entered_on": None, "archive_moved": None, "duration_years": ""}
    graduate = builders.make_graduate(school, confirmed=False, **bare)
    values = {f["label"]: f["value"] for f in record(api_client(app, graduate), graduate.roll)["fields"]}
    empty = {label for label, value in values.items() if value == "--"}
    assert empty == {"考生号", "生源所在地", "入学时间", "档案是否转入学校", "学制"}


@pytest.mark.rule("R-GRAD-1", "R-ON-1", http="refused")
def test_before_confirming_nothing_else_works(newcomer: Graduate, outside: ApiClient) -> None:
    placement = builders.make_invitation(newcomer)
    builders.make_invitation(newcomer)
    for path in ("/home", f"/home?record={newcomer.roll.public_id}", "/invitations"):
        assert refused(outside.get(f"{API}{path}"), 403, "confirm_first")["waiting"] == 2, path
    one = f"{API}/invitations/{placement.public_id}"
    assert refused(outside.get(one), 403, "confirm_first")["waiting"] == 2
    body = {"version": 1, "declaration": "2026-1"}
    refused(accept(outside, placement, body), 403, "confirm_first")
    refused(decline(outside, placement), 403, "confirm_first")
    assert builders.reload(placement.id).state == "invited"


@pytest.mark.rule("R-GRAD-1", http="allowed")
def test_before_confirming_one_may_look_at_oneself_and_leave(newcomer: Graduate, outside: ApiClient) -> None:
    for path in ("/me", f"/records/{newcomer.roll.public_id}", "/alerts", "/alerts/unread"):
        assert outside.get(f"{API}{path}").status_code == 200, path
    assert outside.post(f"{API}/alerts/read").status_code == 200
    assert outside.post(f"{API}/sessions/current/proof", json={"password": builders.PASSWORD}).status_code == 200
    assert outside.delete(f"{API}/sessions/current").status_code == 204


def set_training_mode(graduate: Graduate, value: str) -> None:
    actor = Actor(Role.SCHOOL, 0, school_id=graduate.roll.school_id)
    request = Request(value=value, reason="测试")
    write(lambda: actions.roll_step(graduate.roll.id, Action.SET_TRAINING_MODE, actor, request))


@pytest.mark.rule("R-GRAD-1", http="refused")
def test_what_changed_meanwhile_is_not_confirmed_unseen(app: Flask, school: School) -> None:
    graduate = builders.make_graduate(school, confirmed=False, training_mode="21")
    client = api_client(app, graduate)
    old = record(client, graduate.roll)["shown_version"]
    set_training_mode(graduate, "22")
    refused(confirm(client, graduate.roll, old), 409, "outdated")
    assert confirm(client, graduate.roll, record(client, graduate.roll)["shown_version"]).status_code == 200


@pytest.mark.rule("R-GRAD-1", "R-GRAD-4", http="refused")
def test_a_changed_roll_is_confirmed_again_before_the_next_start(app: Flask, school: School) -> None:
    graduate = builders.make_graduate(school, training_mode="21")
    client = api_client(app, graduate)
    set_training_mode(graduate, "22")
    placement = builders.make_invitation(graduate)
    home = client.get(f"{API}/home").json
    assert home["record"]["confirmed"] is False
    assert button(home["invitations"][0], "accept")["refusal"]["code"] == "confirm_first"
    assert {one["refusal"]["code"] for one in home["buttons"]} == {"confirm_first"}
    refused(accept(client, placement), 403, "confirm_first")
    builders.confirm(graduate)
    assert accept(client, placement).status_code == 200


def test_who_was_taken_off_the_roll_before_confirming_is_told_so(newcomer: Graduate, outside: ApiClient) -> None:
    actor = Actor(Role.SCHOOL, 0, school_id=newcomer.roll.school_id)
    request = Request(reason="测试")
    write(lambda: actions.roll_step(newcomer.roll.id, Action.TAKE_OFF_ROLL, actor, request))
    refused(outside.get(f"{API}/home"), 403, "not_on_roll")
    version = record(outside, newcomer.roll)["shown_version"]
    refused(confirm(outside, newcomer.roll, version), 409, "wrong_state")


def test_without_any_record_the_home_page_says_so(app: Flask, newcomer: Graduate) -> None:
    unlinked = RollRecord.__table__.update().where(RollRecord.id == newcomer.roll.id).values(account_id=None)
    db.session.execute(unlinked)
    db.session.commit()
    client = api_client(app, newcomer)
    refused(client.get(f"{API}/home"), 403, "not_on_roll")
    refused(client.get(f"{API}/invitations"), 403, "not_on_roll")
