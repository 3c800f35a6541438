"""Signatures and ciphers: the platform's public vectors, keys during a change, and what is broken or forged."""

import base64
import dataclasses
import hmac
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werobot.crypto import MessageCrypt, PrpCrypto

from app.config import SettingsError
from tests.wechat.pushing import KEY, OLD_KEY
from wechat import crypto
from wechat.crypto import Door, ForgedError, signature

# The sample of the platform's own WXBizMsgCrypt.
ENCRYPT = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbU"
    "Ah0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6N"
    "PhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C"
    "0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
QUERY = {
    "timestamp": "1409735669",
    "nonce": "1320562132",
    "signature": "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a",
    "msg_signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
}
BODY = (
    f"<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><Encrypt><![CDATA[{ENCRYPT}]]></Encrypt></xml>".encode()
)
DOOR = Door("official", "wx2c2769f8efd9abc2", "spamtest", (KEY,), "safe")
SENT_AT = datetime.fromtimestamp(1409735669, UTC)


@pytest.fixture(autouse=True)
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the second of the sample."""
    monkeypatch.setattr(crypto, "wall", lambda: SENT_AT)
    monkeypatch.setattr(crypto, "now", lambda: SENT_AT)


def code_of(door: Door, query: dict[str, str], body: bytes) -> str:
    with pytest.raises(ForgedError) as refused:
        door.open(query, body)
    return refused.value.code


def sealed(raw: bytes, door: Door = DOOR) -> tuple[dict[str, str], bytes]:
    """Return a push with any ciphertext under a right signature."""
    text = base64.b64encode(raw).decode()
    query = QUERY | {"msg_signature": signature(door.token, QUERY["timestamp"], QUERY["nonce"], text)}
    return query, f"<xml><Encrypt>{text}</Encrypt></xml>".encode()


def test_the_public_vector_is_opened() -> None:
    opened = DOOR.open(QUERY, BODY)
    assert opened.key == KEY
    assert "<Content><![CDATA[abcdteT]]></Content>" in opened.text and "6054768590064713728" in opened.text


def test_the_public_vector_of_the_address_check() -> None:
    DOOR.knock(QUERY)


def test_what_we_seal_is_opened_by_a_library_that_we_did_not_write() -> None:
    reply = DOOR.seal("<xml>你好</xml>", KEY, QUERY)
    envelope = crypto.parse(reply)
    crypt = MessageCrypt(DOOR.token, KEY, DOOR.appid)
    told = (envelope[name] for name in ("TimeStamp", "Nonce", "MsgSignature", "Encrypt"))
    assert crypt.decrypt_message(*told).decode() == "<xml>你好</xml>"
    assert envelope["Nonce"] == QUERY["nonce"]


def test_old_and_new_keys_both_open_and_the_answer_goes_under_the_one_that_opened() -> None:
    both = dataclasses.replace(DOOR, keys=(OLD_KEY, KEY))
    assert both.open(QUERY, BODY).key == KEY
    assert dataclasses.replace(DOOR, keys=(KEY, OLD_KEY)).open(QUERY, BODY).key == KEY


def test_a_wrong_key_and_another_account_do_not_open() -> None:
    assert code_of(dataclasses.replace(DOOR, keys=(OLD_KEY,)), QUERY, BODY) == "undecipherable"
    assert code_of(dataclasses.replace(DOOR, appid="wx0000000000000000"), QUERY, BODY) == "undecipherable"


def test_the_signature_is_looked_at_before_the_cipher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_decrypt", lambda *_: pytest.fail("decrypted"))
    assert code_of(DOOR, QUERY | {"msg_signature": "0" * 40}, BODY) == "signature"
    assert code_of(DOOR, QUERY | {"msg_signature": "é" * 40}, BODY) == "signature"
    assert code_of(DOOR, {name: value for name, value in QUERY.items() if name != "msg_signature"}, BODY) == "signature"
    assert code_of(DOOR, QUERY | {"nonce": "1"}, BODY) == "signature"


def test_defect_8_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[Any, Any]] = []

    def noted(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return bool(one == other)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    DOOR.open(QUERY, BODY)
    DOOR.knock(QUERY)
    assert [right == given for right, given in compared] == [True, True]


def test_defect_8_broken_ciphertext_has_one_name() -> None:
    """Whatever is signed and cannot be opened is undecipherable: never a struct, index, key or value error."""
    chance = random.Random(8)
    right = base64.b64decode(ENCRYPT)
    broken = [b"", b"x", bytes(16), bytes(32), right[:-1], right[:-16], right[16:], right[:16]]
    broken += [chance.randbytes(chance.choice((16, 32, 64, 96))) for _ in range(300)]
    broken += [right[:at] + bytes([right[at] ^ 1]) + right[at + 1 :] for at in range(0, len(right), 7)]
    codes = []
    for raw in broken:
        query, body = sealed(raw)
        try:
            codes.append(DOOR.open(query, body).text)
        except ForgedError as error:
            codes.append(error.code)
    # A flipped bit garbles a block of the text and may leave its frame whole: that is a message that cannot be read.
    assert set(codes[:308]) <= {"undecipherable", "plaintext"}
    assert codes[:2] == ["plaintext", "undecipherable"]


@pytest.mark.parametrize("text", ["*", "====", "é", "a", "YWJj", "\x00", "𠮷" * 32])
def test_defect_8_what_is_no_ciphertext_at_all(text: str) -> None:
    query = QUERY | {"msg_signature": signature(DOOR.token, QUERY["timestamp"], QUERY["nonce"], text)}
    body = f'{{"Encrypt": "{text}"}}'.encode() if text != "\x00" else b'{"Encrypt": "\\u0000"}'
    assert code_of(DOOR, query, body) == "undecipherable"


@pytest.mark.parametrize("padding", [0, 1, 33, 255])
def test_defect_8_wrong_padding_and_length(padding: int) -> None:
    cipher = PrpCrypto(base64.b64decode(KEY + "=")).cipher
    for length in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"):
        encryptor = cipher.encryptor()
        plain = bytes(16) + length + b"<xml/>" + b"x" * 5 + bytes([padding])
        query, body = sealed(encryptor.update(plain.rjust(32, b"\x00")[-32:]) + encryptor.finalize())
        assert code_of(DOOR, query, body) == "undecipherable"


@pytest.mark.parametrize(
    ("age", "taken"), [(0, True), (599, True), (-599, True), (601, False), (-601, False), (10**8, False)]
)
def test_a_recording_is_refused_after_ten_minutes(monkeypatch: pytest.MonkeyPatch, age: int, taken: bool) -> None:
    for clock in ("wall", "now"):
        monkeypatch.setattr(crypto, clock, lambda: SENT_AT + timedelta(seconds=age))
    if taken:
        assert DOOR.open(QUERY, BODY).key
    else:
        assert code_of(DOOR, QUERY, BODY) == "stale"


def test_a_shifted_clock_of_a_demonstration_is_one_to_go_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "wall", lambda: SENT_AT + timedelta(days=9))
    assert DOOR.open(QUERY, BODY).key


@pytest.mark.parametrize("stamp", ["", "now", "-5", "1e9", "٣٣", "9" * 12, "9" * 400, "14097 35669"])
def test_what_is_no_time_is_refused(stamp: str) -> None:
    query = QUERY | {"timestamp": stamp, "msg_signature": signature("spamtest", stamp, QUERY["nonce"], ENCRYPT)}
    assert code_of(DOOR, query, BODY) == "stale"


@pytest.mark.parametrize(
    ("mode", "query", "body", "code"),
    [
        ("safe", QUERY, b"<xml><MsgType>text</MsgType></xml>", "plaintext"),
        ("safe", QUERY, b"<xml><Encrypt></Encrypt></xml>", "plaintext"),
        ("safe", QUERY, b"<xml><Encrypt><a>1</a></Encrypt></xml>", "plaintext"),
        ("safe", QUERY, b"<xml>", "garbled"),
        ("safe", QUERY, b"\xff\xfe", "garbled"),
        ("safe", QUERY, b"", "garbled"),
        ("compatible", QUERY | {"encrypt_type": "aes"}, b"<xml><MsgType>text</MsgType></xml>", "plaintext"),
        ("plain", QUERY, BODY, "encrypted"),
        ("plain", QUERY | {"signature": ""}, b"<xml><MsgType>text</MsgType></xml>", "signature"),
    ],
)
def test_what_a_mode_does_not_take(mode: str, query: dict[str, str], body: bytes, code: str) -> None:
    assert code_of(dataclasses.replace(DOOR, mode=mode), query, body) == code


def test_in_plain_mode_a_signed_riddle_is_authentic() -> None:
    plain = dataclasses.replace(DOOR, mode="plain")
    assert plain.open(QUERY, b"<xml>").text == "<xml>"
    assert plain.open(QUERY, b"\xff").key is None


@pytest.mark.parametrize(
    "settings",
    [
        {"WECHAT_MINI_MODE": "secret"},
        {"WECHAT_OFFICIAL_TOKEN": "t", "WECHAT_OFFICIAL_AES_KEYS": " , "},
        {"WECHAT_OFFICIAL_AES_KEYS": "short"},
        {"WECHAT_OFFICIAL_AES_KEYS": f"{KEY},{KEY}A"},
        {"WECHAT_OFFICIAL_AES_KEYS": "!" * 43},
        {"WECHAT_MINI_AES_KEYS": "é" * 43},
    ],
)
def test_settings_with_which_nothing_could_be_read_stop_the_start(settings: dict[str, str], app: Flask) -> None:
    app.config |= settings
    with pytest.raises(SettingsError, match=next(iter(settings)).rsplit("_", 1)[0][:10]) as refused:
        crypto.check_settings()
    assert not any(value and value in str(refused.value) for value in settings.values() if len(value) > 10)


def test_right_settings_pass(app: Flask) -> None:
    app.config |= {"WECHAT_OFFICIAL_TOKEN": "t", "WECHAT_OFFICIAL_AES_KEYS": f"{KEY}, {OLD_KEY}"}
    crypto.check_settings()
    assert crypto.door("official").keys == (KEY, OLD_KEY)
