"""The invitation's page: everything that will be printed, nobody else's, and its history in words."""

from typing import Any

import pytest
from flask import Flask

from app import actions, settings, snapshots
from app.extensions import db
from app.models import School
from app.writing import write
from tests import builders
from tests.app.api.calls import API, accept, button, decline, page, refused
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Role, State

EMPLOYER_FIELDS = [
    "单位名称",
    "统一社会信用代码",
    "单位性质",
    "单位行业",
    "通讯地址",
    "单位联系人",
    "联系人手机",
    "联系人电话",
    "联系人邮箱",
]


def values(listed: list[dict[str, str]]) -> dict[str, str]:
    return {one["label"]: one["value"] for one in listed}


@pytest.mark.rule("R-ON-8", http="allowed")
def test_the_page_shows_all_fields_and_dashes_for_empty_ones(graduate: Graduate, client: ApiClient) -> None:
    optional = dict.fromkeys(("contact_phone", "contact_email", "pay_fen", "work_place", "supplement"))
    placement = builders.make_invitation(graduate, **optional)
    read = page(client, placement)
    employer, job = values(read["employer"]), values(read["job"])
    assert list(employer) == EMPLOYER_FIELDS
    assert employer["单位名称"] == placement.title
    assert employer["通讯地址"] == "北京市海淀区示例大街1号A座5层"
    assert (employer["联系人电话"], employer["联系人邮箱"]) == ("--", "--")
    assert (job["转正起薪"], job["实际工作地点"], read["supplement"]) == ("--", "--", "--")
    assert (job["试用期"], job["试用起薪"], job["报到期限"]) == ("3个月", "8000元/月", "2027-07-15")
    student = values(read["student"]["fields"])
    assert (student["姓名"], student["身份证号"], student["手机号码"]) == ("李明", graduate.id_number, graduate.phone)
    assert len(read["clauses"]["articles"]) > 5
    assert read["documents"]["preview"] == {"allowed": True}


