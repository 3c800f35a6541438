"""Input fields with Chinese labels: a refused value is answered with one sentence that names its field."""

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # no database or hash takes these
LARGEST = 2**31 - 1


class Input(Schema):
    """What a caller sends: fields that are not listed are refused."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "没有这个字段，请去掉。", "type": "请以 JSON 对象提交。"}


def _messages(label: str) -> dict[str, Any]:
    wrong = f"{label}的格式不对，请重新填写。"
    return {"required": f"请填写{label}。", "null": f"请填写{label}。", "invalid": wrong, "invalid_utf8": wrong}


def text(label: str, limit: int, least: int = 1, **options: Any) -> fields.String:
    """Return a field for a text of `least` to `limit` characters that can be stored."""

    def storable(value: str) -> None:
        if _UNSTORABLE.search(value):
            raise ValidationError(f"{label}含有无法保存的字符，请重新填写。")

    short = validate.Length(min=least, error=f"请填写{label}。")
    long = validate.Length(max=limit, error=f"{label}最多 {limit} 字。")
    return fields.String(
        error_messages=_messages(label),
        validate=[short, long, storable],
        metadata={"description": label},
        **options,
    )


class _Whole(fields.Integer):
    """A JSON integer: no text, no fraction, no truth value."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


class _Flag(fields.Boolean):
    """A JSON true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("invalid", input=value)
        return value


def whole(label: str, **options: Any) -> fields.Integer:
    """Return a field for a positive integer that a database column can hold."""
    bounds = validate.Range(min=1, max=LARGEST, error=f"{label}须为 1 至 {LARGEST} 的整数。")
    return _Whole(error_messages=_messages(label), validate=bounds, metadata={"description": label}, **options)


def flag(label: str, **options: Any) -> fields.Boolean:
    """Return a field for a tick."""
    return _Flag(error_messages=_messages(label), metadata={"description": label}, **options)


FORM_FIELDS, FORM_TEXT = 60, 2000


def form(label: str, **options: Any) -> fields.Dict:
    """Return a field for a form as it was typed: short names, texts; what is wrong in it, the rules say."""
    name = validate.Length(min=1, max=40, error=f"{label}的字段名不对。")
    many = validate.Length(max=FORM_FIELDS, error=f"{label}最多 {FORM_FIELDS} 项。")
    return fields.Dict(
        keys=fields.String(validate=name, error_messages=_messages(label)),
        values=text(label, FORM_TEXT, least=0),
        error_messages=_messages(label),
        validate=many,
        metadata={"description": label},
        **options,
    )
