"""The document against the application: made-up and live requests of every role; no failure, everything reached."""

import contextvars
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
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
from app.clock import now
from app.extensions import db
from app.models import ProvinceModule, School
from tests import builders
from tests.app.api import destinations, live_records
from tests.app.api.calls import API, travel
from tests.app.api.live_records import STAGES, Asked, Person
from tests.application import open_session
from tests.builders import Graduate
from tests.far_side import FarSide
from wechat import client
from workflows.vocabulary import Module, Role

pytestmark = pytest.mark.e2e

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
NEVER_REFUSED = {("GET", "/api/v1/accounts/choices")}  # open to everybody, and asks for nothing
MADE_UP = 4  # requests per operation, role and mode
Operation = tuple[str, str]


@dataclass
class Live:
    """A person with a bit of everything, what each operation succeeds with, and the answers of every operation."""

    person: Person
    asked: dict[Operation, Asked] = field(default_factory=dict)
    codes: dict[Operation, set[int]] = field(default_factory=lambda: defaultdict(set))

    def prepare(self, name: Operation) -> None:
        """Make the record that an operation is about."""
        method, path = name
        stage = STAGES.get((method, path.removeprefix(API)))
        self.asked[name] = stage(self.person, self.person.another()) if stage else Asked()
        db.session.remove()


@pytest.fixture
def document(app: Flask) -> Any:
    loaded = schemathesis.openapi.from_dict(app.extensions["api"].spec.to_dict())

    def outside(environ: Any, start_response: Any) -> Any:
        """Answer as a server does: outside the test's own context."""
        return contextvars.Context().run(app.wsgi_app, environ, start_response)

    loaded.app = outside
    return loaded


@pytest.fixture
def live(app: Flask, graduate: Graduate, school: School, tmp_path: Path) -> Iterator[Live]:
    """Everything is open to the graduate: it is May, the province has opened every module, WeChat answers."""
    travel(app, destinations.MAY)
    for module in (Module.ARCHIVE, Module.HOUSEHOLD):
        row = {"province_code": school.province_code, "module": module.value, "opened_at": now(), "opened_by": 0}
        db.session.add(ProvinceModule(**row))
    db.session.commit()
    side = FarSide(tmp_path)
    side.connect_phones(app)
    client.install(app)
    yield Live(Person(app, graduate, side))
    side.close()


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

    def bearer(principal: int, door: str = "graduate") -> Callable[[], dict[str, str]]:
        return lambda: {"Authorization": f"Bearer {open_session(door, principal)}"}

    return [
        Caller("owner", bearer(mine), owner=True),
        Caller("ticket", bearer(live_records.waiting(), "wechat"), owner=True),
        Caller("stranger", bearer(stranger)),
        Caller("staff", cookie("staff", staff)),
        Caller("employer", cookie("employer", officer)),
        Caller("nobody", dict),
    ]


def send(case: Case, caller: Caller, live: Live, number: int) -> None:
    """Send one request, live ids and bodies put in, and hold the answer to the document."""
    name = (case.method.upper(), case.path)
    asked = live.asked[name]
    if number % 3 or not caller.owner:
        case.path_parameters = dict(case.path_parameters or {}) | asked.ids
    if caller.owner and number % 2 == 0:
        case.query = asked.query or case.query
        if asked.body is not None:
            case.body, case.media_type = dict(asked.body), asked.media_type
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
    for operation in found:
        live.prepare((operation.method.upper(), operation.path))
        wrong = [] if (operation.method.upper(), operation.path) in NEVER_REFUSED else [GenerationMode.NEGATIVE]
        for caller, mode in itertools.product(roles, [GenerationMode.POSITIVE, *wrong]):
            attack(operation, mode, lambda case, caller=caller: send(case, caller, live, next(numbers)))
    unreached = {
        name: codes
        for name, codes in live.codes.items()
        if not any(200 <= code < 300 for code in codes)
        or (name not in NEVER_REFUSED and not any(400 <= code < 500 for code in codes))
    }
    assert len(live.codes) == len(found) >= 90
    assert unreached == {}
