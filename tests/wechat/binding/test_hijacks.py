"""What a stranger's link or code comes to: the chat at most, never the account (R-STEP-1, R-BOT-1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import history
from app.clock import now
from app.extensions import db
from app.writing import write
from tests import builders
from tests.app.api.calls import refused, travel
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.wechat.binding.graduates import API, Person, bound, holder_of, link_of, steps, told, user, wx_login
from wechat import binding, followers

ONE = "/cgi-bin/user/info"
NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # three o'clock in Beijing


def claim(client: ApiClient, token: str) -> Any:
    return client.post(f"{API}/scenes/claim", json={"token": token})


def silent(far: FarSide, times: int | None = None) -> None:
    """Let the platform not say who somebody is, so that only the night finds out."""
    far.control("faults", fault="bad_gateway", path=ONE, times=times)


def repair(far: FarSide) -> None:
    far.control("faults", method="DELETE")
    assert followers.repair(now()) > 0


def scan_and_confirm(far: FarSide, client: ApiClient, scanner: Person) -> Any:
    asked = client.post(f"{API}/scenes").json
    far.act(scanner, "scan", ticket=asked["picture"].partition("ticket=")[2].replace("%3D", "="))
    return client.post(f"{API}/scenes/{asked['id']}/confirm")


@pytest.fixture
def thief(far: FarSide) -> Person:
    return far.person(name="演示癸", phone="13800000008")


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


# --- the account --------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-STEP-1", http="refused")
@pytest.mark.parametrize("known", ["at once", "by night"])
def test_a_strangers_link_never_opens_the_account(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, thief: Person, known: str
) -> None:
    assert wx_login(app, far, thief).status_code == 202
    if known == "by night":
        silent(far)
    assert claim(client, link_of(far, thief)).status_code == 200, "the graduate has confirmed it"
    repair(far)
    assert user(thief["official"]).unionid == thief["unionid"]
    assert wx_login(app, far, thief).status_code == 202, "a chat signs nobody in"
    assert (holder_of(thief["official"]), holder_of(thief["mini"])) == (graduate.account.id, None)
    assert (told(graduate.account), steps(graduate.account)) == (["wechat_bound"], [("bind_wechat", "official")])


@pytest.mark.rule("R-STEP-1", http="refused")
def test_nor_does_a_strangers_scan_of_a_code(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, thief: Person
) -> None:
    assert wx_login(app, far, thief).status_code == 202
    assert scan_and_confirm(far, client, thief).status_code == 200
    repair(far)
    assert wx_login(app, far, thief).status_code == 202
    assert holder_of(thief["mini"]) is None


@pytest.mark.rule("R-STEP-1", http="refused")
def test_who_scans_a_thiefs_code_keeps_what_signs_in(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    bound(app, far, person, graduate)
    far.act(person, "text", content="你好")
    repair(far)
    other = builders.make_graduate(builders.make_school())
    assert scan_and_confirm(far, api_client(app, other), person).status_code == 200
    assert holder_of(person["official"]) == other.account.id, "the chat is where its owner has scanned to"
    assert holder_of(person["mini"]) == graduate.account.id
    assert wx_login(app, far, person).status_code == 201
    assert "wechat_taken" in told(graduate.account)


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_link_takes_no_signing_in_away(
    app: Flask, far: FarSide, graduate: Graduate, person: Person, thief: Person
) -> None:
    session = bound(app, far, person, graduate)
    far.act(person, "text", content="你好")
    repair(far)
    silent(far, times=1)
    assert claim(session, link_of(far, thief)).status_code == 200, "nobody knows yet whose it is"
    assert holder_of(person["mini"]) == graduate.account.id, "only the chat has moved"
    assert wx_login(app, far, person).status_code == 201


def test_a_mini_program_is_never_bound_by_a_scene(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    wx_login(app, far, person)
    row = user(person["mini"]).id
    for how in ("scene", "link"):
        with pytest.raises(ValueError, match="chat"):
            write(lambda how=how: binding.bind(db.session.connection(), row, graduate.account.id, how))


# --- two people on one account ------------------------------------------------------------------------------------


@pytest.mark.rule("R-STEP-1", "R-BOT-1", http="refused")
def test_another_persons_chat_is_refused_as_soon_as_the_platform_says_so(
    app: Flask, far: FarSide, graduate: Graduate, person: Person, thief: Person
) -> None:
    session = bound(app, far, person, graduate)
    refused(claim(session, link_of(far, thief)), 403, "not_allowed")
    refused(scan_and_confirm(far, session, thief), 403, "not_allowed")
    assert holder_of(thief["official"]) is None
    assert claim(session, link_of(far, person)).status_code == 200, "one's own is bound"


@pytest.mark.rule("R-BOT-1", http="refused")
def test_two_people_on_one_account_are_parted_by_night_and_the_owner_hears_of_it(
    app: Flask, far: FarSide, graduate: Graduate, person: Person, thief: Person
) -> None:
    session = bound(app, far, person, graduate)
    silent(far)
    assert claim(session, link_of(far, thief)).status_code == 200
    assert holder_of(thief["official"]) == graduate.account.id
    travel(app, NIGHT)
    repair(far)
    assert (holder_of(thief["official"]), holder_of(person["mini"])) == (None, graduate.account.id)
    assert told(graduate.account) == ["wechat_bound", "wechat_bound", "wechat_parted"]
    assert steps(graduate.account)[-1] == ("unbind_wechat", "official")
    assert "还没有绑定" in far.act(thief, "text", content="进度")["reply"]["Content"]
    assert [*history.verify(db.session.connection())] == []


@pytest.mark.rule("R-BOT-1", http="refused")
def test_a_strangers_chat_goes_when_the_owner_binds_by_the_password(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, person: Person, thief: Person
) -> None:
    assert claim(client, link_of(far, thief)).status_code == 200
    bound(app, far, person, graduate)
    assert (holder_of(thief["official"]), holder_of(person["mini"])) == (None, graduate.account.id)
    assert told(graduate.account) == ["wechat_bound", "wechat_moved"]


def test_they_are_parted_as_well_when_it_is_the_mini_program_that_tells(
    app: Flask, far: FarSide, graduate: Graduate, person: Person, thief: Person
) -> None:
    session = bound(app, far, person, graduate)
    silent(far)
    assert claim(session, link_of(far, thief)).status_code == 200
    write(lambda: binding.know(db.session.connection(), "official", thief["official"], thief["unionid"], now()))
    assert wx_login(app, far, person).status_code == 201
    assert holder_of(thief["official"]) is None and told(graduate.account)[-1] == "wechat_parted"


# --- what is asked, and when the owner hears ----------------------------------------------------------------------


def test_the_platform_is_asked_only_about_links_that_may_bind(
    app: Flask, far: FarSide, graduate: Graduate, client: ApiClient, thief: Person
) -> None:
    refused(claim(client, "x" * 43), 409, "expired")
    token = link_of(far, thief)
    assert far.calls(ONE) == {}
    assert claim(client, token).status_code == 200
    refused(claim(client, token), 409, "expired")
    assert sum(far.calls(ONE).values()) == 1


def test_who_is_joined_by_night_hears_of_it_in_the_morning(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    travel(app, NIGHT - timedelta(hours=1))
    bound(app, far, person, graduate)
    far.act(person, "text", content="你好")
    travel(app, NIGHT)
    repair(far)
    assert holder_of(person["official"]) == graduate.account.id
    assert told(graduate.account) == ["wechat_bound", "wechat_joined"]
    due = db.session.execute(
        db.text("SELECT due_at FROM outbox WHERE event = 'account.changed' ORDER BY id DESC LIMIT 1")
    )
    assert "2026-11-21 00:00" in str(due.scalar_one()), "eight o'clock in Beijing"
