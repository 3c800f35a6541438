"""未签就业协议 申请签约 through the API: form, draft, submission, taking back, giving up, upload, link (R-OFF-1…8)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app import settings
from app.api.employers import EmployersAnswer
from app.api.schemas import HomeAnswer
from app.api.verifications import VerificationAnswer
from app.api.written_schemas import WrittenAnswer, WrittenFormAnswer
from app.extensions import db
from app.models import Alert, Document, Placement, School
from app.writing import write
from tests import builders, offline
from tests.app.api.calls import API, button, pass_time, refused
from tests.app.staff import desk
from tests.app.staff.desk import words
from tests.application import AUTUMN, ApiClient, api_client
from tests.builders import Graduate
from tests.notifications.working import work_off
from workflows.agreement_form import BY_NAME, FIELDS
from workflows.case import Actor
from workflows.vocabulary import Action, AgreementKind, Kind, Role, State

OFFLINE = f"{API}/offline-signings"


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


def begin(client: ApiClient, **typed: str) -> dict[str, Any]:
    begun = client.post(OFFLINE, json={"form": offline.FORM | typed})
    assert begun.status_code == 200, begun.json
    return begun.json


def page(client: ApiClient, record: str) -> dict[str, Any]:
    read = client.get(f"{OFFLINE}/{record}")
    assert read.status_code == 200, read.json
    return read.json


def press(client: ApiClient, read: dict[str, Any], step: str, **body: Any) -> Any:
    """Press a button of a page that was read."""
    return client.post(f"{OFFLINE}/{read['id']}/{step}", json=body)


def submit(client: ApiClient, read: dict[str, Any], **more: Any) -> Any:
    ticks = {"version": read["version"], "declaration": read["declaration"]["version"]}
    return press(client, read, "submit", **ticks | more)


def upload(client: ApiClient, read: dict[str, Any], **more: Any) -> Any:
    ticks = {"version": read["version"], "declaration": read["declaration"]["version"]}
    return press(client, read, "upload", **ticks | more)


def cancel(client: ApiClient, read: dict[str, Any], **more: Any) -> Any:
    return press(client, read, "cancel", **{"version": read["version"], "confirmed": True} | more)


# --- the form and the draft -----------------------------------------------------------------------------------------


@pytest.mark.rule("R-OFF-1", http="allowed")
def test_the_form_is_served_as_it_is_to_be_filled_in(client: ApiClient) -> None:
    form = client.get(f"{OFFLINE}/form").json
    schema = form["schema"]
    assert form["start"] == {"allowed": True}
    assert form["hint"].startswith("协议书生成后，需单位盖章、学校审核后才能正式生效。")
    assert [name for part in schema["x-sections"] for name in part["fields"]] == [f.name for f in FIELDS]
    assert set(schema["properties"]) == {f.name for f in FIELDS}
    assert schema["required"] == [f.name for f in FIELDS if f.required] and "contact_email" in schema["required"]
    assert schema["properties"]["supplement"]["maxLength"] == 1000
    choice = schema["properties"]["household_archive"]
    assert [choice["x-titles"][code] for code in choice["enum"]] == [
        "签约单位接收",
        "托管单位接收",
        "上级主管单位接收",
        "不接收",
    ]


@pytest.mark.rule("R-OFF-1", http="allowed")
@pytest.mark.rule("R-SLOT-2")
def test_a_draft_keeps_what_was_typed_right_or_wrong(client: ApiClient) -> None:
    wrong = {"employer_name": "云帆", "credit_code": "123", "contact_mobile": "1990000"}
    draft = client.post(OFFLINE, json={"form": wrong}).json
    assert (draft["state"], draft["label"], draft["form"]) == ("draft", "待提交", wrong)
    assert "统一社会信用代码" in draft["errors"]["credit_code"] and draft["title"] == "云帆"
    kept = client.put(f"{OFFLINE}/{draft['id']}", json={"version": draft["version"], "form": offline.FORM})
    assert kept.json["errors"] == {} and kept.json["position"] == offline.FORM["position"]
    shown = {line["label"]: line["value"] for line in kept.json["content"]}
    assert shown["转正起薪"] == "10000元/月" and shown["违约金"] == "--"


@pytest.mark.rule("R-OFF-1", http="refused")
def test_a_form_that_is_not_right_is_not_handed_in(client: ApiClient) -> None:
    read = begin(
        client, credit_code="911100006000373411", contact_email="", probation_months="13", supplement="字" * 1001
    )
    detail = refused(submit(client, read), 422, "form_incomplete")
    assert set(detail["fields"]) == {"credit_code", "contact_email", "probation_months", "supplement"}
    assert page(client, read["id"])["state"] == "draft"
    empty = client.post(OFFLINE, json={}).json
    missing = refused(submit(client, empty), 422, "form_incomplete")["fields"]
    assert set(missing) == {name for name, f in BY_NAME.items() if f.required}


@pytest.mark.rule("R-OFF-1", http="refused")
def test_an_older_screen_does_not_overwrite_a_newer_one(client: ApiClient) -> None:
    read = begin(client)
    body = {"version": read["version"], "form": offline.FORM | {"position": "测试工程师"}}
    assert client.put(f"{OFFLINE}/{read['id']}", json=body).status_code == 200
    late = client.put(f"{OFFLINE}/{read['id']}", json={"version": read["version"], "form": {}})
    refused(late, 409, "outdated")
    assert page(client, read["id"])["position"] == "测试工程师"


@pytest.mark.rule("R-BTN-2", http="refused")
def test_nothing_is_handed_in_without_the_tick(client: ApiClient) -> None:
    read = begin(client)
    refused(submit(client, read, declaration=None), 422, "declaration_required")
    assert submit(client, read).json["state"] == "agreement_review"


@pytest.mark.rule("R-GRAD-4", http="refused")
def test_a_training_mode_that_may_not_sign_does_not_even_begin(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school(), training_mode="21")
    client = api_client(app, graduate)
    assert client.get(f"{OFFLINE}/form").json["start"]["refusal"]["code"] == "training_mode"
    refused(client.post(OFFLINE, json={"form": offline.FORM}), 403, "training_mode")


@pytest.mark.rule("R-ACC-2", http="refused")
def test_a_foreign_record_is_as_unknown_as_one_that_never_was(app: Flask, client: ApiClient) -> None:
    other = builders.make_graduate(builders.make_school())
    foreign, unknown = offline.make_offline(State.AGREEMENT_APPROVED, other).public_id, "0" * 20
    for record in (foreign, unknown, builders.make_placement(State.INVITED, other).public_id):
        answers = [
            client.get(f"{OFFLINE}/{record}"),
            client.put(f"{OFFLINE}/{record}", json={"version": 1, "form": {}}),
        ]
        read = {"id": record, "version": 1, "declaration": {"version": "1"}}
        answers += [submit(client, read), upload(client, read), cancel(client, read)]
        answers += [press(client, read, "take-back"), press(client, read, "link")]
        answers += [client.get(f"{API}/placements/{record}/verification")]
        assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "not_found")}


# --- the first review -----------------------------------------------------------------------------------------------


@pytest.mark.rule("R-OFF-2", http="allowed")
@pytest.mark.rule("R-PDF-2", http="allowed")
def test_an_approved_text_gets_its_number_and_its_file(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    read = submit(client, begin(client)).json
    assert read["label"] == "就业协议审核中（待学校审核）" and read["agreement_number"] is None
    assert read["documents"]["preview"]["allowed"] and not read["documents"]["agreement"]["allowed"]
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    assert decide(school, read["id"], "approve").status_code == 303
    read = page(client, read["id"])
    assert (read["state"], read["label"]) == ("agreement_approved", "就业协议审核通过")
    assert read["agreement_number"][4] == "2" and len(read["agreement_number"]) == 18
    work_off()
    asked = client.post(f"{API}/placements/{read['id']}/downloads", json={"what": "agreement"})
    assert client.get(asked.json["url"]).data.startswith(b"%PDF")
    told = db.session.query(Alert).filter_by(title="就业协议审核通过").one()
    assert "盖章" in told.body


def _school(graduate: Graduate) -> School:
    school = db.session.get(School, graduate.roll.school_id)
    assert school
    return school


def shut(graduate: Graduate, notice: str = "") -> None:
    """Let the school switch the function off for the cohort."""
    school, cohort = _school(graduate), graduate.roll.cohort
    actor, span = Actor(Role.SCHOOL, 0, school_id=school.id), (AUTUMN - timedelta(days=9), AUTUMN + timedelta(days=90))
    about = (actor, school, Kind.OFFLINE, cohort, False, *span, notice, school.version)
    write(lambda: settings.save_function(*about))


def decide(client: desk.DeskClient, record: str, decision: str, **more: str) -> Any:
    """Decide as a member of the school's staff who has read the page."""
    version = db.session.query(Placement).filter_by(public_id=record).one().version
    db.session.rollback()
    return client.post(f"/staff/review/{record}/{decision}", data={"version": version} | more)


