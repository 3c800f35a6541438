"""已签就业协议 登记信息 through HTTP, from the form to the effective registration (R-PAP-1, R-PAP-2, R-STATE-1)."""

from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.models import RollRecord, School
from tests import builders
from tests.app.api import papers
from tests.app.api.calls import API, accept, button, refused, travel
from tests.app.staff import desk
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.vocabulary import Action, PaperState, Role, State


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, papers.MAY)
    return builders.make_school()


@pytest.fixture
def graduate(school: School) -> Graduate:
    return builders.make_graduate(school)


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


def decide(office: desk.DeskClient, page: dict[str, Any], decision: str, reason: str = "") -> Any:
    """Press a reviewer's button on the version in force."""
    typed = {"version": papers.placement_of(page).version, "reason": reason, "return_reason": reason}
    return office.post(f"/staff/review/{page['id']}/{decision}", data=typed)


# --- filling in and submitting --------------------------------------------------------------------------------------


@pytest.mark.rule("R-PAP-1", http="allowed")
def test_a_graduate_registers_a_signed_paper_agreement(client: ApiClient, graduate: Graduate) -> None:
    form = client.get(f"{papers.PAPERS}/form").json
    assert form["title"] == "已签就业协议 登记信息" and form["start"] == {"allowed": True}
    assert set(form["schema"]["properties"]) == set(builders.TYPED)
    page = papers.draft(client, graduate)
    assert (page["state"], page["label"], page["errors"]) == ("draft", "待提交", {})
    assert button(page, "submit") == {"action": "submit", "label": "提交审核", "allowed": True}
    after = papers.submit(client, page)
    assert (after.status_code, after.json["state"]) == (200, "review")
    assert after.json["label"] == "登记审核中（待学校审核）"
    assert after.json["title"] == "示例云帆软件（北京）有限公司"
    home = client.get(f"{API}/home").json
    assert [one["label"] for one in home["records"]] == ["登记审核中（待学校审核）"]


@pytest.mark.rule("R-PAP-1", http="refused")
def test_nothing_is_registered_without_form_image_and_tick(client: ApiClient, graduate: Graduate) -> None:
    page = papers.start(client, employer_name="", credit_code="911100009100000000").json
    detail = refused(papers.submit(client, page), 422, "form_incomplete")
    assert set(detail["fields"]) == {"employer_name", "credit_code"} == set(page["errors"])
    body = {"version": page["version"], "form": builders.TYPED}
    page = client.put(f"{papers.PAPERS}/{page['id']}", json=body).json
    detail = refused(papers.submit(client, page), 422, "proof_missing")
    assert detail["fields"] == {"paper_agreement": "请上传盖章的纸质就业协议书图像（至少 1 份）。"}
    builders.put_file(graduate, papers.placement_of(page), "paper_agreement")
    assert (
        "declaration" in refused(papers.submit(client, page, declaration=None), 422, "declaration_required")["fields"]
    )
    refused(papers.submit(client, page, version=page["version"] - 1), 409, "outdated")
    assert papers.submit(client, page).status_code == 200


def test_a_paper_is_registered_with_letters_that_we_could_not_print(client: ApiClient, graduate: Graduate) -> None:
    """The paper is signed already: what stands on it is registered, whatever fonts there are."""
    assert papers.submitted(client, graduate, employer_name="示例\U00031350单位")["state"] == "review"


@pytest.mark.rule("R-GRAD-4", http="refused")
@pytest.mark.parametrize("mode", ["21", "41"])
def test_who_may_not_sign_registers_no_paper(app: Flask, school: School, mode: str) -> None:
    client = api_client(app, builders.make_graduate(school, training_mode=mode))
    assert client.get(f"{papers.PAPERS}/form").json["start"]["refusal"]["code"] == "training_mode"
    refused(papers.start(client), 403, "training_mode")


@pytest.mark.rule("R-SCH-3", http="refused")
def test_outside_the_window_none_is_begun_or_handed_in_but_a_returned_one_is(
    app: Flask, client: ApiClient, school: School, graduate: Graduate
) -> None:
    page = papers.submitted(client, graduate)
    other = api_client(app, second := builders.make_graduate(school))
    begun = papers.draft(other, second)
    assert decide(desk.client(app, Role.SCHOOL, school), page, "return", "单位名称有误").status_code == 303
    travel(app, papers.MAY.replace(month=7, day=2))
    client, other = api_client(app, graduate), api_client(app, second)
    refused(papers.submit(other, papers.read(other, begun)), 403, "window_closed")
    refused(papers.start(other), 403, "window_closed")
    again = papers.read(client, page)
    assert (again["state"], again["reason"]) == ("returned", "单位名称有误")
    assert papers.submit(client, again).json["state"] == "review"


