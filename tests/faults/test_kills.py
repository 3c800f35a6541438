"""kill -9 at named points, FLUSHALL and restart of Redis: nothing lost, nothing doubled; the control loses (P4, P5)."""

import hashlib
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from redis import Redis as Client
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from app import storage
from app.extensions import db
from app.models import Alert, Delivery, Document, Message, Outbox, Placement
from notifications import doorbell, outbox
from pdf import jobs as pdf_jobs
from pdf.seal import check
from tests import builders
from tests.builders import Graduate
from tests.faults import plain_jobs
from tests.faults.workshop import ALERT_POINTS, DOCUMENT_POINTS, Workshop, wait_until
from tests.session import rounds
from workflows.vocabulary import State

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)]

KILLS = rounds(20)


def sign(count: int, state: State) -> list[Graduate]:
    """Walk so many graduates to a state, as their people do."""
    school = builders.make_school()
    people = [builders.make_graduate(school) for _ in range(count)]
    for graduate in people:
        builders.make_placement(state, graduate)
    db.session.remove()
    return people


def plan(points: tuple[str, ...], chance: random.Random, passes: int = 1) -> list[str]:
    """Each point as often as it is to be hit, in any order, on one of the first `passes` passes."""
    every = [f"{point}:{chance.randint(1, passes)}" for point in points for _ in range(KILLS)]
    chance.shuffle(every)
    return every


def finish(shop: Workshop) -> None:
    """Work off the rest; rows that were hit too often are seen in the dead letters, and are replayed from there."""
    shop.open_for_work()
    shop.drain()
    while letters := outbox.dead():
        assert {letter.error for letter in letters} == {"worker_died"}
        assert all(letter.attempts >= outbox.MOST_CLAIMS and outbox.replay(letter.id) for letter in letters)
        shop.drain()


def told() -> Counter[tuple[int, str, int]]:
    """How often each reader was told of each outbox row."""
    alerts = select(Delivery.outbox_id, Alert.recipient_kind, Alert.recipient_id).join(
        Alert, Alert.delivery_id == Delivery.id
    )
    return Counter(tuple(row) for row in db.session.execute(alerts))


def assert_all_told(expected: int) -> None:
    assert {row.state for row in db.session.execute(select(Outbox)).scalars()} == {"done"}
    alerts = told()
    assert len(alerts) == expected and set(alerts.values()) == {1}
    deliveries = db.session.execute(select(Delivery)).scalars().all()
    shown = [delivery for delivery in deliveries if delivery.channel == "in_app"]
    assert {delivery.state for delivery in shown} == {"sent"} and len(shown) == expected
    # No channel is configured here: each graduate's message comes to the call list, once.
    messages = Counter((m.outbox_id, m.recipient_kind, m.recipient_id) for m in db.session.query(Message))
    assert messages == Counter(reader for reader in alerts if reader[1] == "account")
    assert {message.state for message in db.session.query(Message)} == {"listed"}


def assert_nobody_is_named(shop: Workshop, people: list[Graduate]) -> None:
    log = shop.log.read_text(errors="replace")
    canaries = {value for person in people for value in (person.id_number, person.phone, person.roll.name)}
    canaries |= {"19900001111", "hr@example.com", "甲方提供集体宿舍"}
    assert [value for value in canaries if value in log] == [] and '"message": "worker starts"' in log


def test_no_alert_is_lost_or_doubled(workshop: Workshop, chance: random.Random) -> None:
    people = sign(rounds(100), State.DECLINED)
    expected = 2 * len(people)

    deaths = workshop.kill_at(
        plan(ALERT_POINTS, chance, passes=2), every=lambda count: workshop.flush() if count % 5 == 3 else None
    )
    workshop.redis.kill()
    workshop.redis.start()
    finish(workshop)

    assert deaths == 4 * KILLS
    assert workshop.end() == [0, 0]
    assert_all_told(expected)
    assert_nobody_is_named(workshop, people)


def test_no_agreement_is_lost_or_doubled(workshop: Workshop, chance: random.Random) -> None:
    people = sign(rounds(50), State.EFFECTIVE)

    deaths = workshop.kill_at(
        plan(DOCUMENT_POINTS, chance), every=lambda count: workshop.flush() if count % 5 == 3 else None
    )
    finish(workshop)

    assert deaths == 4 * KILLS
    assert workshop.end() == [0, 0]
    assert_all_told(4 * len(people))
    documents = db.session.execute(select(Document)).scalars().all()
    assert len(documents) == len(people) == len({document.file_sha256 for document in documents})
    for document in documents:
        pdf = storage.read(str(document.file_sha256))
        body = pdf_jobs.body(db.session.get_one(Placement, document.placement_id), document)
        assert hashlib.sha256(body).hexdigest() == document.body_sha256 and pdf.startswith(body)
        assert check(pdf, pdf_jobs.seal().certificate).genuine
    assert_nobody_is_named(workshop, people)


