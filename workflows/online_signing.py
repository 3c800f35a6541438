"""Online signing (网签): invitation, answer, review, effective agreement (R-ON-1…8, R-INV-1)."""

from datetime import datetime

from workflows import correcting, labels, review
from workflows import signing_obstacles as obstacles
from workflows.case import Actor, Case, Decision, FollowUp, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.signing_obstacles import (
    MISSES_A_DAY,
    SigningFacts,
    current,
    refuse_search,
    shown,
    voidable,
)
from workflows.vocabulary import Action, Code, Effect, Event, Role, State

__all__ = [
    "FLOW",
    "MISSES_A_DAY",
    "NO_MATCH",
    "SigningFacts",
    "current",
    "describe",
    "may_download",
    "may_preview",
    "refuse_search",
    "shown",
    "voidable",
]

NO_MATCH = "未找到可邀请的毕业生，请核对姓名与身份证号，或学号与学校。"


def describe(case: Case, now: datetime) -> str:
    """Return the label of the case at this moment."""
    return labels.state_label(case, shown(case, now))


# --- outcomes ----------------------------------------------------------------------------------------------------


def _invite(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    lapsed = tuple(FollowUp(i, Action.EXPIRE, "invite") for i in facts.own_lapsed)
    return Decision(
        Action.INVITE,
        State.INVITED,
        {"deadline_at": request.deadline_at},
        events=(Event.INVITATION_SENT,),
        effects=(Effect.STORE_TERMS,),
        follow_ups=lapsed,
    )


def _correct(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    deadline = request.deadline_at or case.deadline_at
    effects, events = (Effect.STORE_TERMS,), (Event.INVITATION_CORRECTED,)
    return Decision(Action.CORRECT, State.INVITED, {"deadline_at": deadline}, events=events, effects=effects)


def _withdraw(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    columns = {"withdrawn_by": actor.role}
    suspended = actor.role == Role.PLATFORM and facts.employer_state == State.SUSPENDED
    detail = {"cause": "suspended"} if suspended else {}
    return Decision(Action.WITHDRAW, State.WITHDRAWN, columns, detail, events=(Event.INVITATION_WITHDRAWN,))


def _accept(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    started = review.start(facts.department_review)
    slot = facts.slot
    voided = (FollowUp(slot.id, Action.VOID, "accept"),) if slot else ()
    read = {"version": case.version, "declaration": facts.declaration, "notice": facts.binding_notice}
    read |= {"clauses": facts.clauses, "sha256": dict(facts.text_hashes)}
    detail = {"accepted": read, "path": list(started.path)}
    return Decision(
        Action.ACCEPT,
        State.ACCEPTED,
        {"review": started, "submitted_at": facts.now},
        detail,
        events=(Event.INVITATION_ACCEPTED,),
        effects=(Effect.SNAPSHOT,),
        follow_ups=voided,
    )


def _decline(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    columns = {"reason": (request.reason or "").strip() or None}
    return Decision(Action.DECLINE, State.DECLINED, columns, events=(Event.INVITATION_DECLINED,))


def _expire(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    return Decision(Action.EXPIRE, State.EXPIRED, events=(Event.INVITATION_EXPIRED,))


def _approve(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    events = (Event.SIGNING_APPROVED, Event.AGREEMENT_ISSUED)
    effects = (Effect.ISSUE_AGREEMENT,)
    return review.approved(case, actor, facts, State.EFFECTIVE, Event.SIGNING_FORWARDED, events, effects)


def _reject(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.REJECT, State.REVIEW_REJECTED, Event.SIGNING_REJECTED)


def _terminate(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    return Decision(Action.TERMINATE, State.TERMINATED, {"ended_at": facts.now})


# --- the table ---------------------------------------------------------------------------------------------------

_INVITED = frozenset({State.INVITED})
_ACCEPTED = frozenset({State.ACCEPTED})
_GRADUATE, _EMPLOYER, _PLATFORM = frozenset({Role.GRADUATE}), frozenset({Role.EMPLOYER}), frozenset({Role.PLATFORM})
_REVIEWERS = frozenset({Role.DEPARTMENT, Role.SCHOOL})

TRANSITIONS = (
    Transition(
        Action.INVITE,
        frozenset({None}),
        _EMPLOYER,
        (State.INVITED,),
        _invite,
        guards=(
            obstacles.verified,
            obstacles.not_locked,
            obstacles.may_start,
            obstacles.training_mode,
            obstacles.one_per_employer,
        ),
        checks=(obstacles.deadline,),
    ),
    Transition(
        Action.CORRECT,
        _INVITED,
        _EMPLOYER,
        (State.INVITED,),
        _correct,
        guards=(obstacles.verified,),
        checks=(obstacles.current, obstacles.moved_deadline),
    ),
    Transition(Action.WITHDRAW, _INVITED, _EMPLOYER | _PLATFORM, (State.WITHDRAWN,), _withdraw),
    Transition(
        Action.ACCEPT,
        _INVITED,
        _GRADUATE,
        (State.ACCEPTED,),
        _accept,
        guards=(
            obstacles.confirmed,
            obstacles.may_accept,
            obstacles.training_mode,
            obstacles.not_suspended,
            obstacles.slot_free,
        ),
        checks=(
            obstacles.current,
            obstacles.clauses_read,
            obstacles.declared,
            obstacles.noticed,
            obstacles.void_confirmed,
            obstacles.proved,
        ),
    ),
    Transition(
        Action.DECLINE,
        _INVITED,
        _GRADUATE,
        (State.DECLINED,),
        _decline,
        guards=(obstacles.confirmed, obstacles.not_signed_online),
        checks=(obstacles.short_reason,),
    ),
    Transition(
        Action.EXPIRE, frozenset({State.EXPIRED}), _PLATFORM, (State.EXPIRED,), _expire, guards=(obstacles.unrecorded,)
    ),
    Transition(
        Action.APPROVE,
        _ACCEPTED,
        _REVIEWERS,
        (State.ACCEPTED, State.EFFECTIVE),
        _approve,
        guards=(obstacles.reviewer,),
        checks=(obstacles.current,),
    ),
    Transition(
        Action.REJECT,
        _ACCEPTED,
        _REVIEWERS,
        (State.REVIEW_REJECTED,),
        _reject,
        guards=(obstacles.reviewer,),
        checks=(obstacles.current, obstacles.reason),
    ),
    correcting.row(State.EFFECTIVE),
    Transition(Action.TERMINATE, frozenset({State.EFFECTIVE}), _PLATFORM, (State.TERMINATED,), _terminate),
)

FLOW = Flow(
    name="online_signing",
    title="线上签约（网签）",
    transitions=TRANSITIONS,
    shown=shown,
    describe=describe,
    action_label=labels.action_label,
    wrong_state=obstacles.past_deadline,
    by_time=((State.INVITED, State.EXPIRED, "到应约截止时间仍未回应"),),
)


def may_download(case: Case) -> Refusal | None:
    """Refuse the agreement before final approval; it stays available after an ending (R-ON-5, R-QR-1)."""
    if case.state in (State.EFFECTIVE, State.TERMINATED):
        return None
    message, then = "签约审核通过后才能下载就业协议书。", "审核期间可预览协议书。"
    return Refusal(Code.WRONG_STATE, labels.worded(message, case), labels.worded(then, case))


def may_preview(case: Case, now: datetime) -> Refusal | None:
    """Refuse the preview of a signing that has failed; before approval it is watermarked and has no QR (R-ON-5)."""
    if shown(case, now) in (State.INVITED, State.ACCEPTED, State.EFFECTIVE, State.TERMINATED):
        return None
    return Refusal(
        Code.WRONG_STATE, f"该邀请当前状态为“{describe(case, now)}”，没有可预览的协议书。", "请查看其他邀请。"
    )
