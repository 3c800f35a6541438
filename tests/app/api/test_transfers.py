"""Archive and household transfers through the API (R-TRF-1, R-GRAD-7)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import actions
from app.clock import now
from app.extensions import db
from app.models import Placement, ProvinceModule, RollRecord, School
from app.writing import write
from tests import builders
from tests.app.api.calls import API, button, refused
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Module, Role, State, Subject

HOME = {
    "type_code": "home",
    "receiver": "北京市海淀区人才服务中心",
    "region_code": "110108",
    "address": "示例路2号",
    "contact_name": "王老师",
    "contact_phone": "010-62510000",
    "postcode": "100089",
}


@pytest.fixture
def opened(school: School) -> School:
    """Let the province open both modules."""
    for module in (Module.ARCHIVE, Module.HOUSEHOLD):
        row = {"province_code": school.province_code, "module": module.value, "opened_at": now(), "opened_by": 0}
        db.session.add(ProvinceModule(**row))
    db.session.commit()
    return school


def registration(client: ApiClient, module: str) -> dict[str, Any]:
    read = client.get(f"{API}/transfers")
    assert read.status_code == 200, read.json
    return next(one for one in read.json["transfers"] if one["module"] == module)


def begin(client: ApiClient, module: str = "archive", form: dict[str, str] | None = None) -> dict[str, Any]:
    made = client.post(f"{API}/transfers", json={"module": module, "form": HOME if form is None else form})
    assert made.status_code == 200, made.json
    return made.json


def press(client: ApiClient, made: dict[str, Any], what: str, **body: Any) -> Any:
    return client.post(f"{API}/transfers/{made['id']}/{what}", json={"version": made["version"]} | body)


def submit(client: ApiClient, made: dict[str, Any]) -> Any:
    return press(client, made, "submit", declaration=made["declaration"]["version"])


def decide(graduate: Graduate, made: dict[str, Any], action: Action = Action.APPROVE, role: Role = Role.SCHOOL) -> None:
    """Decide the step that waits, as the reviewer's page does."""
    view_row = next(r for r in _view(graduate).transfers if r.public_id == made["id"])
    request = Request(version=view_row.version, reason="地址不完整")
    actor = builders.reviewer(graduate, role)
    write(lambda: actions.step(view_row.id, graduate.roll.id, action, actor, request, subject=Subject.TRANSFER))


def _view(graduate: Graduate) -> Any:
    db.session.commit()
    return actions.facts.read(db.session.connection(), graduate.roll.id)


@pytest.mark.rule("R-GRAD-7", http="refused")
@pytest.mark.rule("R-TRF-1", http="refused")
def test_a_closed_module_says_who_has_not_opened_it(client: ApiClient) -> None:
    read = client.get(f"{API}/modules").json["modules"]
    assert [one["title"] for one in read] == ["毕业去向登记与网签", "档案信息登记", "户口信息登记"]
    assert [one["allowed"] for one in read] == [True, False, False]
    assert read[1]["refusal"]["message"] == "学校所在省份尚未开启“档案信息登记”模块。"
    refused(client.post(f"{API}/transfers", json={"module": "archive", "form": HOME}), 403, "module_closed")


@pytest.mark.rule("R-GRAD-7", http="refused")
def test_a_school_that_has_not_completed_its_settings_is_named(app: Flask, autumn: Any) -> None:
    graduate = builders.make_graduate(builders.make_school(complete=False))
    read = api_client(app, graduate).get(f"{API}/modules").json["modules"]
    assert read[0]["refusal"]["code"] == "settings_missing"
    assert "学校尚未完成设置" in read[0]["refusal"]["message"]


@pytest.mark.rule("R-GRAD-7", http="allowed")
@pytest.mark.rule("R-TRF-1", http="allowed")
@pytest.mark.rule("R-STATE-1", "R-OFF-3")
def test_a_transfer_is_drafted_submitted_taken_back_and_approved(
    opened: School, client: ApiClient, graduate: Graduate
) -> None:
    assert all(one["allowed"] for one in client.get(f"{API}/modules").json["modules"])
    assert registration(client, "archive")["start"]["allowed"]
    made = begin(client)
    assert (made["state"], made["label"]) == ("draft", "待提交")
    waiting = submit(client, made).json
    assert waiting["label"] == "登记审核中（待学校审核）"
    draft = press(client, waiting, "take-back").json
    assert draft["state"] == "draft"
    waiting = submit(client, draft).json
    decide(graduate, waiting)
    done = client.get(f"{API}/transfers/{made['id']}").json
    assert done["label"] == "登记审核通过"
    assert {"label": "档案转寄类型", "value": "回生源地"} in done["content"]
    assert not button(done, "take_back")["allowed"]


@pytest.mark.rule("R-TRF-1", http="refused")
def test_nothing_is_offered_where_nothing_was_moved_to_the_school(opened: School, client: ApiClient) -> None:
    """The builder's graduate has the archive at the school, the household not."""
    offer = registration(client, "household")["start"]
    assert not offer["allowed"]
    assert offer["refusal"]["message"] == "您的户口没有转入学校，无需登记户口迁转。"
    refused(client.post(f"{API}/transfers", json={"module": "household", "form": HOME}), 403, "not_allowed")
    db.session.execute(update(RollRecord).values(household_moved=True))
    db.session.commit()


