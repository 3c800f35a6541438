"""Many bindings of one WeChat, of one account, and of all to all: one WeChat, one account, whoever comes first."""

import random
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import history
from app.clock import now
from app.extensions import db
from app.models import WechatUser
from app.writing import write
from tests import builders
from tests.builders import Graduate
from tests.races.harness import WON, Race
from tests.session import LONG
from wechat import binding, confirming, scenes

pytestmark = pytest.mark.races

WAYS = 60 if LONG else 16
REFUSED = {"outdated", "wrong_state"}


def graduates(count: int) -> list[Graduate]:
    school = builders.make_school()
    department = builders.make_department(school)
    return [builders.make_graduate(school, department) for _ in range(count)]


def know(count: int, platform: str = "mini", union: str = "") -> list[int]:
    """Return the WeChat of so many people."""

    def work() -> list[int]:
        conn, at = db.session.connection(), now()
        return [binding.know(conn, platform, f"o-{platform}-{n}", union and f"{union}{n}", at) for n in range(count)]

    return write(work)


def bind(user: int, account: int) -> Any:
    """Return a job."""
    return partial(lambda: binding.bind(db.session.connection(), user, account, "password"))


def bound() -> list[tuple[int, int]]:
    """Return every binding there is: (WeChat, account)."""
    db.session.rollback()
    rows = select(WechatUser.id, WechatUser.account_id).where(WechatUser.account_id.is_not(None))
    return [(row.id, row.account_id) for row in db.session.execute(rows)]


def intact() -> bool:
    db.session.rollback()
    return [*history.verify(db.session.connection())] == []


@pytest.mark.rule("R-BOT-1")
def test_one_wechat_and_many_accounts_end_with_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    [user], people = know(1), graduates(WAYS)
    race = Race(app, monkeypatch, spread_seconds=0.01)
    ended = race.run([bind(user, one.account.id) for one in people])
    assert set(ended) <= {WON, *REFUSED} and ended[WON] >= 1 and race.constraint_hits == 0
    assert len(bound()) == 1 and intact()


@pytest.mark.rule("R-BOT-1")
def test_many_wechats_and_one_account_end_with_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    users, [person] = know(WAYS), graduates(1)
    race = Race(app, monkeypatch)
    assert race.run([bind(user, person.account.id) for user in users]) == {WON: WAYS}
    assert race.constraint_hits == 0
    assert [account for _, account in bound()] == [person.account.id] and intact()


@pytest.mark.rule("R-BOT-1")
def test_everybody_with_everybody_leaves_pairs(app: Flask, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Binding, joining by unionid and parting at once: afterwards nobody is bound twice, and no chain is broken."""
    users, followers = know(4, union="u"), know(4, "official", "u")
    people, chance = [one.account.id for one in graduates(4)], random.Random(seed)
    jobs: list[Any] = [bind(chance.choice(users), chance.choice(people)) for _ in range(WAYS)]
    jobs += [partial(lambda one: binding.join(db.session.connection(), one, now()), one) for one in followers]
    jobs += [partial(lambda one: binding.unbind(db.session.connection(), one, now()), one) for one in people[:2]]
    race = Race(app, monkeypatch, spread_seconds=0.02, seed=seed)
    ended = race.run(jobs)
    assert set(ended) <= {WON, *REFUSED} and race.constraint_hits == 0, ended
    held = bound()
    assert len({user for user, _ in held}) == len(held) and intact()
    for account in people:
        unions = select(func.count(func.distinct(WechatUser.unionid))).where(WechatUser.account_id == account)
        assert db.session.execute(unions).scalar_one() <= 1, "an account has one person's WeChat"


def test_a_scene_is_confirmed_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    [user], [person] = know(1, "official"), graduates(1)
    account = person.account.id

    def scanned() -> str:
        conn = db.session.connection()
        token, row = confirming.ask(conn, account)
        scenes.scan(conn, token, user, now())
        return str(row.public_id)

    scene = write(scanned)
    race = Race(app, monkeypatch)
    ended = race.run([partial(lambda: confirming.confirm(db.session.connection(), account, scene))] * WAYS)
    assert ended == {WON: 1, "wrong_state": WAYS - 1}
    assert bound() == [(user, account)] and intact()


def test_a_link_is_claimed_by_one_of_many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    [user], people = know(1, "official"), graduates(WAYS)
    token = write(lambda: scenes.scene_for_wechat_user(db.session.connection(), user, now()))
    claims = [partial(lambda one: confirming.claim(db.session.connection(), one, token), p.account.id) for p in people]
    race = Race(app, monkeypatch)
    assert race.run(claims) == {WON: 1, "expired": WAYS - 1}
    assert len(bound()) == 1 and intact()


def test_without_the_locks_the_same_race_goes_wrong(
    app: Flask, monkeypatch: pytest.MonkeyPatch, database_kind: str
) -> None:
    """The control: bindings that lock neither accounts nor WeChat run into the constraint, or into each other."""
    if database_kind == "sqlite":
        return  # one writer at a time: there is no lock to be taken away
    unlocked = {kind: select(*one.selected_columns).where(one.whereclause) for kind, one in history._LOCK.items()}
    monkeypatch.setattr(history, "_LOCK", unlocked)
    monkeypatch.setattr(binding, "_locked", lambda wanted: wanted)
    users, [person] = know(WAYS), graduates(1)
    race = Race(app, monkeypatch)
    ended = race.run([bind(user, person.account.id) for user in users])
    assert race.constraint_hits > 0 or set(ended) - {WON}, ended
