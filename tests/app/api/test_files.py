"""A graduate's files over HTTP: received, checked by the worker, refused with a sentence, removed, handed out."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import uploads
from app.extensions import db
from app.models import File, Outbox, School
from tests import builders
from tests.app.api.calls import API, pass_time, refused, travel
from tests.app.api.proofs import MAY, about, begin, send, sent, submit
from tests.application import ApiClient, api_client, door_client
from tests.builders import Graduate
from tests.inspection import samples
from tests.notifications.working import work_off
from workflows.uploads import LIMIT, MOST
from workflows.vocabulary import Role

PICTURE = samples.encoded(samples.letter(width=700))


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, MAY)
    return builders.make_school()


@pytest.fixture
def page(client: ApiClient) -> dict[str, Any]:
    """The draft of a destination that asks for a labour contract."""
    return begin(client)


def handed_in(client: ApiClient, page: dict[str, Any]) -> None:
    answer = submit(client, client.get(f"{API}/destinations/{page['id']}").json)
    assert answer.status_code == 200, answer.json


def quarantined(app: Flask) -> list[Path]:
    return list((Path(app.config["VAR_DIR"]) / "files" / "quarantine").glob("*"))


def rows() -> int:
    count = db.session.execute(select(func.count()).select_from(File)).scalar_one()
    db.session.rollback()
    return count


@pytest.mark.rule("R-OFF-1")
def test_a_file_waits_is_checked_and_can_be_fetched(app: Flask, client: ApiClient, page: dict[str, Any]) -> None:
    got = send(client, page["id"], PICTURE, name="../李明 劳动合同.png")
    assert got.status_code == 201, got.json
    assert (got.json["state"], got.json["label"], got.json["name"]) == ("waiting", "正在检查", "李明 劳动合同.png")
    assert len(quarantined(app)) == 1
    early = client.post(f"{API}/files/{got.json['id']}/downloads")
    refused(early, 409, "file_checking")

    work_off()

    read = client.get(f"{API}/files/{got.json['id']}").json
    assert (read["state"], read["media_type"], read["pages"]) == ("accepted", "image/jpeg", 1)
    assert (read["width"], read["height"], read["sentence"]) == (700, 990, None)
    assert quarantined(app) == []
    address = client.post(f"{API}/files/{got.json['id']}/downloads").json["url"]
    stranger = app.test_client()
    assert stranger.head(address).status_code == 405
    fetched = stranger.get(address)
    assert fetched.status_code == 200 and fetched.data[:3] == b"\xff\xd8\xff"
    assert fetched.headers["Content-Disposition"].startswith("attachment") and ".jpg" in str(fetched.headers)
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert fetched.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert stranger.get(address).status_code == 404  # once


def test_an_address_is_good_for_sixty_seconds(app: Flask, client: ApiClient, page: dict[str, Any]) -> None:
    file = sent(client, page["id"], PICTURE)
    address = client.post(f"{API}/files/{file['id']}/downloads").json["url"]
    pass_time(app, timedelta(seconds=61))
    assert app.test_client().get(address).status_code == 404
    assert app.test_client().get("/uploads/x").status_code == 404


SHOWN = ("a photo of 12 megapixels", "a PDF", "a JPEG that is a ZIP too", "a PDF that is HTML too", "a JPEG in CMYK")
SHOWN_REFUSED = (
    "a bomb of 3600 megapixels",
    "HTML named .jpg",
    "a PDF of 1,000 pages",
    "half a JPEG",
    "an SVG",
    "an animated PNG",
    "an animated GIF",
)


def test_what_is_accepted_and_what_is_refused(client: ApiClient, page: dict[str, Any]) -> None:
    """The samples that the issue names, from the sending to the sentence."""
    for name in SHOWN + SHOWN_REFUSED:
        make, file_name, part = samples.SAMPLES[name]
        file = sent(client, page["id"], make(), name=file_name)
        assert file["state"] == ("refused" if name in SHOWN_REFUSED else "accepted"), name
        assert part in (file["sentence"] or "") and bool(part) == bool(file["sentence"]), (name, file)
        removed = client.delete(f"{API}/files/{file['id']}")
        assert removed.status_code == 200, removed.json
    assert about(client, page["id"])["files"] == []


@pytest.mark.parametrize(
    ("content", "status", "code", "said"),
    [
        (b"", 422, "file_empty", "文件是空的"),
        (b"\xff\xd8\xff" + bytes(LIMIT), 413, "file_too_large", "文件超过 10 MB"),
        (b"\xff\xd8\xff" + bytes(LIMIT + 1024 * 1024), 413, "file_too_large", "文件超过 10 MB"),
        (bytes(3 * LIMIT), 413, "too_large", "每个文件最多 10 MB"),
    ],
)
def test_what_is_refused_at_the_door_is_not_kept(
    app: Flask, client: ApiClient, page: dict[str, Any], content: bytes, status: int, code: str, said: str
) -> None:
    answer = send(client, page["id"], content)
    refused(answer, status, code)
    assert said in answer.json["message"]
    assert rows() == 0 and quarantined(app) == []


def test_a_request_without_a_file_or_a_field_says_which(client: ApiClient, page: dict[str, Any]) -> None:
    form = {"subject": "placement", "record": page["id"], "purpose": "contract"}
    missing = client.post(f"{API}/files", data=form, content_type="multipart/form-data")
    assert refused(missing, 422, "file_required")["fields"] == {"file": "请选择要上传的文件。"}
    part = {"file": (io.BytesIO(PICTURE), "a.jpg"), "subject": "placement"}
    unsaid = client.post(f"{API}/files", data=part, content_type="multipart/form-data")
    assert set(refused(unsaid, 422, "invalid")["fields"]) == {"record", "purpose"}
    as_json = client.post(f"{API}/files", json=form)
    assert set(refused(as_json, 422, "invalid")["fields"]) == {"subject", "record", "purpose"}


def test_a_repeated_request_sends_the_file_once(app: Flask, client: ApiClient, page: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "the-same-key"}
    first, second = (send(client, page["id"], PICTURE, headers=key) for _ in range(2))
    assert first.json == second.json and first.status_code == second.status_code == 201
    assert rows() == 1 and len(quarantined(app)) == 1
    other = send(client, page["id"], PICTURE + b"x", headers=key)
    refused(other, 422, "idempotency_reused")
    assert rows() == 1 and len(quarantined(app)) == 1


@pytest.mark.rule("R-OFF-1")
def test_the_tenth_file_is_refused_until_one_is_removed(app: Flask, client: ApiClient, page: dict[str, Any]) -> None:
    ids = [send(client, page["id"], PICTURE).json["id"] for _ in range(MOST)]
    refused(send(client, page["id"], PICTURE), 422, "file_limit")
    assert len(quarantined(app)) == MOST
    assert client.delete(f"{API}/files/{ids[3]}").status_code == 200
    again = send(client, page["id"], PICTURE)
    assert (again.status_code, again.json["position"]) == (201, 4)
    assert client.get(f"{API}/files/{ids[3]}").status_code == 404


def test_a_purpose_that_is_not_asked_for_is_refused(client: ApiClient, page: dict[str, Any]) -> None:
    assert "purpose" in refused(send(client, page["id"], PICTURE, purpose="other"), 422, "no_such_value")["fields"]
    for subject in ("transfer", "roll_record", "nonsense"):
        form = {"subject": subject, "record": page["id"], "purpose": "contract"}
        form |= {"file": (io.BytesIO(PICTURE), "a.jpg")}
        refused(client.post(f"{API}/files", data=form, content_type="multipart/form-data"), 404, "not_found")


@pytest.mark.rule("R-DEST-1")
def test_a_record_waits_for_the_check_of_its_proofs(client: ApiClient, page: dict[str, Any]) -> None:
    refused(submit(client, page), 422, "proof_missing")
    bad = send(client, page["id"], samples.HTML)
    checking = submit(client, page)
    refused(checking, 409, "file_checking")
    assert "材料正在检查，请稍候再提交" in checking.json["message"]
    work_off()
    refused(submit(client, page), 422, "file_refused")
    assert client.delete(f"{API}/files/{bad.json['id']}").status_code == 200
    sent(client, page["id"], PICTURE)
    done = submit(client, page)
    assert (done.status_code, done.json["state"]) == (200, "review"), done.json


def test_under_review_files_can_neither_be_added_nor_removed(client: ApiClient, page: dict[str, Any]) -> None:
    file = sent(client, page["id"], PICTURE)
    assert submit(client, page).status_code == 200
    refused(send(client, page["id"], PICTURE), 409, "wrong_state")
    refused(client.delete(f"{API}/files/{file['id']}"), 409, "wrong_state")
    (asked,) = about(client, page["id"])["wanted"]
    assert (asked["purpose"], asked["open"]) == ("contract", False) and asked["reason"]
    assert len(about(client, page["id"])["files"]) == 1


def test_nobody_reaches_anothers_files(app: Flask, school: School, client: ApiClient, page: dict[str, Any]) -> None:
    file = sent(client, page["id"], PICTURE)
    stranger = api_client(app, builders.make_graduate(school))
    for answer in (
        stranger.get(f"{API}/files/{file['id']}"),
        stranger.delete(f"{API}/files/{file['id']}"),
        stranger.post(f"{API}/files/{file['id']}/downloads"),
        stranger.get(f"{API}/files?subject=placement&record={page['id']}"),
        send(stranger, page["id"], PICTURE),
        stranger.get(f"{API}/files/{'0' * 20}"),
    ):
        refused(answer, 404, "not_found")
    handed_in(client, page)
    other = builders.make_school("10002")
    desks = {
        (Role.SCHOOL, school): 200,
        (Role.PROVINCE, school): 200,
        (Role.SCHOOL, other): 404,
        (Role.DEPARTMENT, school): 404,  # another department
    }
    for (role, at), status in desks.items():
        department = builders.make_department(at) if role == Role.DEPARTMENT else None
        staff = builders.make_staff(role, None if role == Role.PROVINCE else at, department)
        desk = door_client(app, "staff", staff.id)
        assert desk.get(f"/staff/files/{file['id']}").status_code == status, role
        assert desk.get(f"/staff/files/{file['id']}/picture").status_code == status, role
    employer = builders.employer_actor(builders.make_employer())
    assert door_client(app, "employer", employer.id).get(f"/employer/files/{file['id']}").status_code == 404


def test_staff_see_the_picture_in_the_browser_and_leave_a_trace(
    app: Flask, school: School, graduate: Graduate, client: ApiClient, page: dict[str, Any]
) -> None:
    file = sent(client, page["id"], PICTURE)
    handed_in(client, page)
    desk = door_client(app, "staff", builders.make_staff(Role.SCHOOL, school).id)
    shown = desk.get(f"/staff/files/{file['id']}/picture")
    assert shown.headers["Content-Disposition"].startswith("inline") and shown.mimetype == "image/jpeg"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    saved = desk.get(f"/staff/files/{file['id']}")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    lines = [one["text"] for one in client.get(f"{API}/destinations/{page['id']}").json["history"]]
    assert lines.count("学校查看材料") == 2 and lines.count("毕业生上传材料") == 1


@pytest.mark.rule("R-ACC-2", http="refused")
def test_a_file_of_what_is_not_handed_in_is_the_graduates_alone(
    app: Flask, school: School, client: ApiClient, page: dict[str, Any]
) -> None:
    address = f"/staff/files/{sent(client, page['id'], PICTURE)['id']}"
    desk = door_client(app, "staff", builders.make_staff(Role.SCHOOL, school).id)
    assert {desk.get(address).status_code, desk.get(f"{address}/picture").status_code} == {404}
    handed_in(client, page)
    assert desk.get(address).status_code == 200
    read = client.get(f"{API}/destinations/{page['id']}").json
    taken = client.post(f"{API}/destinations/{page['id']}/take-back", json={"version": read["version"]})
    assert taken.status_code == 200, taken.json
    assert {desk.get(address).status_code, desk.get(f"{address}/picture").status_code} == {404}


def test_an_owner_who_floods_is_stopped(app: Flask, client: ApiClient, page: dict[str, Any]) -> None:
    file = send(client, page["id"], PICTURE).json["id"]
    row = db.session.execute(select(File).where(File.public_id == file)).scalar_one()
    for number in range(uploads.MOST_AN_HOUR - 1):
        copy = {column.name: getattr(row, column.name) for column in File.__table__.columns if column.name != "id"}
        copy |= {"public_id": f"{number:020x}", "slot_key": None, "removed_at": row.created_at}
        db.session.add(File(**copy))
    db.session.commit()
    refused(send(client, page["id"], PICTURE), 429, "too_many_files")
    assert len(quarantined(app)) == 1


def test_the_events_of_files_are_outbox_rows_of_their_own(client: ApiClient, page: dict[str, Any]) -> None:
    for _ in range(2):
        send(client, page["id"], PICTURE)
    events = db.session.execute(select(Outbox).where(Outbox.event == "file.received")).scalars().all()
    assert [set(event.payload) for event in events] == [{"file"}, {"file"}]
    assert len({event.key for event in events}) == 2
