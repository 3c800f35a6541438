"""Comparing what stands on the paper, checking an uploaded file: the answers, the limits, what is written down."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import verification
from app.extensions import db
from app.models import Verification
from tests.app.public import agreements
from tests.app.public.agreements import Issued, looks, visitor

MATCH, MISMATCH = ">一致 <", ">不一致 <"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 4000


def compare(client: FlaskClient, issued: Issued, **form: str) -> Any:
    return client.post(f"{issued.page}/compare", data=form)


def upload(client: FlaskClient, issued: Issued, content: bytes, **more: Any) -> Any:
    return client.post(f"{issued.page}/file", data={"file": (io.BytesIO(content), "协议书.pdf")}, **more)


def store(issued: Issued, content: bytes) -> None:
    """Note the hash of the file as the worker does."""
    issued.document.file_sha256 = hashlib.sha256(content).hexdigest()
    db.session.commit()


def sooner(hours: float) -> None:
    """Let time pass: every look so far was earlier by so much."""
    for row in db.session.execute(select(Verification)).scalars():
        row.at -= timedelta(hours=hours)
    db.session.commit()


def elsewhere(number: int) -> dict[str, Any]:
    """Return what makes a request come from another address."""
    return {"environ_base": {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250 + 1}"}}


@pytest.mark.rule("R-QR-1", http="allowed")
def test_a_field_of_the_paper_is_compared(app: Flask) -> None:
    issued, client = agreements.issue(), visitor(app)
    answer = compare(client, issued, check="number", value=issued.document.number)
    assert answer.status_code == 200 and MATCH in answer.text and MISMATCH not in answer.text
    answer = compare(client, issued, check="pay", value="9,999 元")
    assert answer.status_code == 200 and MISMATCH in answer.text and MATCH not in answer.text
    assert looks() == [("compare", "match", True), ("compare", "mismatch", True)]


@pytest.mark.rule("R-QR-1", http="allowed")
def test_the_graduate_is_compared_by_name_and_the_last_six_of_the_number(app: Flask) -> None:
    issued = agreements.issue()
    tail, client = issued.graduate.id_number[-6:], visitor(app)
    wrong = str((int(tail[0]) + 1) % 10) + tail[1:]
    said = [
        compare(client, issued, check="person", name=name, tail=typed)
        for name, typed in (("阿卜杜拉•买买提", f" {tail.lower()} "), ("阿卜杜拉·买买提", wrong), ("阿卜杜拉", tail))
    ]
    assert [MATCH in answer.text for answer in said] == [True, False, False]
    assert [MISMATCH in answer.text for answer in said] == [False, True, True]
    assert all(issued.graduate.id_number not in answer.text for answer in said)


INCOMPLETE: tuple[dict[str, str], ...] = (
    {},
    {"check": "number"},
    {"check": "number", "value": "  "},
    {"check": "__class__", "value": "x"},
    {"check": "number", "value": "x" * 1201},
    {"check": "person", "name": "李明"},
    {"check": "person", "name": "李明", "tail": "1"},
    {"check": "person", "name": "", "tail": "123456"},
)


@pytest.mark.rule("R-QR-1", http="refused")
def test_an_incomplete_form_is_refused_in_words_and_costs_no_try(app: Flask) -> None:
    issued = agreements.issue()
    for form in INCOMPLETE:
        answer = compare(visitor(app), issued, **form)
        assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert looks() == [("open", "found", True)] * len(INCOMPLETE)


@pytest.mark.rule("R-QR-1", http="refused")
def test_five_tries_an_hour_per_code_whoever_asks(app: Flask) -> None:
    issued, other = agreements.issue(), agreements.issue()
    form = {"check": "number", "value": "1"}
    tries = [visitor(app).post(f"{issued.page}/compare", data=form, **elsewhere(i)) for i in range(7)]
    assert [answer.status_code for answer in tries] == [200] * 5 + [429] * 2
    assert "这份协议书一小时内的核对次数已用完" in tries[5].text and int(tries[5].headers["Retry-After"]) > 3000
    assert MATCH not in tries[5].text and MISMATCH not in tries[5].text
    assert compare(visitor(app), other, **form).status_code == 200
    assert visitor(app).get(issued.page).status_code == 200
    assert [kind for kind, *_ in looks()] == ["compare"] * 6 + ["open"]
    sooner(1.01)
    assert compare(visitor(app), issued, **form).status_code == 200


@pytest.mark.rule("R-QR-1", http="refused")
def test_a_visitor_has_a_limit_of_each_kind_and_another_one_has_its_own(app: Flask) -> None:
    issued, at = agreements.issue(), verification.now()
    row = {"document_id": None, "outcome": "found", "visitor": verification.visitor("127.0.0.1", at), "at": at}
    for kind, limit in (("open", 60), ("compare", 20), ("upload", 20)):
        db.session.execute(verification._ADD, [row | {"kind": kind}] * (limit - 1))
    db.session.commit()
    form = {"check": "number", "value": "1"}
    for ask in (
        lambda **more: visitor(app).get(issued.page, **more),
        lambda **more: visitor(app).post(f"{issued.page}/compare", data=form, **more),
        lambda **more: upload(visitor(app), issued, b"x", **more),
    ):
        assert [ask().status_code for _ in range(2)] == [200, 429]
        assert ask(**elsewhere(7)).status_code == 200
        assert ask(environ_base={"REMOTE_ADDR": "2001:db8::1"}).status_code == 200


@pytest.mark.rule("R-QR-1", http="refused")
def test_twenty_misses_close_the_page_for_the_hour_to_right_codes_too(app: Flask) -> None:
    issued, client = agreements.issue(), visitor(app)
    assert {client.get(f"/v/{number:016}").status_code for number in range(20)} == {404}
    assert client.get("/v/0000000000000099").status_code == 429
    assert client.get(issued.page).status_code == 429
    assert visitor(app).get(issued.page, **elsewhere(3)).status_code == 200
    assert len(looks()) == 21
    sooner(1.01)
    assert client.get(issued.page).status_code == 200


def test_addresses_are_kept_as_keyed_hashes_that_change_with_the_day(app: Flask) -> None:
    at = verification.now()
    one, same = verification.visitor("192.0.2.7", at), verification.visitor("192.0.2.7", at)
    assert one == same and len(one) == 16
    assert one != verification.visitor("192.0.2.8", at)
    assert one != verification.visitor("192.0.2.7", at + 24 * verification.HOUR)
    assert verification.visitor("2001:db8::1", at) == verification.visitor("2001:db8::ffff", at)
    assert verification.visitor("2001:db8:0:1::1", at) != verification.visitor("2001:db8::1", at)


def test_a_limit_does_not_end_at_midnight(app: Flask) -> None:
    issued, client = agreements.issue(), visitor(app)
    before = verification.visitor("127.0.0.1", verification.now())
    for number in range(20):
        client.get(f"/v/{number:016}")
    yesterday = verification.visitor("127.0.0.1", verification.now() - verification.HOUR)
    db.session.execute(update(Verification).where(Verification.visitor == before).values(visitor=yesterday))
    db.session.commit()
    assert client.get(issued.page).status_code == 429


@pytest.mark.rule("R-QR-1", http="allowed")
def test_an_uploaded_file_is_compared_byte_for_byte_and_one_changed_byte_shows(app: Flask) -> None:
    issued, client = agreements.issue(), visitor(app)
    store(issued, PDF)
    assert "与平台存档完全一致" in upload(client, issued, PDF).text
    for place in (0, len(PDF) // 2, len(PDF) - 1):
        changed = PDF[:place] + bytes([PDF[place] ^ 1]) + PDF[place + 1 :]
        answer = upload(client, issued, changed)
        assert answer.status_code == 200
        assert MISMATCH in answer.text and "与平台存档完全一致" not in answer.text
    assert MISMATCH in upload(client, issued, PDF + b"\n").text
    assert looks() == [("upload", "identical", True)] + [("upload", "different", True)] * 4


def test_a_file_that_is_not_made_yet_is_said_to_be_so(app: Flask) -> None:
    issued = agreements.issue()
    assert "文件尚在生成" in upload(visitor(app), issued, PDF).text
    assert looks() == [("upload", "not_ready", True)]


@pytest.mark.rule("R-QR-1", http="refused")
def test_no_file_or_one_beyond_ten_megabytes_is_refused_in_words(app: Flask) -> None:
    issued, client = agreements.issue(), visitor(app)
    store(issued, bytes(10 * 1024 * 1024))
    largest = upload(client, issued, bytes(10 * 1024 * 1024))
    assert largest.status_code == 200 and "与平台存档完全一致" in largest.text
    too_large = upload(client, issued, bytes(10 * 1024 * 1024 + 1))
    assert too_large.status_code == 413 and "文件超过 10 MB" in too_large.text
    far_too_large = upload(client, issued, bytes(11 * 1024 * 1024))
    assert far_too_large.status_code == 413 and "文件超过 10 MB" in far_too_large.text
    for data in ({}, {"file": "text"}, {"other": (io.BytesIO(b"x"), "x.pdf")}, {"file": (io.BytesIO(b""), "x.pdf")}):
        answer = client.post(f"{issued.page}/file", data=data, content_type="multipart/form-data")
        assert answer.status_code == 422 and "请选择要核对的 PDF 文件。" in answer.text
    broken = client.post(f"{issued.page}/file", data=b"x", content_type="multipart/form-data; boundary=y")
    assert broken.status_code == 422


@pytest.mark.rule("R-QR-1", http="refused")
def test_who_has_used_up_the_hour_is_told_before_the_file_is_read(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    issued, at = agreements.issue(), verification.now()
    row = {"document_id": None, "outcome": "found", "visitor": verification.visitor("127.0.0.1", at), "at": at}
    db.session.execute(verification._ADD, [row | {"kind": "upload"}] * 20)
    db.session.commit()
    read: list[str] = []
    monkeypatch.setattr("app.public.verification.fingerprint", lambda request, field: read.append(field))
    answer = upload(visitor(app), issued, PDF)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 3000
    assert read == [] and len(looks()) == 20
    assert upload(visitor(app), issued, PDF, **elsewhere(1)).status_code == 422 and read == ["file"]


def test_an_uploaded_file_is_not_kept_anywhere(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("an upload went to a temporary file")

    issued = agreements.issue()
    store(issued, PDF)
    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(f"tempfile.{name}", refuse)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    request = app.test_request_context(f"{issued.page}/file", method="POST", data={"file": (io.BytesIO(PDF), "a.pdf")})
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    answer = app.test_client().open(request.request.environ)
    assert "与平台存档完全一致" in answer.text
    assert {path for path in tmp_path.rglob("*") if path.is_file()} - before <= {tmp_path / "app.db-wal"}
