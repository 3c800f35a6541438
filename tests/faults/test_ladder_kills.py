"""Trouble of every kind on simulated time: by the far side's own ledger everybody is told once (R-MSG-2, R-MSG-3).

Workers are killed at named points, Redis forgets everything, every fourth call to WeChat or SMS goes wrong, before its
effect or after it, pushes are lost, doubled and late.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import Message, Outbox, School
from notifications import outbox
from tests import builders
from tests.builders import Graduate
from tests.faults.conftest import Site
from tests.faults.simulated import STANDINGS, SimulatedSite
from tests.faults.workshop import MESSAGE_POINTS, Workshop, wait_until
from tests.servers import Redis
from tests.session import rounds

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)]

ALERTS, KILLS = rounds(1000), rounds(20)
SHARE = 0.25
HALF_HOURS = 8  # of the outage
BEFORE = ["errcode", "reset", "bad_gateway", "html"]
People = dict[int, tuple[str, dict[str, Any], Graduate]]  # by account: standing, the person over there, here
AFTER = ["reset_after", "bad_gateway_after", "html_after", "truncated"]


@pytest.fixture
def shop(site: Site, tmp_path: Path, redis_server: Redis) -> Iterator[tuple[SimulatedSite, Workshop]]:
    """A site on simulated time, with PostgreSQL and Redis of its own, and no worker yet."""
    with site() as app:
        simulated = SimulatedSite(app, tmp_path)
        shop = Workshop(app, redis_server, tmp_path, "tests.faults.timed_worker", simulated.env)
        yield simulated, shop
        shop.end()
        simulated.end()


def invite(site: SimulatedSite, count: int) -> People:
    """Let so many graduates be invited; return by account how each is reached, and the person over there."""
    school, employer = builders.make_school(), builders.make_employer()
    department = builders.make_department(school)
    people = {}
    for number in range(count):
        graduate = builders.make_graduate(school, department)
        standing = STANDINGS[number % len(STANDINGS)]
        people[graduate.account.id] = (standing, site.bind(graduate, standing), graduate)
        builders.make_invitation(graduate, employer)
    site.side.control("pushes/settle", seconds=30)
    db.session.remove()
    return people


def trouble(site: SimulatedSite, seed: int) -> None:
    """Let a quarter of all calls go wrong, and pushes be lost, late and doubled."""
    for number, path in enumerate(("/cgi-bin/message", "SendSms", "QuerySendDetails")):
        code = "isp.SYSTEM_ERROR" if path == "SendSms" else "-1"
        both = {"path": path, "seed": seed + number, "code": code}
        site.side.control("faults", fault=[*BEFORE, *AFTER], rate=SHARE, **both)
    for target in ("official", "mini", "sms"):
        site.side.control("pushes", target=target, loss=0.1, duplicates=1, jitter=2.0, seed=seed)


def ledger(site: SimulatedSite) -> dict[str, Counter[str]]:
    """Return by channel how often the far side has delivered each of our messages."""
    counted: dict[str, Counter[str]] = {"template": Counter(), "subscribe": Counter(), "sms": Counter()}
    for row in site.side.messages(delivered="1"):
        counted[row["channel"]][row["client_id"] or row["receiver"]] += 1
    return counted


def told(row: Message, counted: dict[str, Counter[str]], person: dict[str, Any]) -> dict[str, int]:
    """Return how often one message arrived, by channel; a subscribe message bears no id of ours."""
    names = {"template": row.public_id, "subscribe": person["mini"], "sms": row.public_id}
    return {channel: counted[channel][name] for channel, name in names.items()}


def finish(shop: Workshop) -> None:
    """Work off the rest; rows that took too many workers with them are replayed from the dead letters."""
    shop.open_for_work()
    shop.drain(300)
    while letters := outbox.dead():
        assert {letter.error for letter in letters} == {"worker_died"}, [letter.error for letter in letters]
        assert all(outbox.replay(letter.id) for letter in letters)
        shop.drain(300)


def table(found: dict[int, tuple[str, dict[str, int]]]) -> str:
    """Print what the far side's ledger says, a line for each way of being reached."""
    lines = [f"{'reached as':<12}{'alerts':>8}{'template':>10}{'subscribe':>11}{'sms':>6}{'twice':>7}{'never':>7}"]
    for standing in dict.fromkeys(STANDINGS):
        rows = [by for how, by in found.values() if how == standing]
        sums = [sum(by[channel] for by in rows) for channel in ("template", "subscribe", "sms")]
        twice = sum(max(by.values()) > 1 for by in rows)
        never = sum(not any(by.values()) for by in rows)
        lines.append(f"{standing:<12}{len(rows):>8}{sums[0]:>10}{sums[1]:>11}{sums[2]:>6}{twice:>7}{never:>7}")
    return "\n".join(lines)


