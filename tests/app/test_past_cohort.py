"""A past cohort starts nothing; what is open is still decided, what is in force may still be ended (R-COH-1)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Placement, RollRecord, School, Termination, Transfer
from tests import tenants
from tests.app.api.calls import API, button, refused, travel
from tests.app.staff import desk
from tests.application import ApiClient, api_client, open_session
from tests.tenants import HOME, World
from workflows.vocabulary import Role

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")  # a whole world each
NEXT_AUTUMN = datetime(2027, 11, 10, 2, 0, tzinfo=UTC)  # the cohort of 2028 may sign; 2027 is past
SENTENCE = "往届"


@pytest.fixture
def world(app: Flask) -> World:
    """A tenant with a record of every kind, half a year later."""
    travel(app, tenants.MAY)
    built = tenants.build(app, places=(HOME,))
    travel(app, NEXT_AUTUMN)
    return built


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    return world.ids["home"]


@pytest.fixture
def client(app: Flask, world: World, ids: dict[str, str]) -> ApiClient:
    """The graduate, signed in anew."""
    account = db.session.execute(select(RollRecord.account_id).where(RollRecord.public_id == ids["roll"])).scalar_one()
    signed_in = api_client(app, None)
    signed_in.token = open_session("graduate", account)
    assert db.session.get(Account, account)
    return signed_in


@pytest.fixture
def office(app: Flask, world: World) -> desk.DeskClient:
    school = db.session.execute(select(School).where(School.code == HOME.code)).scalar_one()
    return desk.client(app, Role.SCHOOL, school, archive_level=2, household_level=2)


def version(model: type[Any], public_id: str) -> int:
    db.session.rollback()
    return int(db.session.execute(select(model.version).where(model.public_id == public_id)).scalar_one())


STARTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("offline-signings", {"form": {}}),
    ("paper-registrations", {"form": {}}),
    ("destinations", {"form": {"type_code": "labour_contract"}}),
    ("transfers", {"module": "household", "form": {}}),
)


@pytest.mark.rule("R-COH-1", http="refused")
def test_nothing_is_started(client: ApiClient, ids: dict[str, str]) -> None:
    for room, body in STARTS:
        answer = client.post(f"{API}/{room}", json=body | {"record": ids["roll"]})
        refused(answer, 403, "past_cohort")
        assert SENTENCE in answer.json["message"] + answer.json["detail"]["next"], room


@pytest.mark.rule("R-COH-1", http="refused")
def test_a_draft_is_not_submitted(client: ApiClient, ids: dict[str, str]) -> None:
    page = client.get(f"{API}/offline-signings/{ids['offline_draft']}")
    body = {"version": page.json["version"], "declaration": "2026-1", "void_destination": True, "online_known": True}
    refused(client.post(f"{API}/offline-signings/{ids['offline_draft']}/submit", json=body), 403, "past_cohort")
    for function in ("offline", "paper", "destination"):
        told = client.get(f"{API}/functions/{function}/consequences", query_string={"record": ids["roll"]})
        assert told.status_code == 200 and not told.json["allowed"], told.json


@pytest.mark.rule("R-COH-1", http="refused")
def test_a_draft_that_was_never_submitted_is_read_only(client: ApiClient, ids: dict[str, str]) -> None:
    address = f"{API}/offline-signings/{ids['offline_draft']}"
    before = client.get(address).json
    body = {"version": before["version"], "form": before["form"] | {"position": "另一职位"}}
    assert "往届" in refused(client.put(address, json=body), 403, "past_cohort")["next"] + str(button(before, "edit"))
    assert client.get(address).json == before
    given_up = client.post(f"{address}/cancel", json={"version": before["version"], "confirmed": True})
    assert given_up.status_code == 200, given_up.json


@pytest.mark.rule("R-COH-1", http="allowed")
def test_open_reviews_are_decided(office: desk.DeskClient, client: ApiClient, ids: dict[str, str]) -> None:
    for room, kind, model in (
        ("review", "accepted", Placement),
        ("destinations", "destination", Placement),
        ("transfers/archive", "transfer", Transfer),
    ):
        page = f"/staff/{room}/{ids[kind]}"
        assert office.get(page).status_code == 200, page
        answer = office.post(f"{page}/approve", data={"version": version(model, ids[kind])})
        assert answer.status_code == 303, desk.words(answer)
    decided = db.session.execute(select(Placement.state).where(Placement.public_id == ids["accepted"])).scalar_one()
    assert decided == "effective"


@pytest.mark.rule("R-COH-1", http="allowed")
def test_agreements_are_ended(
    app: Flask, office: desk.DeskClient, client: ApiClient, world: World, ids: dict[str, str]
) -> None:
    checked = {"checked_how": "phone", "checked_on": "2027-11-09", "checked_whom": "人事部 张经理"}
    page = f"/staff/terminations/{ids['offline_termination']}"
    sent = {"version": version(Termination, ids["offline_termination"])} | checked
    sent |= {"how": "phone", "on": "2027-11-09", "whom": "人事部 张经理"}
    assert office.post(f"{page}/approve", data=sent).status_code == 303
    withdrawn = client.post(f"{API}/terminations/{ids['termination']}/withdraw")
    assert withdrawn.status_code == 200, withdrawn.json
    form = client.get(f"{API}/terminations/new", query_string={"agreement": ids["effective"]}).json
    asked = {"form": {"reason_code": "01", "explanation": "协商一致，解除协议。"}}
    body = asked | {"agreement": ids["effective"], "declaration": form["declaration"]["version"]}
    again = client.post(f"{API}/terminations", json=body)
    assert again.status_code in (200, 201), again.json


@pytest.mark.rule("R-COH-1", http="allowed")
def test_the_earlier_year_is_read(client: ApiClient, office: desk.DeskClient, ids: dict[str, str]) -> None:
    home = client.get(f"{API}/home", query_string={"record": ids["roll"]}).json
    assert home["record"]["cohort"] == 2027 and not home["record"]["current"]
    assert [card["id"] for card in home["records"]] == [ids["effective"]]
    assert all(not button["allowed"] for button in home["buttons"])
    past, present = (desk.words(office.get(f"/staff/roll?cohort={cohort}")) for cohort in (2027, 2028))
    assert "MKhome00" in past and "MKhome00" not in present


@pytest.mark.rule("R-COH-1", http="refused")
def test_who_holds_a_slot_stays_in_the_cohort_and_is_told_why(office: desk.DeskClient, ids: dict[str, str]) -> None:
    page = f"/staff/roll/{ids['roll']}"
    for action, value in (("move_cohort", "2028"), ("take_off_roll", "")):
        answer = office.post(page, data={"action": action, "value": value, "reason": "延期毕业"})
        assert answer.status_code == 409, desk.words(answer)
        assert "鼋有限公司" in desk.words(answer), "the record that stands in the way is listed"