@pytest.mark.rule("R-TRF-1", http="allowed")
def test_the_form_opens_with_the_placement_in_force_and_is_flagged_when_that_ends(
    opened: School, client: ApiClient, graduate: Graduate
) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    made = begin(client, form={})
    assert made["form"]["type_code"] == "employer"
    assert made["form"]["receiver"] == placement.title
    assert not made["flagged"]
    waiting = submit(client, _typed(client, made, made["form"] | {"postcode": "100089"})).json
    decide(graduate, waiting)
    _end(placement)
    after = registration(client, "archive")
    assert after["records"][0]["state"] == "approved"
    assert after["records"][0]["flagged"]
    assert after["start"]["allowed"]


def _typed(client: ApiClient, made: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
    body = {"version": made["version"], "form": form}
    kept = client.put(f"{API}/transfers/{made['id']}", json=body)
    assert kept.status_code == 200, kept.json
    return kept.json


def _end(placement: Placement) -> None:
    step = (placement.id, placement.roll_record_id, Action.TERMINATE, Actor(Role.PLATFORM), Request())
    write(lambda: actions.step(*step))
    db.session.commit()


@pytest.mark.rule("R-TRF-1", "R-STATE-1")
def test_a_new_approval_replaces_the_old_one(opened: School, client: ApiClient, graduate: Graduate) -> None:
    first, second = begin(client), begin(client, form=HOME | {"address": "示例路3号"})
    decide(graduate, submit(client, first).json)
    decide(graduate, submit(client, second).json)
    states = {one["id"]: one["state"] for one in registration(client, "archive")["records"]}
    assert states == {first["id"]: "replaced", second["id"]: "approved"}


def test_one_of_a_module_waits_at_a_time(opened: School, client: ApiClient) -> None:
    first, second = begin(client), begin(client)
    waiting = submit(client, first).json
    detail = refused(submit(client, second), 409, "already_open")
    assert detail["record"]["id"] == waiting["id"]


def test_an_unfinished_form_is_kept_but_not_submitted(opened: School, client: ApiClient) -> None:
    made = begin(client, form={"type_code": "home", "postcode": "12", "region_code": "999999"})
    assert made["form"]["postcode"] == "12"
    fields = refused(submit(client, made), 422, "form_incomplete")["fields"]
    assert set(fields) == {"receiver", "region_code", "address", "contact_name", "contact_phone", "postcode"}
    assert all("。" in sentence for sentence in fields.values())


def test_the_tick_and_the_version_are_asked_for(opened: School, client: ApiClient) -> None:
    made = begin(client)
    refused(press(client, made, "submit"), 422, "declaration_required")
    _typed(client, made, HOME)
    refused(submit(client, made), 409, "outdated")


def test_a_returned_transfer_opens_as_it_was_typed_and_can_be_given_up(
    opened: School, client: ApiClient, graduate: Graduate
) -> None:
    made = begin(client)
    waiting = submit(client, made).json
    decide(graduate, waiting, Action.RETURN)
    back = client.get(f"{API}/transfers/{made['id']}").json
    assert (back["label"], back["reason"], back["form"]) == ("登记待提交（老师退回）", "地址不完整", HOME)
    gone = press(client, back, "cancel").json
    assert gone["state"] == "cancelled"


def test_another_graduates_transfer_is_not_found(app: Flask, opened: School, client: ApiClient) -> None:
    made = begin(client)
    stranger = api_client(app, builders.make_graduate(opened))
    for foreign in (made["id"], "0" * 20):
        assert stranger.get(f"{API}/transfers/{foreign}").status_code == 404
        body = {"version": 1, "form": HOME}
        assert stranger.put(f"{API}/transfers/{foreign}", json=body).status_code == 404


@pytest.mark.rule("R-WHY-1", "R-TRF-1", http="allowed")
def test_what_a_transfer_will_bring_is_told_before_it_is_begun_submitted_or_given_up(
    opened: School, client: ApiClient, graduate: Graduate
) -> None:
    def told(path: str) -> dict[str, str]:
        read = client.get(f"{API}/{path}")
        assert read.status_code == 200 and read.json["allowed"], read.json
        return {one["code"]: one["text"] for one in read.json["consequences"]}

    assert set(told("functions/archive/consequences")) == {"draft", "apart"}
    made = begin(client)
    of = f"transfers/{made['id']}/consequences?action="
    assert "由学校审核" in told(f"{of}submit")["reviewed"] and "replaces" not in told(f"{of}submit")
    decide(graduate, submit(client, made).json)
    again = begin(client)
    of = f"transfers/{again['id']}/consequences?action="
    assert "档案转寄登记在新的登记审核通过之前一直有效" in told(f"{of}submit")["replaces"]
    assert "继续有效" in told(f"{of}cancel")["kept"]


@pytest.mark.rule("R-WHY-1", http="refused")
def test_a_registration_that_cannot_be_begun_says_so_with_its_consequences(
    opened: School, client: ApiClient, graduate: Graduate
) -> None:
    read = client.get(f"{API}/functions/household/consequences").json
    assert not read["allowed"] and "没有转入学校" in read["refusal"]["message"] and read["consequences"]
    made = begin(client)
    for action in ("start", "take_back", "x"):
        refused(client.get(f"{API}/transfers/{made['id']}/consequences?action={action}"), 422, "invalid")
    stranger = api_client(client.application, builders.make_graduate(opened))
    refused(stranger.get(f"{API}/transfers/{made['id']}/consequences?action=submit"), 404, "not_found")
