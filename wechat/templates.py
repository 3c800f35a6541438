"""The message templates of both accounts, as WECHAT_TEMPLATES gives them, checked at start (docs/decisions/0008).

`{"official": {"review": {"id": "…", "fields": {"title": "thing1", …}, "values": {"const2": ["…"]}}}, "mini": {…}}`
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, current_app

from app.config import SettingsError
from wechat.fields import kind_of

SETTING = "WECHAT_TEMPLATES"
GROUPS = ("invitation", "review", "termination", "change", "reminder")
PLATFORM_OF = {"wechat": "official", "subscribe": "mini"}  # channel of the ladder -> account
TEXTS = ("title", "about", "hint")
KEYS = (*TEXTS, "time")
TEXT_KINDS = frozenset({"thing", "phrase", "name", "const"})
TIME_KINDS = frozenset({"time", "date", "thing", "character_string"})


@dataclass(frozen=True, slots=True)
class Template:
    """A template of an account: its id over there, the real name of each of our fields, what const fields may hold."""

    id: str
    fields: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def parse(text: str) -> dict[tuple[str, str], Template]:
    """Return the templates by (platform, group); raises SettingsError, which says where the mistake stands."""
    try:
        given = json.loads(text or "{}")
    except ValueError:
        raise SettingsError(f"{SETTING} is not JSON") from None
    found = {}
    for platform, groups in _object(given, "").items():
        _require(platform in PLATFORM_OF.values(), platform, "is neither official nor mini")
        for group, template in _object(groups, platform).items():
            where = f"{platform}.{group}"
            _require(group in GROUPS, where, f"is none of {', '.join(GROUPS)}")
            found[platform, group] = _template(_object(template, where), where)
    return found


def _template(given: dict[str, Any], where: str) -> Template:
    _require(set(given) <= {"id", "fields", "values"}, where, "may hold id, fields and values only")
    template_id = given.get("id")
    _require(isinstance(template_id, str) and bool(template_id), f"{where}.id", "must be a text")
    fields = _object(given.get("fields"), f"{where}.fields")
    _require("title" in fields, f"{where}.fields", "must name the field of title")
    for key, name in fields.items():
        _check(key, name, f"{where}.fields.{key}")
    _require(len(set(fields.values())) == len(fields), f"{where}.fields", "names a field twice")
    values = {name: _words(words, where) for name, words in _object(given.get("values", {}), f"{where}.values").items()}
    consts = {name for name in fields.values() if kind_of(name) == "const"}
    _require(consts == set(values), f"{where}.values", "must hold the words of every const field")
    return Template(str(template_id), fields, values)


def _check(key: str, name: Any, where: str) -> None:
    _require(key in KEYS, where, f"is none of {', '.join(KEYS)}")
    kind = kind_of(name) if isinstance(name, str) else None
    _require(kind in (TIME_KINDS if key == "time" else TEXT_KINDS), where, "is of no kind that can hold it")


def _words(given: Any, where: str) -> tuple[str, ...]:
    right = isinstance(given, list) and given and all(isinstance(word, str) and 0 < len(word) <= 20 for word in given)
    _require(bool(right), f"{where}.values", "must hold lists of words")
    return tuple(given)


def _object(given: Any, where: str) -> dict[str, Any]:
    _require(isinstance(given, dict), where, "must be an object")
    return cast(dict[str, Any], given)


def _require(right: bool, where: str, problem: str) -> None:
    if not right:
        raise SettingsError(f"{SETTING}: {where or 'the whole'} {problem}")


def install(app: Flask) -> None:
    """Read the templates of an application; raises SettingsError."""
    app.extensions["wechat_templates"] = parse(app.config[SETTING])


def find(platform: str, group: str) -> Template | None:
    """Return the template of a group of messages; None where the account has none."""
    return cast(Template | None, current_app.extensions["wechat_templates"].get((platform, group)))
