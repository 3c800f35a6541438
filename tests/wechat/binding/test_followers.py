"""The nightly repair: states as the platform knows them, hundred by hundred, stoppable anywhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.clock import now
from app.extensions import db
from app.models import WechatUser
from app.writing import write
from tests.app.api.calls import travel
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.wechat.binding.graduates import Person, bound, holder_of, user
from wechat import binding, client, followers

NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # three o'clock in Beijing
DAY = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BATCH = "/cgi-bin/user/info/batchget"


def know(*people: Person, state: str = "unknown") -> None:
    """Let the platform have seen some people, an hour ago."""

    def work() -> None:
        conn, at = db.session.connection(), now() - timedelta(hours=1)
        for person in people:
            binding.know(conn, "official", person["official"], None, at)
        db.session.execute(update(WechatUser).values(state=state, state_at=at))

    write(work)


def state_of(person: Person) -> str:
    return user(person["official"]).state


@pytest.fixture
def night(app: Flask) -> None:
    travel(app, NIGHT)


def stranger(name: str = "oNobody") -> Person:
    """Return an openid that the platform does not know."""
    return {"official": f"{name}000000000000000000000"[:28]}


@pytest.mark.usefixtures("night")
def test_states_are_put_right(app: Flask, far: FarSide) -> None:
    follows, left = far.person(), far.person(name="演示乙", phone="13800000002", follows=False)
    gone = [stranger(f"oNobody{number}") for number in range(3)]
    know(follows, left, *gone, state="following")
    assert followers.repair_at_night() == 5
    assert (state_of(follows), state_of(left)) == ("following", "left")
    assert {state_of(one) for one in gone} == {"invalid"}
    asked = sum(far.calls(BATCH).values())
    assert followers.repair_at_night() == 0, "once a night"
    assert sum(far.calls(BATCH).values()) == asked
    travel(app, NIGHT + timedelta(days=1))
    assert followers.repair_at_night() == 5, "whom the platform does not know is asked about again"


@pytest.mark.usefixtures("night")
def test_the_lost_are_asked_about_less_and_less_and_come_back(app: Flask, far: FarSide) -> None:
    follows, gone = far.person(), stranger()
    know(follows, gone)
    write(lambda: db.session.execute(update(WechatUser).values(state="invalid", state_at=now() - timedelta(minutes=1))))
    counts = []
    for number in range(15):
        travel(app, NIGHT + timedelta(days=number))
        counts.append(followers.repair_at_night())
        assert state_of(follows) == "following", "it was no fault of theirs"
    assert counts == [2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    assert app.test_cli_runner().invoke(args=["wechat", "followers"]).output == "asked about 2\n", "all, by command"


@pytest.mark.usefixtures("night")
def test_when_most_are_lost_at_once_nobody_is(app: Flask, far: FarSide, caplog: pytest.LogCaptureFixture) -> None:
    gone = [stranger(f"oNobody{number:02}") for number in range(followers.MANY)]
    follows = [far.person(name=f"演示{number}", phone=f"1380000{number:04}") for number in range(2)]
    know(*follows, *gone, state="following")
    assert followers.repair_at_night() == 0
    assert {state_of(one) for one in gone} == {"following"}
    assert [record.levelname for record in caplog.records if "is the appid right" in record.message] == ["CRITICAL"]
    assert followers.repair_at_night() == 0, "and they are left in peace until tomorrow"


@pytest.mark.usefixtures("night")
def test_whoever_is_one_person_with_a_bound_wechat_is_joined(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    bound(app, far, person, graduate)
    know(person)
    assert holder_of(person["official"]) is None
    followers.repair_at_night()
    assert holder_of(person["official"]) == graduate.account.id
    assert state_of(person) == "following"


def test_by_day_nobody_is_asked_about_unless_by_command(app: Flask, far: FarSide) -> None:
    travel(app, DAY)
    person = far.person()
    know(person)
    assert followers.repair_at_night() == 0 and far.calls(BATCH) == {}
    result = app.test_cli_runner().invoke(args=["wechat", "followers"])
    assert (result.exit_code, result.output) == (0, "asked about 1\n")
    assert state_of(person) == "following"
    app.extensions["wechat"] = {}
    assert app.test_cli_runner().invoke(args=["wechat", "followers"]).exit_code == 1
    travel(app, NIGHT)
    assert followers.repair_at_night() == 0


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize("fault", ["bad_gateway", "html", "reset_after"])
def test_a_lost_answer_is_asked_for_again(app: Flask, far: FarSide, fault: str) -> None:
    person = far.person()
    know(person)
    far.control("faults", fault=fault, path=BATCH, times=1)
    assert followers.repair_at_night() == 0
    assert state_of(person) == "unknown"
    assert followers.repair_at_night() == 1 and state_of(person) == "following"


@pytest.mark.usefixtures("night")
def test_a_round_is_bounded_and_the_next_one_goes_on(app: Flask, far: FarSide, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [far.person(name=f"演示{number}", phone=f"1380000{number:04}") for number in range(5)]
    know(*people)
    monkeypatch.setattr(followers, "BATCHES", 2)
    monkeypatch.setattr(followers, "_NEXT", followers._NEXT.limit(2))
    claim = update(WechatUser.__table__).where(WechatUser.__table__.c.id.in_(followers._NEXT))
    returned = WechatUser.__table__.c
    asked = (returned.id, returned.openid, returned.unionid, returned.state)
    claim = claim.values(followers._CLAIM._values or {}).returning(*asked)
    monkeypatch.setattr(followers, "_CLAIM", claim)
    assert [followers.repair_at_night() for _ in range(3)] == [4, 1, 0]
    assert {state_of(one) for one in people} == {"following"}


@pytest.mark.usefixtures("night")
def test_a_push_that_comes_meanwhile_knows_better(app: Flask, far: FarSide, monkeypatch: pytest.MonkeyPatch) -> None:
    person = far.person()
    know(person)
    original = client.Account.call

    def slow(account: client.Account, path: str, *args: Any, **query: Any) -> Any:
        answer = original(account, path, *args, **query)
        if path == followers.INFO:
            later = now() + timedelta(seconds=1)
            changed = update(WechatUser).values(state="left", state_at=later)
            write(lambda: db.session.execute(changed.where(WechatUser.openid == person["official"])))
        return answer

    monkeypatch.setattr(client.Account, "call", slow)
    followers.repair_at_night()
    assert state_of(person) == "left"
