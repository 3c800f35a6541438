"""The search box for employers in the forms of graduates (R-OFF-1, R-OFF-7, R-WARN-1)."""

from typing import Any

import pytest
from flask import Flask

from app import warnings
from app.writing import write
from tests import builders, offline
from tests.app.api.calls import API, refused, statements
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.case import Actor
from workflows.vocabulary import Role


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


def find(client: ApiClient, typed: str) -> dict[str, Any]:
    found = client.get(f"{API}/employers", query_string={"query": typed})
    assert found.status_code == 200, found.json
    return found.json


@pytest.mark.rule("R-OFF-1", http="allowed")
def test_a_verified_employer_fills_the_form(client: ApiClient) -> None:
    employer = builders.make_employer(name="北京云帆软件有限公司")
    for typed in ("云帆", "北京云帆", "　云帆 ", employer.credit_code[:6], employer.credit_code.lower()):
        (found,) = find(client, typed)["employers"]
        assert (found["name"], found["credit_code"]) == (employer.name, employer.credit_code)
    assert found["fills"] == {
        "employer_name": employer.name,
        "credit_code": employer.credit_code,
        "employer_kind": "39",
        "industry": "34",
        "region_code": "110108",
        "address": "示例大街1号",
    }
    made = client.post(f"{API}/offline-signings", json={"form": offline.FORM | found["fills"]}).json
    assert made["errors"] == {} and made["title"] == employer.name


@pytest.mark.rule("R-OFF-1", http="refused")
def test_others_are_not_found_and_a_single_character_finds_nobody(client: ApiClient) -> None:
    for state in ("pending", "suspended", "imported"):
        builders.make_employer(state, name=f"云帆{state}有限公司")
    assert find(client, "云帆")["employers"] == []
    builders.make_employer(name="云帆一有限公司")
    assert find(client, "云")["employers"] == [] and find(client, "%")["employers"] == []
    assert find(client, "云%")["employers"] == []
    for typed in ("", "字" * 61, "x\x00"):
        assert (
            "query" in refused(client.get(f"{API}/employers", query_string={"query": typed}), 422, "invalid")["fields"]
        )


def test_at_most_ten_are_listed_those_that_begin_so_first(client: ApiClient) -> None:
    for number in range(12):
        builders.make_employer(name=f"江苏云帆{number:02}有限公司")
    first = builders.make_employer(name="云帆总公司").name
    with statements() as few:
        found = find(client, "云帆")["employers"]
    assert len(found) == 10 and found[0]["name"] == first
    assert len(few) <= 20


@pytest.mark.rule("R-WARN-1", http="allowed")
def test_a_warning_of_the_own_school_stands_beside_it(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    employer, unregistered = builders.make_employer(name="云帆有限公司"), builders.TERMS["credit_code"]
    actor = Actor(Role.SCHOOL, 1, school_id=graduate.roll.school_id)
    for code in (employer.credit_code, unregistered):
        write(lambda code=code: warnings.mark(actor, code, "某公司", "fake", "地址不存在"))
    (found,) = find(client, "云帆")["employers"]
    assert "虚假单位" in found["warnings"][0] and found["warnings"][0].endswith("原因：地址不存在")
    assert "虚假单位" in find(client, unregistered)["warnings"][0]
    draft = client.post(f"{API}/offline-signings", json={"form": offline.FORM}).json
    assert "虚假单位" in draft["warnings"][0]
    elsewhere = api_client(app, builders.make_graduate(builders.make_school("10848")))
    assert find(elsewhere, unregistered)["warnings"] == []
