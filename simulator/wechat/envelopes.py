"""A push as it goes over the wire: XML or JSON, plain, compatible or encrypted, with the signed query."""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from simulator.settings import Account
from simulator.wechat import crypto

MODES = ("plain", "compatible", "safe")


def _xml(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_xml(name, each) for each in value)
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_xml(key, each) for key, each in value.items())}</{name}>"
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    if "]]>" in value:
        return f"<{name}>{escape(value)}</{name}>"
    return f"<{name}><![CDATA[{value}]]></{name}>"


def written(body: Mapping[str, Any], form: str) -> bytes:
    """Return a message as XML or JSON; in XML the lists of subscription events have a frame of their own."""
    if form == "json":
        return json.dumps(body, ensure_ascii=False).encode()
    if "List" in body:
        frame = "".join(part.capitalize() for part in str(body["Event"]).split("_"))
        body = {key: value for key, value in body.items() if key != "List"} | {frame: {"List": body["List"]}}
    return f"<xml>{''.join(_xml(key, value) for key, value in body.items())}</xml>".encode()


def signed_query(account: Account, now: float, **more: str) -> dict[str, str]:
    """Return timestamp, nonce and their signature."""
    timestamp, nonce = str(int(now)), str(secrets.randbelow(10**10))
    return {
        "signature": crypto.signature(account.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
    } | more


def packed(account: Account, body: Mapping[str, Any], how: Mapping[str, Any], now: float) -> tuple[str, bytes, str]:
    """Return query, body and content type of a push; `how` gives mode, form and which of the AES keys."""
    mode, form = how.get("mode") or account.mode, how.get("form") or "xml"
    plain = written(body, form)
    query = signed_query(account, now, openid=str(body.get("FromUserName", "")))
    kind = "application/json" if form == "json" else "text/xml"
    if mode == "plain":
        return urlencode(query), plain, kind
    sealed = crypto.encrypt(plain, account.aes_keys[int(how.get("key", 0))], account.appid)
    query |= {
        "encrypt_type": "aes",
        "msg_signature": crypto.signature(account.token, query["timestamp"], query["nonce"], sealed),
    }
    outer = dict(body) if mode == "compatible" else {"ToUserName": body.get("ToUserName", "")}
    return urlencode(query), written(outer | {"Encrypt": sealed}, form), kind


def reply_read(account: Account, answer: bytes, how: Mapping[str, Any]) -> dict[str, str]:
    """Return the reply that an answer carries, {} for none ("" or success); raises crypto.Tampered."""
    said = answer.strip()
    if said in (b"", b"success"):
        return {}
    reply = crypto.elements(said)
    if "Encrypt" in reply:
        key = account.aes_keys[int(how.get("key", 0))]
        reply = crypto.elements(crypto.open_reply(reply, account.token, key, account.appid))
    return reply
