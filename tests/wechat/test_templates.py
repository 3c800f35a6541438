"""WECHAT_TEMPLATES is checked at start; a mistake is told by its place."""

import json
from typing import Any

import pytest

from app.config import SettingsError
from tests.application import build
from tests.wechat.scripted import SETTINGS
from wechat import templates

FIELDS = {"title": "thing1", "about": "thing2", "time": "time3", "hint": "thing4"}
RIGHT = {"id": "T", "fields": FIELDS}


def parse(given: Any) -> dict[tuple[str, str], templates.Template]:
    return templates.parse(json.dumps(given))


def test_right_ones_are_found_by_account_and_group() -> None:
    found = templates.parse(SETTINGS["WECHAT_TEMPLATES"])
    assert set(found) == {("official", "invitation"), ("official", "review"), ("mini", "review")}
    assert found["official", "invitation"].id == "T-invitation"
    assert found["official", "invitation"].fields == FIELDS
    assert found["official", "review"].values == {"const2": ("已通过", "已退回")}


@pytest.mark.parametrize("given", ["", "{}", '{"official": {}}'])
def test_none_are_right_too(given: str) -> None:
    assert templates.parse(given) == {}


def template(**changed: Any) -> dict[str, Any]:
    return {"official": {"review": RIGHT | changed}}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ([], "the whole must be an object"),
        ({"offical": {}}, "offical is neither official nor mini"),
        ({"mini": []}, "mini must be an object"),
        ({"mini": {"reviews": RIGHT}}, "mini.reviews is none of invitation, review"),
        ({"mini": {"review": "T"}}, "mini.review must be an object"),
        (template(id=""), "official.review.id must be a text"),
        (template(id=None), "official.review.id must be a text"),
        (template(fields=None), "official.review.fields must be an object"),
        (template(fields={}), "official.review.fields must name the field of title"),
        (template(fields={"time": "time1"}), "official.review.fields must name the field of title"),
        (template(fields=FIELDS | {"remark": "thing9"}), "official.review.fields.remark is none of title"),
        (template(fields=FIELDS | {"title": "first"}), "official.review.fields.title is of no kind"),
        (template(fields=FIELDS | {"title": "time1"}), "official.review.fields.title is of no kind"),
        (template(fields=FIELDS | {"title": 1}), "official.review.fields.title is of no kind"),
        (template(fields=FIELDS | {"time": "phrase1"}), "official.review.fields.time is of no kind"),
        (template(fields=FIELDS | {"hint": "thing1"}), "official.review.fields names a field twice"),
        (template(fields=FIELDS | {"hint": "const4"}), "official.review.values must hold the words of every const"),
        (template(values={"const9": ["好"]}), "official.review.values must hold the words of every const"),
        (template(fields=FIELDS | {"hint": "const4"}, values={"const4": []}), "official.review.values must hold lists"),
        (template(fields=FIELDS | {"hint": "const4"}, values={"const4": "好"}), "official.review.values must hold"),
        (template(colour="red"), "official.review may hold id, fields and values only"),
    ],
)
def test_a_mistake_is_told_by_its_place(given: Any, place: str) -> None:
    with pytest.raises(SettingsError, match=r"^WECHAT_TEMPLATES: ") as told:
        parse(given)
    assert place in str(told.value)


def test_what_is_no_json_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as told:
        templates.parse('{"a-secret-put-in-the-wrong-place')
    assert str(told.value) == "WECHAT_TEMPLATES is not JSON"


@pytest.mark.parametrize(
    ("name", "value"), [("WECHAT_TEMPLATES", '{"mini": {"review": {}}}'), ("WECHAT_MINI_STATE", "release")]
)
def test_the_application_does_not_start_with_a_mistake(tmp_path: Any, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        build(f"sqlite:///{tmp_path}/app.db", tmp_path, **{name: value})
