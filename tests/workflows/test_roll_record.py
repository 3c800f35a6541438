"""The graduate's record on the roll: confirmation, training mode, cohort, leaving and returning."""

import pytest

from tests.workflows.cases import (
    GRADUATE,
    NOW,
    SCHOOL,
    allowed,
    make_blocker,
    make_request,
    make_roll_facts,
    outcome,
    refused,
)
from workflows.case import Case, Decision, FollowUp, Refusal
from workflows.engine import available
from workflows.roll_record import BY_FILE, FLOW, RollFacts, arriving
from workflows.vocabulary import HOLDING, Action, Code, Effect, Event, Kind, State, Subject

ON, OFF = (Case(state, subject=Subject.ROLL_RECORD) for state in (State.ON_ROLL, State.OFF_ROLL))
SIGNED = make_blocker(Kind.ONLINE, State.EFFECTIVE)
OPEN = (31, 32)
NOTED = (Effect.NOTE_CORRECTION,)  # shown to the graduate, old and new (R-DIFF-1)


def withdrawals(cause: str) -> tuple[FollowUp, ...]:
    return tuple(FollowUp(i, Action.WITHDRAW, cause) for i in OPEN)


def change(action: Action, facts: RollFacts | None = None, case: Case = ON, **request: object) -> Decision | Refusal:
    return outcome(FLOW, action, case, SCHOOL, facts or make_roll_facts(), make_request(action, **request))


@pytest.mark.rule("R-GRAD-1")
def test_confirming_keeps_what_was_on_the_screen() -> None:
    request = make_request(Action.CONFIRM, value="hash-1")
    assert outcome(FLOW, Action.CONFIRM, ON, GRADUATE, make_roll_facts(), request) == Decision(
        Action.CONFIRM, State.ON_ROLL, {"confirmed_hash": "hash-1", "confirmed_at": NOW}
    )


@pytest.mark.rule("R-GRAD-1")
@pytest.mark.parametrize("seen", [None, "", "hash-0"])
def test_confirming_older_data_is_refused(seen: str | None) -> None:
    request = make_request(Action.CONFIRM, value=seen)
    refusal = refused(outcome(FLOW, Action.CONFIRM, ON, GRADUATE, make_roll_facts(), request))
    assert refusal.code == Code.OUTDATED
    assert refusal.message == "您的信息在打开页面之后有更新，请重新核对。"
    assert refusal.next == "请刷新页面核对后再确认。"


@pytest.mark.rule("R-GRAD-4", "R-GRAD-9")
@pytest.mark.parametrize(
    ("old", "new", "withdrawn"), [("21", "22", False), ("22", "21", True), ("41", "42", False), ("42", "41", True)]
)
def test_what_a_school_may_change_into_what(old: str, new: str, withdrawn: bool) -> None:
    facts = make_roll_facts(training_mode=old, open_invitations=OPEN)
    assert change(Action.SET_TRAINING_MODE, facts, value=new) == Decision(
        Action.SET_TRAINING_MODE,
        State.ON_ROLL,
        {"training_mode": new},
        {"from": old, "to": new},
        events=(Event.ROLL_CHANGED,),
        effects=NOTED,
        follow_ups=withdrawals("training_mode") if withdrawn else (),
    )


MODES = ("1", "21", "22", "3", "41", "42", "5")
PAIRS = {("21", "22"), ("22", "21"), ("41", "42"), ("42", "41")}


@pytest.mark.rule("R-GRAD-4")
@pytest.mark.parametrize(("old", "new"), [(a, b) for a in MODES for b in (*MODES, None, "") if (a, b) not in PAIRS])
def test_no_other_training_mode_may_change(old: str, new: str | None) -> None:
    refusal = refused(change(Action.SET_TRAINING_MODE, make_roll_facts(training_mode=old), value=new))
    assert refusal.code == Code.NO_SUCH_VALUE
    partner = {"21": "22", "22": "21", "41": "42", "42": "41"}.get(old)
    if partner:
        assert refusal.message == f"培养方式 {old} 只能调整为 {partner}。"
        assert refusal.next == "请重新选择。"
    else:
        assert refusal.message == "只有定向（21/22）和委培（41/42）毕业生的网签资格可以调整。"
        assert refusal.next == "其他毕业生都可以网签，无需调整。"
    assert refusal.fields == {"training_mode": refusal.message}


HOLDERS = sorted((kind, state) for kind, states in HOLDING.items() for state in states)


