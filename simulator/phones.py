"""What is to be seen on people's phones: the chat with the official account, service notices, text messages."""

import re
from typing import Any

from markupsafe import Markup, escape

from simulator.books import Row
from simulator.clock import beijing
from simulator.settings import MINI, OFFICIAL, Account
from simulator.sms.sending import DELIVERED
from simulator.wechat.messages import BLOCKED, SUCCESS
from simulator.world import World

TITLES = {
    "invitation": "签约邀请提醒",
    "review": "审核结果通知",
    "termination": "解约进度提醒",
    "change": "信息变更提醒",
    "reminder": "待办事项提醒",
}
LABELS = {"title": "事项", "about": "相关内容", "time": "时间", "hint": "说明"}
FAILURES = {BLOCKED: "未送达：对方已拒收", "waiting": "等待运营商回执"}
_ADDRESS = re.compile(r"https?://[\w.:/?&=%#@~+-]+", re.ASCII)
_ANCHOR = re.compile(r"""<a\s+[^>]*?href=["'](https?://[^"']+)["'][^>]*>(.*?)</a>""", re.S)

_CHAT = "SELECT sender, body, at FROM chat WHERE openid = ? ORDER BY id"
_MESSAGES = "SELECT * FROM message WHERE channel = ? AND receiver = ? ORDER BY id"
_NUMBERS = (
    "SELECT receiver AS number, count(*) AS count, max(at) AS at FROM message WHERE channel = 'sms'"
    " GROUP BY receiver ORDER BY at DESC"
)
_GRANTS = "SELECT template_id, count FROM consent WHERE openid = ?"


def _anchored(text: str) -> Markup:
    found, last = Markup(""), 0
    for address in _ADDRESS.finditer(text):
        found += escape(text[last : address.start()]) + Markup('<a href="{0}">{0}</a>').format(address[0])
        last = address.end()
    return found + escape(text[last:])


def linked(text: str) -> Markup:
    """Return a text as WeChat shows it: addresses can be tapped, a link may have words, nothing else is markup."""
    found, last = Markup(""), 0
    for link in _ANCHOR.finditer(text):
        found += _anchored(text[last : link.start()]) + Markup('<a href="{}">{}</a>').format(link[1], link[2])
        last = link.end()
    return found + _anchored(text[last:])


def shown_at(at: float) -> str:
    """Return a moment as it stands between messages."""
    return beijing(at).strftime("%-m月%-d日 %H:%M")


def card(account: Account, row: Row) -> dict[str, Any]:
    """Return a template or subscribe message as its card shows it."""
    template = next((each for each in account.templates if each.id == row["template_id"]), None)
    data = row["content"].get("data", {})
    named = template.fields.items() if template else ()
    lines = [(LABELS.get(label, label), data.get(name, {}).get("value", "")) for label, name in named]
    jump = row["content"].get("miniprogram") or {}
    return {
        "sender": "card",
        "title": TITLES.get(template.key, template.key) if template else "消息",
        "lines": lines,
        "url": row["content"].get("url") or "",
        "page": jump.get("pagepath") or row["content"].get("page") or "",
        "failure": "" if row["outcome"] == SUCCESS else FAILURES.get(row["outcome"], "未送达：平台发送失败"),
        "at": row["at"],
    }


def _said(row: Row) -> dict[str, Any]:
    body = row["body"]
    return {"sender": row["sender"], "text": body.get("Content") or body.get("Articles") or "", "at": row["at"]}


def chat(world: World, openid: str) -> list[dict[str, Any]]:
    """Return the chat of a follower, cards among what was said, oldest first."""
    account = world.settings.accounts[OFFICIAL]
    cards = [card(account, row) for row in world.books.rows(_MESSAGES, "template", openid)]
    return sorted(cards + [_said(row) for row in world.books.rows(_CHAT, openid)], key=lambda line: line["at"])


def notices(world: World, openid: str) -> list[dict[str, Any]]:
    """Return the service notices of a user of the mini-program, oldest first."""
    return [card(world.settings.accounts[MINI], row) for row in world.books.rows(_MESSAGES, "subscribe", openid)]


def inbox(world: World, number: str) -> list[dict[str, Any]]:
    """Return the text messages of a number, oldest first."""
    rows = world.books.rows(_MESSAGES, "sms", number)
    return [
        {
            "text": row["text"],
            "at": row["at"],
            "failure": "" if row["outcome"] == DELIVERED else FAILURES.get(row["outcome"], f"未送达：{row['outcome']}"),
        }
        for row in rows
    ]


def numbers(world: World) -> list[Row]:
    """Return the numbers that have text messages, the newest first."""
    return world.books.rows(_NUMBERS)


def menu(world: World) -> list[dict[str, Any]]:
    """Return the official account's menu."""
    row = world.books.row("SELECT body FROM menu WHERE account = ?", OFFICIAL)
    return list(row["body"]["button"]) if row else []


def grants(world: World, openid: str) -> list[dict[str, Any]]:
    """Return the mini-program's templates, each with how many messages may still be sent."""
    held = {row["template_id"]: row["count"] for row in world.books.rows(_GRANTS, openid)}
    templates = world.settings.accounts[MINI].templates
    return [{"id": t.id, "title": TITLES.get(t.key, t.key), "count": held.get(t.id, 0)} for t in templates]
