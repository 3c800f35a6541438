"""SMS on the far side, driven by Alibaba Cloud's own SDK: signature, limits, templates, receipts, what can be asked."""

import hashlib
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.models import Config

from simulator.clock import beijing
from simulator.sms import signature
from tests.far_side import SMS_TEMPLATES, FarSide

PHONE = "13800000001"
PARAMS = {
    "code": {"purpose": "登录", "code": "394021"},
    "upload_link": {"graduate": "演示甲", "token": "abc", "days": "7"},
    "link_reminder": {"graduate": "演示甲", "token": "abc", "until": "12月3日 18:00"},
    "image_uploaded": {"graduate": "演示甲"},
    "account_changed": {"what": "手机号"},
    "verification": {"outcome": "认证未通过"},
    "notice": {"title": "签约邀请"},
    "changed": {},
    "merged": {"count": "3"},
}


class Sender:
    """The SDK, as its user configures it."""

    def __init__(self, side: FarSide, **changed: str) -> None:
        given = {
            "access_key_id": side.vendors["SMS_ACCESS_KEY_ID"],
            "access_key_secret": side.vendors["SMS_ACCESS_KEY_SECRET"],
        } | changed
        self.side = side
        self.client = Client(Config(**given, endpoint=f"127.0.0.1:{side.port}", protocol="HTTP"))

    def send(self, template: str = "notice", params: Any = None, phone: str = PHONE, **changed: Any) -> dict[str, Any]:
        values = PARAMS.get(template, {}) if params is None else params
        request = {
            "phone_numbers": phone,
            "sign_name": self.side.vendors["SMS_SIGN_NAME"],
            "template_code": SMS_TEMPLATES.get(template, template),
            "template_param": values if isinstance(values, str) else json.dumps(values, ensure_ascii=False),
            "out_id": "o1",
        }
        return self.client.send_sms(models.SendSmsRequest(**(request | changed))).body.to_map()

    def ask(self, phone: str = PHONE, **changed: Any) -> dict[str, Any]:
        today = beijing(self.side.world.clock.now()).strftime("%Y%m%d")
        request = {"phone_number": phone, "send_date": today, "page_size": 10, "current_page": 1}
        return self.client.query_send_details(models.QuerySendDetailsRequest(**(request | changed))).body.to_map()

    def details(self, **changed: Any) -> list[dict[str, Any]]:
        return self.ask(**changed)["SmsSendDetailDTOs"]["SmsSendDetailDTO"]


@pytest.fixture
def pushed(far_side: FarSide) -> list[Any]:
    """The batches of receipts that were pushed, with their addresses; all are taken."""
    batches: list[Any] = []
    far_side.world.pushes.post = lambda url, body, kind: (
        batches.append((url, json.loads(body))) or (200, b'{"code": 0, "msg": "ok"}')
    )
    return batches


@pytest.fixture
def sender(far_side: FarSide, pushed: list[Any]) -> Sender:
    return Sender(far_side)


@pytest.mark.parametrize("template", PARAMS)
def test_every_template_is_a_sentence_on_the_phone(sender: Sender, template: str) -> None:
    sent = sender.send(template)
    assert (sent["Code"], sent["Message"]) == ("OK", "OK") and sent["BizId"]
    (message,) = sender.side.messages(channel="sms", receiver=PHONE)
    assert message["text"].startswith("【示例签约平台】") and message["text"].endswith(("。", "！"))
    assert "{" not in message["text"] and all(value in message["text"] for value in PARAMS[template].values())
    assert (message["client_id"], message["number"], message["delivered"]) == ("o1", sent["BizId"], True)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"access_key_secret": "wrong"}, "SignatureDoesNotMatch"),
        ({"access_key_id": "unknown"}, "InvalidAccessKeyId.NotFound"),
    ],
)
def test_a_wrong_signature_is_refused(far_side: FarSide, changed: dict[str, str], code: str) -> None:
    with pytest.raises(Exception, match=code.split(".")[0]) as refused:
        Sender(far_side, **changed).send()
    assert refused.value.code == code
    assert far_side.messages() == []


