"""A change made by staff, shown to the graduate: to accept, or to dispute, which the school answers (R-DIFF-1).

A correction is in force from the moment it was made; nothing here changes the record it is about.
"""

from dataclasses import dataclass
from datetime import datetime

from workflows import labels, review
from workflows.case import Actor, Case, Decision, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.vocabulary import Action, Code, Event, Role, State, Subject


@dataclass(frozen=True, slots=True)
class CorrectionFacts:
    """What the rules of a correction need to know.

    `changed_again`: since the dispute the school has changed one of the disputed fields of the same record again.
    """

    now: datetime
    changed_again: bool = False


def _again(case: Case, actor: Actor, facts: CorrectionFacts) -> Refusal | None:
    """Refuse upholding a dispute before the school has changed the record again."""
    if facts.changed_again:
        return None
    message = "提出异议之后，学校还没有再次修改该信息，不能认定异议成立。"
    return Refusal(Code.NOTHING_CHANGED, message, "请先再次修改有异议的内容，再认定异议成立。")


def _disputed(case: Case, actor: Actor, facts: CorrectionFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="异议内容", reader="学校")


def _answered(case: Case, actor: Actor, facts: CorrectionFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="异议不成立的原因")


def _commented(case: Case, actor: Actor, facts: CorrectionFacts, request: Request) -> Refusal | None:
    """Refuse a comment over 500 characters; none is needed."""
    return review.needs_reason(request, what="说明") if (request.reason or "").strip() else None


def _text(request: Request) -> str | None:
    return (request.reason or "").strip() or None


def _acknowledge(case: Case, actor: Actor, facts: CorrectionFacts, request: Request) -> Decision:
    return Decision(Action.ACKNOWLEDGE, State.ACKNOWLEDGED, {"decided_at": facts.now})


def _dispute(case: Case, actor: Actor, facts: CorrectionFacts, request: Request) -> Decision:
    text = _text(request)
    return Decision(Action.DISPUTE, State.OPEN, {"dispute": text}, reason=text)


def _uphold(case: Case, actor: Actor, facts: CorrectionFacts, request: Request) -> Decision:
    text = _text(request)
    columns = {"answer": text, "decided_at": facts.now}
    return Decision(Action.UPHOLD, State.UPHELD, columns, events=(Event.CORRECTION_UPHELD,), reason=text)


def _dismiss(case: Case, actor: Actor, facts: CorrectionFacts, request: Request) -> Decision:
    text = _text(request)
    columns = {"answer": text, "decided_at": facts.now}
    return Decision(Action.DISMISS, State.DISMISSED, columns, events=(Event.CORRECTION_DISMISSED,), reason=text)


_SHOWN, _OPEN = frozenset({State.SHOWN}), frozenset({State.OPEN})
_GRADUATE, _SCHOOL = frozenset({Role.GRADUATE}), frozenset({Role.SCHOOL})

FLOW = Flow(
    name="correction",
    title="信息修改与异议",
    subject=Subject.CORRECTION,
    transitions=(
        Transition(Action.ACKNOWLEDGE, _SHOWN, _GRADUATE, (State.ACKNOWLEDGED,), _acknowledge),
        Transition(Action.DISPUTE, _SHOWN, _GRADUATE, (State.OPEN,), _dispute, checks=(_disputed,)),
        Transition(Action.UPHOLD, _OPEN, _SCHOOL, (State.UPHELD,), _uphold, guards=(_again,), checks=(_commented,)),
        Transition(Action.DISMISS, _OPEN, _SCHOOL, (State.DISMISSED,), _dismiss, checks=(_answered,)),
    ),
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)