@pytest.mark.rule("R-ON-8", http="refused")
def test_the_agreement_waits_for_the_last_review(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    refusal = page(client, placement)["documents"]["agreement"]["refusal"]
    assert refusal["code"] == "wrong_state" and refusal["next"]
    assert page(client, placement)["agreement_number"] is None
    asked = client.post(f"{API}/placements/{placement.public_id}/downloads", json={"what": "agreement"})
    refused(asked, 409, "wrong_state")


@pytest.mark.rule("R-ON-5", http="allowed")
def test_after_approval_the_agreement_can_be_had(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    read = page(client, placement)
    assert (read["state"], read["label"]) == ("effective", "签约审核通过")
    assert read["documents"] == {"preview": {"allowed": True}, "agreement": {"allowed": True}}
    assert read["agreement_number"] == placement.agreement_number


@pytest.mark.rule("R-ON-5", http="refused")
def test_a_rejected_signing_shows_its_reason_and_nothing_to_do(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_placement(State.REVIEW_REJECTED, graduate)
    read = page(client, placement)
    assert (read["reason"], read["label"]) == ("测试", "签约审核不通过 (学校审核不通过)")
    assert [one["allowed"] for one in read["actions"]] == [False, False]
    assert {name: one["allowed"] for name, one in read["documents"].items()} == {"preview": False, "agreement": False}
    body = {"version": read["version"], "declaration": read["declaration"]["version"]}
    refused(accept(client, placement, body), 409, "wrong_state")


@pytest.mark.rule("R-INV-1", http="allowed")
def test_what_was_accepted_stays_what_it_was(graduate: Graduate, school: School, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    before = page(client, placement)
    assert accept(client, placement).status_code == 200
    school = db.session.merge(school)
    raw = {"contact": "新老师", "phone": "010-89730000", "address": "新地址", "postcode": "102200"}
    actor = Actor(Role.SCHOOL, 0, school_id=school.id)
    write(lambda: settings.save_school(actor, school, raw, False, False, school.version))
    after = page(client, placement)
    printed = ("employer", "student", "school", "job", "supplement", "clauses", "agreement")
    assert {name: after[name] for name in printed} == {name: before[name] for name in printed}
    placement = builders.reload(placement.id)
    stored = snapshots.stored(db.session.connection(), placement)
    assert stored is not None and stored["school"]["contact"] == "王老师"


def test_the_history_tells_who_did_what_without_names(app: Flask, autumn: Any) -> None:
    school = builders.make_school(department_review=True)
    department = builders.make_department(school)
    builders.make_staff(Role.DEPARTMENT, school, department)
    graduate = builders.make_graduate(school, department)
    client = api_client(app, graduate)
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    texts = [line["text"] for line in page(client, placement)["history"]]
    assert texts == ["用人单位发起签约邀请", "毕业生接受邀请，提交审核", "院系审核通过", "学校审核通过"]


def test_a_platform_withdrawal_tells_its_cause(app: Flask, school: School) -> None:
    graduate = builders.make_graduate(school, training_mode="22")
    client = api_client(app, graduate)
    placement = builders.make_invitation(graduate)
    actor = Actor(Role.SCHOOL, 0, school_id=school.id)
    request = Request(value="21", reason="测试")
    write(lambda: actions.roll_step(graduate.roll.id, Action.SET_TRAINING_MODE, actor, request))
    assert page(client, placement)["history"][-1]["text"] == "平台撤回邀请（因网签资格调整）"


def test_the_list_has_all_online_placements_the_newest_first(graduate: Graduate, client: ApiClient) -> None:
    states = (State.DECLINED, State.REVIEW_REJECTED, State.EFFECTIVE)
    made = [builders.make_placement(state, graduate) for state in states]
    builders.make_invitation(graduate)
    listed = client.get(f"{API}/invitations").json
    assert [card["state"] for card in listed] == ["invited", "effective", "review_rejected", "declined"]
    assert [card["id"] for card in listed[1:]] == [placement.public_id for placement in reversed(made)]
    assert client.get(f"{API}/invitations?record={graduate.roll.public_id}").json == listed


def test_a_destination_is_a_record_not_an_invitation(graduate: Graduate, client: ApiClient) -> None:
    destination = builders.make_destination(graduate)
    assert client.get(f"{API}/invitations").json == []
    refused(client.get(f"{API}/invitations/{destination.public_id}"), 404, "not_found")
    (card,) = client.get(f"{API}/home").json["records"]
    assert (card["kind"], card["label"]) == ("destination", "去向审核通过")
    reasons = {one["action"]: one["refusal"]["code"] for one in card["actions"] if not one["allowed"]}
    assert reasons["submit"] == reasons["take_back"] == "wrong_state"
    assert [one["action"] for one in card["actions"] if one["allowed"]] == ["void"]


@pytest.mark.rule("R-ON-3", http="refused")
def test_after_one_acceptance_the_others_can_only_be_read(graduate: Graduate, client: ApiClient) -> None:
    one, other = builders.make_invitation(graduate), builders.make_invitation(graduate)
    accept(client, one)
    read = page(client, other)
    assert [button(read, action)["refusal"]["code"] for action in ("accept", "decline")] == ["taken", "taken"]
    refused(accept(client, other), 409, "taken")
    refused(decline(client, other), 409, "taken")
    later = builders.make_invitation(graduate)
    assert page(client, later)["state"] == "invited"
    refused(accept(client, later), 409, "taken")


@pytest.mark.rule("R-ON-3", http="allowed")
def test_a_rejected_signing_gives_the_others_back(graduate: Graduate, client: ApiClient) -> None:
    one, other = builders.make_invitation(graduate), builders.make_invitation(graduate)
    accept(client, one)
    builders.review(graduate, builders.reload(one.id), Action.REJECT)
    assert button(page(client, other), "accept")["allowed"] is True
    assert accept(client, other).status_code == 200
