"""An employer's own state: registered or imported, verified, suspended and resumed by the operator (R-EMP-1/2/3)."""

from dataclasses import dataclass
from datetime import datetime

from workflows import labels, review
from workflows.case import Actor, Case, Decision, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.vocabulary import Action, Code, Event, Role, State, Subject

# Known to the platform already: their officers apply, nobody registers them again.
REGISTERED = frozenset({State.IMPORTED, State.VERIFIED, State.SUSPENDED})


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """The moment of the decision, and what proves the organisation where it is admitted."""

    now: datetime
    proof: str | None = None


def refuse_business(state: State) -> Refusal | None:
    """Refuse searching, inviting and correcting to an employer that is not verified, or suspended (R-ON-1, R-EMP-3)."""
    if state == State.VERIFIED:
        return None
    if state == State.SUSPENDED:
        message = "贵单位的签约权限已被平台暂停，不能查找毕业生，也不能发起或修改签约邀请。"
        return Refusal(Code.EMPLOYER_SUSPENDED, message, "请查看“单位认证”中的暂停原因，并联系平台客服。")
    message = "贵单位尚未通过实名认证，不能发起或修改签约邀请。"
    return Refusal(Code.EMPLOYER_UNVERIFIED, message, "请先完成单位认证与网签负责人认证。")


def refuse_acceptance(state: State) -> Refusal | None:
    """Refuse accepting an invitation of a suspended employer (R-EMP-3)."""
    if state != State.SUSPENDED:
        return None
    message = "该单位的签约权限已被平台暂停，不能接受它的邀请。"
    return Refusal(Code.EMPLOYER_SUSPENDED, message, "该邀请将由平台撤回，请查看其他邀请。")


# --- checks and outcomes -----------------------------------------------------------------------------------------


def _suspension(case: Case, actor: Actor, facts: StandingFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="暂停原因", reader="单位")


def _resumption(case: Case, actor: Actor, facts: StandingFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="恢复原因", reader="单位")


def _register(case: Case, actor: Actor, facts: StandingFacts, request: Request) -> Decision:
    return Decision(Action.REGISTER, State.PENDING)


def _import(case: Case, actor: Actor, facts: StandingFacts, request: Request) -> Decision:
    return Decision(Action.IMPORT, State.IMPORTED)


def _admit(case: Case, actor: Actor, facts: StandingFacts, request: Request) -> Decision:
    return Decision(Action.ADMIT, State.VERIFIED, {"verified_at": facts.now, "proof": facts.proof})


def _suspend(case: Case, actor: Actor, facts: StandingFacts, request: Request) -> Decision:
    columns = {"suspended_at": facts.now, "reason": (request.reason or "").strip()}
    events = (Event.EMPLOYER_SUSPENDED, Event.INVITATIONS_RECALLED)
    return Decision(Action.SUSPEND, State.SUSPENDED, columns, events=events)


def _resume(case: Case, actor: Actor, facts: StandingFacts, request: Request) -> Decision:
    columns = {"suspended_at": None, "reason": (request.reason or "").strip()}
    return Decision(Action.RESUME, State.VERIFIED, columns, events=(Event.EMPLOYER_RESUMED,))


# --- the table ---------------------------------------------------------------------------------------------------

_NEW = frozenset({None})
_OPERATOR, _PLATFORM = frozenset({Role.OPERATOR}), frozenset({Role.PLATFORM})
_BEFORE = frozenset({State.PENDING, State.IMPORTED})

TRANSITIONS = (
    Transition(Action.REGISTER, _NEW, frozenset({Role.EMPLOYER}), (State.PENDING,), _register),
    Transition(Action.IMPORT, _NEW, _PLATFORM, (State.IMPORTED,), _import),
    Transition(Action.ADMIT, _BEFORE, _PLATFORM, (State.VERIFIED,), _admit),
    Transition(
        Action.SUSPEND, frozenset({State.VERIFIED}), _OPERATOR, (State.SUSPENDED,), _suspend, checks=(_suspension,)
    ),
    Transition(
        Action.RESUME, frozenset({State.SUSPENDED}), _OPERATOR, (State.VERIFIED,), _resume, checks=(_resumption,)
    ),
)

FLOW = Flow(
    name="employer_standing",
    title="用人单位",
    transitions=TRANSITIONS,
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
    subject=Subject.EMPLOYER,
)
