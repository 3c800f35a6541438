"""The graduate's record on the roll: confirmation, training mode, cohort, leaving the roll (R-GRAD-1/9, R-COH-1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows import labels, paper_agreement, review
from workflows.case import Actor, Blocker, Case, Decision, FollowUp, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.vocabulary import Action, Code, Effect, Event, Kind, Role, State, Subject

# R-GRAD-4: what a school may change into what.
QUALIFIED = {"21": "22", "41": "42"}
UNQUALIFIED = {after: before for before, after in QUALIFIED.items()}
COHORTS_AROUND = 5
BY_FILE = "名单导入"  # why the roll says something else after an import
AGREEMENTS = frozenset({Kind.ONLINE, Kind.OFFLINE, Kind.PAPER})


@dataclass(frozen=True, slots=True)
class RollFacts:
    """What the rules of the roll need to know, read under the lock.

    `open_invitations` are ids of invitations whose deadline has not passed, `slot` the record that holds the slot,
    `shown_hash` the hash of the data the graduate has on the screen now, `wanted` what the roll is to say by column, as
    far as it says something else. Of a record that is not `joined` to an account nobody has seen what it says.
    """

    now: datetime
    training_mode: str
    cohort: int
    current_cohort: int
    slot: Blocker | None = None
    open_termination: Blocker | None = None
    open_invitations: tuple[int, ...] = ()
    shown_hash: str = ""
    joined: bool = True
    wanted: Mapping[str, Any] = field(default_factory=dict)


def arriving(on_roll: str, in_file: str) -> str:
    """Return the training mode that a file means: what a school has qualified since stays qualified (R-GRAD-4)."""
    return on_roll if QUALIFIED.get(in_file) == on_roll else in_file


def _withdraw_all(facts: RollFacts, cause: str) -> tuple[FollowUp, ...]:
    return tuple(FollowUp(i, Action.WITHDRAW, cause) for i in facts.open_invitations)


def _pair(facts: RollFacts) -> str | None:
    return QUALIFIED.get(facts.training_mode) or UNQUALIFIED.get(facts.training_mode)


def _not_that_mode(message: str, then: str) -> Refusal:
    return Refusal(Code.NO_SUCH_VALUE, message, then, fields={"training_mode": message})


def _adjustable(case: Case, actor: Actor, facts: RollFacts) -> Refusal | None:
    if _pair(facts):
        return None
    return _not_that_mode(
        "只有定向（21/22）和委培（41/42）毕业生的网签资格可以调整。", "其他毕业生都可以网签，无需调整。"
    )


def _to_its_pair(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Refusal | None:
    allowed = _pair(facts)
    if request.value == allowed:
        return None
    return _not_that_mode(f"培养方式 {facts.training_mode} 只能调整为 {allowed}。", "请重新选择。")


def _no_agreement_held(case: Case, actor: Actor, facts: RollFacts) -> Refusal | None:
    slot = facts.slot
    if facts.training_mode not in UNQUALIFIED or slot is None or slot.kind not in AGREEMENTS:
        return None
    message = f"该毕业生已有签约记录“{slot.title}”（{slot.label}），不能取消网签资格。"
    return Refusal(Code.TAKEN, message, "请先解约或等待该记录结束。", blocker=slot)


def _nothing_held(case: Case, actor: Actor, facts: RollFacts) -> Refusal | None:
    held = facts.slot or facts.open_termination
    if held is None:
        return None
    message = f"该毕业生还有未结束的记录“{held.title}”（{held.label}），不能调整届别或移出名单。"
    return Refusal(Code.TAKEN, message, "请先处理该记录。", blocker=held)


def _another_cohort(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Refusal | None:
    value = request.value or ""
    year = int(value) if re.fullmatch("[0-9]{4}", value) else facts.cohort
    if year != facts.cohort and abs(year - facts.current_cohort) <= COHORTS_AROUND:
        return None
    message = "请填写另一个有效的届别（当前应届前后五年之内）。"
    return Refusal(Code.NO_SUCH_VALUE, message, "请重新填写。", fields={"cohort": message})


def _as_shown(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Refusal | None:
    if request.value == facts.shown_hash:
        return None
    return Refusal(Code.OUTDATED, "您的信息在打开页面之后有更新，请重新核对。", "请刷新页面核对后再确认。")


def _reason(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="调整原因")


def _losing(facts: RollFacts) -> bool:
    """Say whether an edit takes the right to sign away (R-GRAD-4)."""
    new = facts.wanted.get("training_mode")
    return new in QUALIFIED and facts.training_mode not in QUALIFIED


def _something_new(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Refusal | None:
    if facts.wanted:
        return None
    return Refusal(Code.NOTHING_CHANGED, "名单中的信息与此一致，没有需要更新的内容。", "无需处理。")


def _keeps_agreement(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Refusal | None:
    slot = facts.slot
    if not _losing(facts) or slot is None or slot.kind not in AGREEMENTS:
        return None
    message = f"该毕业生已有签约记录“{slot.title}”（{slot.label}），培养方式不能改为不可网签。"
    return Refusal(Code.TAKEN, message, "请先解约或等待该记录结束。", blocker=slot)


def _edit(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Decision:
    """Write what differs. With a reason it is the school's doing, which the graduate may dispute (R-DIFF-1).

    Without one it is what the graduate asked for, and is told of as granted (R-GRAD-2).
    """
    told = bool(request.reason)
    return Decision(
        Action.EDIT,
        State.ON_ROLL,
        facts.wanted,
        {"fields": sorted(facts.wanted)},
        events=(Event.ROLL_CHANGED,) if told else (),
        effects=(Effect.NOTE_CORRECTION,) if told and facts.joined else (),
        follow_ups=_withdraw_all(facts, "training_mode") if _losing(facts) else (),
    )


def _confirm(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Decision:
    return Decision(Action.CONFIRM, State.ON_ROLL, {"confirmed_hash": facts.shown_hash, "confirmed_at": facts.now})


def _set_training_mode(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Decision:
    losing = facts.training_mode in UNQUALIFIED
    return Decision(
        Action.SET_TRAINING_MODE,
        State.ON_ROLL,
        {"training_mode": request.value},
        {"from": facts.training_mode, "to": request.value},
        events=(Event.ROLL_CHANGED,),
        effects=(Effect.NOTE_CORRECTION,),
        follow_ups=_withdraw_all(facts, "training_mode") if losing else (),
    )


def _move_cohort(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Decision:
    cohort = int(request.value or 0)
    detail = {"from": facts.cohort, "to": cohort}
    withdrawn = _withdraw_all(facts, "cohort")
    columns, events = {"cohort": cohort}, (Event.ROLL_CHANGED,)
    noted = (Effect.NOTE_CORRECTION,)
    return Decision(Action.MOVE_COHORT, State.ON_ROLL, columns, detail, events, noted, withdrawn)


def _take_off(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Decision:
    return Decision(
        Action.TAKE_OFF_ROLL,
        State.OFF_ROLL,
        events=(Event.ROLL_CHANGED,),
        effects=(Effect.NOTE_CORRECTION,),
        follow_ups=_withdraw_all(facts, "off_roll"),
    )


def _put_on(case: Case, actor: Actor, facts: RollFacts, request: Request) -> Decision:
    noted = (Effect.NOTE_CORRECTION,)
    return Decision(Action.PUT_ON_ROLL, State.ON_ROLL, events=(Event.ROLL_CHANGED,), effects=noted)


_ON, _OFF = frozenset({State.ON_ROLL}), frozenset({State.OFF_ROLL})
_SCHOOL, _GRADUATE = frozenset({Role.SCHOOL}), frozenset({Role.GRADUATE})

TRANSITIONS = (
    Transition(Action.CONFIRM, _ON, _GRADUATE, (State.ON_ROLL,), _confirm, checks=(_as_shown,)),
    Transition(
        Action.SET_TRAINING_MODE,
        _ON,
        _SCHOOL,
        (State.ON_ROLL,),
        _set_training_mode,
        guards=(_adjustable, _no_agreement_held),
        checks=(_to_its_pair, _reason),
    ),
    Transition(
        Action.MOVE_COHORT,
        _ON,
        _SCHOOL,
        (State.ON_ROLL,),
        _move_cohort,
        guards=(_nothing_held,),
        checks=(_another_cohort, _reason),
    ),
    Transition(
        Action.TAKE_OFF_ROLL, _ON, _SCHOOL, (State.OFF_ROLL,), _take_off, guards=(_nothing_held,), checks=(_reason,)
    ),
    Transition(Action.PUT_ON_ROLL, _OFF, _SCHOOL, (State.ON_ROLL,), _put_on, checks=(_reason,)),
    Transition(
        Action.EDIT, _ON, _SCHOOL, (State.ON_ROLL,), _edit, checks=(_something_new, _keeps_agreement)
    ),  # a file of the school, for the reason BY_FILE (R-ROLL-1), or a request that it grants, for none (R-GRAD-2)
    *paper_agreement.TRANSITIONS,
)

FLOW = Flow(
    name="roll_record",
    title="毕业生名单",
    subject=Subject.ROLL_RECORD,
    transitions=TRANSITIONS,
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)