def signed_call(side: FarSide, **changed: Any) -> tuple[int, str]:
    """Call with a signature of this test's own; each part may be changed after signing."""
    query = "PhoneNumbers=13800000001&SignName=%E7%A4%BA&TemplateCode=x"
    headers = {
        "host": f"127.0.0.1:{side.port}",
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": changed.pop("date", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        "x-acs-signature-nonce": changed.pop("nonce", str(time.monotonic_ns())),
        "x-acs-version": "2017-05-25",
    }
    names = changed.pop("names", sorted(headers))
    secret = side.vendors["SMS_ACCESS_KEY_SECRET"]
    proof = signature.signature(secret, "POST", "/", query, headers, names)
    key = side.vendors["SMS_ACCESS_KEY_ID"]
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={';'.join(names)},Signature={changed.pop('proof', proof)}"
    )
    body, query = changed.pop("body", b""), changed.pop("query", query)
    request = urllib.request.Request(f"{side.url}/?{query}", body, headers | changed, method="POST")
    request.add_unredirected_header("content-type", "application/x-www-form-urlencoded")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)["Code"]
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)["Code"]


def test_every_part_of_a_call_is_signed(far_side: FarSide) -> None:
    assert signed_call(far_side) == (200, "isv.SMS_SIGNATURE_ILLEGAL")
    mismatch = (400, "SignatureDoesNotMatch")
    assert signed_call(far_side, query="PhoneNumbers=13800000002&SignName=%E7%A4%BA&TemplateCode=x") == mismatch
    assert signed_call(far_side, body=b"x=1") == mismatch
    assert signed_call(far_side, proof="0" * 64) == mismatch
    assert signed_call(far_side, **{"x-acs-action": "QuerySendDetails"}) == mismatch
    assert signed_call(far_side, names=["host", "x-acs-action"]) == (400, "IncompleteSignature")
    assert signed_call(far_side, date="2020-01-01T00:00:00Z") == (400, "InvalidTimeStamp.Expired")
    assert signed_call(far_side, date="yesterday") == (400, "InvalidTimeStamp.Format")
    assert signed_call(far_side, nonce="once") == (200, "isv.SMS_SIGNATURE_ILLEGAL")
    assert signed_call(far_side, nonce="once") == (400, "SignatureNonceUsed")


