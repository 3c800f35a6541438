"""May anything be started at all: province, school, window, cohort, roll – the same question for every function."""

from dataclasses import dataclass
from datetime import datetime

from workflows import windows
from workflows.case import Refusal
from workflows.vocabulary import Code
from workflows.windows import Window

# R-GRAD-4: with these training modes a graduate can neither sign nor register an agreement.
MAY_NOT_SIGN = {"21": "定向（不可网签）", "41": "委培（不可网签）"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the graduate's record and school are today.

    `cohort` and `current_cohort` are graduation years; `confirmed` is R-GRAD-1's confirmation of the data as they
    stand now; `suspended` names the function where the platform has suspended it (R-PROV-3).
    """

    now: datetime
    cohort: int
    current_cohort: int
    on_roll: bool
    confirmed: bool
    training_mode: str
    module_open: bool
    settings_complete: bool
    window: Window
    suspended: str = ""


def refuse_off_roll(on_roll: bool) -> Refusal | None:
    """Refuse handing anything in to who is not on the roll (R-ROLL-1)."""
    if on_roll:
        return None
    return Refusal(Code.NOT_ON_ROLL, "不在学校的毕业生名单中，不能办理签约或登记。", "请联系学校就业部门核实。")


def refuse_start(s: Standing) -> Refusal | None:
    """Refuse what the province, the school, the window, the cohort or the roll does not allow to start.

    Sources: R-PROV-1, R-PROV-3, R-SCH-1, R-SCH-3, R-COH-1, R-ROLL-1.
    """
    if refusal := refuse_off_roll(s.on_roll):
        return refusal
    if s.cohort != s.current_cohort:
        message = f"{s.cohort}届不是当前应届（{s.current_cohort}届），不能发起新的办理。"
        return Refusal(Code.PAST_COHORT, message, "往届记录仍可查看；在审记录会继续审核。")
    if s.suspended:
        return Refusal(
            Code.FUNCTION_OFF, f"该功能暂缓开通（{s.suspended}）。", "已在办理中的记录不受影响，请等待平台开通。"
        )
    if not s.module_open:
        return Refusal(Code.MODULE_CLOSED, "学校所在省份尚未开启“毕业去向登记与网签”模块。", "请等待省级就业部门开启。")
    if not s.settings_complete:
        return Refusal(Code.SETTINGS_MISSING, "学校尚未完成签约设置，暂不能办理。", "请联系学校就业部门完成设置。")
    return windows.closed(s.window, s.now)


def refuse_past(cohort: int, current_cohort: int) -> Refusal | None:
    """Refuse going on with what was never submitted once its cohort is past: an earlier year is read (R-COH-1)."""
    if cohort >= current_cohort:
        return None
    message = f"{cohort}届已是往届，尚未提交过的填写只能查看，不能再修改。"
    return Refusal(Code.PAST_COHORT, message, "如您延期毕业，请联系学校就业部门调整届别后再填写。")


def refuse_training_mode(training_mode: str) -> Refusal | None:
    """Refuse signing for 定向/委培 graduates who may not sign (R-GRAD-4)."""
    if training_mode not in MAY_NOT_SIGN:
        return None
    message = f"培养方式为“{MAY_NOT_SIGN[training_mode]}”的毕业生不能签订就业协议。"
    return Refusal(Code.TRAINING_MODE, message, "可在去向登记中办理“定向/委培毕业去向补充登记”，或由学校调整网签资格。")


def refuse_unconfirmed(confirmed: bool) -> Refusal | None:
    """Refuse everything before “信息确认无误，进入系统” (R-GRAD-1)."""
    if confirmed:
        return None
    return Refusal(Code.CONFIRM_FIRST, "请先核对个人信息，并点击“信息确认无误，进入系统”。", "核对无误后即可继续办理。")


def refuse_entry(on_roll: bool, entered: bool) -> Refusal | None:
    """Refuse the pages behind the confirmation to who has never confirmed this record (R-GRAD-1, R-ROLL-1).

    A record that was confirmed once stays readable when the roll changes it; starting then asks for a new confirmation.
    """
    if entered:
        return None
    if not on_roll:
        return Refusal(Code.NOT_ON_ROLL, "不在学校的毕业生名单中，不能使用平台办理。", "请联系学校就业部门核实。")
    return refuse_unconfirmed(False)
