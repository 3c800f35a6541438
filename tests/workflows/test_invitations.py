"""The employer's side of online signing: inviting, correcting, withdrawing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.workflows.cases import (
    DEADLINE,
    EMPLOYER,
    NOW,
    PLATFORM,
    TICK,
    VERSION,
    allowed,
    make_blocker,
    make_case,
    make_facts,
    make_request,
    make_standing,
    outcome,
    refused,
)
from workflows.case import Decision, FollowUp, Refusal
from workflows.engine import available
from workflows.online_signing import FLOW, MISSES_A_DAY, NO_MATCH, SigningFacts, refuse_search
from workflows.vocabulary import Action, Code, Effect, Event, Kind, Role, State
from workflows.windows import Window

HOUR, MONTH = timedelta(hours=1), timedelta(days=30)
CLOSES = make_standing().window.closes_at
INVITED = make_case(State.INVITED)


def invite(facts: SigningFacts | None = None, **request: Any) -> Decision | Refusal:
    new = make_case(None, deadline_at=None)
    return outcome(FLOW, Action.INVITE, new, EMPLOYER, facts or make_facts(), make_request(Action.INVITE, **request))


def correct(facts: SigningFacts | None = None, **request: Any) -> Decision | Refusal:
    facts = facts or make_facts()
    return outcome(FLOW, Action.CORRECT, INVITED, EMPLOYER, facts, make_request(Action.CORRECT, **request))


@pytest.mark.rule("R-ON-1")
def test_a_verified_employer_invites() -> None:
    assert invite() == Decision(
        Action.INVITE,
        State.INVITED,
        {"deadline_at": DEADLINE},
        events=(Event.INVITATION_SENT,),
        effects=(Effect.STORE_TERMS,),
    )


@pytest.mark.rule("R-ON-1")
def test_a_graduate_who_has_not_confirmed_is_invited_all_the_same() -> None:
    allowed(invite(make_facts(standing={"confirmed": False})))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"employer_state": State.PENDING}, Code.EMPLOYER_UNVERIFIED, marks=pytest.mark.rule("R-ON-1")),
        pytest.param({"misses_today": 20}, Code.SEARCH_LOCKED, marks=pytest.mark.rule("R-ON-1")),
        pytest.param({"standing": {"module_open": False}}, Code.MODULE_CLOSED, marks=pytest.mark.rule("R-PROV-1")),
        pytest.param(
            {"standing": {"settings_complete": False}}, Code.SETTINGS_MISSING, marks=pytest.mark.rule("R-SCH-1")
        ),
        pytest.param(
            {"standing": {"window": Window(Kind.ONLINE, False, NOW, CLOSES)}},
            Code.FUNCTION_OFF,
            marks=pytest.mark.rule("R-SCH-3"),
        ),
        pytest.param({"standing": {"cohort": 2026}}, Code.PAST_COHORT, marks=pytest.mark.rule("R-COH-1")),
        pytest.param({"standing": {"on_roll": False}}, Code.NOT_ON_ROLL, marks=pytest.mark.rule("R-COH-1")),
        pytest.param({"standing": {"training_mode": "21"}}, Code.TRAINING_MODE, marks=pytest.mark.rule("R-GRAD-4")),
        pytest.param({"standing": {"training_mode": "41"}}, Code.TRAINING_MODE, marks=pytest.mark.rule("R-GRAD-4")),
        pytest.param(
            {"own_open": make_blocker(Kind.ONLINE, State.INVITED)},
            Code.ALREADY_INVITED,
            marks=pytest.mark.rule("R-ON-4"),
        ),
    ],
)
def test_what_stands_in_the_way_of_inviting(change: Mapping[str, Any], code: Code) -> None:
    facts = make_facts(**change)
    assert refused(invite(facts)).code == code
    button = next(o for o in available(FLOW, make_case(None), EMPLOYER, facts) if o.action == Action.INVITE)
    assert not button.allowed
    assert refused(button.refusal).code == code


@pytest.mark.rule("R-ON-1")
def test_an_unverified_employer_neither_invites_nor_corrects() -> None:
    facts = make_facts(employer_state=State.PENDING)
    for refusal in (refused(invite(facts)), refused(correct(facts))):
        assert refusal.message == "贵单位尚未通过实名认证，不能发起或修改签约邀请。"
        assert refusal.next == "请先完成单位认证与网签负责人认证。"


@pytest.mark.rule("R-ON-1")
def test_twenty_misses_a_day_lock_searching_and_inviting() -> None:
    assert MISSES_A_DAY == 20
    assert refuse_search(19) is None
    allowed(invite(make_facts(misses_today=19)))
    for misses in (20, 21):
        refusal = refused(refuse_search(misses))
        assert refused(invite(make_facts(misses_today=misses))) == refusal
        assert refusal.code == Code.SEARCH_LOCKED
        assert refusal.message == "今日查找毕业生未匹配已达 20 次，为保护毕业生信息，今天不能再查找或邀请。"
        assert refusal.next == "请核对信息，明天再试。"


@pytest.mark.rule("R-ON-1")
def test_no_match_says_nothing_about_which_key_failed() -> None:
    assert NO_MATCH == "未找到可邀请的毕业生，请核对姓名与身份证号，或学号与学校。"


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("deadline", [NOW + HOUR, NOW + HOUR + TICK, NOW + MONTH - TICK, NOW + MONTH])
def test_deadlines_within_reach(deadline: datetime) -> None:
    assert allowed(invite(deadline_at=deadline)).columns["deadline_at"] == deadline


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("deadline", [None, NOW - MONTH, NOW, NOW + HOUR - TICK, NOW + MONTH + TICK])
def test_deadlines_out_of_reach(deadline: datetime | None) -> None:
    refusal = refused(invite(deadline_at=deadline))
    assert refusal.code == Code.DEADLINE_OUT_OF_RANGE
    assert refusal.message == "应约截止时间须在 1 小时之后，且不晚于2026年12月20日 10:00。"
    assert refusal.next == "请重新选择截止时间。"
    assert refusal.fields == {"deadline_at": refusal.message}


@pytest.mark.rule("R-ON-1")
def test_no_deadline_after_the_online_window() -> None:
    near_the_end = {"now": CLOSES - timedelta(days=10)}
    facts = make_facts(standing=near_the_end)
    assert allowed(invite(facts, deadline_at=CLOSES)).state == State.INVITED
    refusal = refused(invite(facts, deadline_at=CLOSES + TICK))
    assert refusal.code == Code.DEADLINE_OUT_OF_RANGE
    assert refusal.message.endswith("且不晚于2027年9月1日 00:00。")


@pytest.mark.rule("R-ON-4", "R-WHY-1")
@pytest.mark.parametrize("state", [State.INVITED, State.ACCEPTED, State.EFFECTIVE])
def test_one_open_invitation_per_employer_and_graduate(state: State) -> None:
    own = make_blocker(Kind.ONLINE, state)
    refusal = refused(invite(make_facts(own_open=own)))
    assert refusal.code == Code.ALREADY_INVITED
    assert refusal.blocker == own
    assert refusal.message == f"贵单位已向该毕业生发出过邀请（{own.label}），不能重复邀请。"
    assert refusal.next == "如需更改内容，请修改原邀请。"


@pytest.mark.rule("R-ON-4")
def test_after_its_own_withdrawal_an_employer_waits_for_the_deadline() -> None:
    refusal = refused(invite(make_facts(own_withdrawn_until=NOW + TICK)))
    assert refusal.code == Code.WITHDRAWN_RECENTLY
    assert refusal.until == NOW + TICK
    assert refusal.message == "贵单位撤回过对该毕业生的邀请，2026年11月20日 10:00之后才能再次邀请。"
    assert refusal.next == "如只是更改内容，请下次使用“修改邀请”。"
    allowed(invite(make_facts(own_withdrawn_until=NOW)))
    allowed(invite(make_facts(own_withdrawn_until=NOW - TICK)))


@pytest.mark.rule("R-ON-4", "R-ON-2")
def test_inviting_again_records_the_expiry_that_no_job_recorded() -> None:
    follow_ups = allowed(invite(make_facts(own_lapsed=(5, 6)))).follow_ups
    assert follow_ups == tuple(FollowUp(i, Action.EXPIRE, "invite") for i in (5, 6))


@pytest.mark.rule("R-ON-3")
def test_invitations_still_arrive_while_another_was_accepted() -> None:
    allowed(invite(make_facts(slot=make_blocker(Kind.ONLINE, State.ACCEPTED))))


@pytest.mark.rule("R-INV-1")
@pytest.mark.parametrize("deadline", [None, DEADLINE, DEADLINE + TICK, NOW + MONTH])
def test_a_correction_keeps_the_deadline_or_moves_it_later(deadline: datetime | None) -> None:
    assert correct(deadline_at=deadline) == Decision(
        Action.CORRECT,
        State.INVITED,
        {"deadline_at": deadline or DEADLINE},
        events=(Event.INVITATION_CORRECTED,),
        effects=(Effect.STORE_TERMS,),
    )


@pytest.mark.rule("R-INV-1")
def test_a_correction_cannot_move_the_deadline_earlier() -> None:
    refusal = refused(correct(deadline_at=DEADLINE - TICK))
    assert refusal.code == Code.DEADLINE_EARLIER
    assert refusal.message == "应约截止时间不能提前（原为2026年11月27日 10:00）。"
    assert refusal.next == "请保留原截止时间或往后推迟。"
    assert refusal.fields == {"deadline_at": refusal.message}


@pytest.mark.rule("R-INV-1", "R-ON-1")
def test_a_correction_cannot_move_the_deadline_out_of_reach() -> None:
    assert refused(correct(deadline_at=NOW + MONTH + TICK)).code == Code.DEADLINE_OUT_OF_RANGE


@pytest.mark.rule("R-INV-1")
def test_an_unchanged_deadline_may_be_near() -> None:
    soon = make_case(State.INVITED, deadline_at=NOW + TICK)
    request = make_request(Action.CORRECT, deadline_at=NOW + TICK)
    allowed(outcome(FLOW, Action.CORRECT, soon, EMPLOYER, make_facts(), request))


@pytest.mark.rule("R-INV-1")
@pytest.mark.parametrize("version", [None, VERSION - 1, VERSION + 1])
def test_a_correction_starts_from_the_terms_in_force(version: int | None) -> None:
    refusal = refused(correct(version=version))
    assert refusal.code == Code.OUTDATED
    assert refusal.message == "内容在您查看之后有更新，请看过新内容再操作。"
    assert refusal.next == "请核对下列变化。"


@pytest.mark.rule("R-SCH-3", "R-INV-1")
def test_the_window_does_not_stop_correcting_or_withdrawing() -> None:
    facts = make_facts(standing={"window": Window(Kind.ONLINE, False, NOW, NOW), "module_open": False})
    allowed(correct(facts, deadline_at=None))
    allowed(outcome(FLOW, Action.WITHDRAW, INVITED, EMPLOYER, facts, make_request(Action.WITHDRAW)))


@pytest.mark.rule("R-INV-1", "R-ON-4")
@pytest.mark.parametrize(("actor", "role"), [(EMPLOYER, Role.EMPLOYER), (PLATFORM, Role.PLATFORM)])
def test_a_withdrawal_keeps_who_withdrew(actor: Any, role: Role) -> None:
    answer = outcome(FLOW, Action.WITHDRAW, INVITED, actor, make_facts(), make_request(Action.WITHDRAW))
    assert answer == Decision(
        Action.WITHDRAW, State.WITHDRAWN, {"withdrawn_by": role}, events=(Event.INVITATION_WITHDRAWN,)
    )
