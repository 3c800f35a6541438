"""Fields of forms as data: what a field is, one cleaner per type of field, and the cleaner of a whole form."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from workflows import codes

PROBATION_LIMIT = 12
PAY_LIMIT_FEN = 10_000_000_00  # ten million yuan: more is a slip of the keyboard
REPLACEMENT = "\ufffd"  # what a decoder writes for bytes that it could not read


class FieldError(ValueError):
    """A value that the form refuses; its text is a Chinese sentence that names the field."""


class FieldType(StrEnum):
    """What is typed into a field; `CLEANERS` says how it is read."""

    LINE = "line"
    PARAGRAPHS = "paragraphs"
    CHOICE = "choice"
    MONTHS = "months"
    MONEY = "money"
    DAY = "day"
    CREDIT_CODE = "credit_code"
    MOBILE = "mobile"
    PHONE = "phone"
    EMAIL = "email"
    WEB_ADDRESS = "web_address"
    POSTCODE = "postcode"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    A choice comes from the code table `table`, or from `options` as (code, label); `limit` is the greatest length of a
    text in characters.
    """

    name: str
    label: str
    type: FieldType
    required: bool = True
    table: str = ""
    limit: int = 100
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()


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


def _choice(f: Field, text: str) -> str:
    if f.options and text not in dict(f.options):
        raise FieldError(f"{f.label}请从列表中选择。")
    return text


def _months(f: Field, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > PROBATION_LIMIT:
        raise FieldError(f"{f.label}请填写 0 至 {PROBATION_LIMIT} 的整数（月）。")
    return int(text)


def _fen(f: Field, text: str) -> int:
    yuan = Decimal(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text) else None
    if yuan is None or yuan * 100 > PAY_LIMIT_FEN:
        raise FieldError(f"{f.label}请填写金额（元），最多两位小数，例如 6000。")
    return int(yuan * 100)


def _day(f: Field, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise FieldError(f"{f.label}请填写日期，例如 2027-07-15。") from None


def _web_address(f: Field, text: str) -> str:
    wrong = FieldError(f"{f.label}请填写完整网址，以 http:// 或 https:// 开头。")
    try:
        parts = urlsplit(_line(f, text))
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or re.search(r"\s", text):
        raise wrong
    return text


def _by(cleaner: Callable[[str], str]) -> Callable[[Field, str], str]:
    def clean(f: Field, text: str) -> str:
        try:
            return cleaner(text)
        except codes.CodeError as error:
            raise FieldError(f"{f.label}：{error}") from None

    return clean


CLEANERS: dict[FieldType, Callable[[Field, str], Any]] = {
    FieldType.LINE: _line,
    FieldType.PARAGRAPHS: _paragraphs,
    FieldType.CHOICE: _choice,
    FieldType.MONTHS: _months,
    FieldType.MONEY: _fen,
    FieldType.DAY: _day,
    FieldType.CREDIT_CODE: _by(codes.clean_credit_code),
    FieldType.MOBILE: _by(codes.clean_mobile),
    FieldType.PHONE: _by(codes.clean_phone),
    FieldType.EMAIL: _by(codes.clean_email),
    FieldType.WEB_ADDRESS: _web_address,
    FieldType.POSTCODE: _by(codes.clean_postcode),
}


def _one(f: Field, raw: Any, known: KnownCode, unprintable: Unprintable) -> Any:
    if raw is None:
        raw = ""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise FieldError(f"{f.label}的格式不对，请填写文字。")
    text = str(raw).strip()
    if not text:
        if f.required:
            raise FieldError(f"请填写{f.label}。")
        return None
    value = CLEANERS[f.type](f, text)
    if f.table and not known(f.table, value):
        raise FieldError(f"{f.label}请从列表中选择。")
    if isinstance(value, str) and (bad := unprintable(value)):
        raise FieldError(f"{f.label}含有协议书字体无法打印的字符“{bad}”，请更换后再提交。")
    return value


def clean_fields(
    fields: Iterable[Field], raw: Mapping[str, Any], known: KnownCode, unprintable: Unprintable = lambda text: ""
) -> Cleaned:
    """Check a filled-in form field by field.

    `raw` maps field names to text, money in yuan (numbers are taken as text); money comes back in fen, days as ISO
    text. `known(table, code)` says whether a code exists and may be chosen; `unprintable(text)` returns the characters
    that no font has, for what an agreement prints. Unknown names in `raw` are ignored.
    """
    cleaned = Cleaned({})
    for f in fields:
        try:
            cleaned.values[f.name] = _one(f, raw.get(f.name), known, unprintable)
        except FieldError as error:
            cleaned.errors[f.name] = str(error)
    return cleaned


def as_typed(f: Field, value: Any) -> str:
    """Return a cleaned value as a person would type it: what `clean_fields` reads back to the same value."""
    if value is None:
        return ""
    if f.type == FieldType.MONEY:
        return str(value // 100) if value % 100 == 0 else f"{value // 100}.{value % 100:02d}"
    return str(value)
