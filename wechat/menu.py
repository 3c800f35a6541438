"""The menu of the official account as data; set only where it differs from the one over there (R-BOT-1)."""

from typing import Any

from flask import current_app

from wechat import client
from workflows.sending import SendError

NO_MENU = "46003"
HOME = "pages/home/index"
PROGRESS, INVITATIONS, HELP = "progress", "invitations", "help"  # the keys that a click brings

Button = dict[str, Any]


def wanted() -> list[Button]:
    """Return the buttons as the settings make them; without a mini-program the first one opens the mobile page."""
    return [
        {
            "name": "毕业生",
            "sub_button": [
                _way_in("网签/去向登记"),
                {"type": "click", "name": "我的进度", "key": PROGRESS},
                {"type": "click", "name": "我的邀请", "key": INVITATIONS},
            ],
        },
        {"type": "click", "name": "帮助", "key": HELP},
    ]


def current() -> list[Button]:
    """Return the buttons as they are over there; raises SendError."""
    try:
        answer = client.account("official").menu.get()
    except SendError as error:
        if error.code != NO_MENU:
            raise
        return []
    return [_bare(button) for button in answer["menu"].get("button", [])]


def put() -> bool:
    """Set the menu unless it is right already; say whether it was set. Raises SendError."""
    if current() == wanted():
        return False
    client.account("official").menu.create({"button": wanted()})
    return True


def _way_in(name: str) -> Button:
    page = f"{current_app.config['PUBLIC_URL'].rstrip('/')}/m/"
    appid = current_app.config["WECHAT_MINI_APPID"]
    if not appid:
        return {"type": "view", "name": name, "url": page}
    return {"type": "miniprogram", "name": name, "url": page, "appid": appid, "pagepath": HOME}


def _bare(button: Button) -> Button:
    """Return a button without the empty lists that the platform adds to it."""
    below = [_bare(one) for one in button.get("sub_button") or []]
    kept = {name: value for name, value in button.items() if name != "sub_button"}
    return kept | {"sub_button": below} if below else kept
