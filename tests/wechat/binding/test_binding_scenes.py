"""Codes to scan and links to claim: one use, ten minutes, confirmed by whose they are (R-STEP-1, R-BOT-1)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app import history
from app.clock import now
from app.extensions import db
from notifications import sweeper
from tests import builders
from tests.app.api.calls import pass_time, refused
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.wechat.binding.graduates import API, Person, bound, holder_of, link_of, steps, told
from workflows.scenes import Scene, SceneState, state_of

STALE = timedelta(minutes=10, seconds=1)


def ask(client: ApiClient) -> tuple[str, str]:
    """Ask for a code; return its id and the ticket in its picture's address."""
    answer = client.post(f"{API}/scenes")
    assert answer.status_code == 201, answer.json
    assert answer.json["state"] == "waiting" and answer.json["scanned_at"] is None
    return answer.json["id"], parse_qs(urlsplit(answer.json["picture"]).query)["ticket"][0]


def look(client: ApiClient, scene: str) -> Any:
    return client.get(f"{API}/scenes/{scene}").json


def confirm(client: ApiClient, scene: str) -> Any:
    return client.post(f"{API}/scenes/{scene}/confirm")


def claim(client: ApiClient, token: str) -> Any:
    return client.post(f"{API}/scenes/claim", json={"token": token})


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


# --- a code to scan -----------------------------------------------------------------------------------------------


@pytest.mark.rule("R-BOT-1", "R-STEP-1", http="allowed")
@pytest.mark.parametrize("follows", [True, False])
def test_a_code_is_scanned_confirmed_and_binds(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, follows: bool
) -> None:
    person = far.person(phone=graduate.phone, follows=follows)
    scene, ticket = ask(client)
    far.act(person, "scan", ticket=ticket)
    seen = look(client, scene)
    assert seen["state"] == "scanned" and seen["scanned_at"]
    assert holder_of(person["official"]) is None, "scanned is not confirmed"
    answer = confirm(client, scene)
    assert (answer.status_code, answer.json["reached"]) == (200, True)
    assert holder_of(person["official"]) == graduate.account.id and look(client, scene)["state"] == "confirmed"
    assert (told(graduate.account), steps(graduate.account)) == (["wechat_bound"], [("bind_wechat", "official")])
    assert [*history.verify(db.session.connection())] == []


@pytest.mark.rule("R-STEP-1", http="refused")
def test_confirming_wants_a_fresh_proof(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, person: Person
) -> None:
    pass_time(app, timedelta(minutes=5))
    scene, ticket = ask(client)
    far.act(person, "scan", ticket=ticket)
    pass_time(app, timedelta(minutes=6))
    refused(confirm(client, scene), 403, "proof_required")
    assert holder_of(person["official"]) is None
    assert client.post("/api/v1/sessions/current/proof", json={"password": builders.PASSWORD}).status_code == 200
    assert confirm(client, scene).status_code == 200


