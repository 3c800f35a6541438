"""The platform's address over HTTP: every mode and form of both accounts, and everybody who is not the platform."""

import io
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import EnvironBuilder

from app.extensions import db
from app.models import WechatInbox, WechatUser
from tests.application import build
from tests.wechat.pushing import KEY, OLD_KEY, OPENID, Payload, Platform, event, text
from tests.wechat.test_pushed import BOMB
from wechat import events
from wechat.crypto import signature

# What is written is tested on both kinds of database in test_inbox.py and test_bot.py; here it is about who comes in.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def platform(app: Flask) -> Platform:
    return Platform(app)


def kept(app: Flask) -> list[Any]:
    db.session.rollback()
    return list(db.session.execute(select(WechatInbox).order_by(WechatInbox.id)).scalars())


def refused(platform: Platform, answer: Any, status: int = 403, code: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert not code or answer.text == code
    assert kept(platform.app) == [] and db.session.execute(select(WechatUser.id)).all() == []


# --- the check of the address -------------------------------------------------------------------------------------


def query(token: str = "a-token-of-the-tests", **more: str) -> dict[str, str]:
    stamp = more.get("timestamp", str(int(time.time())))
    return {"timestamp": stamp, "nonce": "77", "signature": signature(token, stamp, "77"), "echostr": "<b>1</b>"} | more


@pytest.mark.parametrize("name", ["official", "mini"])
def test_the_check_is_answered_as_plain_text(app: Flask, name: str) -> None:
    Platform(app, name)
    answer = app.test_client().get(f"/wechat/{name}", query_string=query())
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "<b>1</b>", "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "wrong", [query("another"), query(signature=""), query(timestamp="1409735669"), {}, query(nonce="78")]
)
def test_a_check_by_somebody_else_is_refused(platform: Platform, wrong: dict[str, str]) -> None:
    answer = platform.app.test_client().get("/wechat/official", query_string=wrong)
    assert answer.status_code == 403 and "<b>" not in answer.text


def test_an_account_without_a_token_has_no_address(app: Flask) -> None:
    platform = Platform(app)
    platform.settle(TOKEN="")
    assert platform.push(text("进度"), token="").status_code == 404
    assert app.test_client().get("/wechat/official", query_string=query("")).status_code == 404
    assert app.test_client().get("/wechat/work", query_string=query()).status_code == 404


# --- the modes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_the_official_account_is_answered_in_kind(app: Flask, mode: str, form: str) -> None:
    platform = Platform(app, mode=mode, form=form)
    answer = platform.push(text("帮助"))
    assert answer.status_code == 200 and answer.mimetype == "application/xml"
    assert ("<Encrypt>" in answer.text) == (mode != "plain")
    reply = platform.opened(answer)
    assert (reply["ToUserName"], reply["FromUserName"], reply["MsgType"]) == (OPENID, "gh_10f6c3c3ac5a", "text")
    assert "回复“进度”" in reply["Content"]


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_the_mini_program_is_acknowledged(app: Flask, mode: str, form: str) -> None:
    platform = Platform(app, "mini", mode, form, appid="wx00000000000000mp")
    answer = platform.push(text("进度"))
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "success", "text/plain")
    assert [(row.platform, row.kind, row.state) for row in kept(app)] == [("mini", "text", "done")]


def test_in_compatible_mode_the_encrypted_part_counts(app: Flask) -> None:
    platform = Platform(app, mode="compatible")
    body, asked = platform.envelope(text("帮助"))
    answer = platform.send(body.replace("帮助", "单位"), asked)
    assert "回复“进度”" in platform.opened(answer)["Content"]
    assert "用人单位" not in platform.opened(answer)["Content"]


def test_in_compatible_mode_what_the_console_still_sends_plain_is_taken(app: Flask) -> None:
    platform = Platform(app, mode="compatible")
    answer = platform.push(text("帮助"), mode="plain")
    assert "Encrypt" not in answer.text and "回复“进度”" in platform.opened(answer)["Content"]


def test_an_answer_is_encrypted_with_the_key_of_the_question(app: Flask) -> None:
    platform = Platform(app, keys=f"{KEY},{OLD_KEY}")
    for key in (KEY, OLD_KEY):
        answer = platform.push(text("帮助"), key=key)
        assert "回复“进度”" in platform.opened(answer, key)["Content"]


# --- who is not the platform --------------------------------------------------------------------------------------


def test_a_plain_message_is_refused_in_safe_mode(platform: Platform) -> None:
    """A downgrade: the signature in the address is right, and says nothing about the message."""
    refused(platform, platform.push(text("确认解绑"), mode="plain"), 403, "plaintext")


def test_a_key_that_is_no_more_is_refused(platform: Platform) -> None:
    refused(platform, platform.push(text("帮助"), key=OLD_KEY), 403, "undecipherable")


def test_a_message_for_another_account_is_refused(platform: Platform) -> None:
    refused(platform, platform.push(text("帮助"), appid="wx0000000000000000"), 403, "undecipherable")


def test_a_wrong_token_is_refused(platform: Platform) -> None:
    refused(platform, platform.push(text("帮助"), token="guessed"), 403, "signature")


@pytest.mark.parametrize("name", ["timestamp", "nonce", "msg_signature"])
def test_a_tampered_address_is_refused(platform: Platform, name: str) -> None:
    body, asked = platform.envelope(text("帮助"))
    refused(platform, platform.send(body, asked | {name: asked[name][:-1] + "x"}), 403, "signature")


def test_a_tampered_message_is_refused(platform: Platform) -> None:
    body, asked = platform.envelope(text("帮助"))
    at = body.index("CDATA[", body.index("<Encrypt>")) + 30
    tampered = body[:at] + ("A" if body[at] != "A" else "B") + body[at + 1 :]
    refused(platform, platform.send(tampered, asked), 403, "signature")


