"""What may be started at all: province, school, window, cohort, roll, training mode, confirmation."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.workflows.cases import (
    GRADUATE,
    NOW,
    TICK,
    assert_speaks,
    make_record,
    make_record_facts,
    make_standing,
    refused,
)
from tests.workflows.transfer_cases import make_transfer, make_transfer_facts
from workflows import calendar, destination, offline_signing, paper_registration, starting, transfer, windows
from workflows.case import Refusal
from workflows.engine import Flow
from workflows.starting import refuse_start
from workflows.vocabulary import Action, Code, Kind, State
from workflows.windows import Window, closed, default_window

BEIJING = timezone(timedelta(hours=8))
WINDOW = default_window(Kind.ONLINE, 2027)


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)


def test_the_happy_standing_may_start() -> None:
    assert refuse_start(make_standing()) is None


@pytest.mark.parametrize(
    ("change", "code", "message", "then"),
    [
        pytest.param(
            {"module_open": False},
            Code.MODULE_CLOSED,
            "学校所在省份尚未开启“毕业去向登记与网签”模块。",
            "请等待省级就业部门开启。",
            marks=pytest.mark.rule("R-PROV-1"),
        ),
        pytest.param(
            {"settings_complete": False},
            Code.SETTINGS_MISSING,
            "学校尚未完成签约设置，暂不能办理。",
            "请联系学校就业部门完成设置。",
            marks=pytest.mark.rule("R-SCH-1"),
        ),
        pytest.param(
            {"on_roll": False},
            Code.NOT_ON_ROLL,
            "不在学校的毕业生名单中，不能办理签约或登记。",
            "请联系学校就业部门核实。",
            marks=pytest.mark.rule("R-GRAD-1"),
        ),
        pytest.param(
            {"cohort": 2026},
            Code.PAST_COHORT,
            "2026届不是当前应届（2027届），不能发起新的办理。",
            "往届记录仍可查看；在审记录会继续审核。",
            marks=pytest.mark.rule("R-COH-1"),
        ),
        pytest.param(
            {"cohort": 2028},
            Code.PAST_COHORT,
            "2028届不是当前应届（2027届），不能发起新的办理。",
            "往届记录仍可查看；在审记录会继续审核。",
            marks=pytest.mark.rule("R-SCH-3"),
        ),
        pytest.param(
            {"window": replace(WINDOW, enabled=False)},
            Code.FUNCTION_OFF,
            "学校未开启“网签”功能。",
            "如有疑问，请联系学校就业部门。",
            marks=pytest.mark.rule("R-SCH-3"),
        ),
    ],
)
def test_what_is_not_open_refuses_and_says_why(change: Mapping[str, Any], code: Code, message: str, then: str) -> None:
    refusal = refused(refuse_start(make_standing(**change)))
    assert (refusal.code, refusal.message, refusal.next) == (code, message, then)


@pytest.mark.rule("R-COH-1")
@pytest.mark.parametrize("flow", [offline_signing.FLOW, paper_registration.FLOW, destination.FLOW, transfer.FLOW])
def test_a_past_cohorts_draft_is_edited_only_where_it_may_be_handed_in_again(flow: Flow) -> None:
    past = {"cohort": 2026, "current_cohort": 2027}
    kind = flow.kind if flow is not transfer.FLOW else None
    facts = make_record_facts(standing=past) if kind else make_transfer_facts(**past)
    moved_on = make_record_facts(standing={"cohort": 2028}) if kind else make_transfer_facts(cohort=2028)
    draft = make_record(State.DRAFT, kind) if kind else make_transfer(State.DRAFT)
    (edit,) = flow.rows(Action.EDIT)
    refusals = [guard(draft, GRADUATE, facts) for guard in edit.guards]
    assert [refusal and refusal.code for refusal in refusals] == [Code.PAST_COHORT]
    again = replace(draft, submitted=True)
    assert [guard(again, GRADUATE, facts) for guard in edit.guards] == [None]
    assert [guard(draft, GRADUATE, moved_on) for guard in edit.guards] == [None]


@pytest.mark.rule("R-WHY-1")
def test_the_reason_nearest_to_the_person_comes_first() -> None:
    """Roll, cohort, province, school, window: who is not on the roll need not hear about the window."""
    changes: list[tuple[dict[str, Any], Code]] = [
        ({"on_roll": False}, Code.NOT_ON_ROLL),
        ({"cohort": 2026}, Code.PAST_COHORT),
        ({"module_open": False}, Code.MODULE_CLOSED),
        ({"settings_complete": False}, Code.SETTINGS_MISSING),
        ({"window": replace(WINDOW, enabled=False)}, Code.FUNCTION_OFF),
    ]
    for first in range(len(changes)):
        together = {key: value for change, _ in changes[first:] for key, value in change.items()}
        assert refused(refuse_start(make_standing(**together))).code == changes[first][1]


@pytest.mark.rule("R-SCH-3")
@pytest.mark.parametrize(
    ("function", "opens", "closes"),
    [
        (Kind.ONLINE, beijing(2026, 10, 15), beijing(2027, 9, 1)),
        (Kind.OFFLINE, beijing(2026, 10, 15), beijing(2027, 9, 1)),
        (Kind.PAPER, beijing(2027, 5, 1), beijing(2027, 7, 1)),
        (Kind.DESTINATION, beijing(2027, 5, 1), beijing(2027, 7, 1)),
    ],
)
def test_default_windows_open_and_close_at_beijing_midnight(function: Kind, opens: datetime, closes: datetime) -> None:
    window = default_window(function, 2027)
    assert (window.function, window.enabled, window.notice) == (function, True, "")
    assert (window.opens_at, window.closes_at) == (opens, closes)
    assert closed(window, opens) is None
    assert closed(window, closes - TICK) is None
    for moment in (opens - TICK, closes, closes + TICK):
        assert refused(closed(window, moment)).code == Code.WINDOW_CLOSED


@pytest.mark.rule("R-SCH-3")
@pytest.mark.parametrize(
    ("now", "message", "then", "until"),
    [
        (
            WINDOW.opens_at - TICK,
            "“网签”将于2026年10月15日 00:00开放。",
            "请在2026年10月15日 00:00之后再办理。",
            WINDOW.opens_at,
        ),
        (WINDOW.closes_at, "“网签”已于2027年9月1日 00:00关闭。", "如仍需办理，请联系学校就业部门。", None),
    ],
)
def test_outside_the_window_the_times_are_named(now: datetime, message: str, then: str, until: datetime | None) -> None:
    refusal = refused(closed(WINDOW, now))
    assert (refusal.message, refusal.next, refusal.until) == (message, then, until)
    started = refused(refuse_start(make_standing(now=now, current_cohort=2027)))
    assert started == refusal


@pytest.mark.rule("R-SCH-3")
@pytest.mark.parametrize(
    ("window", "now"),
    [
        (replace(WINDOW, enabled=False), NOW),
        (WINDOW, WINDOW.opens_at - TICK),
        (WINDOW, WINDOW.closes_at),
    ],
)
def test_the_schools_notice_is_what_the_graduate_reads(window: Window, now: datetime) -> None:
    notice = "我校毕业生三方协议均已发放，无须使用此功能。"
    refusal = refused(closed(replace(window, notice=notice), now))
    assert refusal.message == notice


@pytest.mark.rule("R-SCH-3")
def test_a_switched_off_function_is_off_inside_its_window() -> None:
    for kind, title in windows.FUNCTION_TITLE.items():
        refusal = refused(closed(replace(WINDOW, function=kind, enabled=False), NOW))
        assert (refusal.code, refusal.message) == (Code.FUNCTION_OFF, f"学校未开启“{title}”功能。")
    assert set(windows.FUNCTION_TITLE) == set(Kind)


@pytest.mark.rule("R-COH-1")
@pytest.mark.parametrize(
    ("moment", "cohort"),
    [
        (beijing(2026, 8, 31, 23, 59, 59, 999_999), 2026),
        (beijing(2026, 9, 1), 2027),
        (datetime(2026, 8, 31, 15, 59, 59, 999_999, tzinfo=UTC), 2026),
        (datetime(2026, 8, 31, 16, tzinfo=UTC), 2027),
        (beijing(2026, 12, 31, 23, 59), 2027),
        (beijing(2027, 1, 1), 2027),
        (beijing(2027, 2, 28), 2027),
        (beijing(2027, 10, 1), 2028),
    ],
)
def test_the_cohort_turns_on_the_first_of_september_in_beijing(moment: datetime, cohort: int) -> None:
    assert calendar.current_cohort(moment) == cohort


def test_days_are_beijing_days() -> None:
    assert calendar.beijing_day(datetime(2026, 12, 31, 16, tzinfo=UTC)).isoformat() == "2027-01-01"
    assert calendar.beijing_day(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)).isoformat() == "2026-12-31"
    assert calendar.beijing_midnight(calendar.beijing_day(NOW)) == datetime(2026, 11, 19, 16, tzinfo=UTC)


def test_moments_are_said_in_beijing_time() -> None:
    assert calendar.say(datetime(2026, 11, 21, 10, 5, tzinfo=UTC)) == "2026年11月21日 18:05"


@pytest.mark.rule("R-GRAD-4")
@pytest.mark.parametrize("mode", ["1", "22", "3", "42", "5"])
def test_training_modes_that_may_sign(mode: str) -> None:
    assert starting.refuse_training_mode(mode) is None


@pytest.mark.rule("R-GRAD-4")
@pytest.mark.parametrize(("mode", "name"), [("21", "定向（不可网签）"), ("41", "委培（不可网签）")])
def test_training_modes_that_may_not_sign(mode: str, name: str) -> None:
    refusal = refused(starting.refuse_training_mode(mode))
    assert refusal.code == Code.TRAINING_MODE
    assert refusal.message == f"培养方式为“{name}”的毕业生不能签订就业协议。"
    assert refusal.next == "可在去向登记中办理“定向/委培毕业去向补充登记”，或由学校调整网签资格。"


@pytest.mark.rule("R-GRAD-1")
def test_nothing_before_the_confirmation() -> None:
    assert starting.refuse_unconfirmed(True) is None
    refusal = starting.refuse_unconfirmed(False)
    assert isinstance(refusal, Refusal)
    assert_speaks(refusal)
    assert refusal.code == Code.CONFIRM_FIRST
    assert refusal.message == "请先核对个人信息，并点击“信息确认无误，进入系统”。"
    assert refusal.next == "核对无误后即可继续办理。"
