"""Ending an online agreement (线上解约): asked by one side, answered by the other, reviewed; or forced (R-TO-1…4)."""

from workflows import labels, review
from workflows import termination as ending
from workflows.case import Actor, Case, Decision, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.termination import TerminationFacts
from workflows.vocabulary import REVIEWERS, Action, Code, Effect, Event, Kind, Mark, Role, State, Subject

ANSWER_LIMIT = 200
_SIDE = {Role.GRADUATE: "毕业生", Role.EMPLOYER: "用人单位"}


# --- guards and checks --------------------------------------------------------------------------------------------


def other_side(case: Case, actor: Actor, facts: TerminationFacts) -> Refusal | None:
    """Refuse answering one's own request (R-TO-1)."""
    if actor.role != case.asked_by:
        return None
    other = _SIDE[Role.EMPLOYER if actor.role == Role.GRADUATE else Role.GRADUATE]
    return Refusal(Code.NOT_ALLOWED, f"该解约申请由您一方提出，应由{other}回应。", f"请等待{other}回应，或撤回申请。")


def own(case: Case, actor: Actor, facts: TerminationFacts) -> Refusal | None:
    """Refuse withdrawing the other side's request (R-TO-4)."""
    if actor.role == case.asked_by:
        return None
    asker = _SIDE[case.asked_by or Role.EMPLOYER]
    return Refusal(Code.NOT_ALLOWED, f"该解约申请由{asker}提出，只能由{asker}撤回。", "您可以接受或拒绝该申请。")


def by_graduate(case: Case, actor: Actor, facts: TerminationFacts) -> Refusal | None:
    """Refuse forcing what an employer has asked for (R-TO-3)."""
    if case.asked_by == Role.GRADUATE:
        return None
    message = "该解约申请由用人单位提出，不能强制解约。"
    return Refusal(Code.NOT_ALLOWED, message, "强制解约只适用于毕业生提出的申请；请等待毕业生回应。")


def newest(case: Case, actor: Actor, facts: TerminationFacts) -> Refusal | None:
    """Refuse forcing on a request that another one came after: what counts is what the graduate wants now (R-TO-3)."""
    if facts.later is None:
        return None
    message = f"该申请之后已有新的解约申请（{facts.later.label}），不能再以此强制解约。"
    return Refusal(Code.WRONG_STATE, message, "请以最近一次解约申请为准办理。", blocker=facts.later)


def short_answer(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Refusal | None:
    """Refuse a refusal whose reason is over 200 characters; none is needed (R-TO-1)."""
    length = len((request.reason or "").strip())
    if length <= ANSWER_LIMIT:
        return None
    message = f"拒绝原因最多 {ANSWER_LIMIT} 字，现有 {length} 字。"
    return Refusal(Code.REASON_TOO_LONG, message, "请缩短后再提交。", fields={"reason": message})


# --- outcomes -----------------------------------------------------------------------------------------------------


def _ask(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    detail = ending.said(facts) if actor.role == Role.GRADUATE else {}
    return Decision(
        Action.ASK, State.ASKED, detail=detail, events=(Event.TERMINATION_ASKED,), effects=(Effect.STORE_BODY,)
    )


def _accept(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    columns, detail = ending.handed_over(facts)
    detail |= ending.said(facts) if actor.role == Role.GRADUATE else {}
    columns |= {"answered_at": facts.now}
    return Decision(Action.ACCEPT, State.REVIEW, columns, detail, (Event.TERMINATION_ACCEPTED,))


def _decline(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    columns = {"answered_at": facts.now, "reason": (request.reason or "").strip() or None}
    return Decision(Action.DECLINE, State.REFUSED, columns, events=(Event.TERMINATION_DECLINED,))


def _withdraw(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return Decision(Action.WITHDRAW, State.WITHDRAWN, events=(Event.TERMINATION_WITHDRAWN,))


def _approve(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return ending.approved(case, actor, facts, {})


def _reject(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.REJECT, State.REVIEW_REJECTED, Event.TERMINATION_REJECTED)


def _force(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return ending.by_school(case, actor, facts, request, Action.FORCE, State.FORCED, Mark.FORCED)


# --- the table ----------------------------------------------------------------------------------------------------

_ASKED, _REVIEW = frozenset({State.ASKED}), frozenset({State.REVIEW})
_SIDES = frozenset({Role.GRADUATE, Role.EMPLOYER})

FLOW = Flow(
    name="online_termination",
    title="线上解约",
    subject=Subject.TERMINATION,
    kind=Kind.ONLINE,
    transitions=(
        Transition(
            Action.ASK,
            frozenset({None}),
            _SIDES,
            (State.ASKED,),
            _ask,
            guards=(ending.effective, ending.alone),
            checks=(ending.complete, ending.declared, ending.proved),
        ),
        Transition(
            Action.ACCEPT,
            _ASKED,
            _SIDES,
            (State.REVIEW,),
            _accept,
            guards=(other_side,),
            checks=(ending.declared, ending.proved),
        ),
        Transition(
            Action.DECLINE,
            _ASKED,
            _SIDES,
            (State.REFUSED,),
            _decline,
            guards=(other_side,),
            checks=(short_answer,),
        ),
        Transition(Action.WITHDRAW, _ASKED, _SIDES, (State.WITHDRAWN,), _withdraw, guards=(own,)),
        Transition(
            Action.APPROVE,
            _REVIEW,
            REVIEWERS,
            (State.REVIEW, State.DONE),
            _approve,
            guards=(ending.reviewer,),
            checks=(ending.current,),
        ),
        Transition(
            Action.REJECT,
            _REVIEW,
            REVIEWERS,
            (State.REVIEW_REJECTED,),
            _reject,
            guards=(ending.reviewer,),
            checks=(ending.current, review.reason_given),
        ),
        Transition(
            Action.FORCE,
            frozenset({State.ASKED, State.REFUSED}),
            frozenset({Role.SCHOOL}),
            (State.FORCED,),
            _force,
            guards=(by_graduate, newest, ending.effective),
            checks=ending.SAFEGUARDS,
        ),
    ),
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)
