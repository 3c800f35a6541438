"""The pages behind an upload link: who gets in, what they see and may do, when it is dead (R-OFF-5, R-OFF-8)."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app import upload_links
from app.extensions import db
from app.models import File, Outbox, Placement, UploadLink
from tests import builders, offline
from tests.app.api.calls import API, pass_time
from tests.app.staff import desk
from tests.app.staff.desk import DeskClient, words
from tests.application import api_client
from tests.builders import Graduate
from tests.inspection import samples
from tests.notifications.outbound import outgoing
from tests.notifications.working import alerts, work_off
from workflows.vocabulary import Action, State

GONE = "链接无效或已失效。"


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


def send(graduate: Graduate, placement: Placement) -> str:
    """Send a link and return its path, as the message carries it."""
    offline.step(graduate, placement, Action.SEND_LINK)
    link = db.session.query(UploadLink).filter_by(live_key=placement.id).one()
    letter = upload_links.open_letter(link)
    db.session.commit()
    assert letter
    return "/u/" + letter.address.rpartition("/u/")[2]


def enter(app: Flask, path: str, tail: str = offline.TAIL) -> DeskClient:
    """Open a link with the last four digits."""
    client = desk.browser(app)
    assert client.post(path, data={"tail": tail}).location == "/upload-link"
    return client


def version(client: DeskClient) -> dict[str, Any]:
    page = client.get("/upload-link").text
    named = re.search(r'name="version" value="(\d+)"', page)
    ticked = re.search(r'name="declaration" value="([^"]*)"', page)
    assert named and ticked, page
    return {"version": named[1], "declaration": ticked[1]}


@pytest.mark.rule("R-OFF-5", http="allowed")
@pytest.mark.rule("R-OFF-8", http="allowed")
def test_an_employer_without_an_account_downloads_uploads_and_hands_in(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    record, number, path = placement.id, placement.agreement_number, send(graduate, placement)
    reader = api_client(app, graduate)
    work_off()
    client = enter(app, path)
    page = words(client.get("/upload-link"))
    assert number in page and builders.TERMS["employer_name"] in page
    asked = client.post("/upload-link/agreement")
    file = client.get(asked.location)
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert client.get(asked.location).status_code == 404
    sent = {"file": [(io.BytesIO(samples.encoded(samples.letter(width=700))), "盖章协议书.jpg")]}
    assert client.post("/upload-link/files", data=sent).status_code == 303
    assert "正在检查" in words(client.get("/upload-link"))
    work_off()
    assert "检查通过" in words(client.get("/upload-link"))
    picture = re.search(r'href="(/upload-link/files/[0-9a-f]+)"', client.get("/upload-link").text)
    assert picture and client.get(picture[1]).mimetype == "image/jpeg"
    handed = client.post("/upload-link/confirm", data=version(client))
    assert handed.status_code == 303
    placement = builders.reload(record)
    assert (placement.state, placement.uploaded_by) == (State.SIGNING_REVIEW, "link_holder")
    assert "正在等待学校审核" in words(client.get("/upload-link"))
    work_off()
    told = reader.get(f"{API}/alerts").json
    assert any(alert["title"] == "用人单位已回传盖章协议书" for alert in told)


@pytest.mark.rule("R-OFF-5", http="refused")
def test_every_dead_link_gets_the_one_answer(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    unknown = "/u/" + "A" * 43
    replaced = send(graduate, placement)
    pass_time(app, timedelta(minutes=2))
    path = send(graduate, builders.reload(placement.id))
    client = desk.browser(app)
    assert client.get(path).status_code == 200
    answers = [client.get(unknown), client.post(unknown, data={"tail": offline.TAIL}), client.get(replaced)]
    answers += [client.post(replaced, data={"tail": offline.TAIL})]
    inside = enter(app, path)
    pass_time(app, timedelta(days=7))
    answers += [client.get(path), client.post(path, data={"tail": offline.TAIL}), inside.get("/upload-link")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({words(answer) for answer in answers}) == 1 and GONE in words(answers[0])


@pytest.mark.rule("R-OFF-5", http="refused")
def test_the_last_four_digits_are_asked_for_and_five_wrong_tries_lock(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    path, client = send(graduate, placement), desk.browser(app)
    before = words(client.get(path))
    assert placement.agreement_number not in before and graduate.roll.name not in before
    assert client.get("/upload-link").status_code == 404
    for left in (4, 3, 2, 1):
        wrong = client.post(path, data={"tail": "0000"})
        assert wrong.status_code == 422 and f"还可以尝试{left}次" in words(wrong)
    assert client.post(path, data={"tail": "0000"}).status_code == 404
    assert client.post(path, data={"tail": offline.TAIL}).status_code == 404
    assert GONE in words(client.get(path))


@pytest.mark.rule("R-OFF-5", http="refused")
@pytest.mark.rule("R-CANCEL-1", http="refused")
def test_a_link_dies_with_its_agreement(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    path = send(graduate, placement)
    client = enter(app, path)
    offline.step(graduate, builders.reload(placement.id), Action.CANCEL)
    image = {"file": [(io.BytesIO(b"x"), "x.jpg")]}
    answers = [client.get(path), client.get("/upload-link"), client.post("/upload-link/agreement")]
    answers += [client.post("/upload-link/files", data=image), client.post("/upload-link/confirm", data={})]
    assert {answer.status_code for answer in answers} == {404}
    assert all(GONE in words(answer) for answer in answers)


@pytest.mark.rule("R-OFF-8", http="refused")
@pytest.mark.rule("R-OFF-5", http="refused")
def test_while_the_image_is_under_review_the_page_says_the_state_alone(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    path = send(graduate, placement)
    client = enter(app, path)
    offline.put_image(placement, offline.holder(placement))
    read = version(client)
    offline.upload(graduate, builders.reload(placement.id))
    page = client.get("/upload-link")
    assert "签约审核中" in words(page) and "documents" not in page.text and builders.TERMS["position"] not in page.text
    assert client.post("/upload-link/agreement").status_code == 404
    late = client.post("/upload-link/confirm", data=read)
    assert late.status_code == 409 and "签约审核中" in words(late)
    image = {"file": [(io.BytesIO(b"x"), "x.jpg")]}
    assert client.post("/upload-link/files", data=image).status_code == 409
    left = db.session.query(File).filter_by(subject_id=placement.id, removed_at=None).all()
    assert {file.purpose for file in left} == {"stamped_agreement"}, "the other side's images are gone"


@pytest.mark.rule("R-OFF-5", http="allowed")
def test_the_holder_of_a_link_is_told_that_the_graduate_was_first(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    send(graduate, placement)
    offline.upload(graduate, builders.reload(placement.id))
    work_off()
    (told,) = [message for message in outgoing() if message.title == "盖章协议书已由毕业生回传"]
    assert told.reader == "手机 199****1111"


@pytest.mark.rule("R-OFF-5", "R-MSG-3")
def test_each_side_is_told_of_the_others_upload_though_both_came_before_a_worker(
    app: Flask, graduate: Graduate
) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    send(graduate, placement)
    placement = builders.reload(placement.id)
    placement = offline.upload(graduate, placement, offline.holder(placement))
    placement = offline.step(graduate, placement, Action.TAKE_BACK)
    offline.upload(graduate, placement)
    work_off()
    assert [alert.title for alert in alerts("account")][-1] == "用人单位已回传盖章协议书"
    assert [message.title for message in outgoing()][-1] == "盖章协议书已由毕业生回传"


@pytest.mark.rule("R-OFF-5")
def test_handing_in_again_and_again_does_not_flood_the_contacts_phone(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    send(graduate, placement)
    placement = offline.upload(graduate, builders.reload(placement.id))
    for _ in range(7):
        placement = offline.step(graduate, placement, Action.TAKE_BACK)
        placement = offline.step(graduate, placement, Action.UPLOAD)
    work_off()
    told = [message for message in outgoing() if message.title == "盖章协议书已由毕业生回传"]
    assert len(told) == 5, "five messages an hour (P10), however often it is taken back"


@pytest.mark.rule("R-OFF-5")
def test_nothing_of_a_link_can_be_read_where_it_is_kept(app: Flask, graduate: Graduate, caplog: Any) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    token = send(graduate, placement).rpartition("/")[2]
    work_off()
    link = db.session.query(UploadLink).one()
    phone = builders.TERMS["contact_mobile"]
    kept = [str(vars(link)), *(str(row.payload) for row in db.session.query(Outbox).all()), caplog.text]
    assert not [text for text in kept if token in text or phone in text]


@pytest.mark.rule("R-OFF-5", http="refused")
def test_what_others_uploaded_is_out_of_a_links_reach(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    client = enter(app, send(graduate, placement))
    other = offline.make_offline(State.AGREEMENT_APPROVED, builders.make_graduate(builders.make_school()))
    foreign = [offline.put_image(placement, graduate.actor), offline.put_image(other, offline.holder(other))]
    for file in foreign:
        assert client.get(f"/upload-link/files/{file.public_id}").status_code == 404
        assert client.post(f"/upload-link/files/{file.public_id}/remove").status_code == 404
    own = offline.put_image(placement, offline.holder(placement))
    assert client.post(f"/upload-link/files/{own.public_id}/remove").status_code == 303
    db.session.expire_all()
    assert db.session.get(File, own.id).removed_at


@pytest.mark.rule("R-OFF-1", http="refused")
def test_without_images_or_with_a_bad_one_nothing_is_handed_in(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    client = enter(app, send(graduate, placement))
    ticks = {"version": builders.reload(placement.id).version, "declaration": "x"}
    missing = client.post("/upload-link/confirm", data=ticks)
    assert missing.status_code == 422 and "请上传盖章的就业协议书图像" in words(missing)
    assert client.post("/upload-link/files", data={}).status_code in (303, 422)
    offline.put_image(placement, offline.holder(placement), state="refused")
    bad = client.post("/upload-link/confirm", data=ticks)
    assert bad.status_code == 422 and "有文件未通过检查" in words(bad)
    assert builders.reload(placement.id).state == State.AGREEMENT_APPROVED