@pytest.mark.rule("R-MSG-2", "R-MSG-3")
def test_everybody_is_told_once_whatever_dies_and_whatever_is_lost(
    shop: tuple[SimulatedSite, Workshop], chance: random.Random, capsys: pytest.CaptureFixture[str]
) -> None:
    site, workers = shop
    people = invite(site, ALERTS)
    trouble(site, chance.randrange(10**6))
    site.keep_moving()

    points = [f"{point}:{chance.randint(1, 5)}" for point in MESSAGE_POINTS for _ in range(KILLS)]
    chance.shuffle(points)
    deaths = workers.kill_at(points, every=lambda count: workers.flush() if count % 5 == 3 else None)
    workers.redis.kill()
    workers.redis.start()
    finish(workers)
    site.side.control("pushes/settle", seconds=30)
    assert deaths == 4 * KILLS and workers.end() == [0, 0]

    counted = ledger(site)
    messages = db.session.execute(select(Message)).scalars().all()
    found = {row.id: (people[row.recipient_id][0], told(row, counted, people[row.recipient_id][1])) for row in messages}
    with capsys.disabled():
        print(f"\n{table(found)}")
    assert len(messages) == ALERTS
    assert {row.id: by for row, (_, by) in zip(messages, found.values(), strict=True) if max(by.values()) > 1} == {}
    assert [row.id for row, (_, by) in zip(messages, found.values(), strict=True) if not any(by.values())] == []
    unproven = [row.id for row in messages if row.state not in ("told", "merged")]
    # Arrived, but its receipt was lost and asking did not help: the school calls rather than nobody knowing.
    assert {db.session.get_one(Message, row).state for row in unproven} <= {"listed"}
    assert_silent(site, workers, people)


SECRETS = ("SECRET", "AES", "TOKEN", "KEY_ID")


def assert_silent(site: SimulatedSite, workers: Workshop, people: People) -> None:
    """No secret, access token, openid, phone or identity number stands in a worker's log or in that of the web."""
    log, web = (file.read_text(errors="replace") for file in (workers.log, site.log))
    assert '"message": "worker starts"' in log and '"message": "the site is served"' in web
    canaries = {value for _, person, graduate in people.values() for value in (graduate.phone, graduate.id_number)}
    canaries |= {person[name] for _, person, _ in people.values() for name in ("official", "mini", "unionid")}
    canaries |= {str(value) for name, value in workers.env().items() if any(word in name for word in SECRETS)}
    canaries |= {row["value"] for row in site.side.world.books.rows("SELECT value FROM token")}
    assert len(canaries) > len(SECRETS) + 2 * len(people)
    assert [value for value in canaries if value and (value in log or value in web)] == []


@pytest.mark.rule("R-MSG-3")
def test_four_hours_without_wechat_delay_alerts_and_nothing_else(shop: tuple[SimulatedSite, Workshop]) -> None:
    site, workers = shop
    people = invite(site, ALERTS // 4)
    db.session.execute(update(School).values(sms_fallback=False))  # the backlog stays WeChat's
    db.session.commit()
    site.side.control("faults", fault="reset", path="/cgi-bin")
    site.side.control("faults", fault="reset", path="/wxa")
    workers.open_for_work()
    wait_until(lambda: workers.log.read_text(errors="replace").count("a channel rests"), 60, workers.tail)
    for _ in range(HALF_HOURS):
        site.move_on(timedelta(minutes=30))
        graduate = next(iter(people.values()))[2]
        assert builders.make_invitation(graduate).state == "invited"  # actions go on
    site.side.control("faults", "DELETE")
    site.keep_moving()
    wait_until(lambda: not _waiting_for_wechat(people), 240, workers.tail)
    assert_all_who_follow_were_told(site, people)
    assert db.session.execute(select(Outbox).where(Outbox.state == "dead")).all() == []


def assert_all_who_follow_were_told(site: SimulatedSite, people: People) -> None:
    """Every message of a follower went out by one template message, or was merged into one.

    Whoever is to be called was the one whose message tried the way in an outage, and whose answer was lost: it may
    have arrived, and is not sent again.
    """
    counted, told_of, unsure = ledger(site)["template"], Counter[int](), 0
    for row in db.session.execute(select(Message)).scalars():
        arrived = counted[row.public_id]
        if people[row.recipient_id][0] != "follows":
            assert arrived <= 1
            continue
        assert (row.state, arrived) in (("told", 1), ("merged", 0)) or (row.state, row.error) == ("listed", "no_answer")
        told_of[row.recipient_id] += arrived
        unsure += row.state == "listed"
    followers = {account for account, (standing, _, _) in people.items() if standing == "follows"}
    assert set(told_of) == followers and list(told_of.values()).count(0) <= unsure <= HALF_HOURS


def _waiting_for_wechat(people: People) -> list[int]:
    reachable = [account for account, (standing, _, _) in people.items() if standing == "follows"]
    waiting = select(Message.id).where(Message.state == "open", Message.recipient_id.in_(reachable))
    found = list(db.session.execute(waiting).scalars())
    db.session.rollback()
    return found
