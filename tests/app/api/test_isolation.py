"""Nobody sees another's: foreign, unknown and malformed ids get one answer; other doors get none."""

from typing import Any

import pytest
from flask import Flask

from app.access import policy_of
from app.api import BLUEPRINTS
from app.models import School
from tests import builders
from tests.app.api.calls import API, refused
from tests.application import ApiClient, api_client, door_client
from tests.builders import Graduate
from workflows.vocabulary import Role

BODIES = {
    "accept": {"version": 1, "declaration": "2026-1"},
    "decline": {},
    "confirmation": {"shown_version": "x"},
    "read": None,
}
SIGNED_OUT = {  # signing in, and what comes before it: registering, the forgotten name, the forgotten password
    "sessions.sign_in",
    "accounts.choices",
    "accounts.schools",
    "accounts.register",
    "accounts.send_registration_code",
    "accounts.names",
    "accounts.send_names_code",
    "accounts.set_password",
    "accounts.send_password_code",
}
ROUTES = (
    ("GET", "/records/{}"),
    ("POST", "/records/{}/confirmation"),
    ("GET", "/invitations/{}"),
    ("POST", "/invitations/{}/accept"),
    ("POST", "/invitations/{}/decline"),
    ("POST", "/alerts/{}/read"),
)
MALFORMED = ("x", "0", "-1", "9" * 40, "A" * 20, "%00" * 20, "%ED%A0%80", "%27%20OR%201=1", "g" * 20, "%F0%9F%98%80")


def call(client: Any, method: str, path: str) -> Any:
    return client.open(f"{API}{path}", method=method, json=BODIES.get(path.rpartition("/")[2]))


@pytest.fixture
def foreign(school: School) -> dict[str, str]:
    """Ids of another graduate: record, invitation; alerts have none yet, so its invitation's stands in."""
    other = builders.make_graduate(school)
    placement = builders.make_invitation(other)
    return {"records": other.roll.public_id, "invitations": placement.public_id, "alerts": placement.public_id}


@pytest.mark.rule("R-ACC-2", http="refused")
def test_foreign_unknown_and_malformed_ids_get_one_answer(client: ApiClient, foreign: dict[str, str]) -> None:
    for method, path in ROUTES:
        ids = (foreign[path.split("/")[1]], "0" * 20, *MALFORMED)
        answers = [call(client, method, path.format(one)) for one in ids]
        assert {(answer.status_code, answer.data) for answer in answers} == {(404, answers[0].data)}, path
        refused(answers[0], 404, "not_found")


@pytest.mark.rule("R-ACC-2", http="allowed")
def test_ones_own_are_found(client: ApiClient, graduate: Graduate) -> None:
    placement = builders.make_invitation(graduate)
    assert client.get(f"{API}/records/{graduate.roll.public_id}").status_code == 200
    assert client.get(f"{API}/invitations/{placement.public_id}").status_code == 200


def test_no_operation_but_signing_in_is_open_to_anybody(app: Flask, school: School, graduate: Graduate) -> None:
    rooms = {blueprint.name for blueprint in BLUEPRINTS}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in rooms]
    assert len(rules) > 10
    staff, employer = builders.make_staff(Role.SCHOOL, school), builders.make_employer()
    clients = (
        api_client(app, None),
        door_client(app, "staff", staff.id),
        door_client(app, "employer", builders.employer_actor(employer).id),
    )
    open_ones = set()
    for rule in rules:
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            policy = policy_of(app, rule.endpoint, method)
            if policy is not None and policy.door == "public":
                open_ones.add(rule.endpoint)
                continue
            path = rule.build(dict.fromkeys(rule.arguments, "0" * 20))[1]
            for client in clients:
                answer = client.open(path, method=method, headers={"Idempotency-Key": "x" * 10}, json={})
                refused(answer, 401, "sign_in")
    assert open_ones == SIGNED_OUT
