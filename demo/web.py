"""Talking to the site: pages with cookies for employers and staff, JSON with a bearer token for the graduate."""

import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from http.cookiejar import CookieJar
from typing import Any

from demo.html import Document, Form

TIMEOUT = 60  # seconds


@dataclass
class Answer:
    """What came back."""

    status: int
    url: str
    content: bytes
    content_type: str

    @cached_property
    def page(self) -> Document:
        """Return the answer as a page."""
        return Document(self.content.decode())

    @cached_property
    def json(self) -> Any:
        """Return the answer as JSON; None where there is none."""
        return json.loads(self.content) if self.content_type.startswith("application/json") else None


class Unexpected(RuntimeError):
    """The site did not answer as it should; the text says how."""


class Site:
    """The site as one person meets it: a cookie jar of its own, no proxy."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()))
        self._opener = urllib.request.build_opener(*handlers)

    def send(self, path: str, content: bytes | None = None, method: str | None = None, **headers: str) -> Answer:
        """Send a request and return the answer, whatever its status; raises OSError when nobody answers."""
        url = urllib.parse.urljoin(self.address + "/", path)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, content, named, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return Answer(answer.status, answer.url, answer.read(), answer.headers.get("Content-Type", ""))
        except urllib.error.HTTPError as refusal:
            with refusal:
                kind = refusal.headers.get("Content-Type", "")
                return Answer(refusal.code, refusal.url or url, refusal.read(), kind)

    def get(self, path: str) -> Answer:
        """Open a page; raises Unexpected for anything but 200."""
        return _checked(self.send(path), path)

    def submit(self, seen: Answer, form: Form, **values: str) -> Answer:
        """Send a form of a page, with some values changed; raises Unexpected for anything but 200 after redirects."""
        fields = urllib.parse.urlencode(form.values | values).encode()
        path = urllib.parse.urljoin(seen.url, form.action)
        kind = "application/x-www-form-urlencoded"
        return _checked(self.send(path, fields, Content_Type=kind, Referer=seen.url), path)

    def upload(self, seen: Answer, form: Form, name: str, content: bytes) -> Answer:
        """Send a form with one file."""
        mark = secrets.token_hex(16)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="agreement.pdf"\r\n'
        head += "Content-Type: application/pdf\r\n\r\n"
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        path = urllib.parse.urljoin(seen.url, form.action)
        return _checked(self.send(path, body, Content_Type=f"multipart/form-data; boundary={mark}"), path)


class Graduate:
    """The graduate's side of the API."""

    def __init__(self, address: str) -> None:
        self._site = Site(address)
        self._token = ""

    def sign_in(self, username: str, password: str) -> None:
        """Open a session."""
        self._token = self.call("POST", "/sessions", {"username": username, "password": password})["token"]

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the answer's JSON; raises Unexpected with the server's words for a refusal."""
        answer = self.ask(method, path, body)
        if answer.status >= 300:
            said = (answer.json or {}).get("message", "")
            raise Unexpected(f"{method} {path} answered {answer.status} {said}")
        return answer.json

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Return the answer, whatever its status; every write has an Idempotency-Key of its own."""
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if method != "GET":
            headers |= {"Content_Type": "application/json", "Idempotency_Key": secrets.token_hex(16)}
        content = None if body is None else json.dumps(body).encode()
        return self._site.send(f"/api/v1{path}", content, method, **headers)


def _checked(answer: Answer, path: str) -> Answer:
    if answer.status != 200:
        raise Unexpected(f"{path} answered {answer.status}: {answer.page.text[:300]}")
    return answer
