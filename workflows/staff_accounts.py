"""Who manages whose staff accounts, and with which levels (R-ACC-1): pure checks and words."""

import re
from collections.abc import Mapping

from workflows.case import Actor, Refusal
from workflows.vocabulary import Code, Level, Module, Role

# Whose accounts a role opens, changes and closes.
MANAGES: dict[Role, tuple[Role, ...]] = {
    Role.OPERATOR: (Role.PROVINCE, Role.AUDITOR),
    Role.PROVINCE: (Role.SCHOOL,),
    Role.SCHOOL: (Role.DEPARTMENT,),
}
LEVEL_TITLE = {Level.WRITE: "读写", Level.READ: "只读", Level.NONE: "无权限"}
LEVEL_MEANS = {
    Level.WRITE: "可增加、删除、修改、查看、审核、下载",
    Level.READ: "可查看、下载",
    Level.NONE: "看不到该模块",
}
MODULE_NAME = {Module.PLACEMENT: "基本信息和就业信息", Module.ARCHIVE: "档案信息", Module.HOUSEHOLD: "户口信息"}
NAME_LIMIT = 30
PASSWORD_LEAST, PASSWORD_MOST = 10, 100
_USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{4,29}")


def refuse_manage(actor: Actor, role: Role) -> Refusal | None:
    """Refuse managing accounts of a role that is not the actor's to manage, or with 只读 alone."""
    if role not in MANAGES.get(actor.role, ()):
        return Refusal(Code.NOT_ALLOWED, "您不能管理这类账号。", "请由上级单位办理。")
    if actor.role != Role.OPERATOR and actor.level < Level.WRITE:
        return Refusal(Code.READ_ONLY, "您的账号只有查看权限，不能管理账号。", "如需办理，请联系上级管理员。")
    return None


def clean_account(username: str, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return (values, errors by field in Chinese) of a new account's user name and person."""
    values = {"username": username.strip().lower(), "name": name.strip()}
    errors = {}
    if not _USERNAME.fullmatch(values["username"]):
        errors["username"] = "登录名须为 5 至 30 个小写字母、数字、点、下划线或短横线，以字母或数字开头。"
    if not values["name"]:
        errors["name"] = "请填写使用人姓名。"
    elif len(values["name"]) > NAME_LIMIT:
        errors["name"] = f"使用人姓名最多 {NAME_LIMIT} 字。"
    return values, errors


def level_errors(levels: Mapping[Module, Level | None], most: Mapping[Module, Level]) -> dict[str, str]:
    """Return what is wrong with the levels of an account, by field: each has to be chosen, none above `most`.

    For a new account no level stands in for another; a department's is capped by its school's (R-ACC-1).
    """
    errors = {}
    for module, title in MODULE_NAME.items():
        level = levels.get(module)
        if level is None:
            errors[f"{module.value}_level"] = f"请选择“{title}”的权限。"
        elif level > most[module]:
            limit = LEVEL_TITLE[most[module]]
            errors[f"{module.value}_level"] = f"“{title}”的权限不能高于本校的权限（{limit}）。"
    return errors


def refuse_password(new: str, again: str, username: str) -> Refusal | None:
    """Refuse a new password that is too short or long, the user name, of one kind of sign, or mistyped."""
    wrong = ""
    if not PASSWORD_LEAST <= len(new) <= PASSWORD_MOST:
        wrong = f"新密码须为 {PASSWORD_LEAST} 至 {PASSWORD_MOST} 个字符。"
    elif username.lower() in new.lower() or len(set(new)) < 5 or new.isdigit() or new.isalpha():
        wrong = "新密码须同时含有字母和数字或符号，且不能包含登录名。"
    if wrong:
        return Refusal(Code.NO_SUCH_VALUE, wrong, "请重新设置。", fields={"new": wrong})
    if new != again:
        message = "两次输入的新密码不一致。"
        return Refusal(Code.NO_SUCH_VALUE, message, "请重新输入。", fields={"again": message})
    return None
