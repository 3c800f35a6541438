"""What ending an agreement online and offline have in common: facts, the form, what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflows import proof, review
from workflows.calendar import beijing_day
from workflows.case import Actor, Blocker, Case, Decision, FollowUp, Refusal, Request
from workflows.form_fields import Cleaned, Field, FieldType, KnownCode, clean_fields
from workflows.identity import clean_name
from workflows.labels import MARK_LABEL, worded
from workflows.signing_obstacles import current
from workflows.uploads import Wanted
from workflows.vocabulary import Action, Code, Effect, Event, Mark, Role, State, Step

__all__ = ["current"]

EXPLANATION_LIMIT = 500
SHORTEST_REASON = 10
LETTER = Wanted("termination_letter", "解约函")
EVIDENCE = Wanted("forced_evidence", "强制解约的留存材料")
WARNING = "使用前应与用人单位协商一致并留存相关材料"

FIELDS: tuple[Field, ...] = (
    Field("reason_code", "解约原因", FieldType.CHOICE, table="termination_reasons"),
    Field("explanation", "解约说明", FieldType.PARAGRAPHS, limit=EXPLANATION_LIMIT),
)
# R-TOFF-2: how, when and with whom at the employer it was checked.
HOW = (("phone", "电话核实"), ("visit", "当面核实"), ("letter", "书面函件核实"), ("email", "邮件核实"))
CHECKED_FIELDS: tuple[Field, ...] = (
    Field("how", "核实方式", FieldType.CHOICE, options=HOW),
    Field("on", "核实日期", FieldType.DAY),
    Field("whom", "用人单位核实人", FieldType.LINE, limit=50),
)


def clean(raw: Mapping[str, Any], known: KnownCode) -> Cleaned:
    """Check reason and explanation of a request (R-TO-1, R-TOFF-1); `known(table, code)` knows the reasons."""
    return clean_fields(FIELDS, raw, known)


def clean_checked(raw: Mapping[str, Any], today: date) -> Cleaned:
    """Check what a reviewer says of the talk with the employer; `today` is Beijing's (R-TOFF-2)."""
    cleaned = clean_fields(CHECKED_FIELDS, raw, lambda table, code: True)
    day = cleaned.values.get("on")
    if day and date.fromisoformat(day) > today:
        cleaned.errors["on"] = "核实日期不能晚于今天。"
    return cleaned


@dataclass(frozen=True, slots=True)
class TerminationFacts:
    """What the rules of endings need to know, read under the lock.

    `agreement` is what is to be ended; `open` another open request about it, `later` one that came after this one.
    `files` is what is wrong with the uploads that the step wants, if something is: the letter or the evidence.
    """

    now: datetime
    agreement: Blocker
    department_review: bool = False
    department_has_reviewer: bool = False
    graduate_department_id: int | None = None
    graduate_name: str = ""
    open: Blocker | None = None
    later: Blocker | None = None
    declaration: str = ""
    text_hashes: Mapping[str, str] = field(default_factory=dict)
    files: Refusal | None = None


# --- guards ------------------------------------------------------------------------------------------------------


def effective(case: Case, actor: Actor, facts: TerminationFacts) -> Refusal | None:
    """Refuse ending what is not in force (R-TO-4)."""
    agreement = facts.agreement
    if agreement.state == State.EFFECTIVE:
        return None
    message = f"“{agreement.title}”当前状态为“{agreement.label}”，只有生效的协议才能解约。"
    return Refusal(Code.WRONG_STATE, message, "请刷新页面查看最新状态。", blocker=agreement)


def alone(case: Case, actor: Actor, facts: TerminationFacts) -> Refusal | None:
    """Refuse a second open request about one agreement (R-TO-4, R-TOFF-4)."""
    if facts.open is None:
        return None
    message = f"“{facts.open.title}”已有一份解约申请（{facts.open.label}），同一协议同时只能有一份。"
    return Refusal(Code.ALREADY_OPEN, message, "请先办理该申请，或等待其结束。", blocker=facts.open)


def reviewer(case: Case, actor: Actor, facts: TerminationFacts) -> Refusal | None:
    """Refuse a reviewer whose step it is not (R-REV-1, R-SCH-2)."""
    return review.not_yours(case, actor, facts)


# --- checks ------------------------------------------------------------------------------------------------------


