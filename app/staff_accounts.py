"""Staff accounts: opened with explicit levels, changed, closed, passwords reset; each change on record (R-ACC-1)."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, false, select, update

from app import auth, history, levels
from app.clock import now
from app.crypto import token_hash
from app.extensions import db
from app.models import Department, Province, School, Session, Staff
from workflows import staff_accounts as rules
from workflows.case import Actor, Refusal, Refused
from workflows.vocabulary import Code, Level, Module, Role

OPEN, LEVELS, CLOSE, REOPEN, RESET, PASSWORD = (
    "open_account",
    "set_levels",
    "close_account",
    "reopen_account",
    "reset_password",
    "change_password",
)


def managed(actor: Actor) -> ColumnElement[bool]:
    """Return the WHERE clause of the accounts that an actor manages: its own tenant's, one rank below."""
    roles = [role.value for role in rules.MANAGES.get(actor.role, ())]
    of_tenant = {
        Role.OPERATOR: lambda: Staff.role.in_(roles),
        Role.PROVINCE: lambda: Staff.role.in_(roles) & Staff.school_id.in_(_schools(actor)),
        Role.SCHOOL: lambda: Staff.role.in_(roles) & (Staff.school_id == actor.school_id),
    }
    clause = of_tenant.get(actor.role)
    return clause() if clause else false()


def _schools(actor: Actor) -> Any:
    return select(School.id).where(School.province_code == actor.province_code)


def most_levels(actor: Actor) -> dict[Module, Level]:
    """Return how much an actor may hand out per module: a school no more than it has itself (R-ACC-1)."""
    if actor.role != Role.SCHOOL:
        return dict.fromkeys(Module, Level.WRITE)
    wanted = [levels.of_school(module, actor.school_id).label(module.value) for module in Module]
    row = db.session.execute(select(*wanted)).one()
    return {module: Level(getattr(row, module.value)) for module in Module}


def _tenant(actor: Actor, role: Role, tenant: str) -> dict[str, Any]:
    """Return the columns that tie a new account to its tenant, by the tenant's public id or province code."""
    if role == Role.SCHOOL:
        mine = select(School.id).where(School.public_id == tenant, School.province_code == actor.province_code)
        found: dict[str, Any] = {"school_id": db.session.execute(mine).scalar_one_or_none()}
    elif role == Role.DEPARTMENT:
        own = select(Department.id).where(Department.public_id == tenant, Department.school_id == actor.school_id)
        found = {"school_id": actor.school_id, "department_id": db.session.execute(own).scalar_one_or_none()}
    else:
        known = select(Province.code).where(Province.code == tenant)
        found = {"province_code": db.session.execute(known).scalar_one_or_none() if role == Role.PROVINCE else None}
    if None in found.values() and role != Role.AUDITOR:
        message = "请选择账号所属的单位。"
        raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "请重新选择。", fields={"tenant": message}))
    return found


def open_account(
    actor: Actor, role: Role, tenant: str, username: str, name: str, chosen: Mapping[Module, Level | None]
) -> tuple[Staff, str]:
    """Open an account with an explicit level per module; return it with the password, shown once. Raises Refused."""
    if refusal := rules.refuse_manage(actor, role):
        raise Refused(refusal)
    values, errors = rules.clean_account(username, name)
    errors |= rules.level_errors(chosen, most_levels(actor))
    if db.session.execute(select(Staff.id).where(Staff.username == values["username"])).first():
        errors["username"] = "该登录名已被使用，请换一个。"
    if errors:
        raise Refused(Refusal(Code.NO_SUCH_VALUE, "有内容填写不正确，请按提示修改。", "修改后再提交。", fields=errors))
    password = secrets.token_urlsafe(12)
    columns = {levels.COLUMN[module]: int(level or Level.NONE) for module, level in chosen.items()}
    columns |= values | _tenant(actor, role, tenant)
    account = Staff(role=role.value, password_hash=auth.HASHER.hash(password), must_change_password=True, **columns)
    db.session.add(account)
    db.session.flush()
    _note(actor, account.id, OPEN, {"role": role.value} | _levels_of(account))
    return account, password


