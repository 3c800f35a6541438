"""`GET …/consequences` before a step: what it brings, and whether it can be taken (R-WHY-1)."""

from typing import Any

import pytest
from flask import Flask

from tests import builders, endings
from tests.app.api.calls import API, accept, refused
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.vocabulary import Kind, Role, State


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


def ask(client: ApiClient, path: str, action: str = "") -> dict[str, Any]:
    read = client.get(f"{API}/{path}/consequences" + (f"?action={action}" if action else ""))
    assert read.status_code == 200, read.json
    return read.json | {"told": {one["code"]: one["text"] for one in read.json["consequences"]}}


@pytest.mark.rule("R-WHY-1", http="allowed")
@pytest.mark.rule("R-ON-7", http="allowed")
def test_what_accepting_will_do_is_told_and_then_done(client: ApiClient, graduate: Graduate) -> None:
    destination = builders.make_destination(graduate)
    mine, other = builders.make_invitation(graduate), builders.make_invitation(graduate)
    read = ask(client, f"placements/{mine.public_id}", "accept")
    assert (read["action"], read["label"], read["allowed"]) == ("accept", "接受", True)
    assert other.title in read["told"]["read_only"] and mine.title not in read["told"]["read_only"]
    assert destination.title in read["told"]["voided"]
    assert "原则上只限一次" in read["told"]["once"]

    assert accept(client, mine).status_code == 200
    assert builders.reload(destination.id).state == State.VOIDED
    refused(accept(client, other), 409, "taken")
    read = ask(client, f"placements/{other.public_id}", "accept")
    assert (read["allowed"], read["refusal"]["record"]["id"]) == (False, mine.public_id)


@pytest.mark.rule("R-WHY-1", http="refused")
def test_a_step_that_is_none_and_a_foreign_record_are_refused(client: ApiClient, graduate: Graduate) -> None:
    mine = builders.make_invitation(graduate)
    for action in ("start", "void", "approve", "x"):
        answer = client.get(f"{API}/placements/{mine.public_id}/consequences?action={action}")
        assert refused(answer, 422, "invalid")["fields"] == {"action": "没有这种操作，请返回上一页。"}
    foreign = builders.make_placement()
    refused(client.get(f"{API}/placements/{foreign.public_id}/consequences?action=accept"), 404, "not_found")
    theirs = endings.make_termination()
    refused(client.get(f"{API}/terminations/{theirs.public_id}/consequences?action=accept"), 404, "not_found")
    refused(client.get(f"{API}/functions/online/consequences"), 404, "not_found")


def test_every_agreement_tells_of_its_ending(client: ApiClient, graduate: Graduate) -> None:
    agreement = endings.make_agreement(graduate)
    other = builders.make_invitation(graduate)
    read = ask(client, f"placements/{agreement.public_id}", "ask")
    assert (read["label"], read["allowed"]) == ("申请解约", True)
    assert other.title in read["told"]["open_again"]
    asked = endings.begin(graduate, agreement, Role.EMPLOYER)
    read = ask(client, f"placements/{agreement.public_id}", "ask")
    assert read["refusal"]["code"] == "already_open"
    read = ask(client, f"terminations/{asked.public_id}", "accept")
    assert read["allowed"] and "协议解约" in read["told"]["reviewed"]


def test_a_letter_to_the_school_tells_what_follows(client: ApiClient, graduate: Graduate) -> None:
    draft = endings.make_termination(State.DRAFT, graduate, kind=Kind.PAPER)
    read = ask(client, f"terminations/{draft.public_id}", "submit")
    assert read["allowed"] and "解约函" in read["told"]["letter"]


def test_voiding_a_destination_says_whether_a_new_one_can_follow(client: ApiClient, graduate: Graduate) -> None:
    destination = builders.make_destination(graduate)
    read = ask(client, f"placements/{destination.public_id}", "void")
    assert read["allowed"] and "目前不能登记新的去向" in read["told"]["reopened"]


@pytest.mark.parametrize("function", ["offline", "paper", "destination"])
def test_starting_a_function_tells_what_it_is_about(client: ApiClient, graduate: Graduate, function: str) -> None:
    read = ask(client, f"functions/{function}")
    assert read["label"] == "开始填写"
    assert "draft" in read["told"] and "ended_by" in read["told"]
    assert read["allowed"] == (function == "offline")  # the others open in May
