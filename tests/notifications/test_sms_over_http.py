"""Text messages to the far side by the platform's own SDK: signatures, limits, lost answers, receipts coming back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from notifications import sms
from notifications.sms import SmsFate
from tests.far_side import FarSide
from tests.notifications.test_receipts import delivery, kept, stands
from workflows.calendar import beijing_day
from workflows.sending import AmbiguousError, LaterError, PausedError, RefusedError, SendError

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")

PHONE = "13800000001"
OUT_ID = "0123456789abcdef0123"


@pytest.fixture
def side(app: Flask, tmp_path: Path) -> Iterator[FarSide]:
    side = FarSide(tmp_path)
    side.connect_phones(app)
    side.person(phone=PHONE)
    sms.install(app)
    yield side
    side.close()


def say(out_id: str = OUT_ID, phone: str = PHONE) -> str:
    biz_id = sms.send(phone, "code", {"purpose": "注册账号", "code": "123456"}, out_id).provider_id
    assert biz_id
    return biz_id


def fate(out_id: str = OUT_ID, biz_id: str | None = None) -> SmsFate | None:
    return sms.look_up(PHONE, out_id, beijing_day(datetime.now(UTC)), biz_id)  # the far side goes by the real time


def test_a_text_message_arrives_and_its_receipt_comes_back(app: Flask, side: FarSide) -> None:
    biz_id = say()
    one, _ = delivery(biz_id)
    side.world.clock.shift(60)
    assert side.control("pushes/settle")["quiet"]
    assert [message["delivered"] for message in side.messages(channel="sms", receiver=PHONE)] == [1]
    assert kept() == [(biz_id, True, "DELIVERED")] and stands(one)[0] == "proven"
    assert fate() == SmsFate("delivered", "DELIVERED", None)


def test_what_the_operator_could_not_deliver_comes_back_as_failed(app: Flask, side: FarSide) -> None:
    side.control("outcomes", channel="sms", outcome="MK:0001")
    biz_id = say()
    one, _ = delivery(biz_id)
    side.world.clock.shift(60)
    assert side.control("pushes/settle")["quiet"]
    assert stands(one)[:2] == ("failed", "MK:0001")
    assert fate(biz_id=biz_id) == SmsFate("failed", "MK:0001", biz_id)


def test_a_lost_answer_is_found_by_its_out_id(app: Flask, side: FarSide) -> None:
    side.control("faults", fault="reset_after", path="SendSms", times=1)
    with pytest.raises(AmbiguousError):
        say()
    found = fate()
    assert found is not None and found.state in ("accepted", "delivered")
    assert fate("f" * 20) is None
    assert len(side.messages(channel="sms", receiver=PHONE)) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("reset", AmbiguousError),
        ("bad_gateway", AmbiguousError),
        ("html", AmbiguousError),
        ("truncated", AmbiguousError),
    ],
)
def test_faults_of_the_way_leave_it_open(app: Flask, side: FarSide, fault: str, kind: type[SendError]) -> None:
    side.control("faults", fault=fault, path="SendSms", times=1)
    with pytest.raises(kind):
        say()


def test_a_second_code_within_a_minute_waits_as_the_platform_says(app: Flask, side: FarSide) -> None:
    say()
    with pytest.raises(LaterError) as raised:
        say("a" * 20)
    assert raised.value.code == "isv.BUSINESS_LIMIT_CONTROL" and raised.value.wait is not None
    assert raised.value.wait.total_seconds() == 60


def test_a_wrong_key_is_a_matter_of_settings(app: Flask, side: FarSide) -> None:
    app.config["SMS_ACCESS_KEY_SECRET"] = "another"
    sms.install(app)
    with pytest.raises(PausedError, match="SignatureDoesNotMatch"):
        say()


def test_an_unknown_template_is_not_tried_for_ever(app: Flask, side: FarSide) -> None:
    app.config["SMS_TEMPLATES"] = '{"code": "SMS_999"}'
    sms.install(app)
    with pytest.raises((PausedError, RefusedError)):
        say()
