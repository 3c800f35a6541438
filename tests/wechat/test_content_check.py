"""The content check: off it never calls, on it says what is risky, out of reach it stops nobody."""

from typing import Any

import pytest
from flask import Flask

from app.config import SettingsError
from tests.wechat.scripted import Platform, code, reset, says
from wechat import content_check, content_gate
from wechat.content_check import Scene
from workflows.sending import AmbiguousError, LaterError, SendError

TEXT, PICTURE = "/wxa/msg_sec_check", "/wxa/media_check_async"


def judged(suggest: str) -> Any:
    return says({"errcode": 0, "errmsg": "ok", "result": {"suggest": suggest, "label": 100}, "trace_id": "t1"})


@pytest.fixture
def switched_on(bare: Flask, platform: Platform) -> Platform:
    bare.config["WECHAT_CONTENT_CHECK"] = "texts"
    return platform


def test_off_it_never_calls(platform: Platform) -> None:
    assert content_check.risky("文字", "o1") is False
    assert not content_check.sees_pictures() and platform.asked == []


def test_a_text_is_looked_at_by_the_second_version(switched_on: Platform) -> None:
    switched_on.answers(TEXT, judged("pass"))
    assert content_check.risky("岗位职责", "o1", Scene.COMMENT) is False
    [asked] = switched_on.at(TEXT)
    assert asked.body == {"content": "岗位职责", "version": 2, "scene": 2, "openid": "o1"}


@pytest.mark.parametrize(("suggest", "risky"), [("risky", True), ("review", False), ("pass", False)])
def test_only_risky_is_risky(switched_on: Platform, suggest: str, risky: bool) -> None:
    switched_on.answers(TEXT, judged(suggest))
    assert content_check.risky("文字", "o1") is risky


def test_a_long_text_is_looked_at_to_its_end(switched_on: Platform) -> None:
    switched_on.answers(TEXT, judged("pass"), judged("pass"), judged("risky"))
    assert content_check.risky("长" * 6000, "o1") is True
    assert [len(asked.body["content"]) for asked in switched_on.at(TEXT)] == [2500, 2500, 1000]
    assert content_check.risky("", "o1") is False


@pytest.mark.parametrize(
    "reply",
    [code(61010), code(-1), code(45009), reset, says(b"<html>"), says({"errcode": 0})],
    ids=["61010", "busy", "quota", "reset", "html", "no verdict"],
)
def test_a_platform_that_does_not_answer_stops_nobody(bare: Flask, switched_on: Platform, reply: Any) -> None:
    switched_on.answers(TEXT, reply)
    assert content_check.risky("文字", "o1") is False


def test_nor_does_it_make_anybody_wait_again_for_a_while(switched_on: Platform) -> None:
    switched_on.answers(TEXT, code(61010), reset)
    for _ in range(4):  # who was not in the mini-program lately is refused alone; after the reset nobody is asked
        content_check.risky("文字", "o1")
    assert len(switched_on.at(TEXT)) == 2


@pytest.mark.parametrize("one", [40003, 61010, 87014])
def test_one_persons_trouble_switches_nothing_off_for_others(switched_on: Platform, one: int) -> None:
    switched_on.answers(TEXT, code(one), judged("risky"))
    assert content_check.risky("文字", "o-of-nobody") is False
    assert content_check.risky("文字", "o1") is True


def test_pictures_rest_together_with_texts(bare: Flask, switched_on: Platform) -> None:
    switched_on.answers(PICTURE, reset)
    with pytest.raises(AmbiguousError):
        content_check.ask_about_picture("https://x/y.jpg", "o1")
    with pytest.raises(LaterError, match="resting"):
        content_check.ask_about_picture("https://x/y.jpg", "o1")
    assert content_check.risky("文字", "o1") is False
    assert len(switched_on.at(PICTURE)) == 1 and switched_on.at(TEXT) == []


def test_a_picture_is_asked_about_by_its_address(switched_on: Platform) -> None:
    switched_on.answers(PICTURE, says({"errcode": 0, "trace_id": "trace-1"}))
    assert content_check.ask_about_picture("https://x/y.jpg", "o1") == "trace-1"
    [asked] = switched_on.at(PICTURE)
    assert asked.body == {
        "media_url": "https://x/y.jpg",
        "media_type": 2,
        "version": 2,
        "scene": 1,
        "openid": "o1",
    }


def test_a_picture_without_an_answer_is_an_error(switched_on: Platform) -> None:
    switched_on.answers(PICTURE, says({"errcode": 0}))
    with pytest.raises(SendError):
        content_check.ask_about_picture("https://x/y.jpg", "o1")


@pytest.mark.parametrize(("reach", "texts", "pictures"), [("off", 0, 0), ("texts", 1, 0), ("all", 1, 1)])
def test_how_far_it_reaches(bare: Flask, platform: Platform, reach: str, texts: int, pictures: int) -> None:
    bare.config["WECHAT_CONTENT_CHECK"] = reach
    assert (content_check.is_on(), content_check.sees_pictures()) == (bool(texts), bool(pictures))


def test_an_unknown_reach_is_refused(bare: Flask) -> None:
    bare.config["WECHAT_CONTENT_CHECK"] = "on"
    with pytest.raises(SettingsError, match="WECHAT_CONTENT_CHECK"):
        content_gate.install(bare)


def test_without_a_mini_program_it_is_off(bare: Flask, switched_on: Platform) -> None:
    switched_on.connect(bare, WECHAT_MINI_APPID="", WECHAT_CONTENT_CHECK="texts")
    assert not content_check.is_on()
