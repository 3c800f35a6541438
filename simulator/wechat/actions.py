"""What people do with their phones: follow, unfollow, write, tap, scan, agree, refuse, block, open the mini-program."""

import json
from typing import Any

from simulator.books import Row
from simulator.settings import MINI, OFFICIAL, Account
from simulator.wechat import events, people
from simulator.world import World

OUT_OF_ORDER = "该公众号提供的服务出现故障，请稍后再试"

Answered = dict[str, Any]


class Impossible(Exception):
    """Something that this person cannot do; the text is a code."""


def _official(world: World, person: int) -> tuple[Account, Row]:
    row = people.find(world, person, OFFICIAL)
    if row is None:
        raise Impossible("unknown_person")
    return world.settings.accounts[OFFICIAL], row


def _mini(world: World, person: int) -> tuple[Account, Row]:
    row = people.find(world, person, MINI)
    if row is None:
        raise Impossible("unknown_person")
    return world.settings.accounts[MINI], row


def _tell(world: World, target: str, body: events.Body) -> Answered:
    row = world.pushes.send_now(target, body)
    heard = json.loads(row["answer"]) if row["state"] == "sent" else {}
    return {"state": row["state"], "attempts": row["attempts"], "reply": heard, "answer": row["answer"]}


def _ask(world: World, openid: str, body: events.Body) -> Answered:
    """Tell the official account, and the user when it does not answer."""
    answered = _tell(world, OFFICIAL, body)
    if answered["state"] != "sent":
        events.write_chat(world, openid, "platform", {"Content": OUT_OF_ORDER})
    return answered


def follow(world: World, person: int, scene: str = "") -> Answered:
    """Follow the official account, with the scene of the code that was scanned; return the account's reply."""
    account, row = _official(world, person)
    now = world.clock.now()
    statement = "UPDATE wechat SET follows = 1, blocked = 0, since = ?, scene = ? WHERE openid = ?"
    world.books.write(statement, now, scene, row["openid"])
    events.write_chat(world, row["openid"], "platform", {"Content": "已关注公众号"})
    more = {"EventKey": f"qrscene_{scene}", "Ticket": f"ticket-{scene}"} if scene else {"EventKey": ""}
    return _tell(world, OFFICIAL, events.event(account, row["openid"], now, "subscribe", **more))


def unfollow(world: World, person: int) -> Answered:
    """Stop following."""
    account, row = _official(world, person)
    world.books.write("UPDATE wechat SET follows = 0 WHERE openid = ?", row["openid"])
    events.write_chat(world, row["openid"], "platform", {"Content": "已取消关注"})
    return _tell(world, OFFICIAL, events.event(account, row["openid"], world.clock.now(), "unsubscribe", EventKey=""))


def scan(world: World, person: int, ticket: str) -> Answered:
    """Scan a scene's QR code: who does not follow yet follows by it."""
    code = world.books.row("SELECT * FROM qr WHERE ticket = ?", ticket)
    if code is None or code["expires_at"] <= world.clock.now():
        raise Impossible("code_expired")
    return scan_scene(world, person, code["scene"], ticket)


def scan_scene(world: World, person: int, scene: str, ticket: str = "") -> Answered:
    """Scan a code whose scene is known, whether or not the platform has made it."""
    account, row = _official(world, person)
    if not row["follows"]:
        return follow(world, person, scene)
    more = {"EventKey": scene, "Ticket": ticket or f"ticket-{scene}"}
    return _tell(world, OFFICIAL, events.event(account, row["openid"], world.clock.now(), "SCAN", **more))


def _following(world: World, person: int) -> tuple[Account, Row]:
    account, row = _official(world, person)
    if not row["follows"]:
        raise Impossible("not_following")
    return account, row


def write(world: World, person: int, content: str) -> Answered:
    """Write a text to the official account; return its reply."""
    account, row = _following(world, person)
    events.write_chat(world, row["openid"], "user", {"MsgType": "text", "Content": content})
    return _ask(
        world, row["openid"], events.message(account, row["openid"], world.clock.now(), "text", Content=content)
    )


def send(world: World, person: int, kind: str, fields: dict[str, Any]) -> Answered:
    """Send a message of any other kind (image, voice, location, …) with the fields given."""
    account, row = _following(world, person)
    events.write_chat(world, row["openid"], "user", {"MsgType": kind, "Content": f"[{kind}]"})
    return _tell(world, OFFICIAL, events.message(account, row["openid"], world.clock.now(), kind, **fields))


def tap(world: World, person: int, key: str, kind: str = "CLICK") -> Answered:
    """Tap a button of the menu: `kind` is CLICK, VIEW or view_miniprogram, `key` its key, address or page."""
    account, row = _following(world, person)
    if kind == "CLICK":
        events.write_chat(world, row["openid"], "user", {"Content": f"[点击菜单：{_name_of(world, key)}]"})
    return _ask(world, row["openid"], events.event(account, row["openid"], world.clock.now(), kind, EventKey=key))


def _name_of(world: World, key: str) -> str:
    row = world.books.row("SELECT body FROM menu WHERE account = ?", OFFICIAL)
    tops = row["body"]["button"] if row else []
    buttons = [*tops, *(below for top in tops for below in top.get("sub_button") or [])]
    return next((str(button["name"]) for button in buttons if button.get("key") == key), key)


def block(world: World, person: int, on: bool = True) -> None:
    """Switch off (or on again) that the accounts may send messages; no event tells of it."""
    _official(world, person)
    world.books.write("UPDATE wechat SET blocked = ? WHERE person = ?", int(on), person)


def consent(world: World, person: int, template_ids: list[str], agreed: bool = True) -> Answered:
    """Answer the mini-program's question whether it may send one message of each template."""
    account, row = _mini(world, person)
    grant = "INSERT INTO consent VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1"
    with world.books.writing():
        for template_id in template_ids if agreed else ():
            world.books.write(grant, row["openid"], template_id)
    word = "accept" if agreed else "reject"
    told = [{"TemplateId": each, "SubscribeStatusString": word, "PopupScene": "0"} for each in template_ids]
    shown: Any = told[0] if len(told) == 1 else told  # the platform sends one alone as an object
    name = "subscribe_msg_popup_event"
    return _tell(world, MINI, events.event(account, row["openid"], world.clock.now(), name, List=shown))


def change_consent(world: World, person: int, template_id: str) -> Answered:
    """Refuse a template's messages in the settings of the mini-program: what was granted is gone."""
    account, row = _mini(world, person)
    world.books.write("DELETE FROM consent WHERE openid = ? AND template_id = ?", row["openid"], template_id)
    told = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    name = "subscribe_msg_change_event"
    return _tell(world, MINI, events.event(account, row["openid"], world.clock.now(), name, List=[told]))


def login_code(world: World, person: int) -> str:
    """Open the mini-program; return what wx.login gives it."""
    return people.new_code(world, "login", _mini(world, person)[1]["openid"])


def phone_code(world: World, person: int) -> str:
    """Let the mini-program have the phone number; return the code that it gets."""
    return people.new_code(world, "phone", _mini(world, person)[1]["openid"])