@pytest.mark.rule("R-OFF-2", http="allowed")
@pytest.mark.rule("R-REV-1", http="allowed")
@pytest.mark.rule("R-SCH-3", http="allowed")
def test_a_returned_text_is_edited_and_handed_in_again_whatever_the_season(
    app: Flask, graduate: Graduate, client: ApiClient
) -> None:
    read = submit(client, begin(client)).json
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    assert decide(school, read["id"], "return", return_reason="岗位名称请写全称").status_code == 303
    read = page(client, read["id"])
    assert (read["label"], read["reason"]) == ("协议审核待提交（老师退回）", "岗位名称请写全称")
    shut(graduate)
    form = offline.FORM | {"position": "高级软件工程师"}
    read = client.put(f"{OFFLINE}/{read['id']}", json={"version": read["version"], "form": form}).json
    assert read["state"] == "agreement_returned" and read["printed"]["position"] == "高级软件工程师"
    again = submit(client, read)
    assert again.status_code == 200 and again.json["reason"] is None
    assert "高级软件工程师" in words(school.get(f"/staff/review/{read['id']}"))
    refused(client.post(OFFLINE, json={"form": offline.FORM}), 403, "function_off")


@pytest.mark.rule("R-OFF-2", http="refused")
def test_a_rejected_text_is_void_for_good(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    read = submit(client, begin(client)).json
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    missing = decide(school, read["id"], "reject")
    assert missing.status_code == 422 and "请填写不通过原因" in words(missing)
    assert decide(school, read["id"], "reject", reason="单位不存在").status_code == 303
    read = page(client, read["id"])
    assert (read["state"], read["label"], read["reason"]) == ("void", "就业协议审核不通过", "单位不存在")
    refused(submit(client, read), 409, "wrong_state")
    refused(client.put(f"{OFFLINE}/{read['id']}", json={"version": read["version"], "form": {}}), 409, "wrong_state")
    refused(client.post(f"{API}/placements/{read['id']}/downloads", json={"what": "preview"}), 409, "wrong_state")
    assert submit(client, begin(client)).status_code == 200


@pytest.mark.rule("R-OFF-4", http="refused")
@pytest.mark.rule("R-GRAD-5", http="refused")
def test_there_is_one_number_at_a_time(graduate: Graduate, client: ApiClient) -> None:
    first = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    second = begin(client)
    detail = refused(submit(client, second), 409, "taken")
    assert detail["record"]["id"] == first.public_id
    assert second["notice"].startswith("现在不能提交：您已有一条记录“") and second["slot"]["id"] == first.public_id
    assert db.session.query(Document).count() == 1


@pytest.mark.rule("R-OFF-4", http="allowed")
@pytest.mark.rule("R-SLOT-2", http="allowed")
@pytest.mark.rule("R-CANCEL-1", http="allowed")
def test_once_the_number_is_dead_the_draft_may_be_handed_in(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    first = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    draft = begin(client)
    assert cancel(client, page(client, first.public_id)).json["label"] == "已放弃申请"
    draft = page(client, draft["id"])
    assert "notice" not in draft and submit(client, draft).status_code == 200
    second = offline.approve(graduate, builders.reload(_id(draft["id"])))
    assert second.agreement_number and second.agreement_number != first.agreement_number


def _id(public_id: str) -> int:
    found: int = db.session.query(Placement).filter_by(public_id=public_id).one().id
    return found


@pytest.mark.rule("R-SLOT-2", http="refused")
def test_a_draft_says_why_it_cannot_be_handed_in_and_is_not_lost(graduate: Graduate, client: ApiClient) -> None:
    draft = begin(client)
    builders.make_placement(State.ACCEPTED, graduate)
    card = next(one for one in client.get(f"{API}/home").json["records"] if one["id"] == draft["id"])
    assert card["notice"].startswith("现在不能提交：")
    why = button(card, "submit")["refusal"]
    assert why["code"] == "taken" and why["record"]["kind"] == "online" and "填写内容会一直保留" in why["next"]
    refused(submit(client, draft), 409, "taken")
    body = {"version": draft["version"], "form": offline.FORM | {"position": "架构师"}}
    assert client.put(f"{OFFLINE}/{draft['id']}", json=body).status_code == 200


@pytest.mark.rule("R-ON-7", http="allowed")
@pytest.mark.rule("R-ON-7", http="refused")
def test_an_approved_destination_is_voided_by_the_submission_once_confirmed(
    graduate: Graduate, client: ApiClient
) -> None:
    destination = builders.make_destination(graduate)
    read = begin(client)
    assert read["slot"]["voidable"] is True
    detail = refused(submit(client, read), 409, "void_unconfirmed")
    assert detail["record"]["id"] == destination.public_id and "void_destination" in detail["fields"]
    assert submit(client, read, void_destination=True).json["state"] == "agreement_review"
    assert builders.reload(destination.id).state == State.VOIDED


@pytest.mark.rule("R-OFF-7", http="refused")
@pytest.mark.rule("R-OFF-7", http="allowed")
def test_going_on_offline_with_a_verified_employer_is_confirmed_and_shown(
    app: Flask, graduate: Graduate, client: ApiClient
) -> None:
    employer = builders.make_employer()
    read = begin(client, credit_code=employer.credit_code)
    assert read["warnings"] == [f"“{employer.name}”已在平台认证，可以在线签约；如仍要线下签约，提交时须勾选确认。"]
    detail = refused(submit(client, read), 409, "online_possible")
    assert "online_known" in detail["fields"]
    assert submit(client, read, online_known=True).status_code == 200
    assert builders.reload(_id(read["id"])).online_known
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    assert "该单位已在平台认证，可以在线签约" in words(school.get(f"/staff/review/{read['id']}"))


# --- taking back and giving up --------------------------------------------------------------------------------------


@pytest.mark.rule("R-OFF-3", http="allowed")
def test_both_submissions_can_be_taken_back_until_somebody_has_looked(graduate: Graduate, client: ApiClient) -> None:
    read = submit(client, begin(client)).json
    assert button(read, "take_back")["label"] == "撤回修改"
    back = press(client, read, "take-back").json
    assert (back["state"], back["form"]) == ("draft", offline.FORM)
    assert submit(client, back).status_code == 200
    placement = offline.approve(graduate, builders.reload(_id(read["id"])))
    offline.upload(graduate, placement, offline.holder(placement))
    assert press(client, read, "take-back").json["label"] == "就业协议审核通过"


@pytest.mark.rule("R-OFF-3", http="refused")
@pytest.mark.parametrize("state", [State.AGREEMENT_REVIEW, State.SIGNING_REVIEW])
def test_what_the_department_has_decided_is_not_taken_back(app: Flask, state: State) -> None:
    graduate = builders.make_graduate(builders.make_school(department_review=True))
    placement = offline.decide(graduate, offline.make_offline(state, graduate))
    assert (placement.state, placement.review_step) == (state, "school")
    client = api_client(app, graduate)
    read = page(client, placement.public_id)
    assert [stage["state"] for stage in read["progress"]] == ["done", "waiting"]
    refused(press(client, read, "take-back"), 409, "wrong_state")


@pytest.mark.rule("R-CANCEL-1", http="allowed")
@pytest.mark.parametrize(
    "state", [State.DRAFT, State.AGREEMENT_RETURNED, State.AGREEMENT_APPROVED, State.SIGNING_RETURNED]
)
def test_giving_up_frees_the_slot_and_kills_the_code(app: Flask, graduate: Graduate, state: State) -> None:
    placement = offline.make_offline(state, graduate)
    client = api_client(app, graduate)
    gone = cancel(client, page(client, placement.public_id)).json
    assert gone["label"] == "已放弃申请" and builders.reload(placement.id).live_key is None
    if placement.agreement_number:
        code = db.session.query(Document).filter_by(placement_id=placement.id).one().code
        assert "已作废" in words(desk.browser(app).get(f"/v/{code}"))
    handed_in = state != State.DRAFT
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    assert ("李*" in words(school.get("/staff/review?queue=given_up"))) == handed_in
    assert school.get(f"/staff/placements/{placement.public_id}").status_code == (200 if handed_in else 404)


@pytest.mark.rule("R-CANCEL-1", http="refused")
@pytest.mark.parametrize("state", [State.AGREEMENT_REVIEW, State.SIGNING_REVIEW, State.EFFECTIVE, State.CANCELLED])
def test_what_is_under_review_or_over_is_not_given_up(app: Flask, graduate: Graduate, state: State) -> None:
    client = api_client(app, graduate)
    read = page(client, offline.make_offline(state, graduate).public_id)
    assert not button(read, "cancel")["allowed"]
    refused(cancel(client, read), 409, "wrong_state")


@pytest.mark.rule("R-CANCEL-1", http="refused")
def test_giving_up_is_confirmed(client: ApiClient) -> None:
    read = begin(client)
    for body in ({"confirmed": False}, {"confirmed": None}):
        assert "confirmed" in refused(cancel(client, read, **body), 422, "invalid")["fields"]
    assert page(client, read["id"])["state"] == "draft"


# --- the stamped image ----------------------------------------------------------------------------------------------


@pytest.mark.rule("R-OFF-5", http="allowed")
@pytest.mark.rule("R-OFF-6", http="allowed")
@pytest.mark.rule("R-OFF-8", http="allowed")
def test_the_graduate_uploads_and_the_school_makes_it_effective(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    client = api_client(app, graduate)
    read = page(client, placement.public_id)
    assert read["uploads"]["wanted"][0]["open"] and button(read, "upload")["label"] == "本人回传协议书"
    refused(upload(client, read), 422, "proof_missing")
    file = offline.put_image(placement, graduate.actor)
    assert upload(client, read).json["label"] == "签约审核中（待学校审核）"
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    shown = school.get(f"/staff/review/{placement.public_id}")
    assert f"/staff/files/{file.public_id}/picture" in shown.text and "毕业生本人" in words(shown)
    assert decide(school, placement.public_id, "approve").status_code == 303
    assert page(client, placement.public_id)["label"] == "签约审核通过"


@pytest.mark.rule("R-OFF-6", http="allowed")
def test_a_returned_image_is_uploaded_again(app: Flask, graduate: Graduate) -> None:
    record = offline.make_offline(State.SIGNING_REVIEW, graduate).public_id
    client = api_client(app, graduate)
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    assert decide(school, record, "return", return_reason="公章不清晰").status_code == 303
    read = page(client, record)
    assert (read["state"], read["reason"]) == ("signing_returned", "公章不清晰")
    assert read["uploads"]["wanted"][0]["open"]
    assert upload(client, read).json["state"] == "signing_review"


@pytest.mark.rule("R-OFF-6", http="refused")
def test_a_rejected_image_makes_the_agreement_void(app: Flask, graduate: Graduate) -> None:
    record = offline.make_offline(State.SIGNING_REVIEW, graduate).public_id
    client = api_client(app, graduate)
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    assert decide(school, record, "reject", reason="印章与单位不符").status_code == 303
    read = page(client, record)
    assert read["label"] == "签约审核不通过 (学校审核不通过)"
    refused(upload(client, read), 409, "wrong_state")
    refused(client.post(f"{API}/placements/{read['id']}/downloads", json={"what": "agreement"}), 409, "wrong_state")
    again = decide(school, record, "approve")
    assert again.status_code == 409


@pytest.mark.rule("R-OFF-8", http="refused")
@pytest.mark.parametrize(
    "state", [State.DRAFT, State.AGREEMENT_REVIEW, State.AGREEMENT_RETURNED, State.SIGNING_REVIEW, State.EFFECTIVE]
)
def test_elsewhere_the_graduates_upload_is_refused_with_the_state(app: Flask, graduate: Graduate, state: State) -> None:
    client = api_client(app, graduate)
    read = page(client, offline.make_offline(state, graduate).public_id)
    answer = upload(client, read)
    refused(answer, 409, "wrong_state")
    assert read["label"] in answer.json["message"]
    assert not read["uploads"]["wanted"][0]["open"]


@pytest.mark.rule("R-OFF-5", http="allowed")
@pytest.mark.rule("R-OFF-5", http="refused")
def test_links_go_out_once_a_minute_five_times_an_hour_ten_times_a_day(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    client = api_client(app, graduate)
    read = page(client, placement.public_id)
    assert button(read, "send_link")["label"] == "用人单位协助回传协议书"
    sent = press(client, read, "link")
    assert sent.status_code == 200 and button(sent.json, "send_link")["refusal"]["code"] == "too_soon"
    refused(press(client, read, "link"), 429, "too_soon")
    for count in range(2, 11):
        pass_time(app, timedelta(minutes=61) if count == 6 else timedelta(seconds=61))
        assert press(client, read, "link").status_code == 200, count
        if count == 5:
            pass_time(app, timedelta(seconds=61))
            assert refused(press(client, read, "link"), 429, "too_soon")["until"]
    pass_time(app, timedelta(hours=2))
    refused(press(client, read, "link"), 429, "too_soon")


@pytest.mark.rule("R-OFF-5", http="refused")
def test_the_limit_is_the_numbers_whosever_agreement_it_is_about(app: Flask, graduate: Graduate) -> None:
    first = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    other = builders.make_graduate(builders.make_school())
    second = offline.make_offline(State.AGREEMENT_APPROVED, other)
    assert press(api_client(app, graduate), {"id": first.public_id}, "link").status_code == 200
    refused(press(api_client(app, other), {"id": second.public_id}, "link"), 429, "too_soon")


# --- words and provinces --------------------------------------------------------------------------------------------


@pytest.mark.rule("R-PROV-2", http="allowed")
@pytest.mark.rule("R-LABEL-1", http="allowed")
def test_a_two_party_province_reviews_the_text_and_certifies_the_image(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school("10848", kind=AgreementKind.TWO_PARTY))
    client = api_client(app, graduate)
    read = submit(client, begin(client)).json
    assert read["label"] == "就业协议审核中（待学校审核）"
    school = desk.client(app, Role.SCHOOL, _school(graduate))
    assert "就业协议审核" in words(school.get(f"/staff/review/{read['id']}"))
    placement = offline.approve(graduate, builders.reload(_id(read["id"])))
    assert page(client, read["id"])["label"] == "就业协议审核通过"
    offline.upload(graduate, placement)
    assert page(client, read["id"])["label"] == "签约鉴证中（待学校鉴证）"
    shown = words(school.get(f"/staff/review/{read['id']}"))
    assert "鉴证通过" in shown and "学校就业协议审核通过" in shown
    offline.approve(graduate, builders.reload(placement.id))
    read = page(client, read["id"])
    assert read["label"] == "签约鉴证通过"
    said = [line["text"] for line in read["history"]]
    assert "学校就业协议审核通过" in said and "学校签约鉴证通过" in said


@pytest.mark.rule("R-SCH-3", http="refused")
@pytest.mark.rule("R-WHY-1", http="refused")
def test_a_school_that_does_not_want_it_answers_with_its_own_notice(app: Flask, graduate: Graduate) -> None:
    notice = "我校毕业生三方协议均已发放，无须使用此功能"
    shut(graduate, notice)
    client = api_client(app, graduate)
    refused(client.post(OFFLINE, json={"form": offline.FORM}), 403, "function_off")
    assert client.get(f"{OFFLINE}/form").json["start"]["refusal"]["message"] == notice


@pytest.mark.rule("R-STATE-1")
def test_the_platform_ends_an_effective_agreement_and_nothing_else(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.TERMINATED, graduate)
    read = page(api_client(app, graduate), placement.public_id)
    assert read["label"] == "已解约" and read["documents"]["agreement"]["allowed"]
    assert [line["text"] for line in read["history"]][-1] == "平台记录解约"
    assert Action.TERMINATE.value not in {one["action"] for one in read["actions"]}


@pytest.mark.parametrize("state", [State.DRAFT, State.AGREEMENT_REVIEW, State.SIGNING_RETURNED, State.EFFECTIVE])
def test_what_is_answered_is_what_is_described(app: Flask, graduate: Graduate, state: State) -> None:
    placement = offline.make_offline(state, graduate)
    client = api_client(app, graduate)
    assert WrittenAnswer().validate(page(client, placement.public_id)) == {}
    assert WrittenFormAnswer().validate(client.get(f"{OFFLINE}/form").json) == {}
    seen = client.get(f"{API}/placements/{placement.public_id}/verification")
    assert VerificationAnswer().validate(seen.json) == {}
    assert EmployersAnswer().validate(client.get(f"{API}/employers?query=云帆").json) == {}
    assert HomeAnswer().validate(client.get(f"{API}/home").json) == {}
