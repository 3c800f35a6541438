"""What changed on the roll after a record was handed in: old and new before the reviewer's eyes (R-GRAD-10)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app import actions, history
from app.extensions import db
from app.models import GraduateSnapshot, School, Transfer
from app.writing import write
from tests import builders
from tests.app.api import destinations, papers
from tests.app.api.calls import travel
from tests.app.staff import desk
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.notifications import transfers
from workflows.case import Request
from workflows.roll_record import BY_FILE
from workflows.vocabulary import Action, Level, Role, State

OLD_AND_NEW = "专业：石油工程→油气储运工程"
CHANGED = "名单信息在提交之后有变化"


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, papers.MAY)
    return builders.make_school()


@pytest.fixture
def graduate(school: School) -> Graduate:
    return builders.make_graduate(school)


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


@pytest.fixture
def office(app: Flask, school: School) -> desk.DeskClient:
    return desk.client(app, Role.SCHOOL, school, archive_level=int(Level.WRITE))


@pytest.fixture
def move(graduate: Graduate) -> Callable[[str], None]:
    """Let a file of the school change the major."""
    roll, school = graduate.roll.id, builders.reviewer(graduate, Role.SCHOOL)
    request = Request(reason=BY_FILE)
    return lambda major: write(lambda: actions.roll_step(roll, Action.EDIT, school, request, {"major": major}) and None)


def paper(client: ApiClient, graduate: Graduate) -> tuple[str, ...]:
    page = papers.submitted(client, graduate)
    return f"/staff/review/{page['id']}", f"/staff/placements/{page['id']}"


def destination(client: ApiClient, graduate: Graduate) -> tuple[str, ...]:
    page = destinations.start(client).json
    destinations.prove(graduate, page)
    assert destinations.submit(client, page).status_code == 200
    return (f"/staff/destinations/{page['id']}",)


def transfer(client: ApiClient, graduate: Graduate) -> tuple[str, ...]:
    made = db.session.get_one(Transfer, transfers.make_transfer(graduate, State.REVIEW))
    return (f"/staff/transfers/archive/{made.public_id}",)


@pytest.mark.rule("R-GRAD-10", http="allowed")
@pytest.mark.parametrize("submitted", [paper, destination, transfer])
def test_the_reviewer_sees_old_and_new(
    client: ApiClient,
    graduate: Graduate,
    office: desk.DeskClient,
    move: Callable[[str], None],
    submitted: Callable[[ApiClient, Graduate], tuple[str, ...]],
) -> None:
    pages = submitted(client, graduate)
    for page in pages:
        assert CHANGED not in desk.words(office.get(page))
    move("油气储运工程")
    for page in pages:
        assert OLD_AND_NEW in desk.words(office.get(page))
    move("石油工程")
    for page in pages:
        assert CHANGED not in desk.words(office.get(page))
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-GRAD-10", "R-REV-1", http="allowed")
def test_a_resubmission_is_judged_by_what_the_roll_said_then(
    client: ApiClient, graduate: Graduate, office: desk.DeskClient, move: Callable[[str], None]
) -> None:
    page = papers.submitted(client, graduate)
    move("油气储运工程")
    builders.confirm(graduate)
    assert papers.press(client, page, "take-back").status_code == 200
    again = papers.submit(client, papers.read(client, page))
    assert again.status_code == 200, again.json
    assert CHANGED not in desk.words(office.get(f"/staff/review/{page['id']}"))
    assert db.session.query(GraduateSnapshot).count() == 1


@pytest.mark.rule("R-GRAD-10", "R-REV-1", http="refused")
def test_what_is_no_longer_under_review_shows_the_roll_alone(
    app: Flask, client: ApiClient, graduate: Graduate, office: desk.DeskClient, move: Callable[[str], None]
) -> None:
    page: dict[str, Any] = destinations.approved(app, client, graduate)
    move("油气储运工程")
    shown = desk.words(office.get(f"/staff/destinations/{page['id']}"))
    assert CHANGED not in shown and "油气储运工程" in shown