def test_a_recording_is_refused(platform: Platform) -> None:
    old = str(int(time.time()) - 3600)
    refused(platform, platform.push(text("帮助"), timestamp=old), 403, "stale")


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_an_entity_bomb_is_refused_before_it_is_read(app: Flask, mode: str) -> None:
    platform = Platform(app, mode=mode)
    _, asked = platform.envelope(text("帮助"), mode="plain")
    refused(platform, platform.send(BOMB, asked), 400, "declared")


@pytest.mark.parametrize("body", ["", "<xml>", "x", b"\xff\xfe\x00", "<Encrypt/>", "{}", "[]"])
def test_riddles_without_a_cipher_are_refused_in_safe_mode(platform: Platform, body: str | bytes) -> None:
    _, asked = platform.envelope(text("帮助"))
    answer = platform.send(body, asked)
    refused(platform, answer, answer.status_code)
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_more_than_64_kib_are_not_read(app: Flask, mode: str) -> None:
    platform = Platform(app, mode=mode)
    body, asked = platform.envelope(text("帮" * 25000))
    refused(platform, platform.send(body, asked), 413)
    fits, asked = platform.envelope(text("帮" * 14000))
    assert platform.send(fits, asked).status_code == 200


def test_a_stream_without_a_length_has_the_same_limit(platform: Platform) -> None:
    _, asked = platform.envelope(text("帮助"))
    for size, status in ((64 * 1024 + 1, "413"), (64 * 1024, "400")):
        told: list[str] = []
        environ = EnvironBuilder("/wechat/official", method="POST", query_string=asked).get_environ()
        environ.pop("CONTENT_LENGTH", None)
        environ |= {"wsgi.input": io.BytesIO(b"x" * size), "wsgi.input_terminated": True}
        b"".join(platform.app.wsgi_app(environ, lambda line, headers, info=None, told=told: told.append(line)))  # type: ignore[arg-type, misc]
        assert told[0].startswith(status)
    assert kept(platform.app) == []


# --- what is authentic is kept and acknowledged, whatever it is ---------------------------------------------------


def sealed(platform: Platform, written: str) -> Any:
    """Send any text in the platform's own envelope."""
    platform.written = lambda payload: payload if isinstance(payload, str) else Platform.written(platform, payload)  # type: ignore[method-assign]
    return platform.push(written)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no xml", "garbled"),
        (BOMB, "declared"),
        ("<a>" * 5000, "deep"),
        ("{" * 3000, "garbled"),
        ("<xml><MsgType>event</MsgType><Event>CLICK</Event></xml>", "no_sender"),
        ("<xml><MsgType>text</MsgType><MsgId>5</MsgId><Content>1</Content></xml>", "no_sender"),
    ],
)
def test_an_authentic_riddle_is_kept_and_acknowledged(platform: Platform, message: str, code: str) -> None:
    for _ in range(2):
        assert sealed(platform, message).text == "success"
    assert [(row.state, row.error) for row in kept(platform.app)] == [("failed", code)]


@pytest.mark.parametrize(
    "message",
    [
        event("subscribe_msg_sent_event"),
        event("TEMPLATESENDJOBFINISH"),
        event("poi_check_notify"),
        event("x" * 300),
        {**event("scan"), "EventKey": {"a": "b"}},
        {**text("x"), "Content": {"a": "b"}},
        {**text("x"), "MsgType": ""},
        {**text(""), "MsgType": "image", "PicUrl": "http://127.0.0.1/x.jpg", "MediaId": "1"},
    ],
)
@pytest.mark.parametrize("name", ["official", "mini"])
def test_any_event_and_any_message_is_acknowledged(app: Flask, name: str, message: Payload) -> None:
    platform = Platform(app, name)
    assert platform.push(message).status_code == 200
    assert len(kept(app)) == 1


def test_a_fault_of_ours_is_kept_and_acknowledged(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        db.session.execute(select(WechatUser.id)).all()
        raise KeyError("a secret")

    monkeypatch.setitem(events._EVENTS, ("official", "view"), broken)
    assert platform.push(event("VIEW")).text == "success"
    (row,) = kept(platform.app)
    assert (row.state, row.error, row.kind) == ("failed", "KeyError", "view")


def test_a_busy_database_lets_the_platform_say_it_again(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        busy = OperationalError("", {}, Exception("locked"))
        patch.setitem(events._EVENTS, ("official", "view"), lambda *_: (_ for _ in ()).throw(busy))
        body, asked = platform.envelope(event("VIEW"))
        assert platform.send(body, asked).status_code == 503
        assert kept(platform.app) == []
    assert platform.send(body, asked).text == "success"
    assert [row.state for row in kept(platform.app)] == ["done"]


def test_no_line_of_the_log_names_anybody(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    platform.say("我的号码是19900001111")
    platform.push(text("进度"), token="guessed")
    sealed(platform, "<xml>19900001111")
    lines = [str(vars(record)) for record in caplog.records]
    assert len(lines) >= 2
    assert not [line for line in lines for word in (OPENID, "19900001111", KEY, "a-token-of") if word in line]


def test_who_is_refused_too_often_waits(app: Flask, tmp_path: Path) -> None:
    settings = {"RATELIMIT_ENABLED": True, "RATELIMIT_STRATEGY": "moving-window"}
    platform = Platform(build(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, **settings))
    right = [platform.push(event("VIEW")).status_code for _ in range(125)]
    assert right == [200] * 125
    body, asked = platform.envelope(text("帮助"), token="guessed")
    answers = [platform.send(body, asked).status_code for _ in range(121)]
    assert answers == [403] * 120 + [429]
