"""WeChat's API as a caller uses it: a token of each account and calls by path, nothing of the platform's own code."""

import json
import urllib.request
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from tests.far_side import TEMPLATES, FarSide

DATA = {"thing1": "签约邀请", "thing2": "示例公司", "time3": "2026年11月29日 20:00", "thing4": "请查看"}


def message(receiver: str, account: str = "official", group: str = "invitation", **more: Any) -> dict[str, Any]:
    """Return a message that is right; `data` replaces fields."""
    data = {name: {"value": value} for name, value in (DATA | more.pop("data", {})).items() if value is not None}
    return {"touser": receiver, "template_id": TEMPLATES[account][group]["id"], "data": data} | more


class Platform:
    """A caller of the far side's WeChat."""

    def __init__(self, side: FarSide) -> None:
        self.side, self.vendors = side, side.vendors

    def fetch(self, path: str, body: Any = None, **query: str) -> bytes:
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        url = f"{self.side.url}{path}{'?' + urlencode(query) if query else ''}"
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=20) as answer:
            assert answer.status == 200
            return answer.read()

    def credentials(self, account: str) -> dict[str, str]:
        prefix = f"WECHAT_{account.upper()}_"
        given = {"appid": self.vendors[f"{prefix}APPID"], "secret": self.vendors[f"{prefix}SECRET"]}
        return {"grant_type": "client_credential"} | given

    def stable(self, account: str = "official", **more: Any) -> dict[str, Any]:
        return json.loads(self.fetch("/cgi-bin/stable_token", self.credentials(account) | more))

    def plain(self, account: str = "official", **more: str) -> dict[str, Any]:
        return json.loads(self.fetch("/cgi-bin/token", **(self.credentials(account) | more)))

    @cached_property
    def tokens(self) -> dict[str, str]:
        return {account: self.stable(account)["access_token"] for account in ("official", "mini")}

    def raw(self, path: str, body: Any = None, account: str = "official", **query: str) -> bytes:
        return self.fetch(path, body, **({"access_token": self.tokens[account]} | query))

    def call(self, path: str, body: Any = None, account: str = "official", **query: str) -> dict[str, Any]:
        return json.loads(self.raw(path, body, account, **query))

    def template(self, receiver: str, **more: Any) -> dict[str, Any]:
        return self.call("/cgi-bin/message/template/send", message(receiver, **more))

    def subscribe(self, receiver: str, **more: Any) -> dict[str, Any]:
        return self.call("/cgi-bin/message/subscribe/send", message(receiver, "mini", **more), "mini")