@pytest.mark.rule("R-GRAD-9", "R-WHY-1")
@pytest.mark.parametrize(("kind", "state"), HOLDERS)
def test_an_agreement_in_the_slot_keeps_the_right_to_sign(kind: Kind, state: State) -> None:
    slot = make_blocker(kind, state)
    allowed(change(Action.SET_TRAINING_MODE, make_roll_facts(training_mode="21", slot=slot), value="22"))
    answer = change(Action.SET_TRAINING_MODE, make_roll_facts(training_mode="22", slot=slot), value="21")
    if kind == Kind.DESTINATION:
        allowed(answer)
        return
    refusal = refused(answer)
    assert (refusal.code, refusal.blocker) == (Code.TAKEN, slot)
    assert refusal.message == f"该毕业生已有签约记录“{slot.title}”（{slot.label}），不能取消网签资格。"
    assert refusal.next == "请先解约或等待该记录结束。"


@pytest.mark.rule("R-GRAD-9", "R-WHY-1")
@pytest.mark.parametrize(("mode", "open_"), [("1", False), ("3", False), ("5", False), ("21", True), ("42", True)])
def test_the_button_knows_whose_right_to_sign_can_change(mode: str, open_: bool) -> None:
    buttons = {o.action: o for o in available(FLOW, ON, SCHOOL, make_roll_facts(training_mode=mode))}
    assert buttons[Action.SET_TRAINING_MODE].allowed is open_


@pytest.mark.rule("R-GRAD-9", "R-WHY-1")
def test_the_button_names_the_agreement_that_keeps_the_right_to_sign() -> None:
    held = make_roll_facts(training_mode="22", slot=SIGNED)
    button = next(o for o in available(FLOW, ON, SCHOOL, held) if o.action == Action.SET_TRAINING_MODE)
    assert button.refusal is not None and button.refusal.blocker == SIGNED


@pytest.mark.rule("R-GRAD-9")
def test_regaining_the_right_to_sign_leaves_a_supplementary_destination_in_place() -> None:
    slot = make_blocker(Kind.DESTINATION, State.APPROVED)
    decision = allowed(change(Action.SET_TRAINING_MODE, make_roll_facts(training_mode="21", slot=slot)))
    assert decision.follow_ups == ()


@pytest.mark.rule("R-COH-1")
def test_moving_to_another_cohort_withdraws_open_invitations() -> None:
    assert change(Action.MOVE_COHORT, make_roll_facts(open_invitations=OPEN), value="2028") == Decision(
        Action.MOVE_COHORT,
        State.ON_ROLL,
        {"cohort": 2028},
        {"from": 2027, "to": 2028},
        (Event.ROLL_CHANGED,),
        NOTED,
        follow_ups=withdrawals("cohort"),
    )


@pytest.mark.rule("R-COH-1")
@pytest.mark.parametrize("value", ["2022", "2026", "2028", "2032"])
def test_cohorts_within_five_years(value: str) -> None:
    assert allowed(change(Action.MOVE_COHORT, value=value)).columns == {"cohort": int(value)}


@pytest.mark.rule("R-COH-1")
@pytest.mark.parametrize(
    "value", [None, "", "2027", "2021", "2033", "²⁰²⁸", "２０２８", "028", "20280", "届", "9" * 5000]
)
def test_cohorts_out_of_reach(value: str | None) -> None:
    refusal = refused(change(Action.MOVE_COHORT, value=value))
    assert refusal.code == Code.NO_SUCH_VALUE
    assert refusal.message == "请填写另一个有效的届别（当前应届前后五年之内）。"
    assert refusal.next == "请重新填写。"
    assert refusal.fields == {"cohort": refusal.message}


@pytest.mark.rule("R-COH-1")
def test_a_record_that_fell_behind_may_return_to_the_current_cohort() -> None:
    facts = make_roll_facts(cohort=2019)
    assert allowed(change(Action.MOVE_COHORT, facts, value="2027")).detail == {"from": 2019, "to": 2027}
    assert refused(change(Action.MOVE_COHORT, facts, value="2021")).code == Code.NO_SUCH_VALUE


@pytest.mark.rule("R-COH-1")
def test_leaving_the_roll_withdraws_open_invitations() -> None:
    assert change(Action.TAKE_OFF_ROLL, make_roll_facts(open_invitations=OPEN)) == Decision(
        Action.TAKE_OFF_ROLL,
        State.OFF_ROLL,
        events=(Event.ROLL_CHANGED,),
        effects=NOTED,
        follow_ups=withdrawals("off_roll"),
    )
    assert change(Action.PUT_ON_ROLL, case=OFF) == Decision(
        Action.PUT_ON_ROLL, State.ON_ROLL, events=(Event.ROLL_CHANGED,), effects=NOTED
    )


