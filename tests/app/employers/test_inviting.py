"""发起签约邀请: what is sent is what was previewed, the deadline, what stands in the way, one invitation at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import settings, snapshots
from app.extensions import db
from app.models import Alert, Employer, Outbox, School
from app.writing import write
from tests import builders
from tests.app.api.calls import pass_time, travel
from tests.app.employers import portal
from tests.app.employers.conftest import AUTUMN
from tests.app.staff.desk import DeskClient
from tests.builders import Graduate
from workflows.calendar import BEIJING
from workflows.case import Actor
from workflows.vocabulary import Kind, Role, State


def address(graduate: Graduate) -> str:
    return f"{portal.findings(graduate.roll.public_id)}/invite"


def typed(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%dT%H:%M}"


@pytest.mark.rule("R-ON-1", http="allowed")
def test_the_form_comes_prefilled_and_what_is_confirmed_is_what_is_stored(
    desk: DeskClient, employer: Employer, graduate: Graduate
) -> None:
    portal.find(desk, graduate)
    form = desk.get(address(graduate))
    assert form.status_code == 200
    for value in (employer.name, employer.credit_code, "19900001111", "hr@example.com", "2026-11-28T10:00"):
        assert f'value="{value}"' in form.text
    assert '<option selected value="110108">海淀区</option>' in form.text

    before = portal.rows()
    preview = portal.send(desk, address(graduate), step="preview")
    assert preview.status_code == 200 and portal.rows() == before
    shown = portal.words(preview)
    assert all(
        text in shown for text in ("北京市海淀区示例大街1号A座5层", "10000.50元/月", "2026年11月28日18:00", "李*")
    )

    placement = portal.invitation(portal.send(desk, address(graduate)))
    assert (placement.state, placement.employer_id) == (State.INVITED, employer.id)
    assert placement.deadline_at == datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
    terms = snapshots.terms_at(db.session.connection(), placement)
    assert terms == {
        "employer_name": employer.name,
        "credit_code": employer.credit_code,
        "employer_kind": "39",
        "industry": "34",
        "region_code": "110108",
        "address": "示例大街1号A座5层",
        "position_category": "13",
        "position": "软件工程师",
        "contact_name": "演示甲",
        "contact_mobile": "19900001111",
        "contact_phone": "010-62510000",
        "contact_email": "hr@example.com",
        "household_archive": "employer",
        "probation_months": 3,
        "probation_pay_fen": 800000,
        "pay_fen": 1000050,
        "penalty_fen": None,
        "report_place": None,
        "report_by": "2027-07-15",
        "work_place": "北京市海淀区",
        "supplement": "甲方提供集体宿舍。",
    }
    assert db.session.execute(select(Outbox.event)).scalars().all() == ["invitation.sent"]


@pytest.mark.rule("R-ON-1", http="refused")
def test_name_and_credit_code_are_the_verified_ones_whatever_is_sent(
    desk: DeskClient, employer: Employer, graduate: Graduate
) -> None:
    forged = {"employer_name": "别家单位有限公司", "credit_code": "91110000600037341L"}
    placement = portal.invitation(portal.invite(desk, graduate, **forged))
    terms = snapshots.terms_at(db.session.connection(), placement)
    assert (terms["employer_name"], terms["credit_code"]) == (employer.name, employer.credit_code)
    assert placement.title == employer.name


def test_nothing_is_sent_before_the_tick_and_going_back_keeps_what_was_typed(
    desk: DeskClient, graduate: Graduate
) -> None:
    portal.find(desk, graduate)
    before = portal.rows()
    unticked = portal.send(desk, address(graduate), confirmed="")
    assert unticked.status_code == 422 and "请核对以上内容，并勾选" in portal.words(unticked)
    back = portal.send(desk, address(graduate), step="edit", position="", supplement="第一行\r\n<第二行>")
    assert back.status_code == 200 and "第一行\r\n&lt;第二行&gt;" in back.text.replace("&#13;", "\r")
    assert portal.rows() == before


@pytest.mark.rule("R-ON-1", http="allowed")
@pytest.mark.parametrize("ahead", [timedelta(hours=1, minutes=1), timedelta(days=30)])
def test_the_deadline_may_be_an_hour_to_thirty_days_ahead(
    desk: DeskClient, graduate: Graduate, ahead: timedelta
) -> None:
    placement = portal.invitation(portal.invite(desk, graduate, deadline_at=typed(AUTUMN + ahead)))
    assert placement.deadline_at == AUTUMN + ahead


@pytest.mark.rule("R-ON-1", http="refused")
@pytest.mark.parametrize(
    "wrong",
    [
        typed(AUTUMN + timedelta(minutes=59)),
        typed(AUTUMN - timedelta(days=1)),
        typed(AUTUMN + timedelta(days=30, minutes=2)),
        "",
        "明天",
        "2026-11-28",
        "2026-13-28T18:00",
        "2026-11-28T18:00Z",
        "2026-11-28T18:00+08:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "２０２６-11-28T18:00",
        "2026-11-28T18:00\0",
        "20991231T1800",
        "x" * 5000,
    ],
)
def test_other_deadlines_are_refused_beside_their_field(desk: DeskClient, graduate: Graduate, wrong: str) -> None:
    portal.find(desk, graduate)
    before = portal.rows()
    answer = portal.send(desk, address(graduate), deadline_at=wrong)
    assert answer.status_code == 422 and "应约截止时间" in portal.said(answer, "deadline_at")
    assert portal.rows() == before


@pytest.mark.rule("R-ON-1", "R-SCH-3", http="refused")
def test_the_deadline_never_lies_after_the_window(app: Flask, desk: DeskClient, graduate: Graduate) -> None:
    travel(app, datetime(2027, 8, 25, 2, 0, tzinfo=UTC))
    desk = portal.client(app, builders.make_employer())
    portal.find(desk, graduate)
    form = desk.get(address(graduate))
    assert 'value="2027-09-01T00:00"' in form.text
    late = portal.send(desk, address(graduate), deadline_at="2027-09-01T00:01")
    assert late.status_code == 422 and "不晚于2027年9月1日 00:00" in portal.said(late, "deadline_at")
    assert portal.send(desk, address(graduate), deadline_at="2027-09-01T00:00").status_code == 303


@pytest.mark.rule("R-ON-4", http="refused")
def test_sent_twice_it_is_one_invitation_and_the_second_answer_shows_it(desk: DeskClient, graduate: Graduate) -> None:
    placement = portal.invitation(portal.invite(desk, graduate))
    before = portal.rows()
    again = portal.send(desk, address(graduate))
    assert again.status_code == 409 and "不能重复邀请" in portal.words(again)
    assert f"/employer/invitations/{placement.public_id}" in again.text and "查看该邀请" in again.text
    assert portal.rows() == before
    asked = desk.get(address(graduate))
    assert asked.status_code == 200 and "不能重复邀请" in portal.words(asked)


@pytest.mark.rule("R-ON-4", http="allowed")
def test_after_declined_or_expired_it_may_invite_again(app: Flask, desk: DeskClient, employer: Employer) -> None:
    school = builders.make_school()
    declined = builders.make_graduate(school)
    builders.make_placement(State.DECLINED, declined, employer=employer)
    assert portal.invite(desk, declined).status_code == 303
    lapsing = builders.make_graduate(school)
    portal.invitation(portal.invite(desk, lapsing, deadline_at=typed(AUTUMN + timedelta(hours=2))))
    pass_time(app, timedelta(hours=2))
    assert portal.invite(desk, lapsing).status_code == 303  # whether or not any job ran


@pytest.mark.rule("R-ON-4", http="refused")
def test_after_its_own_withdrawal_only_past_the_old_deadline(app: Flask, desk: DeskClient, graduate: Graduate) -> None:
    placement = portal.invitation(portal.invite(desk, graduate, deadline_at=typed(AUTUMN + timedelta(hours=3))))
    assert desk.post(f"/employer/invitations/{placement.public_id}/withdraw").status_code == 303
    refused = portal.invite(desk, graduate)
    assert refused.status_code == 409 and "贵单位撤回过对该毕业生的邀请" in portal.words(refused)
    pass_time(app, timedelta(hours=3))
    assert portal.invite(desk, graduate).status_code == 303


@pytest.mark.rule("R-GRAD-5", http="allowed")
def test_a_graduate_who_has_signed_can_still_be_invited(desk: DeskClient, graduate: Graduate) -> None:
    signed = builders.make_placement(State.ACCEPTED, graduate)
    sent = portal.invitation(portal.invite(desk, graduate))
    assert (signed.live_key, sent.live_key) == (graduate.roll.id, None)


@pytest.mark.rule("R-GRAD-5", http="refused")
def test_an_invitation_never_holds_the_slot(app: Flask, desk: DeskClient, graduate: Graduate) -> None:
    first = portal.invitation(portal.invite(desk, graduate))
    other = portal.client(app, builders.make_employer())
    second = portal.invitation(portal.invite(other, graduate))
    assert (first.live_key, second.live_key) == (None, None)
    accepted = builders.accept(graduate, first)
    assert accepted.live_key == graduate.roll.id
    assert portal.send(desk, address(graduate)).status_code == 409  # its own is under review


@pytest.mark.rule("R-GRAD-4", http="refused")
@pytest.mark.parametrize(("mode", "word"), [("21", "定向（不可网签）"), ("41", "委培（不可网签）")])
def test_who_may_not_sign_is_found_but_the_sending_is_refused(
    desk: DeskClient, school: School, mode: str, word: str
) -> None:
    graduate = builders.make_graduate(school, training_mode=mode)
    portal.find(desk, graduate)
    before = portal.rows()
    answer = portal.send(desk, address(graduate))
    assert answer.status_code == 403 and word in portal.words(answer)
    assert portal.rows() == before


@pytest.mark.rule("R-GRAD-4", http="allowed")
@pytest.mark.parametrize("mode", ["1", "22", "3", "42", "5"])
def test_all_others_may_be_invited(desk: DeskClient, school: School, mode: str) -> None:
    assert portal.invite(desk, builders.make_graduate(school, training_mode=mode)).status_code == 303


def refusal(desk: DeskClient, graduate: Graduate) -> tuple[int, str]:
    portal.find(desk, graduate)
    before = portal.rows()
    answer = portal.send(desk, address(graduate))
    assert portal.rows() == before
    return answer.status_code, portal.words(answer)


@pytest.mark.rule("R-PROV-1", "R-SCH-1", http="refused")
def test_a_closed_province_and_an_unfinished_school_are_named(desk: DeskClient) -> None:
    closed = builders.make_graduate(builders.make_school("10055", kind=None, complete=False))
    status, told = refusal(desk, closed)
    assert status == 403 and "学校所在省份尚未开启" in told and "请等待省级就业部门开启" in told
    unfinished = builders.make_graduate(builders.make_school("10001", complete=False))
    status, told = refusal(desk, unfinished)
    assert status == 403 and "学校尚未完成签约设置" in told and "请联系学校就业部门" in told


@pytest.mark.rule("R-PROV-1", "R-SCH-1", "R-SCH-3", "R-COH-1", http="allowed")
def test_once_everything_is_open_the_invitation_goes_out(desk: DeskClient, graduate: Graduate) -> None:
    assert portal.invite(desk, graduate).status_code == 303


@pytest.mark.rule("R-SCH-3", http="refused")
def test_outside_the_window_the_schools_notice_is_the_answer(app: Flask, desk: DeskClient, school: School) -> None:
    graduate = builders.make_graduate(school)
    actor, opens, closes = Actor(Role.SCHOOL, 0, school_id=school.id), AUTUMN, AUTUMN + timedelta(days=1)
    notice = "我校毕业生三方协议均已发放，无须使用此功能"
    asked = (actor, school, Kind.ONLINE, 2027)
    write(lambda: settings.save_function(*asked, False, opens, closes, notice, school.version))
    status, told = refusal(desk, graduate)
    assert status == 403 and notice in told
    seen = db.session.get_one(School, school.id).version
    write(lambda: settings.save_function(*asked, True, closes, closes + timedelta(1), "", seen))
    status, told = refusal(desk, graduate)
    assert status == 403 and "“网签”将于2026年11月22日10:00开放" in told


@pytest.mark.rule("R-COH-1", http="refused")
def test_a_cohort_that_has_passed_meanwhile_starts_nothing(app: Flask, graduate: Graduate) -> None:
    travel(app, datetime(2027, 8, 31, 15, 50, tzinfo=UTC))
    desk = portal.client(app, builders.make_employer())
    portal.find(desk, graduate)
    pass_time(app, timedelta(minutes=20))  # into September
    answer = portal.send(desk, address(graduate), deadline_at="2027-09-05T00:00")
    assert answer.status_code == 403 and "2027届不是当前应届（2028届）" in portal.words(answer)


@pytest.mark.rule("R-ON-1", http="refused")
def test_an_employer_that_lost_its_verification_cannot_send(
    desk: DeskClient, employer: Employer, graduate: Graduate
) -> None:
    portal.find(desk, graduate)
    db.session.get(Employer, employer.id).state = "pending"
    db.session.commit()
    before = portal.rows()
    answer = portal.send(desk, address(graduate))
    assert answer.status_code == 403 and "尚未通过实名认证" in portal.words(answer)
    assert portal.rows() == before


@pytest.mark.rule("R-WHY-1", http="allowed")
def test_every_refusal_says_what_to_do_next(desk: DeskClient, graduate: Graduate) -> None:
    placement = portal.invitation(portal.invite(desk, graduate))
    told: Any = portal.words(portal.send(desk, address(graduate)))
    assert "贵单位已向该毕业生发出过邀请（待毕业生回应）" in told  # the record in the way
    assert "如需更改内容，请修改原邀请。" in told  # what to do next
    page = portal.words(desk.get(f"/employer/invitations/{placement.public_id}"))
    assert "修改邀请" in page and "撤回邀请" in page
    assert db.session.execute(select(Alert.id)).all() == []
