"""Consents to subscribe messages: asked for at the right moment, taken down as hints, bounded."""

from typing import Any

import pytest
from flask import Flask

from app.clock import now
from app.extensions import db
from app.writing import write
from tests.app.api.calls import refused
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.far_side import TEMPLATES, FarSide
from tests.wechat.binding.graduates import API, Person, bound, user
from wechat import grants

IDS = {group: template["id"] for group, template in TEMPLATES["mini"].items()}


def report(client: ApiClient, **results: str) -> Any:
    return client.post(f"{API}/grants", json={"results": {IDS.get(name, name): said for name, said in results.items()}})


@pytest.fixture
def client(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> ApiClient:
    return bound(app, far, person, graduate)


@pytest.mark.rule("R-MSG-1", http="allowed")
def test_each_moment_asks_for_at_most_three_templates(client: ApiClient) -> None:
    shown = client.get(f"{API}/templates").json
    assert [one["moment"] for one in shown] == ["submitted", "accepted"]
    for moment in shown:
        assert 0 < len(moment["templates"]) <= 3
        assert all(IDS[one["group"]] == one["id"] for one in moment["templates"])


def test_a_report_sees_to_one_grant_and_never_counts_beyond_the_platforms_events(
    app: Flask, far: FarSide, client: ApiClient, person: Person
) -> None:
    for _ in range(3):
        answer = report(client, review="accept", change="reject", invitation="ban", termination="filter")
        assert (answer.status_code, answer.json) == (200, [{"group": "review", "count": 1}])
    far.act(person, "consent", templates=["review"])
    far.control("pushes/settle", seconds=5)
    row = user(person["mini"]).id
    counted = grants.left(db.session.connection(), row)
    assert counted == [{"group": "review", "count": 2}]


def test_a_template_that_is_none_of_ours_counts_for_nothing(client: ApiClient) -> None:
    assert report(client, unknown="accept").json == []


def test_what_is_no_result_is_refused(client: ApiClient) -> None:
    many = {f"t{number}": "accept" for number in range(6)}
    for wrong in ({}, {"x": "maybe"}, {"x": 1}, {"": "accept"}, {"x" * 65: "accept"}, many, [], None, "accept"):
        refused(client.post(f"{API}/grants", json={"results": wrong}), 422, "invalid")


@pytest.mark.rule("R-MSG-1", http="refused")
def test_who_is_not_bound_has_nothing_to_report(app: Flask, far: FarSide, graduate: Graduate) -> None:
    refused(report(api_client(app, graduate), review="accept"), 409, "not_bound")


def test_a_used_up_grant_is_had_again(app: Flask, client: ApiClient, person: Person) -> None:
    row = user(person["mini"]).id
    accepted = {IDS["review"]: "acceptWithAlert"}
    write(lambda: grants.report(db.session.connection(), row, accepted, now()))
    assert grants.left(db.session.connection(), row) == [{"group": "review", "count": 1}]
