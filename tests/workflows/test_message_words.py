"""Whatever the code that a delivery, a message, a pause or a dead letter ends up with: the staff read words."""

import re
from pathlib import Path

import pytest

from notifications import sms_outcomes
from wechat import outcomes
from workflows import message_words

ROOT = Path(__file__).resolve().parents[2]
# Where codes of ours are written: errors, waits, a delivery's error, what the ladder says of a message's end.
WRITTEN = [
    r"(?:Later|Paused|Refused|Ambiguous|Unreachable|Failed|Permanent)Error\(\"([a-z_]+)\"",
    r"failure\(\"([a-z_]+)\"\)",
    r"WaitUntil\([^,]+, \"([a-z_]+)\"",
    r"\"why\": \"([a-z_]+)\"",
    r"_put\(conn, journey, channel, at, \"([a-z_]+)\"\)",
    r"why = \"([a-z_]+)\" if .* else \"[a-z_]+\"",
    r"why = \"[a-z_]+\" if .* else \"([a-z_]+)\"",
    r"return \"([a-z_]+)\" if tried.state",
    r"in \(Standing.ACCEPTED, Standing.SENDING\) else \"([a-z_]+)\"",
    r"codes else \"([a-z_]+)\"",
    r"or \"(not_delivered|unknown)\"",
    r"coalesce\(_delivery.c.error, \"([a-z_]+)\"\)",
    r"else \"(unreadable)\"",
    r"error=\"([a-z_]+)\"",
]
ELSEWHERE = {"no_such_send"}  # of the inbox, which nobody shows


def ours() -> set[str]:
    """Return the codes that stand in the source as words."""
    files = [*ROOT.glob("notifications/*.py"), *ROOT.glob("wechat/*.py"), ROOT / "workflows" / "ladder.py"]
    text = "\n".join(path.read_text("utf-8") for path in files)
    return {code for pattern in WRITTEN for code in re.findall(pattern, text)} - ELSEWHERE


def test_the_search_finds_what_it_is_to_find() -> None:
    assert {
        *("not_configured", "busy", "number_budget", "not_needed", "no_event", "answer_lost", "back_off", "paused"),
        *("quiet_hours", "no_receipt", "no_channel", "not_proven", "too_late", "unreachable", "garbled", "timeout"),
        *("answer_lost", "certificate", "token_awaited", "worker_died", "not_delivered", "unknown", "unreadable"),
    } - ours() <= {"timeout", "answer_lost", "worker_died"}


@pytest.mark.parametrize("code", sorted({*outcomes.TABLE, *sms_outcomes.OUTCOMES} | ours()))
def test_every_code_that_is_stored_has_words(code: str) -> None:
    assert not message_words.reason(code).startswith("代码"), code


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, ""),
        ("", ""),
        ("number_budget", "该号码或当日短信数量已达平台上限，稍后发送"),
        ("failed:user block", "毕业生已拒收公众号消息（failed:user block）"),
        ("failed:system failed", "微信系统发送失败（failed:system failed）"),
        ("47003:thing1", "消息内容不符合微信模板要求（47003:thing1）"),
        ("unfit:time2", "消息内容放不进模板（unfit:time2）"),
        ("http_502", "平台返回异常（http_502）"),
        ("InvalidTimeStamp.Expired", "服务器时间不准（InvalidTimeStamp.Expired）"),
        ("isv.MOBILE_NUMBER_ILLEGAL", "手机号码无效（isv.MOBILE_NUMBER_ILLEGAL）"),
        ("isv.NEVER_HEARD_OF", "代码 isv.NEVER_HEARD_OF"),
        ("MK:0001", "代码 MK:0001"),
    ],
)
def test_a_code_in_words(code: str | None, words: str) -> None:
    assert message_words.reason(code) == words
