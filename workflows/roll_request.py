"""信息导入 and 信息更新: a graduate asks, the school grants or refuses; one open request of a kind (R-GRAD-2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows import labels, review
from workflows.case import Actor, Blocker, Case, Decision, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.vocabulary import Action, Code, Event, Role, State, Subject


class RequestKind(StrEnum):
    """To be put on the roll, or to have what it says corrected."""

    IMPORT = "import"
    UPDATE = "update"


TITLE: dict[RequestKind, str] = {RequestKind.IMPORT: "信息导入", RequestKind.UPDATE: "信息更新"}


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the rules of requests need to know; `open_one` is the person's open request of the same kind.

    `held` is what stands against the change on the roll: a sentence of the rules of the roll.
    """

    now: datetime
    kind: RequestKind
    open_one: Blocker | None = None
    held: Refusal | None = None


def _none_open(case: Case, actor: Actor, facts: RequestFacts) -> Refusal | None:
    if facts.open_one is None:
        return None
    message = f"您已提交过“{TITLE[facts.kind]}”申请，学校尚未处理。"
    return Refusal(Code.ALREADY_OPEN, message, "请等待学校处理后再申请。")


def _complete(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Refusal | None:
    if not request.errors:
        return None
    message = "有内容填写不正确，请按提示修改。"
    return Refusal(Code.FORM_INCOMPLETE, message, "修改后再提交。", fields=request.errors)


def _current(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Refusal | None:
    if request.version == case.version:
        return None
    return Refusal(Code.OUTDATED, "该申请已有变化，请刷新后重新处理。", "请刷新页面查看最新内容。")


def _possible(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Refusal | None:
    return facts.held


def _reason(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request)


def _ask(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Decision:
    return Decision(Action.ASK, State.ASKED, detail={"kind": facts.kind.value})


def _grant(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Decision:
    columns = {"decided_at": facts.now, "decided_by": actor.id}
    return Decision(Action.GRANT, State.GRANTED, columns, {"kind": facts.kind.value}, (Event.ROLL_REQUEST_GRANTED,))


def _refuse(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Decision:
    columns = {"decided_at": facts.now, "decided_by": actor.id, "reason": (request.reason or "").strip()}
    return Decision(Action.REJECT, State.REFUSED, columns, {"kind": facts.kind.value}, (Event.ROLL_REQUEST_REFUSED,))


_ASKED = frozenset({State.ASKED})
_SCHOOL, _GRADUATE = frozenset({Role.SCHOOL}), frozenset({Role.GRADUATE})

TRANSITIONS = (
    Transition(
        Action.ASK, frozenset({None}), _GRADUATE, (State.ASKED,), _ask, guards=(_none_open,), checks=(_complete,)
    ),
    Transition(Action.GRANT, _ASKED, _SCHOOL, (State.GRANTED,), _grant, checks=(_current, _possible)),
    Transition(Action.REJECT, _ASKED, _SCHOOL, (State.REFUSED,), _refuse, checks=(_current, _reason)),
)

FLOW = Flow(
    name="roll_request",
    title="信息导入与更新申请",
    subject=Subject.ROLL_REQUEST,
    transitions=TRANSITIONS,
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)
