"""JSON Schema (2020-12) of a form, for a client that draws it: titles, headings, limits, choices, proofs.

The schema describes what is typed: texts, money in yuan, days as ISO dates. What it cannot say (check digits, what two
fields say about each other) the cleaner checks. An optional field without a value is left out.

- `x-sections`: the headings in their order, each with the names of its fields
- `x-widget`: how a field is drawn; `x-table`: the code table of a picker that is too long for an enum
- `x-titles`: the words of an enum's codes; `x-unit`: what stands behind a number; `x-hint`: a line under the field
- `x-stored-as`: what the record keeps of it, where that is not what was typed
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from workflows.form_fields import PAY_LIMIT_FEN, PROBATION_LIMIT, Field, FieldType

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
Choices = Callable[[str], Sequence[tuple[str, str]]]

PICKERS = {"regions": "^[0-9]{6}$", "countries": "^[A-Z]{2}$"}
_WIDGET = {"regions": "region", "countries": "country"}
_NOT_BLANK = r"\S"
_LINE = r"^[^\r\n]*\S[^\r\n]*$"

# By type of field: widget and the limits that JSON Schema can say.
SHAPE: dict[FieldType, Schema] = {
    FieldType.LINE: {"x-widget": "line", "pattern": _LINE},
    FieldType.PARAGRAPHS: {"x-widget": "paragraphs", "pattern": _NOT_BLANK},
    FieldType.CHOICE: {"x-widget": "choice"},
    FieldType.MONTHS: {
        "x-widget": "months",
        "x-unit": "月",
        "pattern": f"^({'|'.join(map(str, range(PROBATION_LIMIT + 1)))})$",
    },
    FieldType.MONEY: {
        "x-widget": "money",
        "x-unit": "元",
        "x-maximum": PAY_LIMIT_FEN // 100,
        "x-stored-as": "fen",
        "pattern": r"^[0-9]{1,9}(\.[0-9]{1,2})?$",
    },
    FieldType.DAY: {"x-widget": "day", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    FieldType.CREDIT_CODE: {"x-widget": "credit_code", "pattern": _NOT_BLANK},
    FieldType.MOBILE: {"x-widget": "mobile", "pattern": _NOT_BLANK},
    FieldType.PHONE: {"x-widget": "phone", "pattern": _NOT_BLANK},
    FieldType.POSTCODE: {"x-widget": "postcode", "pattern": _NOT_BLANK},
    FieldType.EMAIL: {"x-widget": "email", "pattern": "@"},
    FieldType.WEB_ADDRESS: {"x-widget": "web_address", "pattern": r"^\s*https?://\S+\s*$"},
}
_TEXTS = frozenset({FieldType.LINE, FieldType.PARAGRAPHS, FieldType.WEB_ADDRESS})


def _choice(f: Field, choices: Choices) -> Schema:
    if f.table in PICKERS:
        return {"x-widget": _WIDGET[f.table], "x-table": f.table, "pattern": PICKERS[f.table]}
    listed = list(f.options or choices(f.table))
    return {"enum": [code for code, _ in listed], "x-titles": dict(listed)}


def field_schema(f: Field, choices: Choices) -> Schema:
    """Return the schema of one field; `choices(table)` lists (code, label) of a code table."""
    schema: Schema = {"title": f.label, "type": "string"} | SHAPE[f.type]
    if f.type in _TEXTS:
        schema["maxLength"] = f.limit
    if f.type == FieldType.CHOICE:
        schema |= _choice(f, choices)
    return schema | ({"x-hint": f.hint} if f.hint else {})


def fields_schema(sections: Iterable[tuple[str, Sequence[Field]]], choices: Choices) -> Schema:
    """Return the schema of the fields of a form under their headings, as one object."""
    listed = [(title, tuple(fields)) for title, fields in sections]
    every = [f for _, fields in listed for f in fields]
    return {
        "type": "object",
        "properties": {f.name: field_schema(f, choices) for f in every},
        "required": [f.name for f in every if f.required],
        "x-sections": [{"title": title, "fields": [f.name for f in fields]} for title, fields in listed],
    }
