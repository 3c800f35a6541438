"""What an employer fills in to register, and what its signing officer fills in, as tables of fields (R-EMP-1)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.form_fields import Cleaned, Field, FieldError, FieldType, clean_fields
from workflows.identity import IDENTITY_LABELS, IdentityError, clean_id_number, clean_name
from workflows.passwords import weakness

ORGANISATION: tuple[Field, ...] = (
    Field("credit_code", "统一社会信用代码", FieldType.CREDIT_CODE, hint="18 位，见营业执照或法人证书。"),
    Field("name", "单位名称", FieldType.LINE, limit=100, hint="与营业执照完全一致。"),
    Field("kind_code", "单位性质", FieldType.CHOICE, table="employer_kinds"),
    Field("industry_code", "单位行业", FieldType.CHOICE, table="industries"),
    Field("region_code", "通讯地址（省市区）", FieldType.CHOICE, table="regions"),
    Field("address", "通讯地址（详细）", FieldType.LINE, limit=120),
    Field("contact_name", "单位联系人", FieldType.LINE, limit=30),
    Field("mobile", "联系人手机", FieldType.MOBILE),
    Field("phone", "联系人电话", FieldType.PHONE, required=False, hint="选填，例如 010-62510000。"),
    Field("email", "联系人邮箱", FieldType.EMAIL),
)
OFFICER: tuple[Field, ...] = (
    Field("officer_name", "网签负责人姓名", FieldType.LINE, limit=60),
    Field("id_kind", "证件类型", FieldType.CHOICE, options=tuple((k.value, v) for k, v in IDENTITY_LABELS.items())),
    Field("id_number", "证件号码", FieldType.LINE, limit=40),
    Field("officer_mobile", "网签负责人手机", FieldType.MOBILE),
)
ACCOUNT: tuple[Field, ...] = (
    Field("username", "用户名", FieldType.LINE, limit=40, hint="以字母开头，4 至 40 位字母、数字、点、横线或下划线。"),
)
CREDIT_CODE = ORGANISATION[:1]
CONTACT = ("mobile", "phone", "email")
COLUMNS = ("credit_code", "name", "kind_code", "industry_code", "region_code", "address", "contact_name")
PERSON = tuple(f.name for f in OFFICER)
PASSWORDS = ("password", "password_again")


@dataclass(frozen=True, slots=True)
class Known:
    """What the form has to be told: which codes exist, what no font can print, today's day in Beijing."""

    code: Callable[[str, str], bool]
    unprintable: Callable[[str], str]
    today: date


def clean_username(text: str) -> str:
    """Return a user name in lower case; raises FieldError (Chinese)."""
    name = text.strip().lower()
    if not re.fullmatch(r"[a-z][a-z0-9_.\-]{3,39}", name):
        raise FieldError("用户名须以字母开头，4 至 40 位字母、数字、点、横线或下划线。")
    return name


def clean(raw: Mapping[str, Any], fields: tuple[Field, ...], known: Known) -> Cleaned:
    """Check what was typed into some of the tables above; identity numbers, names and user names by their own rules."""
    cleaned = clean_fields(fields, raw, known.code, known.unprintable)
    _refine(cleaned, "username", clean_username)
    _refine(cleaned, "officer_name", clean_name)
    kind = cleaned.values.get("id_kind")
    if kind:
        _refine(cleaned, "id_number", lambda text: clean_id_number(kind, text, today=known.today))
    return cleaned


def _refine(cleaned: Cleaned, name: str, cleaner: Callable[[str], str]) -> None:
    if cleaned.values.get(name):
        try:
            cleaned.values[name] = cleaner(cleaned.values[name])
        except (FieldError, IdentityError) as error:
            del cleaned.values[name]
            cleaned.errors[name] = str(error)


def password_errors(raw: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the two passwords, by field, in Chinese; `values` are what else is known (R-GRAD-6)."""
    password, again = (str(raw.get(name) or "") for name in PASSWORDS)
    names = ("id_number", "officer_mobile", "mobile", "email", "username")
    known = [str(values[name]) for name in names if values.get(name)]
    if weak := weakness(password, known):
        return {"password": weak}
    return {} if password == again else {"password_again": "两次填写的密码不一致，请重新填写。"}
