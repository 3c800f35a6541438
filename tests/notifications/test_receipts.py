"""Receipts of text messages: pushed, doubled, out of order, broken, forged; before and after our own commit."""

import json
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import following
from app.clock import now
from app.extensions import db
from app.models import Delivery, Message, Outbox, SmsReceipt
from app.people import blind_phone
from app.writing import write
from notifications import receipts, receipts_web

SECRET = "a-secret-path-of-thirty-two-chars"
PHONE = "13800138000"
OK = {"code": 0, "msg": "成功"}
_serial = count(1)


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["SMS_RECEIPT_SECRET"] = SECRET
    return app


def delivery(biz_id: str | None = "biz^1", state: str = "accepted") -> tuple[int, str]:
    """Insert a message that waits for its receipt; return the delivery's id and the message's public id."""

    def work() -> tuple[int, str]:
        at = now()
        event = {"event": "code.sent", "due_at": at, "created_at": at}
        first = Outbox(key=f"code.sent:{next(_serial)}", **event)
        db.session.add(first)
        db.session.flush()
        about = {"outbox_id": first.id, "recipient_kind": "phone", "recipient_id": 1}
        message = Message(topic="code.sent", group="code", letter_sealed=b"", created_at=at, opened_at=at, **about)
        db.session.add(message)
        db.session.flush()
        later = {"event": "message.due", "created_at": at, "due_at": at.replace(year=2030)}
        db.session.add(Outbox(key=f"message.due:{message.public_id}", **later))
        sent = Delivery(channel="sms", state=state, created_at=at, message_id=message.id, **about)
        sent.provider_id = biz_id
        db.session.add(sent)
        db.session.flush()
        return sent.id, message.public_id

    return write(work)


def item(**changes: Any) -> dict[str, Any]:
    """Return one receipt as the platform pushes it."""
    return {
        "phone_number": PHONE,
        "send_time": "2026-11-20 17:00:00",
        "report_time": "2026-11-20 17:00:03",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": "biz^1",
        "out_id": "0123456789abcdef0123",
    } | changes


def push(app: Flask, body: Any, secret: str = SECRET) -> Any:
    db.session.remove()
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return app.test_client().post(f"/sms/receipts/{secret}", data=content, content_type="application/json")


def kept() -> list[tuple[str, bool, str]]:
    rows = db.session.execute(select(SmsReceipt).order_by(SmsReceipt.biz_id)).scalars().all()
    db.session.rollback()
    return [(row.biz_id, row.delivered, row.code) for row in rows]


def stands(delivery_id: int) -> tuple[str, str | None, bool]:
    """Return the delivery's state, its code, and whether its message has been woken."""
    db.session.expire_all()
    row = db.session.get_one(Delivery, delivery_id)
    due = select(Outbox.due_at).where(Outbox.event == "message.due").order_by(Outbox.id)
    woken = db.session.execute(due).scalars().first()
    found = row.state, row.error, woken is not None and woken.year < 2030
    db.session.rollback()
    return found


def test_a_receipt_proves_its_delivery_and_wakes_the_message(app: Flask) -> None:
    one, _ = delivery()
    answer = push(app, [item()])
    assert (answer.status_code, answer.get_json()) == (200, OK)
    assert stands(one) == ("proven", None, True)
    assert kept() == [("biz^1", True, "DELIVERED")]
    [row] = db.session.execute(select(SmsReceipt)).scalars().all()
    assert row.phone_blind == blind_phone(PHONE)


def test_a_receipt_may_say_that_it_did_not_arrive(app: Flask) -> None:
    one, _ = delivery()
    push(app, [item(success=False, err_code="MOBILE_NOT_ON_SERVICE", err_msg=PHONE)])
    assert stands(one) == ("failed", "MOBILE_NOT_ON_SERVICE", True)


def test_a_receipt_before_our_own_commit_is_kept_and_found_after_it(app: Flask) -> None:
    assert push(app, [item()]).get_json() == OK
    one, _ = delivery()
    conn = db.session.connection
    assert not write(lambda: receipts.match(conn(), "other", blind_phone(PHONE), one))
    assert not write(lambda: receipts.match(conn(), "biz^1", blind_phone("13900139000"), one))
    assert stands(one)[0] == "accepted"
    assert write(lambda: receipts.match(conn(), "biz^1", blind_phone(PHONE), one))
    assert stands(one) == ("proven", None, True)
    assert not write(lambda: receipts.match(conn(), "biz^1", blind_phone(PHONE), one)), "once"


def test_a_receipt_that_both_sides_missed_is_found_by_the_sweeper(app: Flask) -> None:
    push(app, [item(), item(biz_id="biz^2", success=False, err_code="")])
    one, _ = delivery()
    two, _ = delivery("biz^2")
    other, _ = delivery("biz^3")
    assert receipts.match_kept() == 2
    assert [stands(row)[:2] for row in (one, two, other)] == [
        ("proven", None),
        ("failed", "unreadable"),
        ("accepted", None),
    ]
    assert receipts.match_kept() == 0


