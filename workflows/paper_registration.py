"""Paper registration (已签就业协议 登记信息): draft, review, effective, ended (R-PAP-1, R-PAP-2, R-STATE-1)."""

from workflows import correcting, drafts, labels, paper_agreement, review
from workflows.case import Actor, Case, Decision, Refusal, Request
from workflows.drafts import RecordFacts, current
from workflows.engine import Flow, Transition
from workflows.uploads import Wanted
from workflows.vocabulary import REVIEWERS, Action, Effect, Event, Kind, Role, State

# S1 §8.1: 盖章的纸质就业协议书图像; one to nine files.
PROOF = Wanted("paper_agreement", "盖章的纸质就业协议书图像")


def _unlocked(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    return paper_agreement.refuse_registration(facts.paper_locked)


def _submit(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return drafts.submitted(case, facts, State.REVIEW, Effect.KEEP_GRADUATE)


def _approve(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.approved(case, actor, facts, State.EFFECTIVE, Event.PAPER_FORWARDED, (Event.PAPER_APPROVED,))


def _return(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.RETURN, State.RETURNED, Event.PAPER_RETURNED)


def _reject(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.REJECT, State.VOID, Event.PAPER_REJECTED)


def _terminate(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return Decision(Action.TERMINATE, State.TERMINATED, {"ended_at": facts.now})


_GRADUATE, _PLATFORM = frozenset({Role.GRADUATE}), frozenset({Role.PLATFORM})
_FILLABLE, _REVIEW = frozenset({State.DRAFT, State.RETURNED}), frozenset({State.REVIEW})
_STARTING = (drafts.confirmed, drafts.may_start, drafts.may_sign, _unlocked)
_HANDED_IN = (current, drafts.complete, drafts.proven, drafts.declared, drafts.void_confirmed)

TRANSITIONS = (
    Transition(Action.START, frozenset({None}), _GRADUATE, (State.DRAFT,), drafts.start, guards=_STARTING),
    Transition(
        Action.EDIT,
        _FILLABLE,
        _GRADUATE,
        (State.DRAFT, State.RETURNED),
        drafts.edit,
        guards=(drafts.not_past,),
        checks=(current,),
    ),
    Transition(
        Action.SUBMIT,
        _FILLABLE,
        _GRADUATE,
        (State.REVIEW,),
        _submit,
        guards=(*_STARTING, drafts.slot_free),
        checks=_HANDED_IN,
    ),
    Transition(Action.TAKE_BACK, _REVIEW, _GRADUATE, (State.DRAFT,), drafts.taken_back, guards=(drafts.untouched,)),
    Transition(Action.CANCEL, _FILLABLE, _GRADUATE, (State.CANCELLED,), drafts.cancelled),
    Transition(
        Action.APPROVE,
        _REVIEW,
        REVIEWERS,
        (State.REVIEW, State.EFFECTIVE),
        _approve,
        guards=(drafts.reviewer,),
        checks=(current,),
    ),
    Transition(
        Action.RETURN,
        _REVIEW,
        REVIEWERS,
        (State.RETURNED,),
        _return,
        guards=(drafts.reviewer,),
        checks=(current, review.return_reason_given),
    ),
    Transition(
        Action.REJECT,
        _REVIEW,
        REVIEWERS,
        (State.VOID,),
        _reject,
        guards=(drafts.reviewer,),
        checks=(current, review.reason_given),
    ),
    correcting.row(State.EFFECTIVE),
    Transition(Action.TERMINATE, frozenset({State.EFFECTIVE}), _PLATFORM, (State.TERMINATED,), _terminate),
)

FLOW = Flow(
    name="paper_registration",
    title="已签就业协议登记",
    kind=Kind.PAPER,
    transitions=TRANSITIONS,
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)
