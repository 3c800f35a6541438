"""WeRoBot, a client that we did not write, talks with our callback: it encrypts, we answer, it decrypts (both ways)."""

import time
from xml.etree import ElementTree

import pytest
from flask import Flask
from werobot import WeRoBot
from werobot.messages.events import SubscribeEvent
from werobot.messages.messages import TextMessage
from werobot.parser import parse_user_msg
from werobot.replies import TextReply
from werobot.utils import get_signature

from tests.wechat.pushing import ACCOUNT, KEY, OPENID, TOKEN, Platform
from wechat import crypto

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")

MESSAGE = (
    "<xml><ToUserName><![CDATA[{account}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{words}]]></Content>"
    "<MsgId>1234567890123456</MsgId></xml>"
)


@pytest.fixture
def robot(app: Flask) -> WeRoBot:
    platform = Platform(app)
    return WeRoBot(token=TOKEN, app_id=platform.appid, encoding_aes_key=KEY, session_storage=False)


def asked(robot: WeRoBot, nonce: str = "10086") -> dict[str, str]:
    stamp = str(int(time.time()))
    query = {"timestamp": stamp, "nonce": nonce, "signature": get_signature(TOKEN, stamp, nonce)}
    assert robot.check_signature(stamp, nonce, query["signature"])
    return query


def test_it_encrypts_and_reads_our_encrypted_answer(app: Flask, robot: WeRoBot) -> None:
    query = asked(robot)
    written = MESSAGE.format(account=ACCOUNT, openid=OPENID, at=query["timestamp"], words="帮助")
    envelope = robot.crypto.encrypt_message(written, query["timestamp"], query["nonce"])
    query |= {"encrypt_type": "aes", "msg_signature": ElementTree.fromstring(envelope).findtext("MsgSignature") or ""}
    answer = app.test_client().post("/wechat/official", query_string=query, data=envelope)
    told = ElementTree.fromstring(answer.text)
    stamp, nonce, signed = (told.findtext(name) for name in ("TimeStamp", "Nonce", "MsgSignature"))
    reply = robot.parse_message(answer.data, stamp, nonce, signed)
    assert isinstance(reply, TextMessage)
    assert (reply.source, reply.target) == (ACCOUNT, OPENID) and "回复“进度”" in reply.content


def test_it_reads_what_our_door_seals_and_our_door_what_it_seals(app: Flask, robot: WeRoBot) -> None:
    door, query = crypto.door("official"), asked(robot)
    event = MESSAGE.replace("[text]", "[event]").replace("<Content>", "<Event><![CDATA[subscribe]]></Event><Content>")
    told = ElementTree.fromstring(door.seal(event.format(account=ACCOUNT, openid=OPENID, at=1, words=""), KEY, query))
    stamp, nonce, signed, sealed = (told.findtext(n) for n in ("TimeStamp", "Nonce", "MsgSignature", "Encrypt"))
    opened = robot.crypto.decrypt_message(stamp, nonce, signed, sealed)
    assert isinstance(parse_user_msg(opened), SubscribeEvent)

    reply = TextReply(source=ACCOUNT, target=OPENID, content="你好", time=int(time.time()))
    theirs = robot.crypto.encrypt_message(reply, query["timestamp"], query["nonce"])
    query["msg_signature"] = ElementTree.fromstring(theirs).findtext("MsgSignature") or ""
    assert crypto.parse(door.open(query, theirs.encode()).text)["Content"] == "你好"


def test_our_address_check_passes_its_signature(app: Flask, robot: WeRoBot) -> None:
    answer = app.test_client().get("/wechat/official", query_string=asked(robot) | {"echostr": "4375120948345356249"})
    assert answer.text == "4375120948345356249"