def test_a_repeated_push_changes_nothing(app: Flask) -> None:
    one, _ = delivery()
    for _ in range(3):
        assert push(app, [item(), item()]).get_json() == OK
    assert kept() == [("biz^1", True, "DELIVERED")]
    assert stands(one)[0] == "proven"


def test_what_was_delivered_stays_so_in_any_order(app: Flask) -> None:
    failed = item(success=False, err_code="EXPIRED")
    push(app, [failed])
    assert kept() == [("biz^1", False, "EXPIRED")]
    push(app, [item()])
    push(app, [failed])
    assert kept() == [("biz^1", True, "DELIVERED")]


BAD = [
    None,
    7,
    "text",
    [],
    {},
    item(biz_id=""),
    item(biz_id=None),
    item(biz_id="x" * 65),
    item(biz_id="a\u0000b"),
    item(biz_id="有"),
    item(biz_id={"a": 1}),
    item(phone_number="138-0013"),
    item(phone_number="１３８００１３８０００x"),
    item(phone_number=""),
    item(phone_number="1" * 40),
    item(success="maybe"),
    item(success=None),
    item(success=[True]),
]


def test_bad_items_never_lose_the_good_ones(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    one, _ = delivery("good^1")
    two, _ = delivery("good^2")
    batch = [item(biz_id="good^1"), *BAD, item(biz_id="good^2", success="true", phone_number="8613800138000")]
    assert push(app, batch).get_json() == OK
    assert [row[0] for row in kept()] == ["good^1", "good^2"]
    assert (stands(one)[0], stands(two)[0]) == ("proven", "proven")
    assert [record.count for record in caplog.records if hasattr(record, "count")] == [len(BAD)]
    assert PHONE not in caplog.text


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_receipt_is_not_kept(app: Flask, bad: Any) -> None:
    assert receipts.read(bad) is None
    assert receipts.take_in([bad]) == 1 and kept() == []


@pytest.mark.parametrize("number", ["13800138000", "8613800138000", "+8613800138000", "008613800138000"])
def test_a_number_is_the_same_with_and_without_its_country(app: Flask, number: str) -> None:
    read = receipts.read(item(phone_number=number))
    assert read is not None and read.phone_blind == blind_phone(PHONE)


def test_a_lost_answer_is_made_good_by_a_receipt_that_says_delivered(app: Flask) -> None:
    one, out_id = delivery(None, "sending")
    push(app, [item(biz_id="unknown^1", out_id=out_id, success=False, err_code="X")])
    assert stands(one)[0] == "sending", "it may be of an attempt before"
    push(app, [item(biz_id="unknown^2", out_id=out_id)])
    assert stands(one) == ("proven", None, True)


@pytest.mark.parametrize("state", ["due", "failed", "proven", "accepted"])
def test_an_out_id_speaks_for_lost_answers_only(app: Flask, state: str) -> None:
    one, out_id = delivery("biz^9", state)
    push(app, [item(biz_id="unknown^1", out_id=out_id)])
    assert stands(one)[0] == state


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], SECRET + "x", SECRET.upper(), "é", "%00", "a/b"])
def test_without_the_secret_there_is_nothing_here(app: Flask, secret: str) -> None:
    delivery()
    assert push(app, [item()], secret).status_code == 404
    assert kept() == []


def test_without_a_setting_there_is_nothing_here(app: Flask) -> None:
    app.config["SMS_RECEIPT_SECRET"] = ""
    assert [push(app, [item()], secret).status_code for secret in ("", "x")] == [404, 404]


def test_the_address_takes_pushes_only(app: Flask) -> None:
    assert app.test_client().get(f"/sms/receipts/{SECRET}").status_code == 405


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"7", b"null", b'"x"', b"[" * 5000, b"NaN"])
def test_what_is_no_batch_is_refused_so_that_it_comes_again(app: Flask, body: bytes) -> None:
    answer = push(app, body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, 1)


def test_too_many_or_too_much_is_refused(app: Flask) -> None:
    assert push(app, [1] * (receipts_web.MOST + 1)).status_code == 400
    assert push(app, b" " * (receipts_web.LARGEST + 1)).status_code == 413
    assert push(app, []).get_json() == OK


def test_one_receipt_may_come_without_its_array(app: Flask) -> None:
    one, _ = delivery()
    assert push(app, item()).get_json() == OK
    assert stands(one)[0] == "proven"


def test_one_that_cannot_be_settled_does_not_keep_the_others(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = delivery("biz^1")
    two, _ = delivery("biz^2")
    original = following.settle

    def settle(conn: Any, delivery_id: int, *rest: Any) -> bool:
        if delivery_id == one:
            raise RuntimeError
        return original(conn, delivery_id, *rest)

    monkeypatch.setattr(following, "settle", settle)
    with pytest.raises(RuntimeError):
        receipts.take_in([item(), item(biz_id="biz^2")])
    assert [row[0] for row in kept()] == ["biz^1", "biz^2"], "what came is kept before it counts"
    monkeypatch.setattr(following, "settle", original)
    assert receipts.match_kept() == 2
    assert (stands(one)[0], stands(two)[0]) == ("proven", "proven")
