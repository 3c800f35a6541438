"""The graduate's side of online signing: accepting, declining, and the deadline."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workflows.cases import (
    BOTH_STEPS,
    DEADLINE,
    DECLARATION,
    EMPLOYER,
    GRADUATE,
    NOW,
    PLATFORM,
    TICK,
    VERSION,
    allowed,
    make_blocker,
    make_case,
    make_facts,
    make_request,
    outcome,
    refused,
)
from workflows import proof
from workflows.calendar import say
from workflows.case import Actor, Decision, FollowUp, Refusal, Review
from workflows.engine import available
from workflows.online_signing import FLOW, SigningFacts, describe, shown, voidable
from workflows.vocabulary import (
    HOLDING,
    OPEN_TO_EMPLOYER,
    STATES,
    Action,
    AgreementKind,
    Code,
    Effect,
    Event,
    Kind,
    State,
    Step,
    holds_slot,
)
from workflows.windows import Window

INVITED = make_case(State.INVITED)
DESTINATION = make_blocker(Kind.DESTINATION, State.APPROVED)
CLOSED = Window(Kind.ONLINE, False, NOW, NOW)


def accept(facts: SigningFacts | None = None, actor: Actor = GRADUATE, **request: Any) -> Decision | Refusal:
    return outcome(FLOW, Action.ACCEPT, INVITED, actor, facts or make_facts(), make_request(Action.ACCEPT, **request))


def decline(facts: SigningFacts | None = None, **request: Any) -> Decision | Refusal:
    return outcome(
        FLOW, Action.DECLINE, INVITED, GRADUATE, facts or make_facts(), make_request(Action.DECLINE, **request)
    )


@pytest.mark.rule("R-ON-2", "R-ON-5", "R-SCH-2", "R-BTN-2", "R-INV-1")
@pytest.mark.parametrize(
    ("department_review", "path"), [(True, (Step.DEPARTMENT, Step.SCHOOL)), (False, (Step.SCHOOL,))]
)
def test_accepting_opens_the_review_and_keeps_what_was_read(department_review: bool, path: tuple[Step, ...]) -> None:
    assert accept(make_facts(department_review=department_review)) == Decision(
        Action.ACCEPT,
        State.ACCEPTED,
        {"review": Review(path, path[0]), "submitted_at": NOW},
        {
            "accepted": {"version": 3, "declaration": DECLARATION, "notice": None, "clauses": "", "sha256": {}},
            "path": list(path),
        },
        events=(Event.INVITATION_ACCEPTED,),
        effects=(Effect.SNAPSHOT,),
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"standing": {"confirmed": False}}, Code.CONFIRM_FIRST, marks=pytest.mark.rule("R-GRAD-1")),
        pytest.param({"standing": {"module_open": False}}, Code.MODULE_CLOSED, marks=pytest.mark.rule("R-PROV-1")),
        pytest.param(
            {"standing": {"settings_complete": False}}, Code.SETTINGS_MISSING, marks=pytest.mark.rule("R-SCH-1")
        ),
        pytest.param({"standing": {"window": CLOSED}}, Code.FUNCTION_OFF, marks=pytest.mark.rule("R-SCH-3")),
        pytest.param({"standing": {"cohort": 2026}}, Code.PAST_COHORT, marks=pytest.mark.rule("R-COH-1")),
        pytest.param({"standing": {"training_mode": "41"}}, Code.TRAINING_MODE, marks=pytest.mark.rule("R-GRAD-4")),
        pytest.param({"slot": make_blocker(Kind.ONLINE, State.ACCEPTED)}, Code.TAKEN, marks=pytest.mark.rule("R-ON-3")),
    ],
)
def test_what_stands_in_the_way_of_accepting(change: Mapping[str, Any], code: Code) -> None:
    facts = make_facts(**change)
    assert refused(accept(facts)).code == code
    button = next(o for o in available(FLOW, INVITED, GRADUATE, facts) if o.action == Action.ACCEPT)
    assert refused(button.refusal).code == code


@pytest.mark.rule("R-ON-2")
@pytest.mark.parametrize("action", [Action.ACCEPT, Action.DECLINE, Action.CORRECT, Action.WITHDRAW])
@pytest.mark.parametrize(("before", "in_time"), [(TICK, True), (timedelta(0), False), (-TICK, False)])
def test_the_deadline_is_exact(action: Action, before: timedelta, in_time: bool) -> None:
    case = make_case(State.INVITED, deadline_at=NOW + before)
    actor = EMPLOYER if action in (Action.CORRECT, Action.WITHDRAW) else GRADUATE
    answer = outcome(FLOW, action, case, actor, make_facts(), make_request(action, deadline_at=None))
    assert shown(case, NOW) == (State.INVITED if in_time else State.EXPIRED)
    assert describe(case, NOW) == ("待毕业生回应" if in_time else "签约邀请逾期未回应 签约失败")
    if in_time:
        allowed(answer)
        return
    word = {"accept": "接受", "decline": "拒绝", "correct": "修改邀请", "withdraw": "撤回邀请"}[action.value]
    refusal = refused(answer)
    assert refusal.code == Code.EXPIRED
    at = say(NOW + before)
    assert refusal.message == f"该邀请已过应约截止时间（截止时间：{at}），不能{word}。"
    assert refusal.next == "如仍需签约，请由单位重新发起邀请。"


@pytest.mark.rule("R-ON-2")
def test_an_expiry_is_recorded_once_and_only_from_the_deadline_on() -> None:
    def expire(state: State, before: timedelta) -> Decision | Refusal:
        case = make_case(state, deadline_at=NOW + before)
        return outcome(FLOW, Action.EXPIRE, case, PLATFORM, make_facts(), make_request(Action.EXPIRE))

    recorded = Decision(Action.EXPIRE, State.EXPIRED, events=(Event.INVITATION_EXPIRED,))
    assert expire(State.INVITED, timedelta(0)) == expire(State.INVITED, -TICK) == recorded
    assert refused(expire(State.INVITED, TICK)).code == Code.WRONG_STATE
    again = refused(expire(State.EXPIRED, timedelta(0)))
    assert (again.code, again.message, again.next) == (Code.WRONG_STATE, "该邀请已记为逾期。", "无需再次办理。")


@pytest.mark.rule("R-ON-2")
def test_an_accepted_invitation_never_expires() -> None:
    case = make_case(State.ACCEPTED, Step.SCHOOL, deadline_at=NOW - timedelta(days=1))
    assert shown(case, NOW) == State.ACCEPTED
    assert refused(outcome(FLOW, Action.EXPIRE, case, PLATFORM, make_facts(), make_request(Action.EXPIRE)))


@pytest.mark.rule("R-ON-2")
def test_without_a_deadline_nothing_lapses() -> None:
    assert shown(make_case(State.INVITED, deadline_at=None), NOW) == State.INVITED
    recorded = make_case(State.EXPIRED, deadline_at=None)
    refusal = refused(outcome(FLOW, Action.ACCEPT, recorded, GRADUATE, make_facts(), make_request(Action.ACCEPT)))
    assert refusal.message == "该邀请已过应约截止时间，不能接受。"


@pytest.mark.rule("R-ON-3", "R-WHY-1")
@pytest.mark.parametrize("state", [State.ACCEPTED, State.EFFECTIVE])
@pytest.mark.parametrize("kind", [AgreementKind.THREE_PARTY, AgreementKind.TWO_PARTY])
def test_after_accepting_one_the_others_are_locked(state: State, kind: AgreementKind) -> None:
    slot = make_blocker(Kind.ONLINE, state)
    case = replace(INVITED, agreement_kind=kind)
    word = "审核" if kind == AgreementKind.THREE_PARTY else "鉴证"
    for action in (Action.ACCEPT, Action.DECLINE):
        refusal = refused(outcome(FLOW, action, case, GRADUATE, make_facts(slot=slot), make_request(action)))
        assert (refusal.code, refusal.blocker) == (Code.TAKEN, slot)
        assert refusal.message == f"您已接受{slot.title}的签约邀请（{slot.label}），其他邀请只能查看，无法操作。"
        assert refusal.next == f"如该签约{word}未通过或解约，未到期的邀请可再次操作。"
    allowed(accept(make_facts(slot=None)))
    allowed(decline(make_facts(slot=None)))


HELD_BY_OTHER_KINDS = [
    (kind, state) for kind in (Kind.OFFLINE, Kind.PAPER, Kind.DESTINATION) for state in HOLDING[kind]
]


@pytest.mark.rule("R-GRAD-5", "R-ON-7")
@pytest.mark.parametrize(("kind", "state"), sorted(HELD_BY_OTHER_KINDS))
def test_any_other_holder_of_the_slot_blocks_but_an_approved_destination(kind: Kind, state: State) -> None:
    slot = make_blocker(kind, state)
    answer = accept(make_facts(slot=slot), void_destination=True)
    allowed(decline(make_facts(slot=slot)))
    if (kind, state) == (Kind.DESTINATION, State.APPROVED):
        assert voidable(slot)
        allowed(answer)
        return
    assert not voidable(slot)
    refusal = refused(answer)
    assert (refusal.code, refusal.blocker) == (Code.TAKEN, slot)
    assert refusal.message == f"您已有一条记录“{slot.title}”（{slot.label}），同一届只能有一条。"
    assert refusal.next == "请先撤回、放弃或解除该记录。"


@pytest.mark.rule("R-GRAD-5")
def test_which_states_hold_the_slot() -> None:
    """Written out from the rule: what holds, and everything else does not."""
    holding = {
        Kind.ONLINE: "accepted effective",
        Kind.OFFLINE: "agreement_review agreement_returned agreement_approved"
        " signing_review signing_returned effective",
        Kind.PAPER: "review returned effective",
        Kind.DESTINATION: "review returned approved",
    }
    for kind, states in STATES.items():
        assert {s for s in states if holds_slot(kind, s)} == {State(s) for s in holding[kind].split()}
    released = "invited draft declined expired withdrawn review_rejected void voided cancelled terminated"
    assert not {State(s) for s in released.split()} & {s for states in HOLDING.values() for s in states}


@pytest.mark.rule("R-ON-4")
def test_which_states_keep_an_employer_from_inviting_again() -> None:
    assert {State.INVITED, State.ACCEPTED, State.EFFECTIVE} == OPEN_TO_EMPLOYER


@pytest.mark.rule("R-ON-7")
def test_accepting_voids_an_approved_destination_after_a_warning() -> None:
    facts = make_facts(slot=DESTINATION)
    refusal = refused(accept(facts))
    assert (refusal.code, refusal.blocker) == (Code.VOID_UNCONFIRMED, DESTINATION)
    assert refusal.message == "接受后，您已审核通过的去向登记“合肥某科技有限公司”将自动作废且不能恢复，请确认。"
    assert refusal.next == "勾选确认后再接受。"
    assert refusal.fields == {"void_destination": refusal.message}
    assert allowed(accept(facts, void_destination=True)).follow_ups == (FollowUp(77, Action.VOID, "accept"),)
    assert allowed(accept(void_destination=True)).follow_ups == ()


@pytest.mark.rule("R-INV-1")
@pytest.mark.parametrize(("version", "code"), [(VERSION, None), (VERSION - 1, Code.OUTDATED), (None, Code.OUTDATED)])
def test_what_was_read_is_what_is_accepted(version: int | None, code: Code | None) -> None:
    answer = accept(version=version)
    assert code == (answer.code if isinstance(answer, Refusal) else None)


@pytest.mark.rule("R-BTN-2")
@pytest.mark.parametrize("tick", [None, "", "declaration-0"])
def test_accepting_wants_the_tick_under_the_current_declaration(tick: str | None) -> None:
    refusal = refused(accept(declaration=tick))
    assert refusal.code == Code.DECLARATION_REQUIRED
    assert refusal.message == "请核对内容摘要，并勾选“数据真实无误”。"
    assert refusal.next == "勾选后再提交。"
    assert refusal.fields == {"declaration": refusal.message}


@pytest.mark.rule("R-ON-6")
def test_the_schools_notice_is_ticked_and_changes_nothing_else() -> None:
    facts = make_facts(binding_notice="notice-2")
    for tick in (None, "notice-1"):
        refusal = refused(accept(facts, notice=tick))
        assert refusal.code == Code.NOTICE_REQUIRED
        assert refusal.message == "请阅读并勾选学校的应约效力提示。"
        assert refusal.next == "勾选后再接受。"
        assert refusal.fields == {"notice": refusal.message}
    with_notice, without = allowed(accept(facts, notice="notice-2")), allowed(accept())
    assert with_notice.detail["accepted"] == {**without.detail["accepted"], "notice": "notice-2"}
    assert replace(with_notice, detail=without.detail) == without


@pytest.mark.rule("R-INV-1")
def test_the_clauses_that_were_read_are_the_ones_accepted() -> None:
    facts = make_facts(clauses="2027-1", text_hashes={"clauses": "abc"})
    for read in (None, "2026-1"):
        refusal = refused(accept(facts, clauses=read))
        assert refusal.code == Code.OUTDATED
        assert refusal.message == "协议条款在您查看之后有更新，请重新阅读协议条款。"
        assert refusal.next == "请看过新条款再接受。"
    read = allowed(accept(facts, clauses="2027-1")).detail["accepted"]
    assert (read["version"], read["clauses"], read["sha256"]) == (3, "2027-1", {"clauses": "abc"})


@pytest.mark.rule("R-STEP-1")
@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (timedelta(0), True),
        (timedelta(minutes=10) - TICK, True),
        (timedelta(minutes=10), True),
        (timedelta(minutes=10) + TICK, False),
        (None, False),
    ],
)
def test_accepting_wants_a_fresh_proof_of_the_person(age: timedelta | None, fresh: bool) -> None:
    actor = replace(GRADUATE, proved_at=None if age is None else NOW - age)
    assert proof.is_fresh(actor, NOW) is fresh
    answer = accept(actor=actor)
    if fresh:
        allowed(answer)
        return
    refusal = refused(answer)
    assert refusal == proof.refuse_stale(actor, NOW)
    assert refusal.code == Code.PROOF_REQUIRED
    assert refusal.message == "为保护您的权益，请先验证登录密码或手机验证码再继续。"
    assert refusal.next == "验证后 10 分钟内有效。"


@pytest.mark.rule("R-STEP-1")
def test_declining_needs_no_fresh_proof() -> None:
    stale = replace(GRADUATE, proved_at=None)
    allowed(outcome(FLOW, Action.DECLINE, INVITED, stale, make_facts(), make_request(Action.DECLINE)))


@pytest.mark.rule("R-INV-1", "R-ON-2")
@pytest.mark.parametrize(
    ("reason", "kept"),
    [(None, None), ("", None), ("  ", None), (" 已有意向 ", "已有意向"), ("字" * 200, "字" * 200)],
)
def test_declining_may_carry_a_reason(reason: str | None, kept: str | None) -> None:
    assert decline(reason=reason) == Decision(
        Action.DECLINE, State.DECLINED, {"reason": kept}, events=(Event.INVITATION_DECLINED,)
    )


@pytest.mark.rule("R-INV-1")
def test_a_decline_reason_of_201_characters_is_too_long() -> None:
    allowed(decline(reason=f"  {'字' * 200}  "))
    refusal = refused(decline(reason="字" * 201))
    assert refusal.code == Code.REASON_TOO_LONG
    assert refusal.message == "拒绝原因最多 200 字，现有 201 字。"
    assert refusal.next == "请缩短后再提交。"
    assert refusal.fields == {"reason": refusal.message}


@pytest.mark.rule("R-SCH-3", "R-COH-1")
def test_neither_window_nor_cohort_stops_declining() -> None:
    allowed(decline(make_facts(standing={"window": CLOSED, "cohort": 2026, "module_open": False})))


@pytest.mark.rule("R-ON-1", "R-GRAD-1")
def test_who_has_not_confirmed_can_neither_accept_nor_decline() -> None:
    facts = make_facts(standing={"confirmed": False})
    assert refused(accept(facts)).code == refused(decline(facts)).code == Code.CONFIRM_FIRST


@pytest.mark.rule("R-WHY-1")
def test_ticks_are_asked_for_before_the_password() -> None:
    """The person is not sent through the proof of the person only to hear of a missing tick."""
    facts = make_facts(slot=DESTINATION, binding_notice="notice-2")
    stale = replace(GRADUATE, proved_at=None)
    steps: list[tuple[dict[str, Any], Code]] = [
        ({"version": 1}, Code.OUTDATED),
        ({"declaration": None}, Code.DECLARATION_REQUIRED),
        ({"notice": None}, Code.NOTICE_REQUIRED),
        ({"void_destination": False}, Code.VOID_UNCONFIRMED),
    ]
    complete: dict[str, Any] = {"notice": "notice-2", "void_destination": True}
    for first in range(len(steps)):
        missing = {key: value for change, _ in steps[first:] for key, value in change.items()}
        assert refused(accept(facts, stale, **(complete | missing))).code == steps[first][1]
    assert refused(accept(facts, stale, **complete)).code == Code.PROOF_REQUIRED
    allowed(accept(facts, **complete))


def test_the_cases_are_the_happy_ones() -> None:
    assert (INVITED.deadline_at, BOTH_STEPS) == (DEADLINE, (Step.DEPARTMENT, Step.SCHOOL))