@pytest.mark.rule("R-GRAD-5", http="refused")
@pytest.mark.rule("R-SLOT-2", http="refused")
def test_a_draft_waits_while_the_slot_is_held(client: ApiClient, graduate: Graduate) -> None:
    page = papers.draft(client, graduate)
    held = builders.make_placement(State.ACCEPTED, graduate)
    blocked = papers.read(client, page)
    assert blocked["slot"]["id"] == held.public_id and not blocked["slot"]["voidable"]
    detail = refused(papers.submit(client, blocked), 409, "taken")
    assert detail["record"]["id"] == held.public_id and detail["next"].startswith("填写内容会一直保留")
    builders.review(graduate, held, Action.REJECT)
    assert papers.submit(client, papers.read(client, page)).status_code == 200


@pytest.mark.rule("R-ON-7", http="allowed")
def test_submitting_voids_an_approved_destination_once_that_is_confirmed(client: ApiClient, graduate: Graduate) -> None:
    destination = builders.make_destination(graduate)
    page = papers.draft(client, graduate)
    assert papers.read(client, page)["slot"]["voidable"]
    assert "void_destination" in refused(papers.submit(client, page), 409, "void_unconfirmed")["fields"]
    assert papers.submit(client, page, void_destination=True).json["state"] == "review"
    assert builders.reload(destination.id).state == State.VOIDED


# --- review ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-PAP-2", "R-STATE-1", http="allowed")
def test_department_and_school_approve_and_it_is_effective_without_a_number(app: Flask) -> None:
    travel(app, papers.MAY)
    school = builders.make_school(department_review=True)
    department = builders.make_department(school)
    graduate = builders.make_graduate(school, department)
    client = api_client(app, graduate)
    office = desk.client(app, Role.DEPARTMENT, school, department)
    page = papers.submitted(client, graduate)
    assert page["label"] == "登记审核中（待院系审核）"
    assert decide(office, page, "approve").status_code == 303
    assert papers.read(client, page)["label"] == "登记审核中（待学校审核）"
    assert decide(desk.client(app, Role.SCHOOL, school), page, "approve").status_code == 303
    after = papers.read(client, page)
    assert (after["state"], after["label"], after["agreement_number"]) == ("effective", "登记审核通过", None)
    assert papers.placement_of(page).live_key == graduate.roll.id
    assert not after["documents"]["agreement"]["allowed"]


@pytest.mark.rule("R-PAP-2", http="allowed")
def test_returned_it_is_edited_and_handed_in_again(app: Flask, client: ApiClient, graduate: Graduate) -> None:
    page = papers.submitted(client, graduate, position="产品经理")
    office = desk.client(app, Role.SCHOOL, db.session.get(School, graduate.roll.school_id))
    assert decide(office, page, "return").status_code == 422
    assert decide(office, page, "return", "职位与协议不符").status_code == 303
    again = papers.read(client, page)
    assert (again["label"], again["reason"]) == ("登记待提交（老师退回）", "职位与协议不符")
    body = {"version": again["version"], "form": builders.TYPED}
    again = client.put(f"{papers.PAPERS}/{page['id']}", json=body).json
    assert again["state"] == "returned"
    assert papers.submit(client, again).json["state"] == "review"
    assert "软件工程师" in desk.words(office.get(f"/staff/review/{page['id']}"))


@pytest.mark.rule("R-PAP-2", "R-STATE-1", http="refused")
def test_rejected_it_is_void_and_only_a_new_one_can_follow(app: Flask, client: ApiClient, graduate: Graduate) -> None:
    page = papers.submitted(client, graduate)
    office = desk.client(app, Role.SCHOOL, db.session.get(School, graduate.roll.school_id))
    assert decide(office, page, "reject", "不是就业协议书").status_code == 303
    void = papers.read(client, page)
    assert (void["state"], void["label"]) == ("void", "登记审核不通过")
    refused(papers.submit(client, void), 409, "wrong_state")
    refused(
        client.put(f"{papers.PAPERS}/{page['id']}", json={"version": void["version"], "form": {}}), 409, "wrong_state"
    )
    refused(papers.press(client, void, "take-back"), 409, "wrong_state")
    refused(papers.press(client, void, "cancel", version=void["version"], confirmed=True), 409, "wrong_state")
    assert decide(office, page, "approve").status_code == 409
    assert papers.submitted(client, graduate)["state"] == "review"


