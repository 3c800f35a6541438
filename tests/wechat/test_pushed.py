"""What comes is read strictly: XML and JSON alike, no declarations, no depth, and a key that is its own."""

import json
import time
from typing import Any

import pytest
from flask import Flask

from tests.wechat.pushing import OPENID, event, finish, text, xml
from wechat.pushed import DeclaredError, Push, UnreadableError, media_key, parse, whole

POPUP = {"TemplateId": "t-1", "SubscribeStatusString": "accept", "PopupScene": "0"}
SENT = [{"TemplateId": "t-1", "MsgID": str(number), "ErrorCode": "0", "ErrorStatus": "success"} for number in (1, 2)]

BOMB = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml/>'


def push(payload: dict[str, Any], platform: str = "official", form: str = "xml") -> Push:
    written = json.dumps(payload) if form == "json" else xml(payload)
    return Push(platform, parse(written), written)


@pytest.mark.parametrize("bomb", [BOMB, OUTSIDE, "<!DOCTYPE xml><xml/>", "<!DOCTYPE a []><a/>"])
def test_declarations_are_refused(bomb: str) -> None:
    with pytest.raises(DeclaredError):
        parse(bomb)


def test_a_declaration_that_somebody_has_typed_is_text() -> None:
    assert push(text("<!DOCTYPE x [<!ENTITY a 'b'>]>")).payload["Content"] == "<!DOCTYPE x [<!ENTITY a 'b'>]>"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "   ",
        "text",
        "<xml>",
        "<xml>&b;</xml>",
        "<xml></xml><xml></xml>",
        "<xml>text</xml>",
        "{",
        "[1]",
        '{"a": ' * 20000,
        '{"a": ' + "[" * 50000,
        '{"a": ' + "9" * 6000 + "}",
        "<a>" * 9 + "</a>" * 9,
        "<a>" * 16000,
        "<xml>\x00</xml>",
    ],
)
def test_what_is_no_message(wrong: str) -> None:
    with pytest.raises(UnreadableError):
        parse(wrong)


def test_both_forms_read_alike() -> None:
    for form in ("xml", "json"):
        read = push(text("进度"), form=form)
        assert (read.openid, read.kind, read.is_event) == (OPENID, "text", False)
        read = push(event("CLICK", EventKey="help"), form=form)
        assert (read.kind, read.is_event, read.event_key) == ("click", True, "help")


@pytest.mark.parametrize("name", ["", "a b", "<script>", "x" * 65, "开"])
def test_who_cannot_be_a_sender(name: str) -> None:
    with pytest.raises(UnreadableError):
        push(text("进度") | {"FromUserName": name}).openid


@pytest.mark.parametrize(
    ("given", "number"),
    [("1", 1), (2**63 - 1, 2**63 - 1), (2**63, None), ("-1", None), ("1.5", None), ("٣", None), (True, None)]
    + [("9" * 30, None), ([1], None), (None, None), (" 7 ", 7), (1e3, None), ("9007199254740993", 9007199254740993)],
)
def test_numbers_have_63_bits(given: Any, number: int | None) -> None:
    assert whole({"MsgID": given}, "MsgID") == number


def test_lists_come_as_an_object_or_an_array_wrapped_or_not() -> None:
    for listed in (POPUP, [POPUP], [POPUP, POPUP | {"TemplateId": "t-2"}]):
        many = listed if isinstance(listed, list) else [listed]
        plain = event("subscribe_msg_popup_event", List=listed)
        wrapped = event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": listed})
        for form in ("xml", "json"):
            assert push(plain, "mini", form).listed == many
            assert push(wrapped, "mini", form).listed == many
    assert push(event("subscribe_msg_popup_event"), "mini").listed == []
    assert push(event("subscribe_msg_popup_event", List="x"), "mini").listed == []


def test_several_sends_in_one_push_are_told_apart() -> None:
    for payload in ({"List": SENT}, {"SubscribeMsgSentEvent": {"List": SENT}}):
        parts = push(event("subscribe_msg_sent_event", **payload), "mini").parts()
        assert [part.listed[0]["MsgID"] for part in parts] == ["1", "2"]
        assert len({part.key for part in parts}) == 2
    one = push(event("subscribe_msg_sent_event", List=SENT[0]), "mini")
    assert one.parts() == [one]


def test_a_key_is_the_same_for_a_repetition_and_another_for_anything_else() -> None:
    message = text("进度")
    assert push(message).key == push(message | {"CreateTime": 1}).key, "a message is known by its MsgId"
    tap = event("CLICK", EventKey="help")
    others = [tap | change for change in ({"CreateTime": 1}, {"EventKey": "progress"}, {"FromUserName": "other"})]
    events = [tap, *others, event("VIEW", EventKey="help"), finish(1), finish(2)]
    events += [event("subscribe_msg_sent_event", List=one) for one in SENT]
    assert len({push(one).key for one in events}) == len(events)
    assert push(tap).key == push(dict(reversed(tap.items()))).key
    checked = event("wxa_media_check", trace_id="trace-1", result={"suggest": "pass"})
    assert push(checked).key == push(checked | {"CreateTime": 5}).key == media_key("trace-1")


def test_the_platforms_seconds_count_where_they_are_of_these_minutes(app: Flask) -> None:
    seconds = int(time.time())
    early, late = (push(event("subscribe") | {"CreateTime": at}).happened_at for at in (seconds - 60, seconds - 59))
    assert (late - early).total_seconds() == 1
    shifted = [
        push(event("subscribe") | {"CreateTime": at}).happened_at for at in (1, seconds + 10**8, "x", seconds + 500)
    ]
    assert all(late < at for at in shifted)
