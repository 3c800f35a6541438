"""Passive replies: what closes a section is taken apart, and what XML cannot hold is left out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werobot.parser import parse_xml

from wechat.pushed import parse
from wechat.replies import safe, text_reply

AT = datetime(2026, 11, 20, tzinfo=UTC)
SENT = {"ToUserName": "gh_1", "FromUserName": "o1"}
EVIL = "甲]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[乙"


@pytest.mark.parametrize("text", [EVIL, "]]>", "]]]]>>", "]]>]]>", "a]]", ">", "<![CDATA[x]]>", "&amp;<b>"])
def test_defect_7_what_closes_a_section_injects_nothing(text: str) -> None:
    reply = text_reply(SENT, text, AT)
    for read in (parse(reply), parse_xml(reply)):
        assert set(read) - {"raw"} == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
        assert (read["MsgType"], read["Content"]) == ("text", text)


def test_defect_7_names_inject_nothing_either() -> None:
    reply = parse(text_reply({"ToUserName": EVIL, "FromUserName": EVIL}, "x", AT))
    assert (reply["FromUserName"], reply["MsgType"], reply["Content"]) == (EVIL, "text", "x")


@given(st.text(max_size=400))
def test_any_text_makes_one_readable_reply(text: str) -> None:
    reply = parse(text_reply(SENT, text, AT))
    assert reply["MsgType"] == "text" and set(reply) == {
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Content",
    }


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert safe("a\x00\x0b\ud800\ufffeb\n") == "ab\n"
    assert parse(text_reply(SENT, "a\x00b", AT))["CreateTime"] == str(int(AT.timestamp()))