@pytest.mark.rule("R-STEP-1", http="refused")
def test_only_whoever_asked_looks_and_confirms(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, person: Person
) -> None:
    scene, ticket = ask(client)
    far.act(person, "scan", ticket=ticket)
    stranger = api_client(app, builders.make_graduate(builders.make_school()))
    refused(stranger.get(f"{API}/scenes/{scene}"), 404, "not_found")
    refused(confirm(stranger, scene), 404, "not_found")
    for never in ("0" * 20, "x", "%00"):
        refused(stranger.get(f"{API}/scenes/{never}"), 404, "not_found")
    assert api_client(app, None).get(f"{API}/scenes/{scene}").status_code == 401
    assert holder_of(person["official"]) is None


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_code_that_nobody_scanned_or_that_is_over_binds_nobody(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    client = api_client(app, graduate)
    scene, ticket = ask(client)
    refused(confirm(client, scene), 409, "wrong_state")
    far.act(person, "scan", ticket=ticket)
    pass_time(app, STALE)
    fresh = api_client(app, graduate)
    assert look(fresh, scene)["state"] == "expired"
    refused(confirm(fresh, scene), 409, "expired")
    assert holder_of(person["official"]) is None


@pytest.mark.rule("R-BOT-1", http="refused")
def test_a_code_is_used_once_and_the_first_to_scan_counts(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, person: Person
) -> None:
    thief = far.person(name="演示癸", phone="13800000008")
    scene, ticket = ask(client)
    far.act(person, "scan", ticket=ticket)
    far.act(thief, "scan", ticket=ticket)
    assert confirm(client, scene).status_code == 200
    assert (holder_of(person["official"]), holder_of(thief["official"])) == (graduate.account.id, None)
    refused(confirm(client, scene), 409, "wrong_state")
    far.act(thief, "scan", ticket=ticket)
    refused(confirm(client, scene), 409, "wrong_state")
    assert holder_of(thief["official"]) is None and told(graduate.account) == ["wechat_bound"]


def test_a_new_code_ends_the_one_before(app: Flask, far: FarSide, client: ApiClient, person: Person) -> None:
    first, ticket = ask(client)
    far.act(person, "scan", ticket=ticket)
    second, _ = ask(client)
    refused(confirm(client, first), 409, "expired")
    assert [look(client, one)["state"] for one in (first, second)] == ["expired", "waiting"]


@pytest.mark.rule("R-STEP-1", http="refused")
def test_who_scans_must_not_be_another_person(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    session = bound(app, far, person, graduate)
    thief = far.person(name="演示子", phone="13800000010")
    scene, ticket = ask(session)
    far.act(thief, "scan", ticket=ticket)
    refused(confirm(session, scene), 403, "not_allowed")
    assert holder_of(thief["official"]) is None
    assert look(session, scene)["state"] == "scanned", "a refusal uses nothing up"


def test_a_repeated_confirmation_gets_the_same_answer(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, person: Person
) -> None:
    scene, ticket = ask(client)
    far.act(person, "scan", ticket=ticket)
    key = {"Idempotency-Key": "the-same-tap"}
    answers = [client.post(f"{API}/scenes/{scene}/confirm", headers=key) for _ in range(2)]
    assert answers[0].json == answers[1].json and {one.status_code for one in answers} == {200}
    assert told(graduate.account) == ["wechat_bound"]


def test_where_wechat_gives_no_code_the_page_says_so(app: Flask, far: FarSide, client: ApiClient) -> None:
    far.control("faults", fault="bad_gateway", path="/cgi-bin/qrcode/create", times=1)
    answer = client.post(f"{API}/scenes")
    assert answer.status_code == 503 and answer.json["detail"]["next"]
    app.extensions["wechat"] = {}
    refused(client.post(f"{API}/scenes"), 403, "function_off")


def test_scenes_are_cleared_away_two_days_after_their_end(app: Flask, far: FarSide, graduate: Graduate) -> None:
    ask(api_client(app, graduate))
    pass_time(app, timedelta(days=2, minutes=9))
    assert sweeper.tidy()["scenes"] == 0
    pass_time(app, timedelta(minutes=2))
    assert sweeper.tidy()["scenes"] == 1


# --- a link of the bot --------------------------------------------------------------------------------------------


@pytest.mark.rule("R-BOT-1", "R-STEP-1", http="allowed")
def test_the_bots_link_binds_the_wechat_that_got_it(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, person: Person
) -> None:
    answer = claim(client, link_of(far, person))
    assert (answer.status_code, answer.json["reached"]) == (200, True), answer.json
    assert holder_of(person["official"]) == graduate.account.id
    assert "已与此微信绑定" in far.act(person, "text", content="绑定")["reply"]["Content"]


@pytest.mark.rule("R-BOT-1", "R-STEP-1", http="refused")
def test_a_link_serves_once_and_not_without_a_proof(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, person: Person
) -> None:
    token = link_of(far, person)
    assert api_client(app, None).post(f"{API}/scenes/claim", json={"token": token}).status_code == 401
    assert claim(client, token).status_code == 200
    second = builders.make_graduate(builders.make_school())
    gone = claim(api_client(app, second), token)
    never = claim(api_client(app, second), "x" * 43)
    assert refused(gone, 409, "expired") == refused(never, 409, "expired")
    assert holder_of(person["official"]) == graduate.account.id
    pass_time(app, STALE)
    refused(claim(client, token), 403, "proof_required")


@pytest.mark.rule("R-BOT-1", http="refused")
def test_a_link_that_is_over_or_a_code_that_is_none_binds_nobody(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, person: Person
) -> None:
    token = link_of(far, person)
    pass_time(app, STALE)
    fresh = api_client(app, graduate)
    refused(claim(fresh, token), 409, "expired")
    scene, _ = ask(fresh)
    refused(claim(fresh, scene), 409, "expired")
    for wrong in ("", None, "x" * 101, "\0"):
        refused(claim(fresh, wrong), 422, "invalid")
    assert holder_of(person["official"]) is None


# --- the page -----------------------------------------------------------------------------------------------------


def test_the_graduates_page_may_show_the_platforms_picture_and_no_other_page(app: Flask, far: FarSide) -> None:
    policy = app.test_client().get("/m/").headers["Content-Security-Policy"]
    assert f"img-src 'self' {far.url} data:" in policy
    assert far.url not in app.test_client().get("/").headers["Content-Security-Policy"]
    app.config["WECHAT_API_URL"] = "https://api.weixin.qq.com"
    assert "https://mp.weixin.qq.com" in app.test_client().get("/m/").headers["Content-Security-Policy"]


# --- the rule -----------------------------------------------------------------------------------------------------


def test_used_comes_before_over_and_over_before_scanned(app: Flask) -> None:
    at = now()
    later, earlier = at + timedelta(seconds=1), at - timedelta(seconds=1)
    cases = {
        (later, None, None): SceneState.WAITING,
        (later, earlier, None): SceneState.SCANNED,
        (at, None, None): SceneState.EXPIRED,
        (earlier, earlier, None): SceneState.EXPIRED,
        (later, earlier, earlier): SceneState.CONFIRMED,
        (earlier, earlier, earlier): SceneState.CONFIRMED,
    }
    assert {moments: state_of(Scene(*moments), at) for moments in cases} == cases
