"""Downloads: who gets what, when, and how often (R-ON-5, R-QR-1, R-ACC-2)."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import storage
from app.clock import now
from app.extensions import db
from app.models import Document, DownloadTicket, EmployerUser, History, Placement, School
from pdf import jobs
from tests import builders
from tests.application import api_client, door_client
from tests.builders import Graduate
from workflows.vocabulary import Level, Role, State


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    """A graduate of a school of the first kind."""
    return builders.make_graduate(builders.make_school())


def ask(app: Flask, graduate: Graduate, placement: Placement, what: Any = "agreement", **kwargs: Any) -> Any:
    client = api_client(app, graduate)
    return client.post(f"/api/v1/placements/{placement.public_id}/downloads", json={"what": what}, **kwargs)


def employer_client(app: Flask, employer_id: int) -> Any:
    user = select(EmployerUser.id).where(EmployerUser.employer_id == employer_id)
    return door_client(app, "employer", db.session.execute(user).scalar_one())


@pytest.mark.rule("R-ON-5", http="allowed")
def test_an_address_is_good_once(app: Flask, graduate: Graduate) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    jobs.store_agreements(placement.id)
    asked = ask(app, graduate, placement)
    assert asked.status_code == 201 and asked.json["url"].startswith("/files/") and len(asked.json["url"]) > 45

    client = app.test_client()
    looked = client.head(asked.json["url"])
    got = client.get(asked.json["url"])
    assert looked.status_code == 405 and got.status_code == 200 and got.data.startswith(b"%PDF-")
    assert got.mimetype == "application/pdf" and got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert client.get(asked.json["url"]).status_code == 404
    assert client.get("/files/unknown").status_code == 404


def test_an_address_is_good_for_a_minute_and_only_its_hash_is_stored(app: Flask, graduate: Graduate) -> None:
    placement = builders.make_placement(State.INVITED, graduate)
    asked = ask(app, graduate, placement, "preview")
    token = asked.json["url"].rpartition("/")[2].encode()
    ticket = db.session.execute(select(DownloadTicket)).scalar_one()
    assert token not in ticket.token_hash and timedelta(seconds=50) < ticket.expires_at - now() <= timedelta(minutes=1)
    db.session.execute(update(DownloadTicket).values(expires_at=now()))
    db.session.commit()
    assert app.test_client().get(asked.json["url"]).status_code == 404


def test_the_same_key_gets_the_same_address(app: Flask, graduate: Graduate) -> None:
    placement = builders.make_placement(State.INVITED, graduate)
    headers = {"Idempotency-Key": "the-same-key"}
    first, second = (ask(app, graduate, placement, "preview", headers=headers).json for _ in range(2))
    assert first == second and len(db.session.execute(select(DownloadTicket)).all()) == 1


@pytest.mark.rule("R-QR-1", http="allowed")
@pytest.mark.parametrize("state", [State.INVITED, State.ACCEPTED])
def test_a_preview_can_be_had_before_the_approval(
    app: Flask, graduate: Graduate, state: State, pdf_text: Callable[..., str]
) -> None:
    placement = builders.make_placement(state, graduate)
    asked = ask(app, graduate, placement, "preview")
    text = pdf_text(app.test_client().get(asked.json["url"]).data)
    assert "软件工程师" in text and "协议书编号" not in text


@pytest.mark.rule("R-ON-5", http="refused")
@pytest.mark.parametrize("state", [State.INVITED, State.ACCEPTED, State.DECLINED, State.REVIEW_REJECTED])
def test_no_agreement_before_the_approval(app: Flask, graduate: Graduate, state: State) -> None:
    placement = builders.make_placement(state, graduate)
    asked = ask(app, graduate, placement)
    assert (asked.status_code, asked.json["code"]) == (409, "wrong_state")
    assert asked.json["message"] == "签约审核通过后才能下载就业协议书。"
    assert employer_client(app, placement.employer_id).get(
        f"/employer/invitations/{placement.public_id}/agreement.pdf"
    ).status_code == 409  # fmt: skip


@pytest.mark.rule("R-QR-1", http="refused")
@pytest.mark.parametrize("state", [State.DECLINED, State.WITHDRAWN, State.REVIEW_REJECTED])
def test_no_preview_of_what_has_failed(app: Flask, graduate: Graduate, state: State) -> None:
    asked = ask(app, graduate, builders.make_placement(state, graduate), "preview")
    assert (asked.status_code, asked.json["code"]) == (409, "wrong_state")


def test_while_the_file_is_not_there_yet_one_is_told_to_come_back(app: Flask, graduate: Graduate) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    asked = ask(app, graduate, placement)
    assert (asked.status_code, asked.json["code"]) == (409, "document_pending")
    assert asked.json["message"] == "协议书正在生成，请稍候几秒再下载。" and asked.headers["Retry-After"] == "3"
    page = employer_client(app, placement.employer_id).get(f"/employer/invitations/{placement.public_id}/agreement.pdf")
    assert page.status_code == 409 and "协议书正在生成" in page.text


@pytest.mark.parametrize("what", ["", "both", None, 7, ["preview"]])
def test_what_is_wanted_must_be_one_of_the_two(app: Flask, graduate: Graduate, what: Any) -> None:
    asked = ask(app, graduate, builders.make_placement(State.INVITED, graduate), what)
    assert asked.status_code == 422 and list(asked.json["detail"]["fields"]) == ["what"]


@pytest.mark.rule("R-ACC-2", http="refused")
def test_foreign_unknown_and_other_kinds_get_the_same_answer(app: Flask, graduate: Graduate) -> None:
    other = builders.make_graduate(builders.make_school())
    foreign = builders.make_placement(State.INVITED, other)
    destination = builders.make_destination(graduate)
    for placement in (foreign, destination):
        assert ask(app, graduate, placement, "preview").status_code == 404
    outsider = builders.make_employer()
    path = f"/employer/invitations/{foreign.public_id}/agreement.pdf"
    assert employer_client(app, outsider.id).get(path).status_code == 404
    assert app.test_client().get(path).status_code == 302
    assert api_client(app, None).post(f"/api/v1/placements/{foreign.public_id}/downloads").status_code == 401


@pytest.mark.rule("R-ACC-2", http="allowed")
def test_employer_and_own_staff_get_the_agreement_and_it_is_logged(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    school = builders.make_school()
    department = builders.make_department(school)
    graduate = builders.make_graduate(school, department)
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    other_department = builders.make_staff(Role.DEPARTMENT, school, builders.make_department(school)).id
    other_school = builders.make_staff(Role.SCHOOL, builders.make_school("10005")).id
    closed = builders.make_staff(Role.SCHOOL, school, placement_level=int(Level.NONE)).id
    jobs.store_agreements(placement.id)
    path = f"/staff/placements/{placement.public_id}/agreement.pdf"
    clients = [
        (employer_client(app, placement.employer_id), f"/employer/invitations/{placement.public_id}/agreement.pdf"),
        (door_client(app, "staff", builders.make_staff(Role.SCHOOL, school).id), path),
        (door_client(app, "staff", builders.make_staff(Role.DEPARTMENT, school, department).id), path),
        (door_client(app, "staff", builders.make_staff(Role.PROVINCE).id), path),
    ]
    caplog.set_level(logging.INFO)
    got = [client.get(address) for client, address in clients]
    assert [(answer.status_code, answer.data[:5]) for answer in got] == [(200, b"%PDF-")] * 4
    lines = [record for record in caplog.records if record.getMessage() == "agreement handed out"]
    assert [record.role for record in lines] == ["employer", "school", "department", "province"]
    kept = select(History.actor_role).where(History.action == "unmask").order_by(History.seq)
    assert db.session.execute(kept).scalars().all() == ["school", "department", "province"]

    assert door_client(app, "staff", other_department).get(path).status_code == 404
    assert door_client(app, "staff", other_school).get(path).status_code == 404
    assert door_client(app, "staff", closed).get(path).status_code == 403


def test_a_reviewer_can_see_what_the_agreement_will_say(app: Flask, graduate: Graduate) -> None:
    placement = builders.make_placement(State.ACCEPTED, graduate)
    school = db.session.get_one(School, graduate.roll.school_id)
    client = door_client(app, "staff", builders.make_staff(Role.SCHOOL, school).id)
    got = client.get(f"/staff/placements/{placement.public_id}/preview.pdf")
    assert got.status_code == 200 and got.data.startswith(b"%PDF-")


def test_a_graduate_who_has_not_confirmed_is_sent_to_do_so(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school(), confirmed=False)
    placement = builders.make_placement(State.INVITED, graduate)
    asked = ask(app, graduate, placement, "preview")
    assert (asked.status_code, asked.json["code"]) == (403, "confirm_first")


def test_a_damaged_file_is_never_handed_out(app: Flask, graduate: Graduate) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    jobs.store_agreements(placement.id)
    asked = ask(app, graduate, placement)
    stored = db.session.execute(select(Document.file_sha256)).scalar_one()
    storage.path_of(stored).write_bytes(b"%PDF-something else")
    assert app.test_client().get(asked.json["url"]).status_code == 503
