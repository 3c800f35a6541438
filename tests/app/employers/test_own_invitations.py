"""我的邀请: list, filters and pages; correcting and withdrawing; the inbox; nothing of anybody else's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import snapshots
from app.extensions import db
from app.models import Alert, Delivery, Employer, Outbox, Placement, School
from tests import builders
from tests.app.api.calls import pass_time
from tests.app.employers import portal
from tests.app.employers.conftest import AUTUMN
from tests.app.staff.desk import DeskClient, statements
from tests.builders import Graduate
from workflows.vocabulary import State


@pytest.fixture
def placement(graduate: Graduate, employer: Employer) -> Placement:
    return builders.make_placement(State.INVITED, graduate, employer=employer, deadline_at=AUTUMN + timedelta(days=7))


def page(placement: Placement, action: str = "") -> str:
    return f"/employer/invitations/{placement.public_id}{action and '/' + action}"


def correct(desk: DeskClient, placement: Placement, **overrides: str) -> Any:
    """Send the correction that a person would: the form as it was prefilled, with changes."""
    typed = portal.FORM | {
        "address": "示例大街1号A座5层",
        "contact_phone": "",
        "pay_fen": "10000",
        "version": str(placement.version),
        "deadline_at": "2026-11-28T10:00",
        "step": "confirm",
    }
    return desk.post(page(placement, "correct"), data=typed | overrides)


@pytest.mark.rule("R-INV-1", http="allowed")
def test_a_correction_is_shown_old_to_new_confirmed_and_told(desk: DeskClient, placement: Placement) -> None:
    form = desk.get(page(placement, "correct"))
    assert 'value="10000"' in form.text and 'name="version" type="hidden" value="1"' in form.text
    before = portal.rows()
    shown = correct(desk, placement, pay_fen="12000.5", step="preview")
    assert shown.status_code == 200 and portal.rows() == before
    assert "转正起薪10000元/月→12000.50元/月" in portal.words(shown)

    assert correct(desk, placement, pay_fen="12000.5", deadline_at="2026-11-29T10:00").status_code == 303
    stored = builders.reload(placement.id)
    assert (stored.state, stored.version, stored.terms_version) == (State.INVITED, 2, 2)
    assert stored.deadline_at == AUTUMN + timedelta(days=8)
    assert snapshots.terms_at(db.session.connection(), stored)["pay_fen"] == 1200050
    assert "invitation.corrected" in db.session.execute(select(Outbox.event)).scalars().all()
    told = portal.words(desk.get(page(placement)))
    assert "第2版" in told and "转正起薪10000元/月→12000.50元/月" in told
    assert "应约截止时间2026年11月28日10:00→2026年11月29日10:00" in told


@pytest.mark.rule("R-INV-1", http="refused")
def test_the_deadline_cannot_move_earlier(desk: DeskClient, placement: Placement) -> None:
    before = portal.rows()
    earlier = correct(desk, placement, deadline_at="2026-11-28T09:59")
    assert earlier.status_code == 422
    assert portal.said(earlier, "deadline_at") == "应约截止时间不能提前（原为2026年11月28日 10:00）。"
    later = correct(desk, placement, deadline_at="2026-12-21T10:02")
    assert later.status_code == 422 and "不晚于2026年12月21日" in portal.said(later, "deadline_at")
    assert portal.rows() == before


@pytest.mark.rule("R-INV-1", http="refused")
def test_a_correction_is_of_the_version_that_was_read(desk: DeskClient, placement: Placement) -> None:
    assert correct(desk, placement, pay_fen="12000").status_code == 303
    before = portal.rows()
    for version in ("1", "", "x", "９", "1" * 30, "-2"):
        outdated = correct(desk, placement, pay_fen="13000", version=version)
        assert outdated.status_code == 409 and "内容在您查看之后有更新" in portal.words(outdated)
    assert portal.rows() == before


def test_a_correction_that_changes_nothing_is_not_sent(desk: DeskClient, placement: Placement) -> None:
    before = portal.rows()
    same = correct(desk, placement)
    assert same.status_code == 422 and "没有变化" in portal.words(same)
    wrong = correct(desk, placement, contact_mobile="1")
    assert wrong.status_code == 422 and portal.said(wrong, "contact_mobile")
    back = correct(desk, placement, contact_mobile="1", step="edit")
    assert back.status_code == 200 and portal.rows() == before


def test_a_deadline_with_seconds_that_is_left_alone_stays(desk: DeskClient, graduate: Graduate) -> None:
    exact = AUTUMN + timedelta(days=7, seconds=42)
    placement = portal.invitation(portal.invite(desk, graduate))
    db.session.get(Placement, placement.id).deadline_at = exact
    db.session.commit()
    assert correct(desk, placement, pay_fen="12000", contact_phone="010-62510000").status_code == 303
    assert builders.reload(placement.id).deadline_at == exact


@pytest.mark.rule("R-INV-1", http="allowed")
def test_an_invitation_can_be_withdrawn_before_it_is_answered(desk: DeskClient, placement: Placement) -> None:
    asked = desk.get(page(placement, "withdraw"))
    assert "也不能再次邀请该毕业生" in portal.words(asked)
    assert desk.post(page(placement, "withdraw")).status_code == 303
    stored = builders.reload(placement.id)
    assert (stored.state, stored.withdrawn_by) == (State.WITHDRAWN, "employer")
    assert "单位已撤回邀请" in portal.words(desk.get(page(placement)))


@pytest.mark.rule("R-INV-1", "R-ON-3", http="refused")
@pytest.mark.parametrize("state", [State.DECLINED, State.ACCEPTED, State.EFFECTIVE, State.WITHDRAWN])
def test_after_the_answer_nothing_is_corrected_or_withdrawn(
    desk: DeskClient, graduate: Graduate, employer: Employer, state: State
) -> None:
    placement = builders.make_placement(state, graduate, employer=employer)
    before = portal.rows()
    answers = [correct(desk, placement, pay_fen="12000"), desk.post(page(placement, "withdraw"))]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("该记录当前状态为" in portal.words(answer) for answer in answers)
    shown = desk.get(page(placement))
    assert 'aria-describedby="why-correct"' in shown.text and 'aria-describedby="why-withdraw"' in shown.text
    assert ("重新查找该毕业生" in shown.text) is (state in (State.DECLINED, State.WITHDRAWN))
    assert page(placement, "correct") not in shown.text and page(placement, "withdraw") not in shown.text
    assert portal.rows() == before


@pytest.mark.rule("R-ON-2", "R-WHY-1", http="refused")
def test_past_its_deadline_it_is_expired_everywhere_at_once(
    app: Flask, desk: DeskClient, placement: Placement, employer: Employer
) -> None:
    pass_time(app, timedelta(days=7))
    desk = portal.client(app, employer)
    before = portal.rows()
    label = "签约邀请逾期未回应签约失败"
    assert label in portal.words(desk.get(page(placement)))
    assert page(placement) in desk.get("/employer/invitations?state=expired").text
    assert page(placement) not in desk.get("/employer/invitations?state=invited").text
    assert "1" + label in portal.words(desk.get("/employer/"))
    for answer in (correct(desk, placement, pay_fen="12000"), desk.post(page(placement, "withdraw"))):
        assert answer.status_code == 409 and "已过应约截止时间（截止时间：2026年11月28日10:00）" in portal.words(answer)
    assert portal.rows() == before


@pytest.mark.rule("R-LABEL-1", http="allowed")
@pytest.mark.parametrize(
    ("state", "label", "named"),
    [
        (State.INVITED, "待毕业生回应", False),
        (State.DECLINED, "学生已拒绝签约 签约失败", False),
        (State.WITHDRAWN, "单位已撤回邀请", False),
        (State.ACCEPTED, "签约审核中（待学校审核）", True),
        (State.EFFECTIVE, "签约审核通过", True),
        (State.REVIEW_REJECTED, "签约审核不通过 (学校审核不通过)", True),
    ],
)
def test_the_name_is_masked_until_the_acceptance(
    desk: DeskClient, employer: Employer, school: School, state: State, label: str, named: bool
) -> None:
    graduate = builders.make_graduate(school, name="欧阳䶮")
    placement = builders.make_placement(state, graduate, employer=employer)
    for answer in (desk.get(page(placement)), desk.get("/employer/invitations")):
        told = portal.words(answer)
        assert ("欧阳䶮" in told) is named and ("欧*" in told) is not named
        assert label.replace(" ", "") in told
        assert graduate.id_number not in told and graduate.phone not in told


@pytest.mark.rule("R-ON-5", http="allowed")
def test_the_agreement_can_be_downloaded_once_it_is_effective(desk: DeskClient, employer: Employer) -> None:
    school = builders.make_school()
    effective = builders.make_placement(State.EFFECTIVE, builders.make_graduate(school), employer=employer)
    accepted = builders.make_placement(State.ACCEPTED, builders.make_graduate(school), employer=employer)
    assert page(effective, "agreement.pdf") in desk.get(page(effective)).text
    waiting = desk.get(page(accepted))
    assert page(accepted, "agreement.pdf") not in waiting.text
    assert "签约审核通过后才能下载就业协议书。" in portal.words(waiting)


@pytest.mark.rule("R-ACC-2", http="refused")
def test_invitations_of_others_are_not_found(app: Flask, placement: Placement) -> None:
    other = portal.client(app, builders.make_employer())
    before = portal.rows()
    for foreign in (page(placement), "/employer/invitations/00000000000000000000", "/employer/invitations/x%00"):
        assert other.get(foreign).status_code == 404
        for action in ("correct", "withdraw"):
            assert other.get(f"{foreign}/{action}").status_code == 404
            assert other.post(f"{foreign}/{action}", data=portal.FORM).status_code == 404
    assert page(placement) not in other.get("/employer/invitations").text
    assert other.get(f"/employer/invitations?after={placement.public_id}").status_code == 404
    assert portal.rows() == before


@pytest.mark.rule("R-ACC-2", http="allowed")
def test_the_list_is_cut_at_a_row_and_costs_the_same_whatever_its_length(
    desk: DeskClient, employer: Employer, school: School
) -> None:
    made = [builders.make_placement(State.INVITED, builders.make_graduate(school), employer=employer) for _ in range(3)]
    with statements() as few:
        desk.get("/employer/invitations")
    made += [
        builders.make_placement(State.INVITED, builders.make_graduate(school), employer=employer) for _ in range(20)
    ]
    with statements() as many:
        first = desk.get("/employer/invitations").text
    assert len(few) == len(many)
    newest = [placement.public_id for placement in reversed(made)]
    assert [i for i in newest if i in first.replace("after=", "")][:20] == newest[:20]
    builders.make_placement(State.INVITED, builders.make_graduate(school), employer=employer)  # pushes no row twice
    second = desk.get(f"/employer/invitations?after={newest[19]}").text
    assert all(page(placement) in second for placement in made[:3]) and page(made[3]) not in second
    back = desk.get(f"/employer/invitations?before={newest[20]}").text
    assert page(made[3]) in back and page(made[2]) not in back


def test_searching_never_tells_a_masked_name(desk: DeskClient, employer: Employer, school: School) -> None:
    waiting = builders.make_placement(State.INVITED, builders.make_graduate(school, name="张三丰"), employer=employer)
    signed = builders.make_placement(State.EFFECTIVE, builders.make_graduate(school, name="张无忌"), employer=employer)
    number = signed.agreement_number
    expected = {
        "张三丰": {waiting},
        "张无忌": {waiting, signed},
        "张": {waiting, signed},
        "无忌": {signed},
        "三丰": set(),
        "石油大学": {waiting, signed},
        number: {signed},
        "%": set(),
        "_": set(),
        "\0张": {waiting, signed},
    }
    for typed, found in expected.items():
        text = desk.get("/employer/invitations", query_string={"q": typed}).text
        assert {p for p in (waiting, signed) if page(p) in text} == found, typed


# --- 消息 --------------------------------------------------------------------------------------------------------


def alert(employer: Employer, placement: Placement, title: str, kind: str = "employer") -> Alert:
    """Put an alert into the inbox as the worker does."""
    outbox = db.session.execute(select(Outbox.id).limit(1)).scalar_one()
    reader = {"recipient_kind": kind, "recipient_id": employer.id}
    delivery = Delivery(outbox_id=outbox, channel=title[-10:], state="sent", created_at=AUTUMN, **reader)
    db.session.add(delivery)
    db.session.flush()
    about = {"topic": "invitation.declined", "title": title, "body": "示例正文", "placement_id": placement.id}
    row = Alert(delivery_id=delivery.id, created_at=datetime(2026, 11, 20, tzinfo=UTC), **about, **reader)
    db.session.add(row)
    db.session.commit()
    return row


@pytest.mark.rule("R-MSG-1")
def test_the_inbox_counts_what_is_unread_and_leads_to_the_invitation(
    desk: DeskClient, employer: Employer, placement: Placement
) -> None:
    first, second = alert(employer, placement, "提醒一"), alert(employer, placement, "提醒二")
    shown = portal.words(desk.get("/employer/inbox"))
    assert "消息2条未读" in shown and shown.index("提醒二") < shown.index("提醒一")
    assert desk.post(f"/employer/inbox/{first.public_id}/read").location == page(placement)
    assert "消息1条未读" in portal.words(desk.get("/employer/inbox"))
    assert desk.post("/employer/inbox/read").status_code == 303
    assert "条未读" not in portal.words(desk.get("/employer/inbox"))
    db.session.rollback()
    assert all(db.session.get(Alert, row.id, populate_existing=True).read_at for row in (first, second))


@pytest.mark.rule("R-MSG-1")
def test_alerts_of_others_are_neither_seen_nor_marked(app: Flask, employer: Employer, placement: Placement) -> None:
    other = builders.make_employer()
    foreign = alert(employer, placement, "别家的")
    graduates = alert(other, placement, "毕业生的", kind="account")  # the same number, another kind of reader
    desk = portal.client(app, other)
    assert "别家的" not in desk.get("/employer/inbox").text and "毕业生的" not in desk.get("/employer/inbox").text
    for row in (foreign, graduates):
        assert desk.post(f"/employer/inbox/{row.public_id}/read").status_code == 404
    assert desk.post("/employer/inbox/read").status_code == 303
    db.session.rollback()
    assert [db.session.get(Alert, row.id, populate_existing=True).read_at for row in (foreign, graduates)] == [None] * 2


def test_no_page_has_a_script_or_style_of_its_own(desk: DeskClient, placement: Placement) -> None:
    for address in ("", "search", "invitations", "inbox", f"invitations/{placement.public_id}/correct", "sign-in"):
        answer = desk.get(f"/employer/{address}", follow_redirects=True)
        assert answer.status_code == 200
        assert " style=" not in answer.text and "<style" not in answer.text and " onclick=" not in answer.text
        assert "<script>" not in answer.text and "default-src 'self'" in answer.headers["Content-Security-Policy"]