def test_what_a_dead_worker_held_is_taken_up_within_five_seconds_of_its_lease(workshop: Workshop) -> None:
    sign(1, State.INVITED)
    workshop.kill_at(["alert.after_claim"], width=1)
    lease = db.session.execute(select(Outbox.lease_until).where(Outbox.event == "invitation.sent")).scalar_one()
    db.session.rollback()
    began = time.monotonic()
    workshop.start()
    workshop.drain()
    done = db.session.execute(select(Outbox).where(Outbox.event == "invitation.sent")).scalar_one()
    assert done.attempts == 2 and done.fence == 2
    starting = 5  # a loaded machine starts the second worker more slowly than the lease runs out
    assert (done.done_at - lease).total_seconds() < 5 + starting and time.monotonic() - began < 20


def test_the_queue_forgets_everything_and_everybody_is_told_all_the_same(workshop: Workshop) -> None:
    people = sign(rounds(100), State.DECLINED)
    workshop.flush()
    workshop.start()
    workshop.drain()
    assert_all_told(2 * len(people))


def test_signing_goes_on_without_redis_and_the_alerts_follow(workshop: Workshop) -> None:
    workshop.redis.kill()
    people = sign(3, State.EFFECTIVE)
    assert told() == {}
    workshop.redis.start()
    workshop.start()
    workshop.drain()
    assert_all_told(4 * len(people))


def test_where_redis_stays_away_the_worker_comes_to_it_by_itself_and_goes_back_to_redis(workshop: Workshop) -> None:
    workshop.open_for_work(1)
    workshop.redis.kill()
    people = sign(2, State.DECLINED)
    workshop.drain()
    assert_all_told(2 * len(people))

    workshop.redis.start()
    workshop.app.extensions["doorbell"] = doorbell.Doorbell(workshop.redis.url)
    wait_until(lambda: Client.from_url(workshop.redis.url).keys("rq:worker:*"), 30, workshop.tail)
    sign(1, State.INVITED)
    workshop.drain()
    assert workshop.end() == [0]


def test_two_workers_racing_for_the_same_rows_tell_everybody_once(workshop: Workshop) -> None:
    people = sign(rounds(100), State.DECLINED)
    rows = [(row.id, row.event) for row in db.session.execute(select(Outbox)).scalars()]
    db.session.rollback()
    bell = doorbell.Doorbell(workshop.redis.url)
    for extra in range(4):  # five jobs for each row
        bell._ring([(doorbell.Queue.ALERTS, [row], f"extra-{extra}-{row}") for row, _ in rows])
    workshop.open_for_work()
    workshop.drain()
    assert_all_told(2 * len(people))
    assert {row.attempts for row in db.session.execute(select(Outbox)).scalars()} == {1}


def test_the_control_without_leases_loses(workshop: Workshop, tmp_path: Path) -> None:
    """The same kills on plain RQ jobs: what the dead workers held is never done, FLUSHALL takes the rest."""
    effects = tmp_path / "effects"
    effects.mkdir()
    client = Client.from_url(workshop.redis.url)
    queue = RqQueue(plain_jobs.QUEUE, connection=client, serializer=JSONSerializer)
    jobs = rounds(200)
    for number in range(jobs):
        queue.enqueue_call(plain_jobs.note, args=(str(effects), number))

    command = ("tests.faults.plain_jobs", workshop.redis.url)
    for point in ("plain.after_claim", "plain.after_effect"):
        for _ in range(KILLS):
            assert workshop.start(point, *command).wait(timeout=60) == -9
    assert workshop.start("", *command).wait(timeout=60) == 0

    done = {int(path.name) for path in effects.iterdir()}
    assert len(set(range(jobs)) - done) == KILLS  # every job held before its effect is lost

    for number in range(jobs, 2 * jobs):
        queue.enqueue_call(plain_jobs.note, args=(str(effects), number))
    client.flushall()
    assert workshop.start("", *command).wait(timeout=60) == 0
    assert len(list(effects.iterdir())) == len(done)
