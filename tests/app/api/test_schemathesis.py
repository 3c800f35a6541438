"""The document against the application: made-up and live requests of every role; no failure, everything reached."""

import contextvars
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import auth
from app.models import School
from tests import builders
from tests.app.api.test_alerts import deliver
from tests.application import open_session
from tests.builders import PASSWORD, Graduate
from workflows.vocabulary import Role, State

pytestmark = pytest.mark.e2e

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDING = ("POST /api/v1/invitations/{invitation_id}/accept",)  # what comes last: it ends what others need
MADE_UP = 4  # requests per operation, role and mode
Operation = tuple[str, str]


@dataclass
class Live:
    """What exists: ids by path or by the parameter's name, one after the other, and bodies that the rules allow."""

    ids: dict[str, Iterator[str]]
    bodies: dict[Operation, dict[str, Any]]
    codes: dict[Operation, set[int]] = field(default_factory=lambda: defaultdict(set))


@pytest.fixture
def document(app: Flask) -> Any:
    loaded = schemathesis.openapi.from_dict(app.extensions["api"].spec.to_dict())

    def outside(environ: Any, start_response: Any) -> Any:
        """Answer as a server does: outside the test's own context."""
        return contextvars.Context().run(app.wsgi_app, environ, start_response)

    loaded.app = outside
    return loaded


@pytest.fixture
def live(graduate: Graduate, client: Any) -> Live:
    """A graduate with a bit of everything; the last invitations are still open."""
    for state in (State.DECLINED, State.REVIEW_REJECTED):
        builders.make_placement(state, graduate)
    open_ones, unwanted = ([builders.make_invitation(graduate).public_id for _ in range(3)] for _ in range(2))
    record = graduate.roll.public_id
    shown = client.get(f"/api/v1/records/{record}").json["shown_version"]
    deliver()
    alerts = [one["id"] for one in client.get("/api/v1/alerts").json]
    return Live(
        ids={
            "record_id": itertools.repeat(record),
            "invitation_id": itertools.cycle(open_ones),
            "placement_id": itertools.cycle(open_ones),
            "alert_id": itertools.cycle(alerts),
            "/api/v1/invitations/{invitation_id}/decline": itertools.cycle(unwanted),
        },
        bodies={
            ("POST", "/api/v1/sessions"): {"username": graduate.phone, "password": PASSWORD},
            ("POST", "/api/v1/sessions/current/proof"): {"password": PASSWORD},
            ("POST", "/api/v1/records/{record_id}/confirmation"): {"shown_version": shown},
            ("POST", "/api/v1/invitations/{invitation_id}/accept"): {
                "version": 1,
                "clauses": "2026-1",
                "declaration": "2026-1",
            },
            ("POST", "/api/v1/invitations/{invitation_id}/decline"): {"reason": "已有其他意向"},
            ("POST", "/api/v1/placements/{placement_id}/downloads"): {"what": "preview"},
        },
    )


@dataclass
class Caller:
    """A role: which headers it sends, and whether it asks with live ids and, half of the time, allowed bodies."""

    name: str
    headers: Callable[[], dict[str, str]]
    owner: bool = False


def callers(graduate: Graduate, school: School) -> list[Caller]:
    stranger = builders.make_graduate(school).account.id
    mine = graduate.account.id
    staff, employer = builders.make_staff(Role.SCHOOL, school).id, builders.make_employer()
    officer = builders.employer_actor(employer).id

    def cookie(door: str, principal: int) -> Callable[[], dict[str, str]]:
        token = open_session(door, principal)
        return lambda: {"Cookie": f"{auth.cookie_name(door)}={token}"}

    def bearer(account: int) -> Callable[[], dict[str, str]]:
        return lambda: {"Authorization": f"Bearer {open_session('graduate', account)}"}

    return [
        Caller("owner", bearer(mine), owner=True),
        Caller("stranger", bearer(stranger)),
        Caller("staff", cookie("staff", staff)),
        Caller("employer", cookie("employer", officer)),
        Caller("nobody", dict),
    ]


def send(case: Case, caller: Caller, live: Live, number: int) -> None:
    """Send one request, live ids and bodies put in, and hold the answer to the document."""
    name = (case.method.upper(), case.path)
    if number % 3 or not caller.owner:
        for parameter in case.path_parameters or {}:
            case.path_parameters[parameter] = next(live.ids.get(case.path) or live.ids[parameter])
    if caller.owner and number % 2 == 0 and name in live.bodies:
        case.body, case.media_type = dict(live.bodies[name]), "application/json"
    fresh = {"Idempotency-Key": f"key-{caller.name}-{number:08d}"} if number % 4 else {}
    response = case.call(headers=caller.headers() | fresh)
    case.validate_response(response, checks=CHECKS)
    live.codes[name].add(response.status_code)


def attack(operation: Any, mode: GenerationMode, request: Callable[[Case], None]) -> None:
    """Make up requests for an operation and send them."""

    @settings(
        max_examples=MADE_UP,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Case) -> None:
        request(case)

    run()


def test_every_role_and_operation(app: Flask, document: Any, live: Live, graduate: Graduate, school: School) -> None:
    numbers, roles = itertools.count(2), callers(graduate, school)
    found = [result.ok() for result in document.get_all_operations()]
    for operation in sorted(found, key=lambda one: ENDING.index(one.label) if one.label in ENDING else -1):
        for caller, mode in itertools.product(roles, GenerationMode):
            attack(operation, mode, lambda case, caller=caller: send(case, caller, live, next(numbers)))
    unreached = {
        name: codes
        for name, codes in live.codes.items()
        if not any(200 <= code < 300 for code in codes) or not any(400 <= code < 500 for code in codes)
    }
    assert len(live.codes) == len(found) >= 16
    assert unreached == {}
