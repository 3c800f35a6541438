"""Consents to subscribe messages: asked for at the right moment, taken down as hints, bounded."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import now
from app.extensions import db
from app.writing import write
from tests.app.api.calls import pass_time, refused
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


def consent(far: FarSide, person: Person, **how: Any) -> None:
    far.act(person, "consent", templates=["review"], **how)
    far.control("pushes/settle", seconds=5)


def counted(person: Person) -> list[dict[str, Any]]:
    row = user(person["mini"]).id
    return grants.left(db.session.connection(), row)


def there(far: FarSide, person: Person) -> int:
    """Return how many messages the platform would still take."""
    found = far.world.books.row("SELECT count FROM consent WHERE openid = ?", person["mini"])
    return found["count"] if found else 0


def test_a_report_sees_to_one_grant_and_never_counts_beyond_the_platforms_events(
    app: Flask, far: FarSide, client: ApiClient, person: Person
) -> None:
    for _ in range(3):
        answer = report(client, review="accept", change="reject", invitation="ban", termination="filter")
        assert (answer.status_code, answer.json) == (200, [{"group": "review", "count": 1}])


@pytest.mark.parametrize("first", ["report", "event"])
def test_one_consent_counts_once_whichever_comes_first(
    app: Flask, far: FarSide, client: ApiClient, person: Person, first: str
) -> None:
    if first == "event":
        consent(far, person)
        report(client, review="accept")
    else:
        far.control("pushes", target="mini", hold=True)
        far.act(person, "consent", templates=["review"])
        report(client, review="accept")
        far.control("pushes/release")
        far.control("pushes", method="DELETE")
    assert counted(person) == [{"group": "review", "count": 1}] and there(far, person) == 1
    travel_a_minute(app, far)
    consent(far, person)
    report(client, review="accept")
    assert counted(person) == [{"group": "review", "count": 2}] and there(far, person) == 2


def test_a_lost_event_costs_no_later_consent_and_a_used_one_is_not_counted_again(
    app: Flask, far: FarSide, client: ApiClient, person: Person
) -> None:
    report(client, review="accept")
    travel_a_minute(app, far)
    consent(far, person)
    assert counted(person) == [{"group": "review", "count": 2}], "that of the next consent counts for itself"


def travel_a_minute(app: Flask, far: FarSide) -> None:
    pass_time(app, timedelta(minutes=1))
    far.control("clock", shift=60)


@pytest.mark.rule("R-MSG-1", http="refused")
def test_who_refuses_when_asked_again_keeps_what_was_agreed_to(
    app: Flask, far: FarSide, client: ApiClient, person: Person
) -> None:
    consent(far, person)
    consent(far, person, agreed=False)
    assert counted(person) == [{"group": "review", "count": 1}] and there(far, person) == 1
    far.act(person, "change-consent", template="review")
    far.control("pushes/settle", seconds=5)
    assert counted(person) == [] and there(far, person) == 0


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
