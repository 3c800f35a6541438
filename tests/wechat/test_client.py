"""Defects 1 to 6 and 9 of the client library, each shown closed; what comes back is believed only with its proof."""

import io
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import bounded_http, logs
from app.errors import ApiError
from app.extensions import db
from app.writing import rollback
from tests.application import AUTUMN
from tests.wechat import scripted
from tests.wechat.scripted import MINI_SECRET, SECRET, TOKEN_PATH, Platform, code, raw, reset, says, silence
from wechat import client, links, logins, sending, transport
from workflows.sending import Accepted, AmbiguousError, LaterError, PausedError, RefusedError, SendError

SEND = "/" + sending.TEMPLATE_SEND
OPENID = "oOPENID-of-a-graduate"
FIELDS = {"title": "杭州西湖科技有限公司", "about": "签约邀请", "time": AUTUMN, "hint": "请及时处理"}
HTML = b"<html><title>502 Bad Gateway</title></html>"


def send() -> Accepted:
    return sending.send_template(OPENID, "invitation", FIELDS, "pages/a/b?id=1", "m" * 20)


def failing(kind: type[SendError], ask: Any = send) -> SendError:
    """Return the failure of a call; the failures of vendors, which hold what is secret, do not hang on it."""
    with pytest.raises(kind) as caught:
        ask()
    assert type(caught.value) is kind
    return caught.value


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let patience be short."""
    monkeypatch.setattr(bounded_http, "READ", 0.3)
    monkeypatch.setattr(bounded_http, "LONGEST", 0.9)


@contextmanager
def taking_less_than(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


# --- 1: the token request has a time-out ---------------------------------------------------------------------------


def test_defect_1_a_token_that_does_not_come_is_given_up(platform: Platform, quick: None) -> None:
    platform.answers(TOKEN_PATH, silence(3))
    with taking_less_than(2):
        assert failing(LaterError).code == "no_answer"  # nothing has been sent yet
    assert platform.at(SEND) == []


def test_defect_1_the_limits_are_two_and_five_seconds() -> None:
    assert (bounded_http.CONNECT, bounded_http.READ) == (2, 5)


def test_defect_1_a_platform_that_takes_no_connection_is_given_up(bare: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "CONNECT", 0.3)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        bare.config.update(scripted.SETTINGS | {"WECHAT_API_URL": f"http://127.0.0.1:{deaf.getsockname()[1]}"})
        client.install(bare)
        with taking_less_than(3):
            assert failing(LaterError).code == "unreachable"
        for one in crowd:
            one.close()


def test_defect_1_nor_may_an_answer_come_drop_by_drop(platform: Platform, quick: None) -> None:
    body = b'{"errcode": 0, "msgid": 1}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n" + body + b"\r\n0\r\n\r\n"
    for answer in (head + body, chunked, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200):
        platform.answers(SEND, raw(answer, pause=0.06))
        with taking_less_than(2):
            assert failing(AmbiguousError).code == "no_answer"


# --- 2: a persistent 40001 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [40001, 40014, 42001])
def test_defect_2_a_token_refused_for_ever_is_refreshed_once(platform: Platform, number: int) -> None:
    platform.answers(SEND, code(number))
    assert failing(PausedError).code == str(number)
    assert (platform.tokens, len(platform.at(SEND))) == (2, 2)
    assert [asked.query["access_token"] for asked in platform.at(SEND)] == ["token-1", "token-2"]
    assert all("force_refresh" not in asked.body for asked in platform.at(TOKEN_PATH))


@pytest.mark.parametrize("number", [40001, 40014, 42001])
def test_defect_2_a_token_refused_once_costs_one_refresh(platform: Platform, number: int) -> None:
    platform.answers(SEND, code(number), says({"errcode": 0, "msgid": 7}))
    assert send() == Accepted(number=7)
    assert send() == Accepted(number=7)
    assert platform.tokens == 2


def test_defect_2_the_token_call_itself_is_not_repeated(platform: Platform) -> None:
    platform.answers(TOKEN_PATH, code(40001, "invalid credential"))
    assert failing(PausedError).code == "40001"
    assert len(platform.at(TOKEN_PATH)) == 1


# --- 3: HTTP 200 is no success --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        b"",
        b'{"errcode": 0, "errms',
        b"null",
        b"[]",
        b'"ok"',
        b"{}",
        b'{"msgid": 5}',
        b'{"errmsg": "ok"}',
        b'{"errcode": null}',
        b'{"errcode": "0"}',
        b'{"errcode": false}',
        b'{"errcode": 0.0}',
        b"\xff\xfe{",
        b'{"errcode": 0, "x": "' + b"x" * transport.LARGEST + b'"}',
    ],
    ids=lambda answer: repr(answer[:20]),
)
def test_defect_3_an_answer_without_its_proof_is_no_success(platform: Platform, answer: bytes) -> None:
    platform.answers(SEND, says(answer))
    assert failing(AmbiguousError).code == "garbled"


def test_defect_3_nor_is_one_cut_short(platform: Platform) -> None:
    platform.answers(SEND, raw(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"errcode": 0}'))
    assert failing(AmbiguousError).code == "no_answer"


@pytest.mark.parametrize("path", sorted(client.PROOF))
def test_defect_3_a_call_that_brings_something_must_bring_it(platform: Platform, path: str) -> None:
    account = client.account("official")
    for answer in ({"errcode": 0, "errmsg": "ok"}, {}, {"other": 1}):
        platform.answers(f"/{path}", says(answer))
        with pytest.raises((AmbiguousError, LaterError)) as caught:
            account.call(path)
        assert caught.value.code == "garbled"
    if path != client.STABLE_TOKEN:
        platform.answers(f"/{path}", says({client.PROOF[path]: 1}))
        assert account.call(path) == {client.PROOF[path]: 1}


@pytest.mark.parametrize(
    "answer",
    [{"access_token": "", "expires_in": 7200}, {"access_token": 1, "expires_in": 7200}, {"access_token": "t"}]
    + [{"access_token": "t", "expires_in": seconds} for seconds in (0, -1, "7200", True, None, 10**9)],
    ids=repr,
)
def test_defect_3_a_token_must_be_one(platform: Platform, answer: Any) -> None:
    platform.answers(TOKEN_PATH, says(answer))
    assert failing(LaterError).code == "garbled"


@pytest.mark.parametrize(("status", "kind"), [(500, AmbiguousError), (502, AmbiguousError), (404, LaterError)])
def test_defect_3_other_statuses_are_no_success(platform: Platform, status: int, kind: type[SendError]) -> None:
    platform.answers(SEND, says({"errcode": 0, "msgid": 1}, status))
    assert failing(kind).code == f"http_{status}"


def test_no_redirect_is_followed(platform: Platform) -> None:
    platform.answers(SEND, raw(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"))
    assert failing(LaterError).code == "http_302"
    assert platform.at("/elsewhere") == []


# --- what may have taken effect -------------------------------------------------------------------------------------


def test_a_read_time_out_is_ambiguous_and_not_repeated(platform: Platform, quick: None) -> None:
    platform.answers(SEND, silence(2))
    assert failing(AmbiguousError).code == "no_answer"
    assert len(platform.at(SEND)) == 1


def test_a_reset_after_the_request_is_ambiguous_and_not_repeated(platform: Platform) -> None:
    platform.answers(SEND, reset)
    assert failing(AmbiguousError).code == "no_answer"
    assert len(platform.at(SEND)) == 1


def test_a_refused_connection_is_not(bare: Flask, platform: Platform) -> None:
    assert send().number
    platform.close()
    client.install(bare)  # as after a restart: no connection is open; the token comes from the row
    assert failing(LaterError).code == "unreachable"


@pytest.mark.parametrize(
    "reply", [silence(2), reset, says(HTML), says(HTML, 502)], ids=["silence", "reset", "html", "502"]
)
def test_a_token_that_does_not_come_means_that_nothing_went_out(platform: Platform, quick: None, reply: Any) -> None:
    platform.answers(TOKEN_PATH, reply)
    failing(LaterError)
    assert platform.at(SEND) == []


# --- 5: signing in needs no access token ----------------------------------------------------------------------------


def test_defect_5_code_to_session_neither_fetches_nor_sends_a_token(platform: Platform) -> None:
    platform.answers("/sns/jscode2session", says({"openid": "o1", "session_key": "k"}, kind="text/plain"))
    assert logins.session_of("js-code") == logins.MiniLogin("o1", None)
    [asked] = platform.asked
    assert asked.query == {
        "appid": "wxmini",
        "secret": MINI_SECRET,
        "js_code": "js-code",
        "grant_type": "authorization_code",
    }


# --- 6: what is secret stays in ------------------------------------------------------------------------------------

CALLS: dict[str, Any] = {
    "send": send,
    "sign in": lambda: logins.session_of("the-js-code"),
    "phone": lambda: logins.phone_of("the-phone-code", OPENID),
    "menu": lambda: client.account("official").menu.get(),
    "scene": lambda: links.scene_qr("scene-token"),
}
REPLIES = {
    "html": says(HTML),
    "502": says(HTML, 502),
    "silence": silence(2),
    "reset": reset,
    "bad headers": raw(b"HTTP/1.1 200 OK\r\nBroken header line\r\nContent-Length: 2\r\n\r\n{}"),
    "no http": raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "refusal": code(40013, f"invalid appid {SECRET} {MINI_SECRET} {OPENID} the-js-code token-1"),
    "wrong field": code(47003, f"argument invalid! data.{OPENID}.value data.thing2.value {SECRET}"),
}
SECRETS = (SECRET, MINI_SECRET, "the-js-code", "the-phone-code", "token-1", OPENID, "scene-token")


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize("call", CALLS)
def test_defect_6_no_exception_and_no_line_holds_a_secret(
    platform: Platform, quick: None, call: str, reply: str
) -> None:
    said, root = io.StringIO(), logging.getLogger()
    hearing = logging.StreamHandler(said)
    hearing.setFormatter(logs.JsonLines())
    plain = logging.StreamHandler(said)
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(hearing), root.addHandler(plain)
    for path in (SEND, "/sns/jscode2session", "/wxa/business/getuserphonenumber", "/cgi-bin/menu/get"):
        platform.answers(path, REPLIES[reply])
    platform.answers("/cgi-bin/qrcode/create", REPLIES[reply])
    try:
        with pytest.raises((SendError, ApiError)) as caught:
            CALLS[call]()
    finally:
        root.removeHandler(hearing), root.removeHandler(plain)
        root.setLevel(level)
    lines, error = said.getvalue(), caught.value
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__context__ or error.__cause__
    words = lines + " ".join(f"{one!s} {one!r} {vars(one)}" for one in chain)
    assert [secret for secret in SECRETS if secret in words] == []


def test_defect_6_the_field_at_fault_is_named_and_nothing_else(platform: Platform) -> None:
    platform.answers(SEND, code(47003, f"argument invalid! data.thing2.value of {OPENID} invalid rid: 65"))
    assert failing(RefusedError).code == "47003:thing2"


# --- 9: what the library does not know ------------------------------------------------------------------------------


def test_defect_9_the_stable_token_is_asked_for_and_never_by_force(platform: Platform) -> None:
    send()
    [asked] = platform.at(TOKEN_PATH)
    assert (asked.method, asked.query) == ("POST", {})
    assert asked.body == {"grant_type": "client_credential", "appid": "wxofficial", "secret": SECRET}


def test_defect_9_the_librarys_own_ways_to_a_token_are_closed(platform: Platform) -> None:
    account = client.account("official")
    with pytest.raises(RuntimeError):
        account.fetch_access_token()
    for way in (
        lambda: account.get("https://elsewhere.example/"),
        lambda: account.post("media/upload", files={"media": b""}),
    ):
        with pytest.raises(RuntimeError):
            way()
    assert platform.asked == []


def test_the_librarys_calls_go_through_the_door(platform: Platform) -> None:
    platform.answers("/cgi-bin/user/info/batchget", says({"user_info_list": [{"openid": "o1", "subscribe": 1}]}))
    account = client.account("official")
    assert account.user.get_batch(["o1"]) == [{"openid": "o1", "subscribe": 1}]
    account.menu.delete()
    assert platform.at("/cgi-bin/user/info/batchget")[0].query == {"access_token": "token-1"}
    assert platform.at("/cgi-bin/menu/delete")[0].method == "GET"


# --- the door itself ------------------------------------------------------------------------------------------------


def test_no_call_is_made_inside_a_transaction(platform: Platform) -> None:
    db.session.execute(text("SELECT 1"))
    with pytest.raises(RuntimeError, match="inside a transaction"):
        send()
    assert platform.asked == []
    rollback()
    assert send().number


def test_no_transaction_is_open_while_the_platform_is_asked(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, exchange = [], transport.Transport.exchange

    def looking(self: transport.Transport, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        seen.append((target.partition("?")[0], db.session().in_transaction()))
        return exchange(self, method, target, body)

    monkeypatch.setattr(transport.Transport, "exchange", looking)
    platform.answers(SEND, code(40001), says({"errcode": 0, "msgid": 1}))
    send()
    token = (client.STABLE_TOKEN, False)
    assert seen == [token, (sending.TEMPLATE_SEND, False), token, (sending.TEMPLATE_SEND, False)]


def test_an_account_without_an_appid_is_not_there(bare: Flask, platform: Platform) -> None:
    platform.connect(bare, WECHAT_OFFICIAL_APPID="")
    assert not client.has("official") and client.has("mini")
    assert failing(PausedError).code == "not_configured"
    assert platform.asked == []


def test_connections_are_used_again(platform: Platform) -> None:
    for _ in range(5):
        send()
    assert (len(platform.at(SEND)), platform.connections) == (5, 1)
