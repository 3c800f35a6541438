"""A repeated write answers what it answered before; a refusal is evaluated anew (reliability of the write path)."""

import threading
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import History, IdempotencyKey, Outbox
from tests import builders
from tests.app.api.calls import API, accept, decline, page, refused, ticked
from tests.application import ApiClient, api_client
from tests.builders import Graduate

KEY = {"Idempotency-Key": "the-same-key-1"}


def count(model: type[Any]) -> int:
    db.session.rollback()  # what others have committed meanwhile counts too
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_repeat_gets_the_stored_answer_and_writes_nothing(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    body = ticked(page(client, placement))
    first = accept(client, placement, body, headers=KEY)
    rows = count(History), count(Outbox)
    builders.review(graduate, builders.reload(placement.id))
    reviewed = count(History), count(Outbox)
    again = accept(client, placement, body, headers=KEY)
    assert (again.status_code, again.data) == (200, first.data)
    assert again.json["label"] == "签约审核中（待学校审核）"
    assert (count(History), count(Outbox)) == reviewed > rows


def test_the_key_with_another_request_is_refused(graduate: Graduate, client: ApiClient) -> None:
    placement, other = builders.make_invitation(graduate), builders.make_invitation(graduate)
    assert decline(client, placement, {"reason": "一"}, headers=KEY).status_code == 200
    refused(decline(client, placement, {"reason": "二"}, headers=KEY), 422, "idempotency_reused")
    refused(decline(client, other, {"reason": "一"}, headers=KEY), 422, "idempotency_reused")
    assert builders.reload(other.id).state == "invited"


def test_the_key_of_another_person_is_another_key(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    neighbour = builders.make_graduate(builders.make_school())
    mine, theirs = builders.make_invitation(graduate), builders.make_invitation(neighbour)
    assert decline(client, mine, headers=KEY).json["id"] == mine.public_id
    answer = decline(api_client(app, neighbour), theirs, headers=KEY)
    assert (answer.status_code, answer.json["id"]) == (200, theirs.public_id)


def test_a_refusal_is_not_kept(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    one = builders.accept(graduate, builders.make_invitation(graduate))
    body = ticked(page(client, placement))
    refused(accept(client, placement, body, headers=KEY), 409, "taken")
    assert count(IdempotencyKey) == 0
    builders.review(graduate, one, builders.Action.REJECT)
    assert accept(client, placement, body, headers=KEY).status_code == 200


def test_without_a_proper_key_nothing_is_written(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    for key in ("", "short", "x" * 65, "with blank", "密钥密钥密钥密钥", "a/b/c/d/e"):
        headers = {"Idempotency-Key": key.encode().decode("latin-1")}
        refused(decline(client, placement, headers=headers), 400, "idempotency_key")
        refused(client.post(f"{API}/alerts/read", headers=headers), 400, "idempotency_key")
        record = f"{API}/records/{graduate.roll.public_id}/confirmation"
        refused(client.post(record, json={"shown_version": "x"}, headers=headers), 400, "idempotency_key")
    assert builders.reload(placement.id).state == "invited"


def test_many_at_once_are_one(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    body = ticked(page(client, placement))
    before = count(Outbox)
    start, answers = threading.Barrier(6), []

    def press() -> None:
        with app.app_context():
            other = ApiClient(app, app.response_class, use_cookies=False)
            other.token = client.token
            start.wait()
            answers.append(accept(other, placement, body, headers=KEY))

    presses = [threading.Thread(target=press) for _ in range(6)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert len(answers) == 6 and count(Outbox) == before + 1


def test_many_keys_at_once_accept_once(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placements = [builders.make_invitation(graduate) for _ in range(4)]
    bodies = [ticked(page(client, placement)) for placement in placements]
    start, answers = threading.Barrier(4), []

    def press(number: int) -> None:
        with app.app_context():
            other = ApiClient(app, app.response_class, use_cookies=False)
            other.token = client.token
            start.wait()
            answers.append(accept(other, placements[number], bodies[number]).status_code)

    presses = [threading.Thread(target=press, args=(number,)) for number in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert sorted(answers) == [200, 409, 409, 409]
