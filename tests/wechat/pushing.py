"""The platform's side of the callbacks: pushes written, signed and encrypted by WeRoBot, which we did not write."""

import itertools
import json
import time
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from flask import Flask
from werkzeug.test import TestResponse
from werobot.crypto import MessageCrypt
from werobot.utils import get_signature

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvu0"
TOKEN = "a-token-of-the-tests"
ACCOUNT = "gh_10f6c3c3ac5a"
OPENID = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"

_serial = itertools.count(6054768590064713728)
Payload = dict[str, Any]


def xml(value: Payload, root: str = "xml") -> str:
    """Write a payload as the platform does: texts in CDATA, lists as repeated elements."""
    return f"<{root}>{''.join(_element(name, inside) for name, inside in value.items())}</{root}>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        return xml(value, name)
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"


def text(content: str, openid: str = OPENID, **more: Any) -> Payload:
    """Return a text message with a number of its own."""
    return _from(openid, "text", {"Content": content, "MsgId": next(_serial)} | more)


def event(name: str, openid: str = OPENID, **more: Any) -> Payload:
    """Return an event."""
    return _from(openid, "event", {"Event": name} | more)


def _from(openid: str, kind: str, more: Payload) -> Payload:
    head = {"ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": int(time.time()), "MsgType": kind}
    return head | more


def finish(number: int, status: str = "success", openid: str = OPENID) -> Payload:
    """Return the event that a template message has come to its end."""
    return event("TEMPLATESENDJOBFINISH", openid, MsgID=number, Status=status)


@dataclass
class Platform:
    """One of our accounts over there, as its console is set."""

    app: Flask
    name: str = "official"
    mode: str = "safe"
    form: str = "xml"
    appid: str = "wx2c2769f8efd9abc2"
    keys: str = KEY

    def __post_init__(self) -> None:
        self.settle()

    def settle(self, **settings: str) -> None:
        """Enter the account into the settings of the application."""
        of = f"WECHAT_{self.name.upper()}"
        given = {"APPID": self.appid, "TOKEN": TOKEN, "AES_KEYS": self.keys, "MODE": self.mode} | settings
        self.app.config |= {f"{of}_{name}": value for name, value in given.items()}

    def written(self, payload: Payload) -> str:
        """Return a message as text."""
        return json.dumps(payload, ensure_ascii=False) if self.form == "json" else xml(payload)

    def envelope(self, payload: Payload, key: str = KEY, mode: str = "", **of: str) -> tuple[str, dict[str, str]]:
        """Return the body and the query of a push."""
        mode = mode or self.mode
        stamp, nonce = of.get("timestamp", str(int(time.time()))), "1320562132"
        token = of.get("token", TOKEN)
        query = {"signature": get_signature(token, stamp, nonce), "timestamp": stamp, "nonce": nonce}
        if mode == "plain":
            return self.written(payload), query
        crypt = MessageCrypt(token, key, of.get("appid", self.appid))
        sealed = ElementTree.fromstring(crypt.encrypt_message(self.written(payload), stamp, nonce))
        query |= {"encrypt_type": "aes", "msg_signature": sealed.findtext("MsgSignature")}
        beside = payload if mode == "compatible" else {"ToUserName": ACCOUNT}
        return self.written(beside | {"Encrypt": sealed.findtext("Encrypt")}), query

    def send(self, body: str | bytes, query: dict[str, str]) -> TestResponse:
        """Send a body."""
        kind = "application/json" if self.form == "json" else "text/xml"
        return self.app.test_client().post(f"/wechat/{self.name}", query_string=query, data=body, content_type=kind)

    def push(self, payload: Payload, **how: str) -> TestResponse:
        """Send a message or event."""
        return self.send(*self.envelope(payload, **how))

    def opened(self, response: TestResponse, key: str = KEY) -> Payload:
        """Return the reply's fields, decrypted by WeRoBot where it is encrypted; {} for “success”."""
        if response.text == "success":
            return {}
        root = ElementTree.fromstring(response.text)
        if root.findtext("Encrypt"):
            told = [root.findtext(name) or "" for name in ("TimeStamp", "Nonce", "MsgSignature", "Encrypt")]
            crypt = MessageCrypt(TOKEN, key, self.appid)
            root = ElementTree.fromstring(crypt.decrypt_message(*told))
        return {child.tag: child.text or "" for child in root}

    def ask(self, payload: Payload) -> str:
        """Send something and return the words of the reply."""
        response = self.push(payload)
        assert response.status_code == 200, response.text
        return str(self.opened(response).get("Content", ""))

    def say(self, content: str, openid: str = OPENID) -> str:
        """Type something and return the answer."""
        return self.ask(text(content, openid))
