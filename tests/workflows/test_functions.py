"""The pages behind the confirmation and the buttons of the home page: who may enter, what may be started."""

from dataclasses import replace
from typing import Any

import pytest

from tests.workflows.cases import NOW, make_case, make_standing, refused
from workflows import functions
from workflows.online_signing import may_preview
from workflows.starting import refuse_entry
from workflows.vocabulary import Code, Kind, State
from workflows.windows import FUNCTION_TITLE, default_window


def standing_for(function: Kind, **overrides: Any) -> Any:
    window = default_window(function, 2027)
    now = window.opens_at
    return make_standing(window=window, now=now, **overrides)


@pytest.mark.rule("R-GRAD-1")
@pytest.mark.parametrize("on_roll", [True, False])
def test_who_has_confirmed_once_may_read_whatever_the_roll_says_later(on_roll: bool) -> None:
    assert refuse_entry(on_roll, entered=True) is None


@pytest.mark.rule("R-GRAD-1")
def test_who_has_never_confirmed_enters_nothing() -> None:
    unconfirmed = refused(refuse_entry(on_roll=True, entered=False))
    assert unconfirmed.code == Code.CONFIRM_FIRST
    unknown = refused(refuse_entry(on_roll=False, entered=False))
    assert unknown.code == Code.NOT_ON_ROLL
    assert (unknown.message, unknown.next) == (
        "不在学校的毕业生名单中，不能使用平台办理。",
        "请联系学校就业部门核实。",
    )


@pytest.mark.rule("R-PROV-3")
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Kind.ONLINE, "该功能暂缓开通（网签）。"),
        (Kind.OFFLINE, "该功能暂缓开通（未签就业协议 申请签约）。"),
        (Kind.PAPER, "该功能暂缓开通（已签就业协议 登记信息）。"),
        (Kind.DESTINATION, "该功能暂缓开通（无需就业协议 去向登记）。"),
    ],
)
def test_a_suspended_function_says_so_whatever_the_school_has_set(kind: Kind, message: str) -> None:
    for settings in ({}, {"module_open": False}, {"settings_complete": False}):
        standing = standing_for(kind, suspended=FUNCTION_TITLE[kind], **settings)
        refusal = refused(functions.refuse(kind, standing))
        assert (refusal.code, refusal.message) == (Code.FUNCTION_OFF, message)
        assert refusal.next == "已在办理中的记录不受影响，请等待平台开通。"


@pytest.mark.rule("R-GRAD-1")
@pytest.mark.parametrize("kind", list(Kind))
def test_no_function_before_the_confirmation(kind: Kind) -> None:
    assert refused(functions.refuse(kind, standing_for(kind, confirmed=False))).code == Code.CONFIRM_FIRST


@pytest.mark.rule("R-SCH-3", "R-GRAD-4")
@pytest.mark.parametrize("kind", list(Kind))
def test_a_function_that_is_not_suspended_follows_window_and_training_mode(kind: Kind) -> None:
    standing = standing_for(kind)
    assert functions.refuse(kind, standing) is None
    closed = replace(standing, now=standing.window.closes_at)
    assert refused(functions.refuse(kind, closed)).code == Code.WINDOW_CLOSED
    directed = functions.refuse(kind, replace(standing, training_mode="21"))
    if kind == Kind.DESTINATION:
        assert directed is None
    else:
        assert refused(directed).code == Code.TRAINING_MODE


def test_every_button_explains_itself() -> None:
    assert set(functions.TEXT) == set(functions.BUTTONS) == set(Kind) - {Kind.ONLINE}
    assert all(text.endswith("。") for text in (*functions.TEXT.values(), functions.ONLINE_TEXT))
    assert functions.EMPTY == "欢迎您！您还没有登记任何信息"


@pytest.mark.rule("R-ON-5", "R-ON-8")
@pytest.mark.parametrize("state", [State.INVITED, State.ACCEPTED, State.EFFECTIVE, State.TERMINATED])
def test_a_signing_under_way_or_made_can_be_previewed(state: State) -> None:
    assert may_preview(make_case(state), NOW) is None


@pytest.mark.rule("R-ON-5", "R-ON-8")
@pytest.mark.parametrize(
    ("state", "label"),
    [
        (State.DECLINED, "学生已拒绝签约 签约失败"),
        (State.EXPIRED, "签约邀请逾期未回应 签约失败"),
        (State.WITHDRAWN, "单位已撤回邀请"),
        (State.REVIEW_REJECTED, "签约审核不通过 (学校审核不通过)"),
    ],
)
def test_a_failed_signing_cannot_be_previewed(state: State, label: str) -> None:
    refusal = refused(may_preview(make_case(state), NOW))
    assert refusal.code == Code.WRONG_STATE
    assert refusal.message == f"该邀请当前状态为“{label}”，没有可预览的协议书。"
    assert refusal.next == "请查看其他邀请。"


@pytest.mark.rule("R-ON-2")
def test_an_invitation_past_its_deadline_cannot_be_previewed() -> None:
    refusal = refused(may_preview(make_case(State.INVITED, deadline_at=NOW), NOW))
    assert refusal.message == "该邀请当前状态为“签约邀请逾期未回应 签约失败”，没有可预览的协议书。"
