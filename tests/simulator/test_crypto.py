"""The far side's message crypto on the public test vectors of the platforms' sample code (WXBizMsgCrypt)."""

import base64

import pytest

from simulator.wechat import crypto

# The official account's sample.
TOKEN, APPID = "spamtest", "wx2c2769f8efd9abc2"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TIMESTAMP, NONCE, SIGNED = "1409735669", "1320562132", "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
SALT = b"89465c840c5f116f"
SEALED = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXp"
    "bUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlp"
    "Kn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD"
    "1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
PLAIN = (
    b"<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>\n"
    b"<FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName>\n"
    b"<CreateTime>1409735668</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n"
    b"<Content><![CDATA[abcdteT]]></Content>\n<MsgId>6054768590064713728</MsgId>\n</xml>"
)


def test_the_sample_is_read_and_written_to_the_byte() -> None:
    assert crypto.signature(TOKEN, TIMESTAMP, NONCE, SEALED) == SIGNED
    assert crypto.decrypt(SEALED, KEY, APPID) == PLAIN
    assert crypto.encrypt(PLAIN, KEY, APPID, SALT) == SEALED
    assert crypto.elements(PLAIN)["Content"] == "abcdteT"


def test_the_sample_of_an_address_check() -> None:
    echo = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    assert crypto.signature("QDG6eK", "1409659589", "263014780", echo) == "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert crypto.decrypt(echo, key, "wx5823bf96d3bd56c7") == b"1616140317555161061"


def flipped(place: int) -> str:
    raw = bytearray(base64.b64decode(SEALED))
    raw[place] ^= 1
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize("sealed", ["", "not base64!", SEALED[:-8], flipped(-1), flipped(17), flipped(-33)])
def test_what_was_tampered_with_is_refused(sealed: str) -> None:
    with pytest.raises(crypto.Tampered):
        crypto.decrypt(sealed, KEY, APPID)


def test_a_message_for_another_account_is_refused() -> None:
    with pytest.raises(crypto.Tampered, match="appid"):
        crypto.decrypt(SEALED, KEY, "wx0000000000000000")


def test_a_reply_wants_its_signature() -> None:
    reply = {"Encrypt": SEALED, "TimeStamp": TIMESTAMP, "Nonce": NONCE, "MsgSignature": SIGNED}
    assert crypto.open_reply(reply, TOKEN, KEY, APPID) == PLAIN
    for name, value in (("MsgSignature", "0" * 40), ("TimeStamp", "1"), ("Nonce", "x"), ("MsgSignature", "")):
        with pytest.raises(crypto.Tampered, match="signature"):
            crypto.open_reply(reply | {name: value}, TOKEN, KEY, APPID)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 31, 32, 33, 5000])
def test_every_length_comes_back(length: int) -> None:
    assert crypto.decrypt(crypto.encrypt(b"x" * length, KEY, APPID), KEY, APPID) == b"x" * length
