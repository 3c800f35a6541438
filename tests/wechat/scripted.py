"""A WeChat on a loopback port that answers as it was told, above all nastily, and remembers what it was asked."""

import json
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask

from wechat import client

TOKEN_PATH = "/cgi-bin/stable_token"
SECRET, MINI_SECRET = "official-secret-of-the-test", "mini-secret-of-the-test"
SETTINGS = {
    "WECHAT_OFFICIAL_APPID": "wxofficial",
    "WECHAT_OFFICIAL_SECRET": SECRET,
    "WECHAT_MINI_APPID": "wxmini",
    "WECHAT_MINI_SECRET": MINI_SECRET,
    "WECHAT_TEMPLATES": json.dumps(
        {
            "official": {
                "invitation": {
                    "id": "T-invitation",
                    "fields": {"title": "thing1", "about": "thing2", "time": "time3", "hint": "thing4"},
                },
                "review": {
                    "id": "T-review",
                    "fields": {"title": "thing1", "about": "const2"},
                    "values": {"const2": ["已通过", "已退回"]},
                },
            },
            "mini": {"review": {"id": "S-review", "fields": {"title": "thing5", "time": "date7"}}},
        }
    ),
}


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


Reply = Callable[["Answering"], None]


def says(answer: Any, status: int = 200, kind: str = "application/json") -> Reply:
    """Return a reply: a JSON document, or bytes as they are."""
    content = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()

    def reply(door: "Answering") -> None:
        door.send_response(status)
        door.send_header("Content-Type", kind)
        door.send_header("Content-Length", str(len(content)))
        door.end_headers()
        door.wfile.write(content)

    return reply


def code(number: int, words: str = "refused") -> Reply:
    """Return a reply as the platform refuses: HTTP 200 and a code."""
    return says({"errcode": number, "errmsg": words})


def raw(content: bytes, pause: float = 0.0) -> Reply:
    """Return a reply of these bytes, headers and all; with a pause one by one."""

    def reply(door: "Answering") -> None:
        for at in range(0, len(content), 1 if pause else len(content)):
            door.wfile.write(content[at : at + 1] if pause else content)
            time.sleep(pause)
        door.close_connection = True

    return reply


def silence(seconds: float) -> Reply:
    """Return a reply that does not come."""

    def reply(door: "Answering") -> None:
        time.sleep(seconds)
        door.close_connection = True

    return reply


def reset(door: "Answering") -> None:
    """Cut the connection after the request has arrived."""
    door.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    door.connection.close()
    door.close_connection = True


class Answering(BaseHTTPRequestHandler):
    """One connection to the scripted platform."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.platform.connections += 1

    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(content) if content else None
        asked = Asked(self.command, url.path, dict(parse_qsl(url.query)), body, dict(self.headers))
        try:
            self.server.platform.reply_to(asked)(self)
        except OSError:
            self.close_connection = True

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Quiet about connections that the other side has cut."""

    daemon_threads = True
    request_queue_size = 64
    platform: "Platform"

    def handle_error(self, *args: object) -> None:
        """Say nothing."""


class Platform:
    """What it answers by path (`replies`: the last one again and again), what it was asked, how many tokens it gave."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.tokens = self.connections = 0
        self.token_seconds, self.token_pause = 7200, 0.0
        self._replies: dict[str, list[Reply]] = defaultdict(list)
        self._lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), Answering)
        self._server.platform = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' * bool(tls)}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answers(self, path: str, *replies: Reply) -> None:
        """Say what is answered at a path, one after the other."""
        self._replies[path] = list(replies)

    def reply_to(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            waiting = self._replies[asked.path]
            if waiting:
                return waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if asked.path != TOKEN_PATH:
                return says({"errcode": 0, "errmsg": "ok", "msgid": 2**53 + 1 + len(self.asked)})
            self.tokens += 1
            token = f"token-{self.tokens}"
        time.sleep(self.token_pause)
        return says({"access_token": token, "expires_in": self.token_seconds})

    def at(self, path: str) -> list[Asked]:
        """Return what was asked at a path."""
        return [asked for asked in self.asked if asked.path == path]

    def connect(self, app: Flask, **settings: str) -> None:
        """Tell an application where the platform is."""
        app.config.update(SETTINGS | {"WECHAT_API_URL": self.url} | settings)
        client.install(app)
