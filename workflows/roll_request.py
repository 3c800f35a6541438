"""信息导入 and 信息更新: a graduate asks, the school grants or refuses; one open request of a kind (R-GRAD-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from workflows import labels, review
from workflows.case import Actor, Case, Decision, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.roll_file import COLUMNS, DEPARTMENT, GENDER, CellError, Column, Expected, read_cell
from workflows.signing_obstacles import declared
from workflows.vocabulary import Action, Code, Event, Role, State, Subject


class RequestKind(StrEnum):
    """To be put on the roll, or to have what it says corrected."""

    IMPORT = "import"
    UPDATE = "update"


TITLE: dict[RequestKind, str] = {RequestKind.IMPORT: "信息导入", RequestKind.UPDATE: "信息更新"}
NOTE_LIMIT = 200

# What a request may say, by the roll's column; who the person is and the school stand in the account. Phone and e-mail
# are changed there, and the right to sign by the school alone (R-GRAD-4).
_ASKABLE = {DEPARTMENT: "department", GENDER: "gender_code"} | {c.label: c.name for c in COLUMNS if c.name}
FIELDS: dict[str, Column] = {_ASKABLE[c.label]: c for c in COLUMNS if c.label in _ASKABLE}
ONLY_IMPORT = frozenset({"training_mode"})
ONLY_UPDATE = frozenset({"name", "gender_code"})
REQUIRED = frozenset(
    {"student_number", "department", "major", "education_code", "ethnic_code", "political_code", "graduates_on"}
    | ONLY_IMPORT
)


def fields_of(kind: RequestKind) -> dict[str, Column]:
    """Return what a request of a kind may say, in the order of the roll."""
    not_here = ONLY_UPDATE if kind == RequestKind.IMPORT else ONLY_IMPORT
    return {name: column for name, column in FIELDS.items() if name not in not_here}


def read(kind: RequestKind, typed: Mapping[str, str], expected: Expected) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values that a request asks for and one sentence per wrong field; an empty field asks for nothing."""
    values: dict[str, Any] = {}
    errors = {name: "没有这个字段，请去掉。" for name in typed if name not in fields_of(kind)}
    for name, column in fields_of(kind).items():
        text = (typed.get(name) or "").strip()
        if text:
            try:
                values[name] = read_cell(column, text, expected)
            except CellError as error:
                errors[name] = f"{column.label}：{error}"
        elif kind == RequestKind.IMPORT and name in REQUIRED:
            errors[name] = f"请填写{column.label}。"
    if kind == RequestKind.UPDATE and not values and not errors:
        errors["fields"] = "请至少填写一项要更正的内容。"
    if "education_code" in values:
        values["degree_level_code"] = expected.degree_levels[values["education_code"]]
    return values, errors


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the rules of requests need to know; `open_one`: the person has an open request of the kind.

    `declaration` is the version of 数据真实无误 in force.
    """

    now: datetime
    kind: RequestKind
    open_one: bool = False
    declaration: str = ""


def _none_open(case: Case, actor: Actor, facts: RequestFacts) -> Refusal | None:
    if not facts.open_one:
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


def _reason(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request)


def _ask(case: Case, actor: Actor, facts: RequestFacts, request: Request) -> Decision:
    return Decision(Action.ASK, State.ASKED, detail={"kind": facts.kind.value, "declared": facts.declaration})


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
        Action.ASK,
        frozenset({None}),
        _GRADUATE,
        (State.ASKED,),
        _ask,
        guards=(_none_open,),
        checks=(_complete, declared),
    ),
    Transition(Action.GRANT, _ASKED, _SCHOOL, (State.GRANTED,), _grant, checks=(_current,)),
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
