"""The far side on a loopback port (employment management system, WeChat, SMS), and what a test does to it."""

import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from deploy import stand_in
from notifications import employment_system, sms
from simulator.__main__ import Quiet
from simulator.faults import Fault
from simulator.ledger import Ledger
from simulator.settings import read
from simulator.site import build
from simulator.world import World
from wechat import client

KEY_ID, SECRET = "platform", "a-secret-that-only-this-test-knows"
GROUPS = ("invitation", "review", "termination", "change", "reminder")
FIELDS = {"title": "thing1", "about": "thing2", "time": "time3", "hint": "thing4"}
TEMPLATES = {
    account: {group: {"id": f"{account}-{group}-template-{'0' * 10}", "fields": FIELDS} for group in GROUPS}
    for account in ("official", "mini")
}
SMS_TEMPLATES = {key: f"SMS_90000000{number}" for number, key in enumerate(stand_in.TEXTS)}
VENDORS = {
    "WECHAT_OFFICIAL_APPID": "wx0123456789abcdef",
    "WECHAT_OFFICIAL_SECRET": "official-secret-0123456789abcdef",
    "WECHAT_OFFICIAL_TOKEN": "officialtoken",
    "WECHAT_OFFICIAL_AES_KEYS": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WECHAT_OFFICIAL_MODE": "safe",
    "WECHAT_MINI_APPID": "wxfedcba9876543210",
    "WECHAT_MINI_SECRET": "mini-secret-0123456789abcdef0123",
    "WECHAT_MINI_TOKEN": "minitoken",
    "WECHAT_MINI_AES_KEYS": "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba",
    "WECHAT_MINI_MODE": "safe",
    "WECHAT_TEMPLATES": json.dumps(TEMPLATES),
    "SMS_ACCESS_KEY_ID": "sms-key-of-this-test",
    "SMS_ACCESS_KEY_SECRET": "sms-secret-that-only-this-test-knows",
    "SMS_SIGN_NAME": "示例签约平台",
    "SMS_TEMPLATES": json.dumps(SMS_TEMPLATES),
    "SMS_RECEIPT_SECRET": "receipts-secret-that-only-this-test-knows",
}


class FarSide:
    """A far side that can be switched off and on again on the same port; what it holds stays in its file."""

    def __init__(self, folder: Path, public_url: str = "", **vendors: str) -> None:
        self.store = folder / "far-side.db"
        self.vendors = VENDORS | vendors
        own = {"EMPLOYMENT_SYSTEM_KEY_ID": KEY_ID, "EMPLOYMENT_SYSTEM_SECRET": SECRET, "PUBLIC_URL": public_url}
        self.site = build(self.store, read(self.vendors | own))
        self.world: World = self.site.extensions["world"]
        self.ledger: Ledger = self.site.extensions["ledger"]
        self.port = 0
        self._server: BaseWSGIServer | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        names = ("EMPLOYMENT_SYSTEM_URL", "EMPLOYMENT_SYSTEM_KEY_ID", "EMPLOYMENT_SYSTEM_SECRET")
        return dict(zip(names, (self.url, KEY_ID, SECRET), strict=True))

    @property
    def vendor_settings(self) -> dict[str, str]:
        """Return the platform's WECHAT_ and SMS_ settings that lead here."""
        here = {"WECHAT_API_URL": self.url, "SMS_ENDPOINT": f"127.0.0.1:{self.port}", "SMS_PROTOCOL": "HTTP"}
        return self.vendors | here

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.site, threaded=True, request_handler=Quiet)
        self.port = self._server.port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def close(self) -> None:
        """Stop for good: nothing is pushed any more either."""
        self.stop()
        self.world.close()

    def connect(self, app: Flask) -> None:
        """Tell an application where the far side is."""
        app.config.update(self.settings)
        employment_system.install(app)

    def control(self, path: str, /, method: str = "POST", **body: Any) -> Any:
        """Pull a string of simulator/control.py by HTTP: `control("people", name="甲")`; return what it answers."""
        headers = {"Content-Type": "application/json"}
        data = json.dumps(body).encode() if method != "GET" else None
        request = urllib.request.Request(f"{self.url}/control/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def person(self, name: str = "演示甲", phone: str = "13800000001", follows: bool = True) -> dict[str, Any]:
        """Add somebody with a WeChat; return id, official, mini (openids), unionid, phone. No event is pushed."""
        made = self.control("people", name=name, phone=phone)
        if follows:
            statement = "UPDATE wechat SET follows = 1, since = ? WHERE openid = ?"
            self.world.books.write(statement, time.time(), made["official"])
        return made

    def act(self, person: dict[str, Any], action: str, **how: Any) -> Any:
        """Let a person follow, unfollow, text, click, scan, block, consent, …; return the platform's reply."""
        return self.control(f"people/{person['id']}/{action}", **how)

    def messages(self, **by: str) -> list[dict[str, Any]]:
        """Return accepted messages by channel (template, subscribe, sms), receiver, client_id, number, delivered=1."""
        return self.control(f"messages?{urlencode(by)}", "GET")["messages"]

    def calls(self, path: str) -> dict[str, int]:
        """Return how often a path or SMS action was answered, of both accounts, by code (0, 40001, OK, …)."""
        counted: Counter[str] = Counter()
        for row in self.control("calls", "GET")["calls"]:
            counted[row["code"]] += row["count"] if row["path"] == path else 0
        return {code: count for code, count in counted.items() if count}

    def deliver_to(self, app: Flask) -> None:
        """Push to an application in this process, without a port, by its test client."""
        self.world.pushes.post = lambda url, body, kind: _by_client(app, "POST", url, body, kind)
        self.world.pushes.get = lambda url: _by_client(app, "GET", url)

    def connect_phones(self, app: Flask) -> None:
        """Tell an application where WeChat and SMS are, and push to it by its test client."""
        app.config.update(self.vendor_settings)
        client.install(app)
        sms.install(app)
        self.deliver_to(app)

    def fault(self, fault: Fault | None, times: int | None = None, seconds: float = 0.0) -> None:
        self.site.extensions["faults"].switch(fault, times, seconds)

    def edit(self, key: dict[str, Any], content: dict[str, Any], edited_at: str | None = None) -> int:
        """Edit archive or household data as people do over there, by HTTP; return the status."""
        body = json.dumps(key | {"content": content, "edited_at": edited_at}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/console/edits", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def tamper(self, statement: str, *values: Any) -> None:
        """Change what it holds behind its back."""
        with closing(sqlite3.connect(self.store, isolation_level=None, timeout=10)) as db:
            db.execute(statement, values)

    def bodies(self, line: str = "%") -> list[dict[str, Any]]:
        """Return every report that was stored, in the order of storing."""
        with closing(sqlite3.connect(self.store)) as db:
            return [json.loads(body) for (body,) in db.execute("SELECT body FROM report ORDER BY rowid")]

    def lines(self) -> list[dict[str, Any]]:
        return self.ledger.newest(10_000)


def _by_client(app: Flask, method: str, url: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
    """Carry a push to an application's test client."""
    parts = urlsplit(url)
    sent = {"data": body, "content_type": kind} if body else {}
    answer = app.test_client().open(f"{parts.path}?{parts.query}", method=method, **sent)
    return answer.status_code, answer.get_data()