@pytest.mark.parametrize(
    ("template", "params", "changed", "code"),
    [
        ("notice", None, {"phone_numbers": "1380000000"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ("notice", None, {"phone_numbers": "12800000001"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ("notice", None, {"sign_name": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ("SMS_1", None, {}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ("notice", {}, {}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ("notice", {"title": ""}, {}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ("notice", {"title": "长" * 36}, {}, "isv.PARAM_LENGTH_LIMIT"),
        ("notice", {"title": "违禁内容"}, {}, "isv.BLACK_KEY_CONTROL_LIMIT"),
        ("notice", "{broken", {}, "isv.INVALID_JSON_PARAM"),
        ("notice", "[1]", {}, "isv.INVALID_JSON_PARAM"),
    ],
)
def test_a_business_failure_comes_with_200(
    sender: Sender, template: str, params: Any, changed: dict[str, str], code: str
) -> None:
    refused = sender.send(template, params, **changed)
    assert refused["Code"] == code and "BizId" not in refused
    assert sender.side.messages() == []


def test_a_variable_may_have_35_characters_and_a_number_its_prefix(sender: Sender) -> None:
    assert sender.send("notice", {"title": "长" * 35}, phone=f"+86{PHONE}")["Code"] == "OK"
    assert sender.side.messages()[0]["receiver"] == PHONE


def test_codes_are_limited_by_minute_hour_and_day(sender: Sender) -> None:
    clock = sender.side.world.clock
    clock.shift(86400 - (clock.now() + 8 * 3600) % 86400 + 1)  # a moment after midnight in Beijing
    assert sender.send("code")["Code"] == "OK"
    assert sender.send("code")["Message"] == "触发分钟级流控Permits:1"
    for _ in range(4):
        clock.shift(61)
        assert sender.send("code")["Code"] == "OK"
    clock.shift(61)
    assert (refused := sender.send("code"))["Message"] == "触发小时级流控Permits:5"
    assert refused["Code"] == "isv.BUSINESS_LIMIT_CONTROL"
    clock.shift(3601)
    for _ in range(5):
        clock.shift(61)
        assert sender.send("code")["Code"] == "OK"
    clock.shift(3601)
    assert sender.send("code")["Message"] == "触发天级流控Permits:10"
    assert sender.send("code", phone="13800000002")["Code"] == "OK"
    clock.shift(86400)
    assert sender.send("code")["Code"] == "OK"


def test_fifty_notices_a_day_of_one_template_to_one_number(sender: Sender) -> None:
    codes = [sender.send("notice", phone=",".join([PHONE] * 1))["Code"] for _ in range(51)]
    assert codes == ["OK"] * 50 + ["isv.BUSINESS_LIMIT_CONTROL"]
    assert sender.send("changed")["Code"] == sender.send("notice", phone="13800000002")["Code"] == "OK"


def test_nothing_is_idempotent(sender: Sender) -> None:
    first, second = sender.send(), sender.send()
    assert first["BizId"] != second["BizId"]
    assert len(sender.side.messages(client_id="o1")) == 2


def test_what_became_of_a_text_message_can_be_asked(sender: Sender) -> None:
    side = sender.side
    side.control("outcomes", channel="sms", outcome="MK:0005", receiver=PHONE)
    side.control("outcomes", channel="sms", outcome="waiting")
    numbers = [sender.send(out_id=f"o{n}")["BizId"] for n in range(3)]
    assert {detail["SendStatus"] for detail in sender.details()} == {1}  # the operator needs a moment
    side.world.clock.shift(2)
    found = {detail["OutId"]: (detail["SendStatus"], detail.get("ErrCode")) for detail in sender.details()}
    assert found == {"o0": (2, "MK:0005"), "o1": (1, None), "o2": (3, "DELIVERED")}
    assert [detail["OutId"] for detail in sender.details(biz_id=numbers[2])] == ["o2"]
    assert [d["OutId"] for n in (1, 2) for d in sender.details(page_size=2, current_page=n)] == ["o2", "o1", "o0"]
    assert sender.ask(send_date="20200101")["TotalCount"] == sender.ask(phone="13800000002")["TotalCount"] == 0
    for wrong in ({"send_date": "today"}, {"page_size": 51}, {"current_page": 0}, {"send_date": "20261399"}):
        assert sender.ask(**wrong)["Code"] == "isv.INVALID_PARAMETERS"


def test_receipts_come_in_batches_with_the_operator_s_word(sender: Sender, pushed: list[Any]) -> None:
    side = sender.side
    side.control("outcomes", channel="sms", outcome="MK:0005")
    side.control("outcomes", channel="sms", outcome="waiting")
    numbers = [sender.send(out_id=f"o{n}")["BizId"] for n in range(3)]
    side.control("clock", shift=2)
    assert side.control("pushes/settle")["quiet"]
    receipts = {receipt["biz_id"]: receipt for _, batch in pushed for receipt in batch}
    assert {url.rpartition("/")[2] for url, _ in pushed} == {side.vendors["SMS_RECEIPT_SECRET"]}
    assert [receipts[n]["success"] for n in (numbers[0], numbers[2])] == [False, True]
    assert (receipts[numbers[0]]["err_code"], receipts[numbers[0]]["out_id"]) == ("MK:0005", "o0")
    assert numbers[1] not in receipts
    side.control("sms/report", biz_id=numbers[1], outcome="DELIVERED")
    side.control("clock", shift=2)
    assert side.control("pushes/settle")["quiet"]
    assert pushed[-1][1][0]["biz_id"] == numbers[1]


def test_receipts_that_are_not_taken_come_again_after_one_five_and_ten_minutes(far_side: FarSide) -> None:
    tries: list[float] = []
    answers = iter(((500, b""), (200, b"ok"), (200, b'{"code": 1}'), (200, b'{"code": 0}')))
    far_side.world.pushes.post = lambda *_: tries.append(far_side.world.clock.offset) or next(answers)
    Sender(far_side).send()
    for shift in (2, 61, 301, 601, 3600):
        far_side.control("clock", shift=shift)
        assert far_side.control("pushes/settle")["quiet"]
    assert tries == [2, 63, 364, 965]
    assert far_side.control("pushes", "GET")["pushes"][0]["state"] == "sent"


def test_many_numbers_in_one_call_are_one_send(sender: Sender) -> None:
    sent = sender.send(phone="13800000001,13800000002")
    assert {m["receiver"] for m in sender.side.messages(number=sent["BizId"])} == {"13800000001", "13800000002"}
