"""What the platform tells an account: messages and events as they are pushed, and what the account says in return."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from simulator.books import Row, text
from simulator.pushing import answered
from simulator.settings import Account
from simulator.wechat import crypto, envelopes
from simulator.world import World

ATTEMPTS = 3

Body = dict[str, Any]


def message(account: Account, openid: str, now: float, kind: str, **more: Any) -> Body:
    """Return a message of a user; MsgId is 64 bit."""
    frame = {"ToUserName": account.original_id, "FromUserName": openid, "CreateTime": int(now), "MsgType": kind}
    return frame | more | {"MsgId": 2**62 + secrets.randbelow(2**60)}


def event(account: Account, openid: str, now: float, name: str, **more: Any) -> Body:
    """Return an event."""
    frame = {"ToUserName": account.original_id, "FromUserName": openid, "CreateTime": int(now), "MsgType": "event"}
    return frame | {"Event": name} | more


def send(world: World, rows: list[Row]) -> None:
    """Push each row to its account's address: five seconds, three times, then given up."""
    for row in rows:
        _send(world, row)


def _send(world: World, row: Row) -> None:
    account, manner = world.settings.accounts[row["target"]], vars(world.pushes.manners[row["target"]])
    note = "unreachable"
    for attempt in range(1, ATTEMPTS + 1):
        query, body, kind = envelopes.packed(account, row["body"], manner, world.clock.now())
        url = f"{world.pushes.public_url}/wechat/{account.name}?{query}"
        status, said = answered(world.pushes, url, body, kind)
        if status == 200:
            world.pushes.settled(row["id"], "sent", _heard(world, account, row["body"], said, manner), attempt)
            return
        note = str(status or said.decode())
    world.pushes.settled(row["id"], "given_up", note, ATTEMPTS)


def _heard(world: World, account: Account, body: Body, said: bytes, manner: Mapping[str, Any]) -> str:
    try:
        reply = envelopes.reply_read(account, said, manner)
    except crypto.Tampered as problem:
        return text({"unreadable": str(problem)})
    if reply:
        write_chat(world, str(body["FromUserName"]), "account", reply)
    return text(reply)


def write_chat(world: World, openid: str, sender: str, body: Mapping[str, Any]) -> None:
    """Put a line into the chat of a user with the official account; `sender` is user, account or platform."""
    statement = "INSERT INTO chat (openid, sender, body, at) VALUES (?, ?, ?, ?)"
    world.books.add(statement, openid, sender, text(body), world.clock.now())


def verify(world: World, name: str) -> bool:
    """Ask the account's address for an echo, as saving it on the platform does; say whether it came back."""
    account, echo = world.settings.accounts[name], secrets.token_hex(8)
    query = urlencode(envelopes.signed_query(account, world.clock.now(), echostr=echo))
    status, said = world.pushes.get(f"{world.pushes.public_url}/wechat/{name}?{query}")
    return status == 200 and said.decode() == echo
