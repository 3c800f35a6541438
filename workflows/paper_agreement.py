"""The paper agreement of a graduate, as the school keeps track of it: none, issued, handed back and locked (R-SCH-4).

These are actions on the roll record. A locked paper can no longer be registered; nothing unlocks by itself.
"""

from typing import Protocol

from workflows import labels, review
from workflows.case import Actor, Blocker, Case, Decision, Refusal, Request
from workflows.engine import Guard, Transition
from workflows.vocabulary import Action, Code, Kind, PaperState, Role, State

P = PaperState
# From where each action leads where.
MOVES: dict[Action, tuple[frozenset[PaperState], PaperState]] = {
    Action.ISSUE_PAPER: (frozenset({P.NONE, P.LOCKED}), P.ISSUED),
    Action.RECALL_PAPER: (frozenset({P.ISSUED}), P.NONE),
    Action.LOCK_PAPER: (frozenset({P.ISSUED}), P.LOCKED),
    Action.UNLOCK_PAPER: (frozenset({P.LOCKED}), P.NONE),
}


class PaperFacts(Protocol):
    """What these rules need to know: the record that holds the graduate's slot."""

    @property
    def slot(self) -> Blocker | None: ...


def _movable(action: Action) -> Guard:
    """Refuse an action that the paper's state does not allow."""
    sources, _ = MOVES[action]

    def guard(case: Case, actor: Actor, facts: PaperFacts) -> Refusal | None:
        if case.paper in sources:
            return None
        message = (
            f"该毕业生的纸质协议书状态为“{labels.PAPER_LABEL[case.paper]}”，不能办理“{labels.ACTION_LABEL[action]}”。"
        )
        return Refusal(Code.WRONG_STATE, message, "请刷新页面查看最新状态。")

    return guard


def _online_over(case: Case, actor: Actor, facts: PaperFacts) -> Refusal | None:
    """Refuse letting go of a locked paper while the online agreement for which it was handed back lives."""
    slot = facts.slot
    if case.paper != P.LOCKED or slot is None or slot.kind != Kind.ONLINE:
        return None
    message = f"该毕业生的线上签约“{slot.title}”（{slot.label}）尚未结束，纸质协议书不能解除锁定或重新发放。"
    return Refusal(Code.TAKEN, message, "该签约解约或审核未通过之后才能办理。", blocker=slot)


def _not_registered(case: Case, actor: Actor, facts: PaperFacts) -> Refusal | None:
    """Refuse locking the paper whose registration is under review or in force."""
    slot = facts.slot
    if slot is None or slot.kind != Kind.PAPER:
        return None
    message = f"该毕业生已登记这份纸质协议书“{slot.title}”（{slot.label}），不能锁定。"
    return Refusal(Code.TAKEN, message, "请先处理该登记。", blocker=slot)


def _reason(case: Case, actor: Actor, facts: PaperFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="办理原因")


def _reason_again(case: Case, actor: Actor, facts: PaperFacts, request: Request) -> Refusal | None:
    """Refuse issuing a locked paper once more without a reason; the first time none is needed."""
    return _reason(case, actor, facts, request) if case.paper == P.LOCKED or request.reason else None


def _moved(action: Action) -> Transition:
    _, target = MOVES[action]

    def outcome(case: Case, actor: Actor, facts: PaperFacts, request: Request) -> Decision:
        detail = {"from": case.paper.value, "to": target.value}
        return Decision(action, State.ON_ROLL, {"paper_state": target.value}, detail)

    guards, checks = (_movable(action), *_GUARDS.get(action, ())), _CHECKS.get(action, ())
    return Transition(
        action,
        frozenset({State.ON_ROLL}),
        frozenset({Role.SCHOOL}),
        (State.ON_ROLL,),
        outcome,
        guards=guards,
        checks=checks,
    )


_GUARDS = {
    Action.ISSUE_PAPER: (_online_over,),
    Action.LOCK_PAPER: (_not_registered,),
    Action.UNLOCK_PAPER: (_online_over,),
}
_CHECKS = {
    Action.ISSUE_PAPER: (_reason_again,),
    Action.RECALL_PAPER: (_reason,),
    Action.UNLOCK_PAPER: (_reason,),
}
TRANSITIONS = tuple(_moved(action) for action in MOVES)


def refuse_registration(locked: bool) -> Refusal | None:
    """Refuse registering a paper agreement that the school has back and locked (R-SCH-4)."""
    if not locked:
        return None
    message = "您的纸质就业协议书已由学校收回并锁定，不能再登记。"
    return Refusal(Code.PAPER_LOCKED, message, "如线上签约已解约或审核未通过，请联系学校重新发放或解除锁定。")
