"""The engine itself, on a flow of two states: order of reasons, buttons, refusals that leave a call."""

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from tests.workflows.cases import ACTORS, NOW, make_case, make_facts, make_request
from workflows import online_signing
from workflows.case import Actor, Case, Decision, Refusal, Refused, Request
from workflows.engine import Flow, Transition, available, decide
from workflows.vocabulary import Action, Code, Level, Role, State


@dataclass(frozen=True)
class Facts:
    now: datetime = NOW
    first: bool = False
    second: bool = False


def refuse(code: Code) -> Refusal:
    return Refusal(code, "不行。", "请稍后。")


ROW = Transition(
    Action.VOID,
    frozenset({State.APPROVED}),
    frozenset({Role.SCHOOL, Role.GRADUATE}),
    (State.VOIDED,),
    lambda case, actor, facts, request: Decision(Action.VOID, State.VOIDED),
    guards=(
        lambda case, actor, facts: refuse(Code.TAKEN) if facts.first else None,
        lambda case, actor, facts: refuse(Code.EXPIRED) if facts.second else None,
    ),
    checks=(
        lambda case, actor, facts, request: None if request.reason else refuse(Code.REASON_REQUIRED),
        lambda case, actor, facts, request: None if request.version else refuse(Code.OUTDATED),
    ),
)
FLOW = Flow(
    "example",
    "例",
    (ROW,),
    shown=lambda case, now: case.state,
    describe=lambda case, now: f"{case.state} {now:%H:%M}",
    action_label=lambda action, case, role: f"作废{case.version}",
)
APPROVED, DRAFT = Case(State.APPROVED, version=4), Case(State.DRAFT, version=4)
SCHOOL = ACTORS["school"]


def code_of(case: Case, actor: Actor, facts: Facts, request: Request) -> Code | None:
    try:
        decide(FLOW, Action.VOID, case, actor, facts, request)
    except Refused as refused:
        return refused.refusal.code
    return None


@pytest.mark.rule("R-WHY-1")
def test_reasons_come_in_the_order_role_level_state_guards_input() -> None:
    reader = replace(SCHOOL, level=Level.READ)
    everything, second, nothing = Facts(first=True, second=True), Facts(second=True), Facts()
    empty, reasoned = Request(), Request(reason="x")
    assert code_of(DRAFT, ACTORS["employer"], everything, empty) == Code.NOT_ALLOWED
    assert code_of(DRAFT, reader, everything, empty) == Code.READ_ONLY
    assert code_of(DRAFT, SCHOOL, everything, empty) == Code.WRONG_STATE
    assert code_of(APPROVED, SCHOOL, everything, empty) == Code.TAKEN
    assert code_of(APPROVED, SCHOOL, second, empty) == Code.EXPIRED
    assert code_of(APPROVED, SCHOOL, nothing, empty) == Code.REASON_REQUIRED
    assert code_of(APPROVED, SCHOOL, nothing, reasoned) == Code.OUTDATED
    assert code_of(APPROVED, SCHOOL, nothing, Request(reason="x", version=1)) is None


@pytest.mark.rule("R-WHY-1")
@pytest.mark.parametrize(
    ("actor", "case", "message", "then"),
    [
        (ACTORS["employer"], APPROVED, "您的身份不能进行此操作。", "请由有权限的一方办理。"),
        (
            replace(SCHOOL, level=Level.READ),
            APPROVED,
            "您的账号对本模块只有查看权限，不能进行此操作。",
            "如需办理，请联系上级管理员调整模块权限。",
        ),
        (SCHOOL, DRAFT, "该记录当前状态为“draft 02:00”，不能作废4。", "请刷新页面查看最新状态。"),
    ],
)
def test_the_engines_own_sentences(actor: Actor, case: Case, message: str, then: str) -> None:
    with pytest.raises(Refused) as caught:
        decide(FLOW, Action.VOID, case, actor, Facts(), Request())
    assert (caught.value.refusal.message, caught.value.refusal.next) == (message, then)
    assert str(caught.value) == caught.value.refusal.code.value


@pytest.mark.parametrize(("level", "may"), [(Level.NONE, False), (Level.READ, False), (Level.WRITE, True)])
def test_levels_bind_staff_only(level: Level, may: bool) -> None:
    complete = Request(reason="x", version=1)
    assert (code_of(APPROVED, replace(SCHOOL, level=level), Facts(), complete) is None) is may
    assert code_of(APPROVED, replace(ACTORS["graduate"], level=level), Facts(), complete) is None


@pytest.mark.rule("R-WHY-1")
def test_buttons_stand_for_every_action_of_the_role() -> None:
    (button,) = available(FLOW, APPROVED, SCHOOL, Facts())
    assert (button.action, button.label, button.allowed, button.refusal) == (Action.VOID, "作废4", True, None)
    (button,) = available(FLOW, APPROVED, SCHOOL, Facts(second=True))
    assert (button.label, button.allowed, button.refusal) == ("作废4", False, refuse(Code.EXPIRED))
    assert available(FLOW, APPROVED, ACTORS["employer"], Facts()) == ()


def test_an_action_with_several_rows_is_one_button() -> None:
    other = replace(ROW, sources=frozenset({State.REVIEW}), roles=frozenset({Role.GRADUATE}))
    flow = replace(FLOW, transitions=(other, ROW))
    assert [o.allowed for o in available(flow, APPROVED, SCHOOL, Facts())] == [True]
    assert [o.allowed for o in available(flow, Case(State.REVIEW), SCHOOL, Facts())] == [False]
    assert [o.allowed for o in available(flow, Case(State.REVIEW), ACTORS["graduate"], Facts())] == [True]
    assert flow.rows(Action.VOID) == (other, ROW)
    assert flow.rows(Action.ACCEPT) == ()


def test_a_flow_may_have_a_better_word_for_a_wrong_state() -> None:
    seen: list[tuple[Case, Action, Facts]] = []

    def better(case: Case, action: Action, facts: Facts) -> Refusal:
        seen.append((case, action, facts))
        return refuse(Code.EXPIRED)

    facts = Facts()
    (button,) = available(replace(FLOW, wrong_state=better), DRAFT, SCHOOL, facts)
    assert button.refusal == refuse(Code.EXPIRED)
    assert seen == [(DRAFT, Action.VOID, facts)]


@pytest.mark.rule("R-WHY-1")
def test_the_state_that_is_shown_decides_not_the_stored_one() -> None:
    flow = replace(FLOW, shown=lambda case, now: State.APPROVED if now == NOW else None)
    assert [o.allowed for o in available(flow, DRAFT, SCHOOL, Facts())] == [True]


def test_outcomes_are_given_everything() -> None:
    case, actor, facts, request = (
        make_case(State.INVITED),
        ACTORS["graduate"],
        make_facts(),
        make_request(Action.ACCEPT),
    )
    seen: list[tuple[object, ...]] = []

    def outcome(*given: object) -> Decision:
        seen.append(given)
        return Decision(Action.ACCEPT, State.ACCEPTED)

    rows = tuple(replace(t, outcome=outcome) for t in online_signing.FLOW.transitions)
    decide(replace(online_signing.FLOW, transitions=rows), Action.ACCEPT, case, actor, facts, request)
    assert seen == [(case, actor, facts, request)]


def test_rows_of_the_flows_are_unambiguous() -> None:
    """No two rows of a flow answer for the same action, state and role."""
    taken = [(t.action, s, r) for t in online_signing.FLOW.transitions for s in t.sources for r in t.roles]
    assert len(taken) == len(set(taken))
