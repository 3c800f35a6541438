"""预警单位: schools mark an employer with a reason; a warning is shown and never blocks (R-WARN-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows import review
from workflows.calendar import say
from workflows.case import Actor, Refusal, Request
from workflows.vocabulary import Code, Level, Role

NATIONWIDE = 5  # different schools
TITLE = "预警单位"
ADVICE = "预警仅作提示，不影响办理；请向学校或单位核实后再决定。"


class WarningKind(StrEnum):
    """What a school warns of."""

    VIOLATION = "violation"
    FAKE = "fake"
    DISCRIMINATION = "discrimination"
    FALSE_ADVERTISING = "false_advertising"


KIND_LABEL = {
    WarningKind.VIOLATION: "违规单位",
    WarningKind.FAKE: "虚假单位",
    WarningKind.DISCRIMINATION: "涉及就业歧视",
    WarningKind.FALSE_ADVERTISING: "涉及虚假宣传",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark that stands: which school, what for, why, since when."""

    school_id: int
    kind: WarningKind
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Warning:
    """What a reader sees: whose warning it is (school, nationwide), a sentence, the school's reason ("" nationwide)."""

    scope: str
    text: str
    reason: str = ""


def _own(mark: Mark) -> str:
    day = say(mark.at).partition(" ")[0]
    return f"本校于{day}将该单位标记为预警单位（{KIND_LABEL[mark.kind]}）。"


def shown(marks: Iterable[Mark], school_id: int | None) -> tuple[Warning, ...]:
    """Return the warnings that a reader of this school sees: its own, and the nationwide one from 5 schools on.

    The reasons of other schools stay with them; it is schools that count, not marks.
    """
    marks = sorted(marks, key=lambda mark: mark.at)
    own = [Warning("school", _own(mark), mark.reason) for mark in marks if mark.school_id == school_id]
    schools = {mark.school_id for mark in marks}
    if len(schools) < NATIONWIDE:
        return tuple(own)
    kinds = "、".join(label for kind, label in KIND_LABEL.items() if any(mark.kind == kind for mark in marks))
    text = f"全国已有 {len(schools)} 所学校将该单位标记为预警单位（{kinds}）。"
    return (*own, Warning("nationwide", text))


def refuse_marking(actor: Actor) -> Refusal | None:
    """Refuse marking and lifting to everyone but a school's user with 读写 (R-WARN-1, R-ACC-1)."""
    if actor.role != Role.SCHOOL:
        return Refusal(Code.NOT_ALLOWED, "只有学校用户可以标记预警单位。", "请联系学校就业部门。")
    if actor.level < Level.WRITE:
        then = "如需办理，请联系上级管理员调整模块权限。"
        return Refusal(Code.READ_ONLY, "您的账号对本模块只有查看权限，不能标记预警单位。", then)
    return None


def refuse_mark(actor: Actor, kind: str | None, reason: str | None, marked: bool) -> Refusal | None:
    """Refuse a mark without kind or reason, and a second one of the same kind by the same school (R-WARN-1)."""
    if refusal := refuse_marking(actor):
        return refusal
    if kind not in list(WarningKind):
        message = "请选择预警类型。"
        return Refusal(Code.NO_SUCH_VALUE, message, "请选择后再提交。", fields={"kind": message})
    if marked:
        message = "本校已因同一类型将该单位标记为预警单位。"
        return Refusal(Code.ALREADY_OPEN, message, "如需更改原因，请先解除原标记。", fields={"kind": message})
    return review.needs_reason(Request(reason=reason), what="预警原因", reader="本校毕业生")


def refuse_lift(actor: Actor, standing: bool, reason: str | None) -> Refusal | None:
    """Refuse lifting a mark that does not stand, or without a reason (R-WARN-1)."""
    if refusal := refuse_marking(actor):
        return refusal
    if not standing:
        return Refusal(Code.WRONG_STATE, "该预警标记已经解除。", "请刷新页面查看最新状态。")
    return review.needs_reason(Request(reason=reason), what="解除原因", reader="本校用户")
