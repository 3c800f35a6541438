"""The official account's menu: written, read, taken away."""

from collections.abc import Mapping
from typing import Any

from simulator.books import text
from simulator.settings import OFFICIAL
from simulator.wechat.calls import Call, Refusal, Result, bare, call

NEEDS = {"click": ("key",), "view": ("url",), "miniprogram": ("url", "appid", "pagepath")}
LONGEST_NAMES = (16, 60)  # bytes: buttons, what they fold out


def _button_is_right(button: Any, depth: int) -> bool:
    if not isinstance(button, Mapping) or not 0 < len(str(button.get("name", "")).encode()) <= LONGEST_NAMES[depth]:
        return False
    folded = button.get("sub_button") or []
    if folded:
        return depth == 0 and len(folded) <= 5 and all(_button_is_right(each, 1) for each in folded)
    return all(button.get(name) for name in NEEDS.get(str(button.get("type")), ("key",)))


@call("/cgi-bin/menu/create", only=OFFICIAL)
def create(made: Call) -> Result:
    """Put the menu in place of the one before."""
    buttons = made.body.get("button")
    if not isinstance(buttons, list) or not 0 < len(buttons) <= 3:
        raise Refusal(40016, "invalid button size")
    if not all(_button_is_right(button, 0) for button in buttons):
        raise Refusal(40018, "invalid button name size")
    statement = "INSERT INTO menu VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"
    made.world.books.write(statement, OFFICIAL, text({"button": buttons}))
    return {}


@call("/cgi-bin/menu/get", "GET", only=OFFICIAL)
def read(made: Call) -> Result:
    """Return the menu; 46003 where there is none. Every button comes back with a sub_button."""
    row = made.world.books.row("SELECT body FROM menu WHERE account = ?", OFFICIAL)
    if row is None:
        raise Refusal(46003)
    return bare({"menu": {"button": [{"sub_button": []} | button for button in row["body"]["button"]]}})


@call("/cgi-bin/menu/delete", "GET", only=OFFICIAL)
def delete(made: Call) -> Result:
    """Take the menu away."""
    made.world.books.write("DELETE FROM menu WHERE account = ?", OFFICIAL)
    return {}
