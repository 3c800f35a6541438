"""What provinces and schools may set (R-PROV-1, R-PROV-2, R-SCH-1, R-SCH-3)."""

from collections.abc import Mapping
from datetime import datetime

from workflows import codes
from workflows.case import Actor, Refusal
from workflows.vocabulary import AgreementKind, Code, Level, Module, Role

MODULE_TITLE = {
    Module.PLACEMENT: "毕业去向登记与网签",
    Module.ARCHIVE: "档案信息登记",
    Module.HOUSEHOLD: "户口信息登记",
}
AGREEMENT_TITLE = {AgreementKind.TWO_PARTY: "两方协议（院校鉴证）", AgreementKind.THREE_PARTY: "三方协议（院校审核）"}

# R-SCH-1: what a school must fill in before its graduates can use the module; name -> (label, greatest length).
SCHOOL_FIELDS: dict[str, tuple[str, int]] = {
    "contact": ("学校联系人", 40),
    "phone": ("联系电话", 30),
    "address": ("联系地址", 120),
    "postcode": ("邮编", 6),
}
NOTICE_LIMIT = 200


def refuse_setting(actor: Actor, role: Role) -> Refusal | None:
    """Refuse everyone but the tenant's own account with 读写 (R-ACC-1)."""
    if actor.role != role:
        return Refusal(Code.NOT_ALLOWED, "您的身份不能修改这项设置。", "请由有权限的用户办理。")
    if actor.level < Level.WRITE:
        return Refusal(Code.READ_ONLY, "您的账号对本模块只有查看权限，不能修改设置。", "如需修改，请联系上级管理员。")
    return None


def refuse_operator(actor: Actor) -> Refusal | None:
    """Refuse the platform's own switches to everyone but the operator (R-PROV-3)."""
    if actor.role == Role.OPERATOR:
        return None
    return Refusal(Code.NOT_ALLOWED, "只有平台可以暂缓或恢复功能。", "如有需要，请联系平台。")


def refuse_close(module: Module) -> Refusal:
    """Refuse closing: an opened module stays open (R-PROV-1)."""
    return Refusal(Code.WRONG_STATE, f"“{MODULE_TITLE[module]}”一旦开启，不可再关闭。", "各校可自行关闭单项功能。")


def refuse_opening(module: Module, kind: AgreementKind | None) -> Refusal | None:
    """Refuse opening the first module without choosing the province's agreement (R-PROV-2)."""
    if module != Module.PLACEMENT or kind is not None:
        return None
    message = "开启本模块须同时选择本省的就业协议书类型：两方协议或三方协议。"
    return Refusal(Code.NO_SUCH_VALUE, message, "请选择后再开启。", fields={"agreement_kind": message})


def refuse_kind(chosen: Mapping[int, AgreementKind], from_cohort: int, current_cohort: int) -> Refusal | None:
    """Refuse another kind of agreement for a cohort that is under way; `chosen` maps cohorts to kinds (R-PROV-2)."""
    if not chosen or current_cohort < from_cohort <= current_cohort + 3:
        return None
    message = f"协议书类型只能为之后的届别更改（{current_cohort + 1}届起，三届以内）。"
    return Refusal(Code.NO_SUCH_VALUE, message, "当前届别继续使用已选类型。", fields={"from_cohort": message})


def clean_school(raw: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return (values, errors by field in Chinese) of what a school fills in about itself (R-SCH-1)."""
    values, errors = {}, {}
    for name, (label, limit) in SCHOOL_FIELDS.items():
        text = str(raw.get(name) or "").strip()
        if not text:
            errors[name] = f"请填写{label}。"
        elif len(text) > limit:
            errors[name] = f"{label}最多 {limit} 字。"
        else:
            values[name] = text
    for name, cleaner in (("phone", codes.clean_phone), ("postcode", codes.clean_postcode)):
        if name in values:
            try:
                values[name] = cleaner(values[name])
            except codes.CodeError as error:
                errors[name] = str(error)
    return values, errors


def refuse_window(opens_at: datetime, closes_at: datetime, notice: str) -> Refusal | None:
    """Refuse a window that closes before it opens, or a notice that is too long (R-SCH-3)."""
    if closes_at <= opens_at:
        message = "关闭时间须晚于开放时间。"
        return Refusal(Code.NO_SUCH_VALUE, message, "请重新选择时间。", fields={"closes_at": message})
    if len(notice) > NOTICE_LIMIT:
        message = f"提示最多 {NOTICE_LIMIT} 字，现有 {len(notice)} 字。"
        return Refusal(Code.NO_SUCH_VALUE, message, "请缩短后再保存。", fields={"notice": message})
    return None
