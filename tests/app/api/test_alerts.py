"""Alerts: told in the same transaction, read page by page, noted as read, nobody else's."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Alert, Outbox, School
from notifications import jobs
from tests import builders
from tests.app.api.calls import API, accept, refused
from tests.app.staff import desk
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.vocabulary import Role


def deliver() -> None:
    """Let a worker run what is due."""
    due = list(db.session.execute(select(Outbox.id).order_by(Outbox.id)).scalars())
    db.session.rollback()
    jobs.run(due)


@pytest.mark.rule("R-ON-1", http="allowed")
def test_who_has_not_confirmed_receives_the_alert_all_the_same(app: Flask, school: School) -> None:
    graduate = builders.make_graduate(school, confirmed=False)
    client, placement = api_client(app, graduate), builders.make_invitation(graduate)
    address, title = placement.public_id, placement.title
    deliver()
    (alert,) = client.get(f"{API}/alerts").json
    assert set(alert) == {"id", "topic", "title", "body", "placement", "kind", "page", "created_at", "read"}
    assert (alert["placement"], alert["kind"], alert["read"]) == (address, "online", False)
    assert alert["page"] == {"name": "invitation", "id": address}
    assert title in alert["body"]


def test_pages_follow_each_other_the_newest_first(graduate: Graduate, client: ApiClient) -> None:
    made = [builders.make_invitation(graduate).public_id for _ in range(5)]
    deliver()
    pages = [client.get(f"{API}/alerts?page={page}&page_size=2") for page in (1, 2, 3, 4)]
    assert [one["placement"] for page in pages for one in page.json] == made[::-1]
    assert json.loads(pages[1].headers["X-Pagination"]) == {
        "total": 5,
        "total_pages": 3,
        "first_page": 1,
        "last_page": 3,
        "page": 2,
        "previous_page": 1,
        "next_page": 3,
    }


def test_reading_one_and_reading_all(graduate: Graduate, client: ApiClient) -> None:
    for _ in range(3):
        builders.make_invitation(graduate)
    deliver()
    first = client.get(f"{API}/alerts").json[0]["id"]
    assert client.get(f"{API}/alerts/unread").json == {"count": 3}
    for _ in range(2):
        answer = client.post(f"{API}/alerts/{first}/read")
        assert (answer.status_code, answer.json) == (200, {})
    assert client.get(f"{API}/alerts/unread").json == {"count": 2}
    assert client.post(f"{API}/alerts/read").json == {"count": 2}
    assert client.post(f"{API}/alerts/read").json == {"count": 0}
    assert all(one["read"] for one in client.get(f"{API}/alerts").json)


def test_alerts_of_others_cannot_be_seen_or_read(app: Flask, graduate: Graduate, school: School) -> None:
    employer, neighbour = builders.make_employer(), builders.make_graduate(school)
    builders.accept(graduate, builders.make_invitation(graduate, employer))  # tells the employer too
    client, stranger = api_client(app, graduate), api_client(app, neighbour)
    deliver()
    assert stranger.get(f"{API}/alerts").json == []
    assert stranger.post(f"{API}/alerts/read").json == {"count": 0}
    rows = db.session.execute(select(Alert.public_id, Alert.recipient_kind)).all()
    assert {row.recipient_kind for row in rows} == {"account", "employer"}
    for row in rows:
        refused(stranger.post(f"{API}/alerts/{row.public_id}/read"), 404, "not_found")
    employers = next(row.public_id for row in rows if row.recipient_kind == "employer")
    refused(client.post(f"{API}/alerts/{employers}/read"), 404, "not_found")


def topics(client: ApiClient) -> list[str]:
    """Return what a graduate has been told of, the oldest first."""
    deliver()
    return [one["topic"] for one in reversed(client.get(f"{API}/alerts").json)]


@pytest.mark.rule("R-MSG-3", http="allowed")
def test_every_step_of_a_walked_record_is_told_once_and_read(
    app: Flask, graduate: Graduate, school: School, client: ApiClient
) -> None:
    office = desk.client(app, Role.SCHOOL, school)
    row = builders.make_invitation(graduate).id
    told = topics(client)
    assert len(told) == 1
    placement = builders.reload(row)
    assert accept(client, placement).status_code == 200
    assert topics(client) == told, "nobody is told of what they did themselves"
    placement = builders.reload(row)
    page, sent = f"/staff/review/{placement.public_id}/approve", {"version": placement.version}
    assert office.post(page, data=sent).status_code == 303
    after = topics(client)
    assert after[:1] == told and len(after) == 2
    assert topics(client) == after, "working the same rows off again tells nothing twice"


@pytest.mark.rule("R-MSG-3", http="refused")
def test_a_refused_step_leaves_no_alert(app: Flask, graduate: Graduate, school: School, client: ApiClient) -> None:
    office = desk.client(app, Role.SCHOOL, school)
    row = builders.make_invitation(graduate).id
    told, rows = topics(client), db.session.query(Outbox).count()
    placement = builders.reload(row)
    assert accept(client, placement, {"version": 1}).status_code in (409, 422)
    placement = builders.reload(row)
    early = office.post(f"/staff/review/{placement.public_id}/approve", data={"version": placement.version})
    assert early.status_code in (404, 409)
    assert topics(client) == told
    assert db.session.query(Outbox).count() == rows