@pytest.mark.rule("R-OFF-3", http="allowed")
def test_until_somebody_has_looked_it_can_be_taken_back(client: ApiClient, graduate: Graduate) -> None:
    page = papers.submitted(client, graduate)
    back = papers.press(client, page, "take-back")
    assert (back.status_code, back.json["state"]) == (200, "draft")
    assert papers.placement_of(page).live_key is None
    assert papers.submit(client, back.json).json["state"] == "review"


@pytest.mark.rule("R-OFF-3", http="refused")
def test_once_the_department_has_decided_it_cannot(app: Flask) -> None:
    travel(app, papers.MAY)
    school = builders.make_school(department_review=True)
    department = builders.make_department(school)
    graduate = builders.make_graduate(school, department)
    client, office = api_client(app, graduate), desk.client(app, Role.DEPARTMENT, school, department)
    page = papers.submitted(client, graduate)
    assert decide(office, page, "approve").status_code == 303
    refused(papers.press(client, page, "take-back"), 409, "wrong_state")
    assert button(papers.read(client, page), "take_back")["refusal"]["message"] == "院系已经审核，不能再撤回修改。"


@pytest.mark.rule("R-CANCEL-1", http="allowed")
def test_a_draft_is_given_up_for_good(client: ApiClient, graduate: Graduate) -> None:
    page = papers.draft(client, graduate)
    gone = papers.press(client, page, "cancel", version=page["version"], confirmed=True)
    assert (gone.json["state"], gone.json["label"]) == ("cancelled", "已放弃申请")
    refused(papers.submit(client, gone.json), 409, "wrong_state")


@pytest.mark.rule("R-CANCEL-1", http="refused")
def test_what_is_under_review_is_not_given_up(client: ApiClient, graduate: Graduate) -> None:
    page = papers.submitted(client, graduate)
    refused(papers.press(client, page, "cancel", version=page["version"], confirmed=True), 409, "wrong_state")


@pytest.mark.rule("R-ACC-2", http="refused")
def test_others_find_neither_page_nor_review(app: Flask, client: ApiClient, school: School, graduate: Graduate) -> None:
    page = papers.submitted(client, graduate)
    stranger = api_client(app, builders.make_graduate(school))
    refused(stranger.get(f"{papers.PAPERS}/{page['id']}"), 404, "not_found")
    refused(papers.press(stranger, page, "take-back"), 404, "not_found")
    refused(client.get(f"{API}/offline-signings/{page['id']}"), 404, "not_found")
    elsewhere = desk.client(app, Role.SCHOOL, builders.make_school("10001"))
    assert elsewhere.get(f"/staff/review/{page['id']}").status_code == 404
    assert decide(elsewhere, page, "approve").status_code == 404


# --- the paper itself (R-SCH-4) -------------------------------------------------------------------------------------


def set_paper(app: Flask, graduate: Graduate, action: str, reason: str = "") -> Any:
    office = desk.client(app, Role.SCHOOL, db.session.get(School, graduate.roll.school_id))
    return office.post(f"/staff/roll/{graduate.roll.public_id}", data={"action": action, "reason": reason})


@pytest.mark.rule("R-SCH-4", http="refused")
def test_a_locked_paper_is_not_registered(app: Flask, client: ApiClient, graduate: Graduate) -> None:
    page = papers.draft(client, graduate)
    assert set_paper(app, graduate, "issue_paper").status_code == 303
    assert papers.submit(client, page, declaration=None).json["code"] == "declaration_required"
    assert set_paper(app, graduate, "lock_paper").status_code == 303
    detail = refused(papers.submit(client, page), 409, "paper_locked")
    assert "重新发放或解除锁定" in detail["next"]
    refused(papers.start(client), 409, "paper_locked")
    assert client.get(f"{papers.PAPERS}/form").json["start"]["refusal"]["code"] == "paper_locked"
    assert set_paper(app, graduate, "unlock_paper", "原单位已解约").status_code == 303
    assert papers.submit(client, page).json["state"] == "review"


@pytest.mark.rule("R-SCH-4", http="allowed")
def test_an_issued_paper_alone_does_not_stand_in_the_way_of_signing_online(
    app: Flask, client: ApiClient, graduate: Graduate
) -> None:
    assert set_paper(app, graduate, "issue_paper").status_code == 303
    invitation = builders.make_invitation(graduate)
    assert accept(client, invitation).json["state"] == "accepted"
    rolls = db.session.query(RollRecord).filter_by(id=graduate.roll.id).populate_existing()
    assert rolls.one().paper_state == PaperState.ISSUED
