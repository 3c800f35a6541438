"""Corrections of an approved placement by school staff: which fields, with what reason, what follows (R-EDIT-1).

The row of a flow that allows them is `correcting.row(state)`. What a correction changes is written down, old and new,
by `Effect.NOTE_CORRECTION` in the same transaction, for the graduate to accept or to dispute (R-DIFF-1).
"""

from collections.abc import Iterable
from typing import Any

from workflows import review
from workflows.agreement_form import BY_NAME
from workflows.case import Actor, Case, Decision, Refusal, Request
from workflows.engine import Check, Transition
from workflows.signing_obstacles import current
from workflows.vocabulary import Action, Code, Effect, Event, Kind, Role, State

# What may be corrected in an agreement that the parties signed here: neither who the employer is, nor the graduate,
# nor pay, household and archive, probation, position or supplementary content, but whom to call, where and when to
# report, and how the position is classified. Of the other kinds every field is the graduate's own entry and may be.
NOT_SIGNED = (
    "position_category",
    "contact_name",
    "contact_mobile",
    "contact_phone",
    "contact_email",
    "report_place",
    "report_by",
    "work_place",
)
CORRECTABLE: dict[Kind, tuple[str, ...]] = {
    Kind.ONLINE: NOT_SIGNED,
    Kind.OFFLINE: NOT_SIGNED,
    Kind.PAPER: tuple(BY_NAME),
}


def correctable(kind: Kind, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of a form's fields that may be corrected once it is approved, in their order (R-EDIT-1)."""
    allowed = CORRECTABLE.get(kind)
    return tuple(name for name in names if allowed is None or name in allowed)


def reasoned(case: Case, actor: Actor, facts: object, request: Request) -> Refusal | None:
    """Refuse a correction without a reason, which the graduate reads, or with one over 500 characters."""
    return review.needs_reason(request, what="修改原因")


def unsigned(case: Case, actor: Actor, facts: object, request: Request) -> Refusal | None:
    """Refuse changing what the parties signed: that needs an ending and a new signing."""
    signed = [name for name in request.changed if name not in correctable(case.kind, request.changed)]
    if not signed:
        return None
    message = "单位、毕业生、薪酬、户档、职位和协议补充内容是双方签订的内容，不能修改。"
    then = "如确需变更，请双方解约后重新签约。"
    return Refusal(Code.SIGNED_FIELD, message, then, fields=dict.fromkeys(signed, message))


def right(case: Case, actor: Actor, facts: object, request: Request) -> Refusal | None:
    """Refuse values that the form refuses, naming each field."""
    if not request.errors:
        return None
    message = f"有 {len(request.errors)} 项填写不正确，尚未修改。"
    return Refusal(Code.FORM_INCOMPLETE, message, "请按提示更正后再提交。", fields=request.errors)


def different(case: Case, actor: Actor, facts: object, request: Request) -> Refusal | None:
    """Refuse a correction that changes nothing."""
    if request.changed:
        return None
    return Refusal(Code.NOTHING_CHANGED, "内容没有变化，无需修改。", "请更改后再提交，或返回详情。")


CHECKS = (current, unsigned, right, different, reasoned)


def corrected(case: Case, actor: Actor, facts: Any, request: Request) -> Decision:
    """Put new terms into force at once; the state stays, the graduate is told (R-EDIT-1, R-MSG-1)."""
    if case.state is None:
        raise ValueError("correcting a record that does not exist")
    return Decision(
        Action.CORRECT,
        case.state,
        detail={"changed": list(request.changed)},
        events=(Event.PLACEMENT_CORRECTED,),
        effects=(Effect.STORE_TERMS, Effect.NOTE_CORRECTION),
        reason=(request.reason or "").strip(),
    )


def row(state: State, *more: Check) -> Transition:
    """Return the row of a flow whose approved state this is; `more` are the flow's own checks."""
    return Transition(
        Action.CORRECT, frozenset({state}), frozenset({Role.SCHOOL}), (state,), corrected, checks=(*CHECKS, *more)
    )
