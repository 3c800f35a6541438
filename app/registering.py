"""Opening an account: what was typed is cleaned and judged field by field, then the person is looked for (R-GRAD-6)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import exists, select

from app import accounts, codes, people, printable
from app.clock import now
from app.extensions import db
from app.models import Account, School
from workflows.calendar import beijing_day
from workflows.case import Refusal, Refused
from workflows.codes import CodeError, clean_email, clean_mobile
from workflows.identity import IdentityError, IdentityKind, clean_id_number, clean_name
from workflows.passwords import weakness
from workflows.vocabulary import Code

Errors = dict[str, str]
SIGN_IN = "请直接登录；忘记密码的，请使用“找回密码”。"


def cleaned(typed: Mapping[str, Any]) -> tuple[dict[str, str], Errors]:
    """Return what a person typed as it is stored, and one Chinese sentence per wrong field."""
    values: dict[str, str] = {}
    errors: Errors = {}
    for name, clean in _CLEANERS.items():
        try:
            values[name] = clean(typed)
        except (CodeError, IdentityError, ValueError) as error:
            errors[name] = str(error)
    known = [values.get(name, "") for name in ("phone", "id_number", "email")]
    if weak := weakness(typed["password"], known):
        errors["password"] = weak
    return values, errors


def _name(typed: Mapping[str, Any]) -> str:
    name = clean_name(typed["name"])
    if not name:
        raise ValueError("请填写姓名。")
    if bad := printable.unprintable(name):
        raise ValueError(f"姓名含有协议书字体无法打印的字符“{bad}”，请核对。")
    return name


def _kind(typed: Mapping[str, Any]) -> str:
    if typed["id_kind"] not in list(IdentityKind):
        raise ValueError("请选择证件类型。")
    return str(typed["id_kind"])


def _number(typed: Mapping[str, Any]) -> str:
    kind = typed["id_kind"] if typed["id_kind"] in list(IdentityKind) else IdentityKind.RESIDENT_ID
    return clean_id_number(kind, typed["id_number"], today=beijing_day(now()))


def _email(typed: Mapping[str, Any]) -> str:
    return clean_email(typed["email"]) if typed.get("email") else ""


def _school(typed: Mapping[str, Any]) -> str:
    code = str(typed["school_code"])
    if not db.session.execute(select(exists().where(School.code == code))).scalar():
        raise ValueError("请从列表中选择毕业院校。")
    return code


def _level(typed: Mapping[str, Any]) -> str:
    if not codes.known("degree_levels", typed["degree_level"]):
        raise ValueError("请选择学历层次。")
    return str(typed["degree_level"])


_CLEANERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "phone": lambda typed: clean_mobile(typed["phone"]),
    "name": _name,
    "id_kind": _kind,
    "id_number": _number,
    "email": _email,
    "school_code": _school,
    "degree_level": _level,
}


def refuse_known(values: Mapping[str, str]) -> None:
    """Raise Refused where number, person or address has an account already; told only to who holds the number."""
    if accounts.by_phone(values["phone"]):
        raise Refused(Refusal(Code.TAKEN, "该手机号码已注册账号。", SIGN_IN))
    if accounts.by_identity(values["id_kind"], values["id_number"]):
        raise Refused(Refusal(Code.TAKEN, "该证件号码已注册账号。", SIGN_IN))
    if values["email"] and accounts.by_email(values["email"]):
        raise Refused(Refusal(Code.TAKEN, "该邮箱已用于其他账号。", "请更换邮箱，或不填写邮箱。"))


def opened(values: Mapping[str, str], password_hash: str) -> Account:
    """Add the account with its enrolment and join it to the roll where it is on it; runs inside a write."""
    refuse_known(values)
    enrolments = [(values["school_code"], values["degree_level"])]
    account = people.add_account(
        values["name"],
        values["id_kind"],
        values["id_number"],
        values["phone"],
        values["email"] or None,
        password_hash,
        enrolments,
        now(),
    )
    people.link(account)
    return account
