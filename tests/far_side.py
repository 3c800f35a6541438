"""The employment management system's stand-in on a loopback port, and what a test does to it."""

import json
import sqlite3
import threading
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from notifications import employment_system
from simulator.__main__ import Quiet
from simulator.employment_system import build
from simulator.faults import Fault
from simulator.ledger import Ledger

KEY_ID, SECRET = "platform", "a-secret-that-only-this-test-knows"


class FarSide:
    """A far side that can be switched off and on again on the same port; what it holds stays in its file."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "far-side.db"
        self.site = build(self.store, {KEY_ID: SECRET})
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

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.site, threaded=True, request_handler=Quiet)
        self.port = self._server.port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def connect(self, app: Flask) -> None:
        """Tell an application where the far side is."""
        app.config.update(self.settings)
        employment_system.install(app)

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
