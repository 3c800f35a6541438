"""Destinations through HTTP, from the choice of the type to the voiding (R-DEST-1…4, R-GRAD-4, R-SLOT-2, R-STATE-1)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from app.extensions import db
from app.models import History, Outbox, School
from tests import builders
from tests.app.api import destinations as calls
from tests.app.api.calls import API, button, pass_time, refused, travel
from tests.app.api.test_alerts import deliver
from tests.app.staff import desk
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.workflows.catalogue.examples import COMPLETE
from workflows.catalogue.destinations import FORMS
from workflows.vocabulary import AgreementKind, Role, State


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, calls.MAY)
    return builders.make_school()


@pytest.fixture
def graduate(school: School) -> Graduate:
    return builders.make_graduate(school)


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


@pytest.fixture
def office(app: Flask, school: School) -> Any:
    """A browser of the school."""
    return desk.client(app, Role.SCHOOL, school)


def types(client: ApiClient) -> list[str]:
    return [one["label"] for one in client.get(f"{API}/destinations/types").json["types"]]


# --- catalogue ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-DEST-1", "R-GRAD-4", http="allowed")
@pytest.mark.parametrize(
    ("mode", "many", "special"),
    [("1", 14, False), ("3", 14, False), ("5", 14, False), ("22", 15, True), ("42", 15, True)]
    + [("21", 1, True), ("41", 1, True)],
)
def test_training_modes_see_their_types(app: Flask, school: School, mode: str, many: int, special: bool) -> None:
    client = api_client(app, builders.make_graduate(school, training_mode=mode))
    seen = types(client)
    assert (len(seen), "定向/委培毕业去向补充登记" in seen) == (many, special)
    start = client.get(f"{API}/destinations/types").json["start"]
    assert start == {"allowed": True}


@pytest.mark.rule("R-GRAD-4", http="refused")
@pytest.mark.parametrize("mode", ["21", "41"])
def test_who_may_not_sign_registers_the_supplement_and_nothing_else(app: Flask, school: School, mode: str) -> None:
    graduate = builders.make_graduate(school, training_mode=mode)
    client = api_client(app, graduate)
    for name in set(FORMS) - {"commissioned"}:
        assert client.get(f"{API}/destinations/forms/{name}").status_code == 404
        assert "type_code" in refused(calls.start(client, name), 403, "training_mode")["fields"]
    page = calls.submitted(client, graduate, "commissioned")
    assert page["state"] == "review"
    ordinary = api_client(app, builders.make_graduate(school))
    refused(calls.start(ordinary, "commissioned"), 422, "no_such_value")


@pytest.mark.rule("R-DEST-1", http="allowed")
def test_every_form_is_served_and_takes_its_example(client: ApiClient) -> None:
    for name in sorted(set(FORMS) - {"commissioned"}):
        schema = client.get(f"{API}/destinations/forms/{name}").json
        Draft202012Validator(schema["properties"]["values"]).validate(COMPLETE[name])
        page = calls.start(client, name)
        assert page.status_code == 200, (name, page.json)
        assert page.json["errors"] == {}, name
        assert page.json["form"] == calls.typed(name)


@pytest.mark.rule("R-DEST-1", http="refused")
def test_what_is_missing_is_named_and_complete_is_taken(client: ApiClient, graduate: Graduate) -> None:
    """Every type: each required field, then each proof, missing; then all of it there."""
    for name in sorted(set(FORMS) - {"commissioned"}):
        draft = calls.start(client, name).json
        for missing in COMPLETE[name]:
            typed = {k: v for k, v in calls.typed(name).items() if k != missing}
            draft = calls.edit(client, draft, typed)
            label = next(f.label for f in FORMS[name].fields if f.name == missing)
            detail = refused(calls.submit(client, draft), 422, "form_incomplete")
            assert detail["fields"] == {missing: f"请填写{label}。"} == draft["errors"], name
        draft = calls.edit(client, draft, calls.typed(name))
        for proof in FORMS[name].proofs:
            detail = refused(calls.submit(client, draft), 422, "proof_missing")
            assert detail["fields"] == {proof.name: f"请上传{proof.label}（至少 1 份）。"}
            calls.prove(graduate, draft, proof.name)
        taken = calls.submit(client, draft).json
        assert taken["state"] == "review", name
        assert calls.press(client, taken, "take-back").json["state"] == "draft"


@pytest.mark.rule("R-DEST-4", http="refused")
@pytest.mark.parametrize("name", ["other_employment", "research_assistant", "freelance"])
def test_too_little_pay_is_refused(client: ApiClient, graduate: Graduate, name: str) -> None:
    page = calls.start(client, name, region_code="110108", pay_fen="1999").json
    calls.prove(graduate, page)
    said = refused(calls.submit(client, page), 422, "form_incomplete")["fields"]["pay_fen"]
    assert "低于当地最低工资标准" in said


@pytest.mark.rule("R-DEST-4", http="refused")
def test_an_internship_paper_is_no_proof(client: ApiClient, graduate: Graduate) -> None:
    page = calls.start(client, "other_employment", proof_kind="internship").json
    calls.prove(graduate, page)
    assert set(refused(calls.submit(client, page), 422, "form_incomplete")["fields"]) == {"proof_kind"}


# --- drafts ------------------------------------------------------------------------------------------------------


def test_a_draft_keeps_what_was_typed_right_or_wrong(client: ApiClient) -> None:
    page = calls.start(client, "labour_contract", credit_code="123", pay_fen="一万").json
    assert (page["state"], page["label"], page["form"]["pay_fen"]) == ("draft", "待提交", "一万")
    assert set(page["errors"]) == {"credit_code", "pay_fen"}
    typed = calls.typed("postgraduate", major="法学")
    changed = client.put(f"{API}/destinations/{page['id']}", json={"version": page["version"], "form": typed}).json
    assert (changed["type_label"], changed["title"]) == ("升学－研究生", "研究生：示例大学")
    assert changed["form"] == typed
    again = client.put(f"{API}/destinations/{page['id']}", json={"version": page["version"], "form": typed})
    refused(again, 409, "outdated")
    refused(calls.start(client, "no_such_form"), 422, "no_such_value")


@pytest.mark.rule("R-SLOT-2", http="refused")
def test_drafts_block_nothing_and_wait_until_the_slot_is_free(client: ApiClient, graduate: Graduate) -> None:
    first, second = calls.start(client, "postgraduate").json, calls.start(client, "planning_study").json
    calls.prove(graduate, first)
    assert calls.submit(client, first).status_code == 200
    detail = refused(calls.submit(client, second), 409, "taken")
    assert detail["record"]["id"] == first["id"] and "会一直保留" in detail["next"]
    assert button(calls.read(client, second), "submit")["refusal"]["code"] == "taken"
    assert calls.read(client, second)["form"] == calls.typed("planning_study")


@pytest.mark.rule("R-SLOT-2", http="allowed")
def test_a_waiting_draft_is_submitted_once_the_slot_is_free(client: ApiClient, graduate: Graduate) -> None:
    first, second = calls.submitted(client, graduate, "postgraduate"), calls.start(client, "planning_study").json
    back = calls.press(client, first, "take-back")
    assert (back.json["state"], back.json["form"]) == ("draft", calls.typed("postgraduate"))
    assert calls.submit(client, second).json["state"] == "review"


@pytest.mark.rule("R-CANCEL-1")
def test_a_draft_is_given_up_for_good(client: ApiClient, graduate: Graduate) -> None:
    page = calls.start(client, "planning_study").json
    assert calls.press(client, page, "cancel").json["label"] == "已放弃申请"
    refused(calls.submit(client, page), 409, "wrong_state")
    under_review = calls.submitted(client, graduate, "planning_study")
    refused(calls.press(client, under_review, "cancel"), 409, "wrong_state")


def test_nothing_is_submitted_without_the_tick(client: ApiClient) -> None:
    page = calls.start(client, "planning_study").json
    assert "declaration" in refused(calls.submit(client, page, declaration=None), 422, "declaration_required")["fields"]
    refused(calls.submit(client, page, declaration="old"), 422, "declaration_required")


def test_outside_the_window_nothing_starts_but_a_returned_one_goes_on(
    app: Flask, client: ApiClient, graduate: Graduate, office: Any
) -> None:
    page, waiting = calls.submitted(client, graduate, "planning_study"), calls.start(client, "not_seeking").json
    calls.decide(office, page, "return", return_reason="请补充说明")
    pass_time(app, timedelta(days=60))
    client = api_client(app, graduate)
    refused(calls.start(client, "planning_study"), 403, "window_closed")
    refused(calls.submit(client, waiting), 403, "window_closed")
    returned = calls.read(client, page)
    assert (returned["state"], returned["reason"]) == ("returned", "请补充说明")
    assert calls.submit(client, returned).json["state"] == "review"


def test_others_have_no_such_destination(app: Flask, client: ApiClient, school: School) -> None:
    page = calls.start(client, "planning_study").json
    stranger = api_client(app, builders.make_graduate(school))
    unknown = stranger.get(f"{API}/destinations/{'0' * 20}")
    for answer in (stranger.get(f"{API}/destinations/{page['id']}"), calls.press(stranger, page, "cancel")):
        assert (answer.status_code, answer.json) == (404, unknown.json)
    invitation = builders.make_placement(State.INVITED, builders.make_graduate(school))
    assert client.get(f"{API}/destinations/{invitation.public_id}").status_code == 404


# --- review ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-DEST-2", http="allowed")
def test_staff_change_type_and_fields_and_both_sides_see_before_and_after(
    client: ApiClient, graduate: Graduate, office: Any
) -> None:
    page = calls.submitted(client, graduate, "second_bachelor")
    address = f"/staff/destinations/{page['id']}/correct"
    assert "录取学校" in desk.words(office.get(address))
    preview = calls.correct(office, page, "postgraduate", school_name="另一所大学", step="")
    assert preview.status_code == 200 and "另一所大学" in desk.words(preview)
    assert calls.read(client, page)["type_code"] == "second_bachelor", "nothing is saved before old → new is confirmed"
    assert calls.correct(office, page, "postgraduate", school_name="另一所大学").status_code == 303
    seen = calls.read(client, page)
    assert (seen["state"], seen["type_code"], seen["title"]) == ("review", "postgraduate", "研究生：另一所大学")
    changes = [(c["label"], c["old"], c["new"]) for c in seen["corrections"][0]["changes"]]
    assert changes == [
        ("毕业去向类型", "升学－第二学士学位", "升学－研究生"),
        ("录取学校", "示例大学", "另一所大学"),
    ]
    assert seen["corrections"][0]["by"] == "学校"
    shown = desk.words(office.get(f"/staff/destinations/{page['id']}"))
    assert "升学－第二学士学位→升学－研究生" in shown
    assert "destination.corrected" in alerts_of(page)
    assert calls.decide(office, page).status_code == 303
    assert calls.read(client, page)["label"] == "去向审核通过"


def alerts_of(page: dict[str, Any]) -> list[str]:
    placement = calls.placement_of(page)
    rows = db.session.query(Outbox).filter_by(placement_id=placement.id).order_by(Outbox.id)
    return [row.event for row in rows]


@pytest.mark.rule("R-DEST-2", http="refused")
def test_a_correction_keeps_to_the_rules(app: Flask, client: ApiClient, graduate: Graduate, office: Any) -> None:
    page = calls.submitted(client, graduate, "postgraduate")
    same = calls.correct(office, page, "postgraduate")
    empty = calls.correct(office, page, "postgraduate", school_name="")
    mute = calls.correct(office, page, "postgraduate", school_name="另一所大学", reason="")
    foreign = calls.correct(office, page, "commissioned")
    old = calls.correct(office, page, "postgraduate", school_name="另一所大学", version=1)
    assert (same.status_code, empty.status_code, mute.status_code, foreign.status_code) == (422, 422, 422, 422)
    assert "请填写录取学校。" in desk.words(empty)
    assert old.status_code == 409
    assert calls.placement_of(page).version == page["version"]


@pytest.mark.rule("R-GRAD-9")
def test_staff_do_not_turn_a_supplement_into_another_type(app: Flask, school: School, office: Any) -> None:
    graduate = builders.make_graduate(school, training_mode="41")
    page = calls.submitted(api_client(app, graduate), graduate, "commissioned")
    answer = calls.correct(office, page, "postgraduate")
    assert answer.status_code == 403 and "不能改为其他类型" in desk.words(answer)
    assert calls.placement_of(page).type_code == "commissioned"


def test_department_then_school(app: Flask) -> None:
    travel(app, calls.MAY)
    school = builders.make_school(department_review=True)
    department = builders.make_department(school)
    first, second = desk.client(app, Role.DEPARTMENT, school, department), desk.client(app, Role.SCHOOL, school)
    graduate = builders.make_graduate(school, department)
    client = api_client(app, graduate)
    page = calls.submitted(client, graduate, "postgraduate")
    assert page["label"] == "去向审核中（待院系审核）"
    assert calls.decide(second, page).status_code == 409
    assert calls.decide(first, page).status_code == 303
    refused(calls.press(client, calls.read(client, page), "take-back"), 409, "wrong_state")
    assert calls.read(client, page)["label"] == "去向审核中（待学校审核）"
    assert calls.decide(second, page).status_code == 303
    assert calls.read(client, page)["label"] == "去向审核通过"
    assert alerts_of(page)[:2] == ["destination.forwarded", "destination.approved"]


def test_a_rejection_voids_and_frees_the_slot(client: ApiClient, graduate: Graduate, office: Any) -> None:
    page = calls.submitted(client, graduate, "postgraduate")
    assert calls.decide(office, page, "reject").status_code == 422
    assert calls.decide(office, page, "reject", reason="与材料不符").status_code == 303
    seen = calls.read(client, page)
    assert (seen["label"], seen["reason"]) == ("去向审核不通过", "与材料不符")
    assert calls.submitted(client, graduate, "planning_study")["state"] == "review"


@pytest.mark.rule("R-DEST-4", http="allowed")
def test_freelance_work_is_looked_at_by_two_users_of_the_school(
    app: Flask, client: ApiClient, graduate: Graduate, school: School
) -> None:
    first, second = (desk.client(app, Role.SCHOOL, school) for _ in range(2))
    page = calls.submitted(client, graduate, "freelance", region_code="110108", pay_fen="6000")
    assert calls.decide(first, page).status_code == 303
    assert calls.read(client, page)["label"] == "去向审核中（待学校复核）"
    own = calls.decide(first, page)
    assert own.status_code == 403 and "另一位" in desk.words(own)
    assert "freelance" not in desk.words(first.get("/staff/destinations?queue=own"))
    assert calls.decide(second, page).status_code == 303
    assert calls.read(client, page)["label"] == "去向审核通过"


@pytest.mark.rule("R-DEST-1", "R-DEST-2", http="refused")
def test_a_change_to_freelance_work_wants_its_proof_and_the_second_look_too(
    client: ApiClient, graduate: Graduate, office: Any
) -> None:
    page = calls.submitted(client, graduate, "postgraduate")
    assert calls.correct(office, page, "freelance", region_code="110108", pay_fen="6000").status_code == 303
    unproved = calls.decide(office, page)
    assert unproved.status_code == 422 and "要求的材料：本人签字的自由职业说明" in desk.words(unproved)
    calls.prove(graduate, page, "statement")
    assert calls.decide(office, page).status_code == 303
    assert calls.read(client, page)["label"] == "去向审核中（待学校复核）"


# --- voiding -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-DEST-3", http="allowed")
def test_an_approved_destination_is_voided_by_the_graduate_alone(
    app: Flask, client: ApiClient, graduate: Graduate, office: Any
) -> None:
    page = calls.approved(app, client, graduate)
    assert page["void_warning"] == ""
    voided = calls.press(client, page, "void").json
    assert (voided["state"], voided["label"]) == ("voided", "已作废")
    assert "已作废" in desk.words(office.get(f"/staff/destinations/{page['id']}"))
    assert calls.submitted(client, graduate, "planning_study")["state"] == "review"


@pytest.mark.rule("R-DEST-3", http="refused")
def test_outside_the_window_it_is_said_first_that_no_new_one_can_be_registered(
    app: Flask, client: ApiClient, graduate: Graduate
) -> None:
    page = calls.approved(app, client, graduate)
    pass_time(app, timedelta(days=60))
    client = api_client(app, graduate)
    pass_time(app, timedelta(minutes=11))
    refused(calls.press(client, page, "void"), 403, "proof_required")
    client.post(f"{API}/sessions/current/proof", json={"password": builders.PASSWORD})
    told = calls.read(client, page)["void_warning"]
    assert "目前不能登记新的去向" in told
    detail = refused(calls.press(client, page, "void"), 409, "void_unconfirmed")
    assert detail["fields"] == {"void_destination": told}
    assert calls.press(client, page, "void", void_destination=True).json["state"] == "voided"
    refused(calls.press(client, page, "void", void_destination=True), 409, "wrong_state")


def test_every_step_is_on_record_without_anybodys_data(app: Flask, client: ApiClient, graduate: Graduate) -> None:
    page = calls.approved(app, client, graduate)
    placement = calls.placement_of(page)
    rows = db.session.query(History).filter_by(subject_kind="placement", subject_id=placement.id).order_by(History.seq)
    assert [row.action for row in rows] == ["start", "submit", "approve"]
    assert not any("示例大学" in str(row.detail) for row in rows)
    assert [line["text"] for line in page["history"]] == ["毕业生开始填写", "毕业生提交审核", "学校审核通过"]


def test_the_graduate_is_told_what_was_changed_into_what_and_of_every_result(
    client: ApiClient, graduate: Graduate, office: Any
) -> None:
    page = calls.submitted(client, graduate, "postgraduate")
    assert calls.correct(office, page, "postgraduate", school_name="另一所大学", major="法学").status_code == 303
    assert calls.decide(office, page, "return", return_reason="请补充").status_code == 303
    deliver()
    told = {one["topic"]: one["body"] for one in client.get(f"{API}/alerts").json}
    assert "（录取学校：示例大学 → 另一所大学；录取专业：-- → 法学）" in told["destination.corrected"]
    assert "被学校审核退回" in told["destination.returned"]


def test_no_answer_and_no_history_line_lies_about_a_place_in_a_two_party_province(app: Flask) -> None:
    """Destinations always say 审核, whatever the province's agreement is (R-PROV-2)."""
    travel(app, calls.MAY)
    school = builders.make_school("10848", kind=AgreementKind.TWO_PARTY)
    graduate = builders.make_graduate(school)
    client = api_client(app, graduate)
    page = calls.submitted(client, graduate, "planning_study")
    assert page["label"] == "去向审核中（待学校审核）"
    office = desk.client(app, Role.SCHOOL, school)
    shown = desk.words(office.get(f"/staff/destinations/{page['id']}"))
    assert "审核通过" in shown and "鉴证通过" not in shown