@pytest.mark.rule("R-COH-1", "R-WHY-1")
@pytest.mark.parametrize("action", [Action.MOVE_COHORT, Action.TAKE_OFF_ROLL])
@pytest.mark.parametrize("what", ["slot", "open_termination"])
def test_who_holds_something_neither_moves_nor_leaves(action: Action, what: str) -> None:
    facts = make_roll_facts(**{what: SIGNED}, open_invitations=OPEN)
    refusal = refused(change(action, facts))
    assert (refusal.code, refusal.blocker) == (Code.TAKEN, SIGNED)
    assert refusal.message == f"该毕业生还有未结束的记录“{SIGNED.title}”（{SIGNED.label}），不能调整届别或移出名单。"
    assert refusal.next == "请先处理该记录。"
    buttons = {o.action: o.allowed for o in available(FLOW, ON, SCHOOL, facts)}
    assert buttons[action] is False
    assert buttons[Action.SET_TRAINING_MODE] is True


@pytest.mark.rule("R-COH-1")
def test_the_slot_is_named_before_the_termination() -> None:
    other = make_blocker(Kind.PAPER, State.EFFECTIVE)
    refusal = refused(change(Action.TAKE_OFF_ROLL, make_roll_facts(slot=SIGNED, open_termination=other)))
    assert refusal.blocker == SIGNED


STAFF_CHANGES = [
    (Action.SET_TRAINING_MODE, ON),
    (Action.MOVE_COHORT, ON),
    (Action.TAKE_OFF_ROLL, ON),
    (Action.PUT_ON_ROLL, OFF),
]


@pytest.mark.rule("R-GRAD-9", "R-COH-1")
@pytest.mark.parametrize(("action", "case"), STAFF_CHANGES)
def test_every_change_by_staff_needs_a_reason(action: Action, case: Case) -> None:
    allowed(change(action, case=case, reason="学籍异动"))
    refusal = refused(change(action, case=case, reason=" "))
    assert refusal.code == Code.REASON_REQUIRED
    assert refusal.message == "请填写调整原因，毕业生会看到它。"
    assert refused(change(action, case=case, reason="字" * 501)).message == "调整原因最多 500 字，现有 501 字。"


@pytest.mark.rule("R-WHY-1")
def test_a_state_that_does_not_fit_is_named() -> None:
    refusal = refused(change(Action.TAKE_OFF_ROLL, case=OFF))
    assert refusal.message == "该记录当前状态为“不在毕业生名单中”，不能移出毕业生名单。"


@pytest.mark.rule("R-ROLL-1", "R-GRAD-2", "R-DIFF-1")
@pytest.mark.parametrize(
    ("reason", "joined", "events", "effects"),
    [
        (BY_FILE, True, (Event.ROLL_CHANGED,), NOTED),
        (BY_FILE, False, (Event.ROLL_CHANGED,), ()),
        (None, True, (), ()),
    ],
    ids=["file", "file, nobody has seen it", "asked for by the graduate"],
)
def test_an_edit_writes_what_differs_and_tells_the_graduate(
    reason: str | None, joined: bool, events: tuple[Event, ...], effects: tuple[Effect, ...]
) -> None:
    wanted = {"name": "李鸣", "major": "石油工程"}
    facts = make_roll_facts(wanted=wanted, open_invitations=OPEN, joined=joined)
    detail = {"fields": ["major", "name"]}
    expected = Decision(Action.EDIT, State.ON_ROLL, wanted, detail, events=events, effects=effects)
    assert change(Action.EDIT, facts, reason=reason) == expected
    assert refused(change(Action.EDIT, make_roll_facts(wanted={}))).code == Code.NOTHING_CHANGED


@pytest.mark.rule("R-GRAD-4", "R-GRAD-9")
@pytest.mark.parametrize(("old", "new"), [("1", "21"), ("1", "41"), ("22", "41"), ("5", "21")])
def test_an_edit_takes_the_right_to_sign_only_where_no_agreement_is_held(old: str, new: str) -> None:
    facts = make_roll_facts(training_mode=old, wanted={"training_mode": new}, open_invitations=OPEN)
    assert allowed(change(Action.EDIT, facts)).follow_ups == withdrawals("training_mode")
    held = make_roll_facts(training_mode=old, wanted={"training_mode": new}, slot=SIGNED)
    assert refused(change(Action.EDIT, held)).blocker == SIGNED
    allowed(change(Action.EDIT, make_roll_facts(training_mode=old, wanted={"major": "石油工程"}, slot=SIGNED)))


@pytest.mark.rule("R-GRAD-4", "R-ROLL-1")
@pytest.mark.parametrize(
    ("on_roll", "in_file", "means"),
    [
        ("22", "21", "22"),
        ("42", "41", "42"),
        ("21", "21", "21"),
        ("1", "21", "21"),
        ("42", "21", "21"),
        ("22", "1", "1"),
    ],
)
def test_a_file_does_not_undo_what_the_school_has_qualified(on_roll: str, in_file: str, means: str) -> None:
    assert arriving(on_roll, in_file) == means
