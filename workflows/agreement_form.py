"""The agreement form (R-OFF-1) as a table: fields, labels, limits; one cleaner per kind of field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows import codes

SUPPLEMENT_LIMIT = 1000
PROBATION_LIMIT = 12
PAY_LIMIT_FEN = 10_000_000_00  # ten million yuan: more is a slip of the keyboard
REPLACEMENT = "\ufffd"  # what a decoder writes for bytes that it could not read


class FieldError(ValueError):
    """A value that the form refuses; its text is a Chinese sentence that names the field."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: its cleaner, whether it must be filled in, its code table or greatest length."""

    name: str
    label: str
    clean: Callable[["Field", str], Any]
    required: bool = True
    table: str = ""
    limit: int = 100
    hint: str = ""


KnownCode = Callable[[str, str], bool]
Unprintable = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The outcome: `values` by field name (None where left empty), `errors` by field name in Chinese."""

    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)


def _text(f: Field, text: str) -> str:
    if len(text) > f.limit:
        raise FieldError(f"{f.label}最多 {f.limit} 字，现有 {len(text)} 字。")
    if any((ord(char) < 32 and char not in "\n\t") or ord(char) == 127 for char in text):
        raise FieldError(f"{f.label}含有无法显示的控制字符，请重新填写。")
    if REPLACEMENT in text:
        raise FieldError(f"{f.label}含有乱码“{REPLACEMENT}”，请重新填写。")
    return text


def _line(f: Field, text: str) -> str:
    if "\n" in text or "\r" in text:
        raise FieldError(f"{f.label}只能填写一行。")
    return _text(f, text)


def _paragraphs(f: Field, text: str) -> str:
    return _text(f, text.replace("\r\n", "\n").replace("\r", "\n"))


def _code(f: Field, text: str) -> str:
    return text


def _months(f: Field, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > PROBATION_LIMIT:
        raise FieldError(f"{f.label}请填写 0 至 {PROBATION_LIMIT} 的整数（月）。")
    return int(text)


def _fen(f: Field, text: str) -> int:
    try:
        yuan = Decimal(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text) else None
    except InvalidOperation:
        yuan = None
    if yuan is None or yuan * 100 > PAY_LIMIT_FEN:
        raise FieldError(f"{f.label}请填写金额（元），最多两位小数，例如 6000。")
    return int(yuan * 100)


def _day(f: Field, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise FieldError(f"{f.label}请填写日期，例如 2027-07-15。") from None


def _by(cleaner: Callable[[str], str]) -> Callable[[Field, str], str]:
    def clean(f: Field, text: str) -> str:
        try:
            return cleaner(text)
        except codes.CodeError as error:
            raise FieldError(f"{f.label}：{error}") from None

    return clean


# R-OFF-1, in the order of the form. 联系人邮箱 is optional where an employer invites (R-ON-1).
FIELDS: tuple[Field, ...] = (
    Field("employer_name", "单位名称", _line, limit=100),
    Field("credit_code", "统一社会信用代码", _by(codes.clean_credit_code)),
    Field("employer_kind", "单位性质", _code, table="employer_kinds"),
    Field("industry", "单位行业", _code, table="industries"),
    Field("region_code", "通讯地址（省市区）", _code, table="regions"),
    Field("address", "通讯地址（详细）", _line, limit=120),
    Field("position_category", "职位类别", _code, table="position_categories"),
    Field("position", "职位名称", _line, limit=50),
    Field("contact_name", "单位联系人", _line, limit=30),
    Field("contact_mobile", "联系人手机", _by(codes.clean_mobile)),
    Field("contact_phone", "联系人电话", _by(codes.clean_phone), required=False),
    Field("contact_email", "联系人邮箱", _by(codes.clean_email)),
    Field("household_archive", "单位是否解决户档", _code, table="household_archive"),
    Field("probation_months", "试用期", _months, required=False, hint="月，0 至 12"),
    Field("probation_pay_fen", "试用起薪", _fen, required=False, hint="元/月"),
    Field("pay_fen", "转正起薪", _fen, required=False, hint="元/月"),
    Field("penalty_fen", "违约金", _fen, required=False, hint="元"),
    Field("report_place", "报到地点", _line, required=False, limit=100),
    Field("report_by", "报到期限", _day, required=False),
    Field("work_place", "实际工作地点", _line, required=False, limit=100),
    Field("supplement", "协议补充内容", _paragraphs, required=False, limit=SUPPLEMENT_LIMIT),
)
BY_NAME = {f.name: f for f in FIELDS}
OPTIONAL_ONLINE = frozenset({"contact_email"})


def _one(f: Field, raw: Any, required: bool, known: KnownCode, unprintable: Unprintable) -> Any:
    if raw is None:
        raw = ""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise FieldError(f"{f.label}的格式不对，请填写文字。")
    text = str(raw).strip()
    if not text:
        if required:
            raise FieldError(f"请填写{f.label}。")
        return None
    value = f.clean(f, text)
    if f.table and not known(f.table, value):
        raise FieldError(f"{f.label}请从列表中选择。")
    if isinstance(value, str) and (bad := unprintable(value)):
        raise FieldError(f"{f.label}含有协议书字体无法打印的字符“{bad}”，请更换后再提交。")
    return value


def clean(raw: Mapping[str, Any], online: bool, known: KnownCode, unprintable: Unprintable) -> Cleaned:
    """Check a filled-in form field by field (R-OFF-1, R-ON-1).

    `raw` maps field names to text (numbers are taken as text); `known(table, code)` says whether a code exists and may
    be chosen; `unprintable(text)` returns the characters that no font has. Unknown names in `raw` are ignored.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for f in FIELDS:
        required = f.required and not (online and f.name in OPTIONAL_ONLINE)
        try:
            values[f.name] = _one(f, raw.get(f.name), required, known, unprintable)
        except FieldError as error:
            errors[f.name] = str(error)
    return Cleaned(values, errors)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """List the fields that differ as (name, old, new), in the order of the form (R-INV-1)."""
    return [(f.name, old.get(f.name), new.get(f.name)) for f in FIELDS if old.get(f.name) != new.get(f.name)]