def _levels_of(account: Staff) -> dict[str, int]:
    return {name: getattr(account, name) for name in levels.COLUMN.values()}


def _note(actor: Actor, account_id: int, action: str, detail: Mapping[str, Any]) -> None:
    chain = history.lock(db.session.connection(), "staff", account_id)
    chain.add(now(), actor, ("staff", account_id), action, detail)
    chain.write()


def set_levels(actor: Actor, account: Staff, chosen: Mapping[Module, Level | None]) -> None:
    """Change an account's levels; in force with its next request (R-ACC-1). Raises Refused."""
    if refusal := rules.refuse_manage(actor, Role(account.role)):
        raise Refused(refusal)
    if errors := rules.level_errors(chosen, most_levels(actor)):
        raise Refused(Refusal(Code.NO_SUCH_VALUE, "请选择各模块的权限。", "修改后再提交。", fields=errors))
    before = _levels_of(account)
    after = {levels.COLUMN[module]: int(level or Level.NONE) for module, level in chosen.items()}
    changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    if not changed:
        raise Refused(Refusal(Code.NOTHING_CHANGED, "权限没有变化，无需修改。", "请更改后再提交，或返回列表。"))
    db.session.execute(update(Staff).where(Staff.id == account.id).values(**after))
    _note(actor, account.id, LEVELS, {"changed": changed})


def set_active(actor: Actor, account: Staff, active: bool) -> None:
    """Close an account, which ends its sessions, or open it again. Raises Refused."""
    if refusal := rules.refuse_manage(actor, Role(account.role)):
        raise Refused(refusal)
    if account.active == active:
        message = "该账号已经启用。" if active else "该账号已经停用。"
        raise Refused(Refusal(Code.WRONG_STATE, message, "请刷新页面查看最新状态。"))
    db.session.execute(update(Staff).where(Staff.id == account.id).values(active=active))
    if not active:
        _end_sessions(account.id)
    _note(actor, account.id, REOPEN if active else CLOSE, {})


def _end_sessions(account_id: int, besides: str = "") -> None:
    """End the sessions of an account, but for the one whose token is `besides`."""
    theirs = [Session.door == "staff", Session.principal_id == account_id, Session.revoked_at.is_(None)]
    theirs += [Session.token_hash != token_hash(besides)] if besides else []
    db.session.execute(update(Session).where(*theirs).values(revoked_at=now()))


def reset_password(actor: Actor, account: Staff) -> str:
    """Give an account a new password, shown once, and end its sessions. Raises Refused."""
    if refusal := rules.refuse_manage(actor, Role(account.role)):
        raise Refused(refusal)
    password = secrets.token_urlsafe(12)
    fresh = {"password_hash": auth.HASHER.hash(password), "must_change_password": True}
    db.session.execute(update(Staff).where(Staff.id == account.id).values(**fresh))
    _end_sessions(account.id)
    _note(actor, account.id, RESET, {})
    return password


def change_password(actor: Actor, old: str, new: str, again: str) -> None:
    """Let a staff member set a password of their own, which ends their other sessions. Raises Refused."""
    account = db.session.get_one(Staff, actor.id)
    if not auth.check_password(account.password_hash, old):
        message = "原密码不正确。"
        raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "请重新输入。", fields={"old": message}))
    if refusal := rules.refuse_password(new, again, account.username):
        raise Refused(refusal)
    own = {"password_hash": auth.HASHER.hash(new), "must_change_password": False}
    db.session.execute(update(Staff).where(Staff.id == account.id).values(**own))
    _end_sessions(account.id, besides=g.token)
    _note(actor, account.id, PASSWORD, {})
