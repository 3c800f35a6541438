"""接受 and 拒绝: deadlines, ticks, versions, the one slot, destinations that give way."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import actions, texts
from app.clock import now
from app.extensions import db
from app.models import History, LegalText, Placement, RollRecord
from app.snapshots import terms_at
from app.writing import write
from tests import builders
from tests.app.api.calls import API, accept, button, decline, page, pass_time, refused, statements, ticked
from tests.application import ApiClient, api_client
from tests.builders import TERMS, Graduate
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Role, State

STATEMENTS_OF_ACCEPT = 15  # session, idempotency 2, what is asked for, lock, facts 3, roll, six writes


def correct(placement: Placement, **changed: Any) -> Placement:
    """Correct an invitation as its employer does."""
    deadline = changed.pop("deadline_at", None)
    user = Actor(Role.EMPLOYER, 1, employer_id=placement.employer_id)
    terms = TERMS | {"employer_name": placement.title} | changed
    request = Request(version=placement.version, deadline_at=deadline)
    write(lambda: actions.step(placement.id, placement.roll_record_id, Action.CORRECT, user, request, terms))
    return builders.reload(placement.id)


def last_step(placement: Placement) -> Any:
    steps = select(History).where(History.subject_kind == "placement", History.subject_id == placement.id)
    return db.session.execute(steps.order_by(History.seq.desc()).limit(1)).scalar_one()


# --- the deadline -------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-ON-2", http="allowed")
def test_before_the_deadline_one_accepts_or_declines(app: Flask, graduate: Graduate) -> None:
    one, other = (builders.make_invitation(graduate, deadline_at=now() + timedelta(hours=2)) for _ in range(2))
    pass_time(app, timedelta(hours=2, seconds=-30))
    client = api_client(app, graduate)
    declined = decline(client, other, {"reason": "已有其他意向"})
    assert (declined.status_code, declined.json["label"]) == (200, "学生已拒绝签约 签约失败")
    assert page(client, other)["reason"] == "已有其他意向"
    assert accept(client, one).json["label"] == "签约审核中（待学校审核）"
    pass_time(app, timedelta(days=3))
    assert page(client, one)["state"] == "accepted"


@pytest.mark.rule("R-ON-2", http="refused")
def test_at_the_deadline_it_is_expired_though_no_job_ran(app: Flask, graduate: Graduate) -> None:
    placement = builders.make_invitation(graduate, deadline_at=now() + timedelta(hours=2))
    pass_time(app, timedelta(hours=2))
    client = api_client(app, graduate)
    read = page(client, placement)
    assert (read["state"], read["label"]) == ("expired", "签约邀请逾期未回应 签约失败")
    assert button(read, "accept")["refusal"]["code"] == "expired"
    assert client.get(f"{API}/home").json["invitations"] == []
    answer = accept(client, placement, ticked(read))
    refused(answer, 409, "expired")
    assert "2026年11月21日" in answer.json["message"]
    refused(decline(client, placement), 409, "expired")
    assert builders.reload(placement.id).state == "invited"  # nothing has recorded it yet


# --- what is ticked -----------------------------------------------------------------------------------------------


@pytest.mark.rule("R-BTN-2", http="allowed")
def test_the_tick_is_kept_with_version_and_time(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    read = page(client, placement)
    assert read["declaration"]["title"] == "数据真实无误"
    assert accept(client, placement).status_code == 200
    step = last_step(placement)
    assert step.detail["accepted"]["declaration"] == read["declaration"]["version"]
    assert step.at.isoformat().startswith("2026-11-21T02:00")


@pytest.mark.rule("R-BTN-2", http="refused")
@pytest.mark.parametrize("ticked_version", [None, "2020-1"])
def test_without_the_current_tick_nothing_is_accepted(
    graduate: Graduate, client: ApiClient, ticked_version: str | None
) -> None:
    placement = builders.make_invitation(graduate)
    detail = refused(
        accept(client, placement, ticked(page(client, placement)) | {"declaration": ticked_version}),
        422,
        "declaration_required",
    )
    assert "数据真实无误" in detail["fields"]["declaration"]
    assert builders.reload(placement.id).state == "invited"


@pytest.fixture
def bound(app: Flask, autumn: Any) -> Graduate:
    """A graduate whose school shows the notice that acceptance binds at once."""
    return builders.make_graduate(builders.make_school(binding_notice=True))


@pytest.mark.rule("R-ON-6", http="allowed")
def test_the_binding_notice_is_shown_ticked_and_kept(app: Flask, bound: Graduate) -> None:
    client, placement = api_client(app, bound), builders.make_invitation(bound)
    notice = page(client, placement)["binding_notice"]
    assert "签约效力即生效" in notice["text"]
    accepted = accept(client, placement)
    assert (accepted.status_code, accepted.json["label"]) == (200, "签约审核中（待学校审核）")
    assert last_step(placement).detail["accepted"]["notice"] == notice["version"]


@pytest.mark.rule("R-ON-6", http="refused")
def test_the_binding_notice_cannot_be_skipped(app: Flask, bound: Graduate) -> None:
    client, placement = api_client(app, bound), builders.make_invitation(bound)
    body = ticked(page(client, placement))
    for notice in (None, "2020-1"):
        detail = refused(accept(client, placement, body | {"notice": notice}), 422, "notice_required")
        assert set(detail["fields"]) == {"notice"}


def test_a_school_without_the_notice_asks_for_none(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    assert page(client, placement)["binding_notice"] is None
    assert accept(client, placement).status_code == 200


# --- what was read ------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-INV-1", http="refused")
def test_an_outdated_version_is_refused_with_old_and_new(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    read = page(client, placement)
    later = placement.deadline_at + timedelta(days=1)
    changed = {"pay_fen": 950050, "household_archive": "none", "region_code": "310115", "work_place": None}
    changed |= {"probation_months": 6, "credit_code": placement_code(placement), "deadline_at": later}
    correct(placement, **changed)
    detail = refused(accept(client, placement, ticked(read)), 409, "outdated")
    found = {one["field"]: (one["label"], one["old"], one["new"]) for one in detail["changes"]}
    assert found == {
        "region_code": ("通讯地址（省市区）", "北京市海淀区", "上海市浦东新区"),
        "household_archive": ("单位是否解决户档", "签约单位接收", "不接收"),
        "probation_months": ("试用期", "3个月", "6个月"),
        "pay_fen": ("转正起薪", "10000元/月", "9500.50元/月"),
        "work_place": ("实际工作地点", "北京市海淀区", "--"),
        "deadline_at": ("应约截止时间", "2026年11月28日 10:00", "2026年11月29日 10:00"),
    }
    assert builders.reload(placement.id).state == "invited"
    assert accept(client, placement).status_code == 200


def placement_code(placement: Placement) -> str:
    code: str = terms_at(db.session.connection(), placement)["credit_code"]
    return code


def test_several_corrections_are_told_from_what_was_read(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    code = placement_code(placement)
    first = correct(placement, credit_code=code, position="测试工程师")
    correct(first, credit_code=code, position="运维工程师")
    for version, old in ((1, "软件工程师"), (2, "测试工程师")):
        detail = refused(accept(client, placement, {"version": version, "declaration": "2026-1"}), 409, "outdated")
        assert [(one["old"], one["new"]) for one in detail["changes"]] == [(old, "运维工程师")]


def test_a_version_that_never_was_changes_nothing(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    detail = refused(accept(client, placement, {"version": 2**31 - 1, "declaration": "2026-1"}), 409, "outdated")
    assert detail["changes"] == []


def test_a_decline_takes_a_reason_of_200_characters(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    detail = refused(decline(client, placement, {"reason": "长" * 201}), 422, "reason_too_long")
    assert "200" in detail["fields"]["reason"]
    assert decline(client, placement, {"reason": "长" * 200}).status_code == 200


# --- the one slot -------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-GRAD-5", http="allowed")
def test_taking_the_slot_is_one_step(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    assert accept(client, placement).status_code == 200
    assert builders.reload(placement.id).live_key == graduate.roll.id


@pytest.mark.rule("R-GRAD-5", "R-ON-7", http="refused")
@pytest.mark.parametrize("state", [State.REVIEW, State.RETURNED])
def test_a_destination_under_review_blocks(graduate: Graduate, client: ApiClient, state: State) -> None:
    destination = builders.make_destination(graduate, state)
    placement = builders.make_invitation(graduate)
    read = page(client, placement)
    assert read["slot"]["id"] == destination.public_id and read["slot"]["voidable"] is False
    assert button(read, "accept")["refusal"]["record"]["id"] == destination.public_id
    detail = refused(accept(client, placement, ticked(read, void_destination=True)), 409, "taken")
    assert detail["record"]["title"] == "自由职业" and detail["next"]
    assert builders.reload(destination.id).state == state


@pytest.mark.rule("R-ON-7", http="allowed")
def test_an_approved_destination_gives_way_once_confirmed(graduate: Graduate, client: ApiClient) -> None:
    destination = builders.make_destination(graduate)
    placement = builders.make_invitation(graduate)
    read = page(client, placement)
    assert read["slot"]["voidable"] is True
    unconfirmed = accept(client, placement, ticked(read, void_destination=False))
    assert refused(unconfirmed, 409, "void_unconfirmed")["record"]["id"] == destination.public_id
    assert builders.reload(destination.id).state == State.APPROVED
    assert accept(client, placement).status_code == 200
    assert builders.reload(destination.id).state == State.VOIDED
    labels = {card["kind"]: card["label"] for card in client.get(f"{API}/home").json["records"]}
    assert labels == {"online": "签约审核中（待学校审核）", "destination": "已作废"}


# --- what it costs ------------------------------------------------------------------------------------------------


def test_an_acceptance_sends_no_needless_statement(graduate: Graduate, client: ApiClient, record_property: Any) -> None:
    placement = builders.make_invitation(graduate)
    body = ticked(page(client, placement))
    with statements() as sent:
        assert accept(client, placement, body).status_code == 200
    record_property("statements", len(sent))
    for number, statement in enumerate(sent, 1):
        print(number, " ".join(statement.split())[:100])
    assert len(sent) == STATEMENTS_OF_ACCEPT


@pytest.mark.rule("R-INV-1", http="refused")
def test_new_clauses_have_to_be_read_before_accepting(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    body = ticked(page(client, placement))
    old = texts.current("clauses.three_party")
    assert old is not None
    newer = LegalText(kind=old.kind, version="2027-1", body=old.body, sha256="f" * 64, published_at=now())
    db.session.add(newer)
    db.session.commit()

    refused(accept(client, placement, body), 409, "outdated")
    assert accept(client, placement, ticked(page(client, placement))).status_code == 200

    accepted = last_step(placement).detail
    assert accepted["accepted"]["version"] == 1 and accepted["accepted"]["clauses"] == "2027-1"
    assert accepted["accepted"]["sha256"]["clauses"] == "f" * 64 and accepted["terms_digest"]
    assert len(accepted["accepted"]["sha256"]["declaration"]) == 64


def test_a_record_with_what_no_font_can_print_cannot_be_accepted(
    app: Flask, graduate: Graduate, client: ApiClient
) -> None:
    placement = builders.make_invitation(graduate)
    db.session.execute(update(RollRecord).where(RollRecord.id == graduate.roll.id).values(major="石油\U000f1234工程"))
    db.session.commit()
    answer = accept(client, placement, ticked(page(client, placement)))
    refused(answer, 409, "unprintable")
    assert "\U000f1234" in answer.json["message"]
    assert builders.reload(placement.id).state == State.INVITED


def test_a_correction_renames_the_invitation(app: Flask, graduate: Graduate) -> None:
    placement = builders.make_invitation(graduate)
    assert correct(placement, employer_name="更名之后的单位有限公司").title == "更名之后的单位有限公司"
