"""Whatever is sent: a refusal in Chinese that names the field, never a failure, and nothing is written."""

import itertools
from typing import Any

import pytest

from app.api import schemas
from tests import builders
from tests.app.api.calls import API, refused
from tests.application import ApiClient
from tests.builders import Graduate

WRONG_TYPES = (None, 1, 1.5, True, [], {}, ["x"])
WRONG_ACCEPTANCES: list[tuple[Any, str, str]] = [
    ({}, "version", "请填写邀请版本。"),
    ({"version": None}, "version", "请填写邀请版本。"),
    ({"version": "1"}, "version", "邀请版本的格式不对"),
    ({"version": 1.0}, "version", "邀请版本的格式不对"),
    ({"version": True}, "version", "邀请版本的格式不对"),
    ({"version": 0}, "version", "1 至 2147483647"),
    ({"version": 2**31}, "version", "1 至 2147483647"),
    ({"version": 10**400}, "version", "1 至 2147483647"),
    ({"version": 1, "declaration": 5}, "declaration", "数据真实无误"),
    ({"version": 1, "declaration": "长" * 21}, "declaration", "最多 20 字"),
    ({"version": 1, "declaration": "\ud800"}, "declaration", "无法保存"),
    ({"version": 1, "notice": "a\x00"}, "notice", "应约效力提示含有无法保存"),
    ({"version": 1, "void_destination": "yes"}, "void_destination", "去向作废确认"),
    ({"version": 1, "void_destination": 1}, "void_destination", "去向作废确认"),
    ({"version": 1, "state": "effective"}, "state", "没有这个字段"),
    ({"version": 1, "\ud800": 1}, "\ud800", "没有这个字段"),
    ([], "_schema", "请以 JSON 对象提交。"),
    ("x", "_schema", "请以 JSON 对象提交。"),
]
JSON_TYPE = {"Content-Type": "application/json"}


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text) and not any(
        char.isascii() and char.isalpha() for char in text
    )


def fields_of(answer: Any) -> dict[str, str]:
    fields: dict[str, str] = refused(answer, 422, "invalid")["fields"]
    assert all(is_chinese(sentence) for sentence in fields.values()), fields
    return fields


@pytest.fixture
def accept_path(graduate: Graduate) -> str:
    return f"{API}/invitations/{builders.make_invitation(graduate).public_id}/accept"


def test_an_acceptance_that_is_wrong_names_the_field(client: ApiClient, accept_path: str) -> None:
    for body, field, says in WRONG_ACCEPTANCES:
        fields = refused(client.post(accept_path, json=body), 422, "invalid")["fields"]
        assert set(fields) == {field} and says in fields[field], (body, fields)


def test_signing_in_with_wrong_types(client: ApiClient) -> None:
    for field, value in itertools.product(("username", "password"), WRONG_TYPES):
        body = {"username": "19900000000", "password": "x", field: value}
        assert set(fields_of(client.post(f"{API}/sessions", json=body))) == {field}


def test_signing_in_with_texts_that_cannot_be(client: ApiClient) -> None:
    for value in ("", "长" * 201, "\ud83d", "a\x00b", "\x1b[31m"):
        body = {"username": value, "password": value}
        assert set(fields_of(client.post(f"{API}/sessions", json=body))) == {"username", "password"}


def test_strange_names_are_just_wrong_names(client: ApiClient) -> None:
    for value in ("‮", "𬱖䶮喆", "' OR 1=1 --", "${jndi:x}", "😀", "0" * 200, "1e400"):
        refused(client.post(f"{API}/sessions", json={"username": value, "password": value}), 401, "wrong_credentials")


def test_a_reason_that_cannot_be_kept(client: ApiClient, accept_path: str) -> None:
    for value in [*WRONG_TYPES[1:], "a\x00", "\ud800", "长" * 2001]:
        answer = client.post(accept_path.replace("accept", "decline"), json={"reason": value})
        assert set(fields_of(answer)) == {"reason"}


def test_what_is_no_json_is_a_bad_request(client: ApiClient, accept_path: str) -> None:
    unreadable = [
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version": ' + b"9" * 5000 + b"}",
        b'{"version": NaN',
        b'"\\ud8',
    ]
    for raw, path in itertools.product(unreadable, (accept_path, f"{API}/sessions")):
        refused(client.post(path, data=raw, headers=JSON_TYPE), 400, "bad_request")


def test_another_media_type_counts_as_nothing_sent(client: ApiClient, accept_path: str) -> None:
    answer = client.post(accept_path, data="version=1", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert set(fields_of(answer)) == {"version"}


def test_too_large_a_body_is_refused(client: ApiClient, accept_path: str) -> None:
    answer = client.post(accept_path, data=b'{"reason": "' + b"x" * 1_100_000 + b'"}', headers=JSON_TYPE)
    refused(answer, 413, "too_large")


def test_queries_are_checked(client: ApiClient) -> None:
    queries = [
        ("/home?x=1", "x"),
        ("/home?record=", "record"),
        ("/invitations?record=" + "x" * 101, "record"),
        ("/home?record=%00", "record"),
        ("/alerts?page=0", "page"),
        ("/alerts?page=x", "page"),
        ("/alerts?page=100001", "page"),
        ("/alerts?page=" + "9" * 30, "page"),
        ("/alerts?page=" + "9" * 5000, "page"),
        ("/alerts?page_size=101", "page_size"),
        ("/alerts?page_size=-1", "page_size"),
    ]
    for query, field in queries:
        assert set(fields_of(client.get(API + query))) == {field}, query


def test_an_unknown_address_or_method_answers_in_the_one_form(client: ApiClient) -> None:
    refused(client.get(f"{API}/nothing"), 404, "not_found")
    refused(client.put(f"{API}/me"), 405, "method_not_allowed")


def test_every_input_refuses_what_it_does_not_know() -> None:
    inputs = [one for one in vars(schemas).values() if isinstance(one, type) and issubclass(one, schemas.Input)]
    assert len(inputs) > 5
    for one in inputs:
        assert one().validate({"unheard_of": 1})["unheard_of"] == ["没有这个字段，请去掉。"], one
