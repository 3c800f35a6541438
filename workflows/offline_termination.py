"""Ending an offline agreement or a paper registration (线下解约): the graduate hands in a letter (R-TOFF-1…4)."""

from workflows import labels, review
from workflows import termination as ending
from workflows.calendar import beijing_day
from workflows.case import Actor, Case, Decision, Request
from workflows.engine import Flow, Transition
from workflows.termination import TerminationFacts
from workflows.vocabulary import REVIEWERS, Action, Effect, Event, Kind, Mark, Role, State, Subject


def _start(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return Decision(Action.START, State.DRAFT, effects=(Effect.STORE_BODY,))


def _edit(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return Decision(Action.EDIT, case.state or State.DRAFT, effects=(Effect.STORE_BODY,))


def _submit(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    columns, detail = ending.handed_over(facts)
    return Decision(Action.SUBMIT, State.REVIEW, columns, detail | ending.said(facts), effects=(Effect.STORE_BODY,))


def _take_back(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return Decision(Action.TAKE_BACK, State.DRAFT, {"review": review.finish(review.under_review(case))})


def _withdraw(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return Decision(Action.WITHDRAW, State.WITHDRAWN)


def _return(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.RETURN, State.RETURNED, Event.TERMINATION_RETURNED)


def _reject(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.REJECT, State.REJECTED, Event.TERMINATION_REJECTED)


def _approve(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    cleaned = ending.clean_checked(request.checked, beijing_day(facts.now))
    return ending.approved(case, actor, facts, cleaned.values)


def _approve_unilateral(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Decision:
    return ending.by_school(case, actor, facts, request, Action.APPROVE_UNILATERAL, State.DONE, Mark.UNILATERAL)


_EDITABLE, _REVIEW = frozenset({State.DRAFT, State.RETURNED}), frozenset({State.REVIEW})
_GRADUATE = frozenset({Role.GRADUATE})

FLOW = Flow(
    name="offline_termination",
    title="线下解约",
    subject=Subject.TERMINATION,
    kind=Kind.OFFLINE,
    transitions=(
        Transition(
            Action.START,
            frozenset({None}),
            _GRADUATE,
            (State.DRAFT,),
            _start,
            guards=(ending.effective, ending.alone),
        ),
        Transition(Action.EDIT, _EDITABLE, _GRADUATE, (State.DRAFT, State.RETURNED), _edit, checks=(ending.current,)),
        Transition(
            Action.SUBMIT,
            _EDITABLE,
            _GRADUATE,
            (State.REVIEW,),
            _submit,
            checks=(ending.current, ending.complete, ending.filed, ending.declared, ending.proved),
        ),
        Transition(Action.TAKE_BACK, _REVIEW, _GRADUATE, (State.DRAFT,), _take_back, guards=(review.untouched,)),
        Transition(Action.WITHDRAW, _EDITABLE, _GRADUATE, (State.WITHDRAWN,), _withdraw),
        Transition(
            Action.APPROVE,
            _REVIEW,
            REVIEWERS,
            (State.REVIEW, State.DONE),
            _approve,
            guards=(ending.reviewer,),
            checks=(ending.current, ending.checked),
        ),
        Transition(
            Action.RETURN,
            _REVIEW,
            REVIEWERS,
            (State.RETURNED,),
            _return,
            guards=(ending.reviewer,),
            checks=(ending.current, review.return_reason_given),
        ),
        Transition(
            Action.REJECT,
            _REVIEW,
            REVIEWERS,
            (State.REJECTED,),
            _reject,
            guards=(ending.reviewer,),
            checks=(ending.current, review.reason_given),
        ),
        Transition(
            Action.APPROVE_UNILATERAL,
            _REVIEW,
            frozenset({Role.SCHOOL}),
            (State.DONE,),
            _approve_unilateral,
            guards=(ending.reviewer,),
            checks=ending.SAFEGUARDS,
        ),
    ),
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)
