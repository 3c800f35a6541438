"""申请解约 as graduates do it: online with the employer, offline with a letter to the school."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import now
from app.models import Placement
from tests import builders, endings
from tests.app.api.calls import API, accept, button, decline, pass_time, refused, travel
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.endings import FORM, make_agreement, make_termination
from workflows.termination import LETTER
from workflows.vocabulary import Kind, Role, State


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


def form_of(client: ApiClient, agreement: Placement) -> dict[str, Any]:
    read = client.get(f"{API}/terminations/new?agreement={agreement.public_id}")
    assert read.status_code == 200, read.json
    return read.json


def begin(client: ApiClient, agreement: Placement, **body: Any) -> Any:
    ticked = {"declaration": form_of(client, agreement)["declaration"]["version"], "form": FORM}
    return client.post(f"{API}/terminations", json={"agreement": agreement.public_id} | ticked | body)


def press(client: ApiClient, termination_id: str, what: str, **body: Any) -> Any:
    read = client.get(f"{API}/terminations/{termination_id}").json
    known = {"accept": ("declaration",), "submit": ("version", "declaration"), "take-back": ("version",)}
    values = {"declaration": read["declaration"]["version"], "version": read["version"]}
    json = {name: values[name] for name in known.get(what, ())} | body
    return client.post(f"{API}/terminations/{termination_id}/{what}", json=json or None)


def card(client: ApiClient, agreement: Placement) -> dict[str, Any]:
    records = client.get(f"{API}/home").json["records"]
    return next(one for one in records if one["id"] == agreement.public_id)


# --- online -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-TO-1", http="allowed")
def test_a_graduate_asks_with_reason_and_explanation(client: ApiClient, graduate: Graduate) -> None:
    agreement = make_agreement(graduate)
    read = form_of(client, agreement)
    assert (read["action"], read["start"], read["letter"]) == ("ask", {"allowed": True}, "")
    assert read["reasons"][0] == {"code": "01", "label": "继续深造"}
    assert len(read["reasons"]) == 7

    asked = begin(client, agreement)
    assert asked.status_code == 200, asked.json
    page = asked.json
    assert (page["state"], page["label"], page["asked_by"]) == ("asked", "解约申请待对方回应", "graduate")
    assert {"label": "解约原因", "value": "继续深造"} in page["content"]
    assert page["history"][0]["text"] == "毕业生申请解约"
    assert button(page, "withdraw")["allowed"]
    assert not button(page, "accept")["allowed"]
    assert [one["id"] for one in client.get(f"{API}/terminations").json] == [page["id"]]


@pytest.mark.rule("R-TO-1", http="refused")
def test_asking_wants_every_field_the_tick_and_a_fresh_proof(app: Flask, client: ApiClient, graduate: Graduate) -> None:
    agreement = make_agreement(graduate)
    detail = refused(begin(client, agreement, form={"reason_code": "99"}), 422, "form_incomplete")
    assert set(detail["fields"]) == {"reason_code", "explanation"}
    refused(begin(client, agreement, declaration=None), 422, "declaration_required")
    pass_time(app, timedelta(minutes=11))
    refused(begin(client, agreement), 403, "proof_required")
    assert client.get(f"{API}/terminations").json == []


@pytest.mark.rule("R-TO-4", http="refused")
@pytest.mark.rule("R-WHY-1", http="refused")
def test_a_second_request_is_refused_and_names_the_first(client: ApiClient, graduate: Graduate) -> None:
    agreement = make_agreement(graduate)
    first = begin(client, agreement).json
    detail = refused(begin(client, agreement), 409, "already_open")
    assert (detail["record"]["id"], detail["record"]["label"]) == (first["id"], "解约申请待对方回应")
    shown = button(card(client, agreement), "ask")
    assert (shown["label"], shown["allowed"]) == ("申请解约", False)
    assert shown["refusal"]["record"]["id"] == first["id"]
    refused(press(client, first["id"], "accept"), 403, "not_allowed")


@pytest.mark.rule("R-TO-4", http="allowed")
def test_the_asker_withdraws_and_the_agreement_stays_effective_meanwhile(client: ApiClient, graduate: Graduate) -> None:
    agreement = make_agreement(graduate)
    first = begin(client, agreement).json
    assert card(client, agreement)["label"] == "签约审核通过"
    withdrawn = press(client, first["id"], "withdraw")
    assert withdrawn.json["label"] == "已撤回解约申请"
    assert begin(client, agreement).status_code == 200
    refused(press(client, first["id"], "withdraw"), 409, "wrong_state")


@pytest.mark.rule("R-TO-4", http="refused")
def test_only_an_effective_agreement_can_be_ended(client: ApiClient, graduate: Graduate) -> None:
    placement = builders.make_placement(State.ACCEPTED, graduate)
    assert form_of(client, placement)["start"]["refusal"]["code"] == "wrong_state"
    detail = refused(begin(client, placement), 409, "wrong_state")
    assert detail["record"]["id"] == placement.public_id
    assert "ask" not in {one["action"] for one in card(client, placement)["actions"]}


@pytest.mark.rule("R-TO-2", http="allowed")
@pytest.mark.rule("R-TO-1", http="allowed")
def test_a_graduate_accepts_what_the_employer_asks_and_the_school_ends_it(
    client: ApiClient, graduate: Graduate
) -> None:
    asked = make_termination(State.ASKED, graduate, asked_by=Role.EMPLOYER)
    accepted = press(client, asked.public_id, "accept")
    assert (accepted.json["state"], accepted.json["label"]) == ("review", "解约审核中（待学校审核）")
    assert endings.approve(graduate, endings.reload(asked.id)).state == State.DONE
    page = client.get(f"{API}/terminations/{asked.public_id}").json
    assert (page["label"], page["agreement"]["label"]) == ("解约审核通过", "已解约")
    assert [line["text"] for line in page["history"]] == [
        "用人单位申请解约",
        "毕业生同意解约，提交审核",
        "学校审核通过",
    ]


@pytest.mark.rule("R-TO-1", http="allowed")
def test_a_graduate_declines_and_the_employer_may_ask_again(client: ApiClient, graduate: Graduate) -> None:
    asked = make_termination(State.ASKED, graduate, asked_by=Role.EMPLOYER)
    declined = press(client, asked.public_id, "decline", reason="尚未协商一致")
    assert (declined.json["label"], declined.json["reason"]) == ("对方已拒绝 解约失败", "尚未协商一致")
    again = endings.begin(graduate, builders.reload(asked.placement_id), Role.EMPLOYER)
    assert again.state == State.ASKED


@pytest.mark.rule("R-TO-1", http="refused")
def test_a_long_reason_of_a_refusal_and_a_stale_acceptance_are_refused(
    app: Flask, client: ApiClient, graduate: Graduate
) -> None:
    asked = make_termination(State.ASKED, graduate, asked_by=Role.EMPLOYER)
    refused(press(client, asked.public_id, "decline", reason="长" * 201), 422, "reason_too_long")
    pass_time(app, timedelta(minutes=11))
    refused(press(client, asked.public_id, "accept"), 403, "proof_required")


@pytest.mark.rule("R-TO-2", http="refused")
def test_a_rejected_ending_leaves_the_agreement_and_may_be_asked_again(client: ApiClient, graduate: Graduate) -> None:
    rejected = make_termination(State.REVIEW_REJECTED, graduate)
    page = client.get(f"{API}/terminations/{rejected.public_id}").json
    assert (page["label"], page["reason"]) == ("解约审核不通过 解约失败", "测试")
    agreement = builders.reload(rejected.placement_id)
    assert card(client, agreement)["label"] == "签约审核通过"
    refused(press(client, rejected.public_id, "accept"), 409, "wrong_state")
    assert begin(client, agreement).status_code == 200


@pytest.mark.rule("R-GRAD-8", http="allowed")
@pytest.mark.rule("R-ON-3", http="allowed")
def test_after_an_ending_one_may_sign_again_and_other_invitations_open_again(
    client: ApiClient, graduate: Graduate
) -> None:
    agreement = make_agreement(graduate)
    other = builders.make_invitation(graduate)
    lapsing = builders.make_invitation(graduate, deadline_at=now() + timedelta(hours=2))
    read = client.get(f"{API}/invitations/{other.public_id}").json
    assert "原则上只限一次" in read["once_notice"]["text"]
    refused(accept(client, other), 409, "taken")
    make_termination(State.DONE, graduate, agreement)
    pass_time(client.application, timedelta(hours=3))
    client.token = api_client(client.application, graduate).token  # a fresh proof
    refused(decline(client, lapsing), 409, "expired")
    assert accept(client, other).status_code == 200


@pytest.mark.rule("R-GRAD-8", http="refused")
def test_while_an_ending_is_open_nothing_else_can_be_signed(client: ApiClient, graduate: Graduate) -> None:
    agreement = make_agreement(graduate)
    other = builders.make_invitation(graduate)
    make_termination(State.REVIEW, graduate, agreement)
    detail = refused(accept(client, other), 409, "taken")
    assert detail["record"]["id"] == agreement.public_id


@pytest.mark.rule("R-TO-3", http="allowed")
def test_a_forced_ending_is_marked_for_the_graduate(client: ApiClient, graduate: Graduate) -> None:
    forced = make_termination(State.FORCED, graduate)
    page = client.get(f"{API}/terminations/{forced.public_id}").json
    assert (page["label"], page["mark"], page["reason"]) == ("强制解约", "强制解约", endings.REASON)
    shown = card(client, builders.reload(forced.placement_id))
    assert (shown["label"], shown["mark"]) == ("已解约", "强制解约")


@pytest.mark.rule("R-ACC-2", http="refused")
def test_foreign_requests_and_agreements_are_unknown(app: Flask, client: ApiClient, graduate: Graduate) -> None:
    foreign = make_termination()
    for path in (f"/terminations/{foreign.public_id}", "/terminations/0123456789abcdef0123", "/terminations/x"):
        refused(client.get(API + path), 404, "not_found")
    agreement = builders.reload(foreign.placement_id)
    refused(client.get(f"{API}/terminations/new?agreement={agreement.public_id}"), 404, "not_found")
    body = {"agreement": agreement.public_id, "form": FORM}
    refused(client.post(f"{API}/terminations", json=body), 404, "not_found")
    destination = builders.make_destination(graduate)
    refused(client.get(f"{API}/terminations/new?agreement={destination.public_id}"), 404, "not_found")


# --- offline and paper --------------------------------------------------------------------------------------------

written = pytest.mark.parametrize("kind", [Kind.OFFLINE, Kind.PAPER])


@pytest.mark.rule("R-TOFF-1", http="allowed")
@written
def test_a_draft_is_kept_edited_and_handed_in_with_its_letter(
    client: ApiClient, graduate: Graduate, kind: Kind
) -> None:
    agreement = make_agreement(graduate, kind)
    read = form_of(client, agreement)
    assert (read["action"], read["letter"]) == ("start", "解约函")
    draft = begin(client, agreement, form={"reason_code": "99"}).json
    assert (draft["state"], draft["form"]) == ("draft", {"reason_code": "99"})
    kept = client.put(f"{API}/terminations/{draft['id']}", json={"version": draft["version"], "form": FORM})
    assert (kept.json["form"], kept.json["version"]) == (FORM, draft["version"] + 1)
    row = client.get(f"{API}/files?subject=termination&record={draft['id']}").json
    assert [(one["purpose"], one["open"]) for one in row["wanted"]] == [("termination_letter", True)]
    put_letter(draft["id"])
    submitted = press(client, draft["id"], "submit")
    assert (submitted.json["state"], submitted.json["label"]) == ("review", "解约审核中（待学校审核）")
    assert {"label": "解约说明", "value": FORM["explanation"]} in submitted.json["content"]
    assert card(client, agreement)["state"] == "effective"


def put_letter(public_id: str, state: str = "accepted") -> None:
    row = builders.db.session.execute(
        builders.select(endings.Termination).where(endings.Termination.public_id == public_id)
    ).scalar_one()
    endings.put_file(row, LETTER.purpose, state)


@pytest.mark.rule("R-TOFF-1", http="refused")
@written
def test_without_form_letter_or_proof_nothing_is_handed_in(
    app: Flask, client: ApiClient, graduate: Graduate, kind: Kind
) -> None:
    draft = begin(client, make_agreement(graduate, kind), form={}).json
    detail = refused(press(client, draft["id"], "submit"), 422, "form_incomplete")
    assert set(detail["fields"]) == {"reason_code", "explanation"}
    client.put(f"{API}/terminations/{draft['id']}", json={"version": draft["version"], "form": FORM})
    refused(press(client, draft["id"], "submit"), 422, "proof_missing")
    put_letter(draft["id"], "waiting")
    refused(press(client, draft["id"], "submit"), 409, "file_checking")
    detail = refused(press(client, draft["id"], "submit", version=1), 409, "outdated")
    assert detail["next"]


@pytest.mark.rule("R-TOFF-4", http="allowed")
def test_a_returned_request_is_edited_handed_in_again_or_given_up(client: ApiClient, graduate: Graduate) -> None:
    returned = make_termination(State.RETURNED, graduate, kind=Kind.OFFLINE)
    agreement = builders.reload(returned.placement_id)
    assert agreement.state == State.EFFECTIVE
    page = client.get(f"{API}/terminations/{returned.public_id}").json
    assert (page["label"], page["reason"]) == ("解约申请待提交（老师退回）", "测试")
    again = press(client, returned.public_id, "submit")
    assert (again.json["state"], again.json["reason"]) == ("review", None)
    back = press(client, returned.public_id, "take-back")
    assert back.json["state"] == "draft"
    gone = press(client, returned.public_id, "withdraw")
    assert gone.json["label"] == "已撤回解约申请"
    assert begin(client, agreement).status_code == 200


@pytest.mark.rule("R-TOFF-4", http="refused")
def test_one_request_is_open_and_one_under_review_is_not_withdrawn(client: ApiClient, graduate: Graduate) -> None:
    waiting = make_termination(State.REVIEW, graduate, kind=Kind.PAPER)
    detail = refused(begin(client, builders.reload(waiting.placement_id)), 409, "already_open")
    assert detail["record"]["id"] == waiting.public_id
    refused(press(client, waiting.public_id, "withdraw"), 409, "wrong_state")
    edit = {"version": waiting.version, "form": FORM}
    refused(client.put(f"{API}/terminations/{waiting.public_id}", json=edit), 409, "wrong_state")
    refused(press(client, waiting.public_id, "accept"), 403, "not_allowed")


@pytest.mark.rule("R-OFF-3")
def test_what_the_department_has_decided_is_not_taken_back(app: Flask) -> None:
    school = builders.make_school(department_review=True)
    graduate = builders.make_graduate(school)
    builders.make_staff(
        Role.DEPARTMENT, school, builders.db.session.get(builders.Department, graduate.roll.department_id)
    )
    waiting = make_termination(State.REVIEW, graduate, kind=Kind.OFFLINE)
    assert waiting.review_step == "department"
    endings.approve(graduate, waiting)
    client = api_client(app, graduate)
    refused(press(client, waiting.public_id, "take-back"), 409, "wrong_state")


@pytest.mark.rule("R-TOFF-2", http="allowed")
@written
def test_an_approved_letter_ends_the_agreement(client: ApiClient, graduate: Graduate, kind: Kind) -> None:
    done = make_termination(State.DONE, graduate, kind=kind)
    page = client.get(f"{API}/terminations/{done.public_id}").json
    assert (page["label"], page["agreement"]["label"]) == ("解约审核通过", "已解约")
    assert "张经理" not in str(page)


@pytest.mark.rule("R-COH-1", http="allowed")
def test_an_agreement_of_a_past_cohort_may_still_be_ended(app: Flask, graduate: Graduate) -> None:
    agreement = make_agreement(graduate)
    travel(app, datetime(2027, 12, 1, 2, tzinfo=UTC))
    client = api_client(app, graduate)
    assert not client.get(f"{API}/home").json["record"]["current"]
    assert begin(client, agreement).status_code == 200