def complete(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Refusal | None:
    """Refuse a request without reason or explanation, naming the field (R-TO-1, R-TOFF-1)."""
    if not request.errors:
        return None
    message = f"还有 {len(request.errors)} 项没有填好，暂不能提交。"
    return Refusal(Code.FORM_INCOMPLETE, message, "请按提示补充或更正后再提交。", fields=request.errors)


def declared(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Refusal | None:
    """Refuse a graduate's step without the tick under the current 数据真实无误 (R-BTN-2)."""
    if actor.role != Role.GRADUATE or request.declaration == facts.declaration:
        return None
    message = "请核对内容摘要，并勾选“数据真实无误”。"
    return Refusal(Code.DECLARATION_REQUIRED, message, "勾选后再提交。", fields={"declaration": message})


def proved(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Refusal | None:
    """Refuse a graduate's step without a fresh proof of the person (R-STEP-1)."""
    return proof.refuse_stale(actor, facts.now) if actor.role == Role.GRADUATE else None


def filed(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Refusal | None:
    """Refuse without the uploads that the step wants, or before they are checked (R-TOFF-1, R-TO-3)."""
    return facts.files


def long_reason(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Refusal | None:
    """Refuse a school's ending without a reason of 10 to 500 characters (R-TO-3)."""
    if refusal := review.needs_reason(request, what="解约理由", reader="毕业生和用人单位"):
        return refusal
    length = len((request.reason or "").strip())
    if length >= SHORTEST_REASON:
        return None
    message = f"解约理由至少 {SHORTEST_REASON} 字，现有 {length} 字。"
    return Refusal(Code.REASON_TOO_SHORT, message, "请写明与用人单位的协商情况。", fields={"reason": message})


def confirmed(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Refusal | None:
    """Refuse a school's ending that is not confirmed, or under another name than the graduate's (R-TO-3)."""
    if not request.confirmed:
        message = f"请确认：{WARNING}。"
        return Refusal(Code.UNCONFIRMED, message, "勾选确认后再提交。", fields={"confirmed": message})
    if clean_name(request.value or "") == clean_name(facts.graduate_name):
        return None
    message = "输入的姓名与该毕业生的姓名不一致。"
    return Refusal(Code.NAME_MISMATCH, message, "请核对后完整输入毕业生姓名。", fields={"value": message})


def checked(case: Case, actor: Actor, facts: TerminationFacts, request: Request) -> Refusal | None:
    """Refuse approving without a record of how, when and with whom at the employer it was checked (R-TOFF-2)."""
    errors = clean_checked(request.checked, beijing_day(facts.now)).errors
    if not errors:
        return None
    message = worded("请填写与用人单位核实的情况，再审核通过。", case)
    return Refusal(Code.FORM_INCOMPLETE, message, "请按提示补充或更正后再提交。", fields=errors)


SAFEGUARDS = (current, long_reason, filed, confirmed)  # R-TO-3, R-TOFF-3


# --- outcomes ----------------------------------------------------------------------------------------------------


def handed_over(facts: TerminationFacts) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return columns and history detail of a request that goes to review; the path is fixed now (R-SCH-2)."""
    started = review.start(facts.department_review)
    columns = {"review": started, "submitted_at": facts.now, "reason": None, "rejected_by": None, "reviewed_by": None}
    return columns, {"path": list(started.path)}


def said(facts: TerminationFacts) -> dict[str, Any]:
    """Return what a graduate has ticked, for the history (R-BTN-2)."""
    return {"declared": {"version": facts.declaration, "sha256": dict(facts.text_hashes)}}


def approved(case: Case, actor: Actor, facts: TerminationFacts, body: Mapping[str, Any]) -> Decision:
    """Pass the step that waits; with the last one the agreement is ended (R-TO-2, R-TOFF-2)."""
    done = review.approved(case, actor, facts, State.DONE, Event.TERMINATION_FORWARDED, (Event.TERMINATION_APPROVED,))
    ends = (_ending(facts, "termination"),) if done.state == State.DONE else ()
    effects = (Effect.STORE_BODY,) if body else ()
    kept = {step_key(case): dict(body)} if body else {}
    return Decision(
        done.action, done.state, done.columns, done.detail, done.events, effects, follow_ups=ends, body=kept
    )


def step_key(case: Case) -> str:
    """Name the part of the sealed body that keeps the check of the step that waits."""
    waiting = case.review.step if case.review else None
    return f"checked_{waiting or Step.SCHOOL}"


def by_school(
    case: Case, actor: Actor, facts: TerminationFacts, request: Request, action: Action, state: State, mark: Mark
) -> Decision:
    """End the agreement by the school's word, marked so for ever (R-TO-3, R-TOFF-3)."""
    columns: dict[str, Any] = {"mark": mark, "reason": (request.reason or "").strip()}
    columns |= {"reviewed_by": actor.id, "decided_at": facts.now}
    if case.review:
        columns["review"] = review.finish(case.review)
    detail = {"mark": mark, "mark_label": MARK_LABEL[mark]}
    ends = (_ending(facts, mark.value),)
    return Decision(action, state, columns, detail, (Event.TERMINATION_FORCED,), follow_ups=ends)


def _ending(facts: TerminationFacts, cause: str) -> FollowUp:
    return FollowUp(facts.agreement.id, Action.TERMINATE, cause)
