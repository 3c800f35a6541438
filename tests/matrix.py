"""The access matrix: every address × everybody × whose id it names, held against a table written by hand (P9)."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from werkzeug.test import Client, TestResponse

from tests.tenants import PLACES, Caller, World
from workflows.vocabulary import Level, Module, Role

TABLE = Path(__file__).parent / "truth" / "access.csv"
UNKNOWN = "0123456789abcdef0123"
LEVEL = {"": Level.NONE, "none": Level.NONE, "read": Level.READ, "write": Level.WRITE}
STAFF = {role.value: role for role in (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE, Role.OPERATOR, Role.AUDITOR)}
# Which accounts a rank manages (R-ACC-1): an `account` in the table is one of these.
ACCOUNT = {Role.SCHOOL: "department_account", Role.PROVINCE: "school_account", Role.OPERATOR: "province_account"}
ALLOWED, SIGN_IN, RANK, LEVEL_TOO_LOW, LETTER = "allowed", "sign in", "wrong rank", "level too low", "letter first"


@dataclass(frozen=True)
class Call:
    """A line of the table with its words filled in; `named` are ids by where they stand and their kind."""

    endpoint: str
    method: str
    who: frozenset[str]
    least: Level
    module: str
    named: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Return what a failure calls it."""
        return " ".join((self.method, self.endpoint, *(word for _, word in self.words)))


def table() -> list[dict[str, str]]:
    """Return the lines of the table."""
    with TABLE.open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def calls() -> list[Call]:
    """Return every line of the table, once for each of its words."""
    return [call for line in table() for call in _calls(line)]


def _calls(line: Mapping[str, str]) -> Iterator[Call]:
    takes = line["takes"].split()
    named = tuple(tuple(part.split("=")) for part in takes if "=" in part)
    choices = [(part.partition(":")[0], part.partition(":")[2].split("|")) for part in takes if ":" in part]
    sets: list[tuple[tuple[str, str], ...]] = [()]
    for name, words in choices:
        sets = [(*chosen, (name, word)) for chosen in sets for word in words]
    who, least = frozenset(line["who"].split()), LEVEL[line["least"]]
    for words in sets:
        yield Call(line["endpoint"], line["method"], who, least, line["module"], named, words)  # type: ignore[arg-type]


# --- who may ------------------------------------------------------------------------------------------------------


def expected(caller: Caller, call: Call) -> str:
    """Return what the table says to a caller."""
    if "anyone" in call.who or caller.door in call.who:
        return ALLOWED
    if caller.door == "employer" and "applicant" in call.who:
        return ALLOWED
    if caller.door == "applicant" and "employer" in call.who:
        return LETTER
    if caller.door != "staff" or not call.who <= STAFF.keys():
        return SIGN_IN
    if caller.role not in {STAFF[name] for name in call.who}:
        return RANK
    if call.module == "" or caller.role in (Role.OPERATOR, Role.AUDITOR):  # the modules are the graduates'
        return ALLOWED
    return ALLOWED if _level(caller, call) >= call.least else LEVEL_TOO_LOW


def _level(caller: Caller, call: Call) -> Level:
    if call.module == "any":
        return max(caller.levels.values())
    return caller.levels[Module(dict(call.words)["module"]) if call.module == "named" else Module.PLACEMENT]


def answered(response: TestResponse, call: Call) -> str:
    """Return how an answer is to be read."""
    words = text_of(response) if response.status_code in (403, 404) else ""
    if response.status_code == 401 or (response.status_code == 302 and "/sign-in" in response.location):
        return SIGN_IN
    if response.status_code == 404 and "link" in call.who and "链接无效或已失效" in words:
        return SIGN_IN
    if response.status_code == 302 and response.location.endswith("/employer/verification"):
        return LETTER
    if response.status_code == 403:
        return next((kind for sentence, kind in REFUSED.items() if sentence in words), ALLOWED)
    return ALLOWED


REFUSED = {
    "您的账号没有本模块的相应权限。": LEVEL_TOO_LOW,
    "您的账号只有查看权限": LEVEL_TOO_LOW,
    "网签负责人授权尚未审核通过": LETTER,
    "您没有权限进行此操作。": RANK,
}


# --- sending ------------------------------------------------------------------------------------------------------


def own_ids(world: World, caller: Caller, place: str | None = None) -> dict[str, str]:
    """Return the ids of a caller's own place, or of the one that is named."""
    own = place or (caller.place.name if caller.place else "home")
    ids = dict(world.ids[own])
    export = f"{caller.role}_export" if caller.role in (Role.DEPARTMENT, Role.PROVINCE) else "school_export"
    account = ACCOUNT.get(caller.role or Role.SCHOOL, "school_account")
    return ids | {"account": ids[account], "export": ids[export]}


VERSION = {"version": 1}
FORM = {"version": 1, "form": {"note": "x"}}
# The bodies that reach the record: without them the form would be refused before anybody looks whose it is.
BODIES: dict[str, Any] = {
    "corrections.dispute": {"reason": "不属实"},
    "destinations.edit": FORM | {"form": {"type_code": "labour_contract"}},
    "destinations.start": {"form": {"type_code": "labour_contract"}},
    "downloads.ask": {"what": "preview"},
    "invitations.accept": VERSION,
    "me.confirm": {"shown_version": "x"},
    "offline_signings.edit": FORM,
    "paper_registrations.edit": FORM,
    "roll_requests.ask": {"kind": "update", "fields": {"major": "改名专业"}, "note": "x", "declaration": "2026-1"},
    "terminations.begin": {"form": {"reason_code": "01", "explanation": "协商一致"}},
    "terminations.edit": FORM,
    "transfers.edit": FORM,
    "transfers.start": {"module": "archive", "form": {"receiver": "x"}},
    "verifications.limit_verification": {"open": False},
}
_WRITTEN = ("offline_signings", "paper_registrations")
for _room in ("destinations", "terminations", "transfers", *_WRITTEN):
    BODIES |= {f"{_room}.{step}": VERSION for step in ("submit", "take_back", "void", "upload", "cancel")}
for _room in _WRITTEN:
    BODIES |= {f"{_room}.cancel": VERSION | {"confirmed": True}, f"{_room}.take_back": {}, f"{_room}.start": {}}
QUERIES = {
    "accounts.schools": {"name": "大学"},
    "consequences.of_placement": {"action": "accept"},
    "consequences.of_termination": {"action": "accept"},
    "consequences.of_transfer": {"action": "submit"},
    "employer_search.employers": {"query": "公司"},
    "files.files": {"subject": "placement"},
    "roll_requests.form": {"kind": "update"},
}
MULTIPART = {"files.send": {"subject": "placement", "purpose": "stamped_agreement"}}
PAGE_FORM = {
    "version": "1",
    "action": "take_off_roll",
    "reason": "核对",
    "confirmed": "yes",
    "step": "save",
    "amount": "0.01",
}


def send(
    world: World, caller: Caller, call: Call, ids: Mapping[str, str], query: Mapping[str, str] | None = None
) -> TestResponse:
    """Send a call as a caller with the ids that it names, by kind of record."""
    values, asked, body = dict(call.words), dict(QUERIES.get(call.endpoint, {})) | dict(query or {}), {}
    for where, kind in call.named:
        target = asked if where[0] == "?" else body if where[0] == "+" else values
        target[where.lstrip("?+")] = ids[kind]
    path = world.app.url_map.bind("localhost").build(call.endpoint, values, method=call.method)
    options: dict[str, Any] = {"query_string": asked, "headers": dict(caller.headers)}
    if caller.cookies:
        options["headers"]["Cookie"] = "; ".join(f"{name}={value}" for name, value in caller.cookies.items())
    if call.method != "GET":
        options |= _content(path, call.endpoint, body)
        options["headers"]["Idempotency-Key"] = _key()
    return Client(world.app, use_cookies=False).open(path, method=call.method, **options)


def _content(path: str, endpoint: str, named: dict[str, str]) -> dict[str, Any]:
    if endpoint in MULTIPART:
        return {"data": MULTIPART[endpoint] | named | {"file": (io.BytesIO(b"\xff\xd8\xff"), "x.jpg")}}
    if path.startswith("/api/"):
        return {"json": BODIES.get(endpoint, {}) | named}
    return {"data": PAGE_FORM}


_sent = iter(range(10**9))


def _key() -> str:
    return f"matrix-{next(_sent):09}"


# --- reading ------------------------------------------------------------------------------------------------------


def text_of(response: TestResponse) -> str:
    """Return everything that an answer says: of a spreadsheet its cells, of a PDF its text, else the body itself."""
    content = response.get_data()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as sheet:
            return " ".join(sheet.read(name).decode() for name in sheet.namelist() if name.endswith(".xml"))
    if content.startswith(b"%PDF"):
        pages = pypdfium2.PdfDocument(content)
        return "".join(page.get_textpage().get_text_range() for page in pages)
    if response.is_json:
        return json.dumps(response.json, ensure_ascii=False)
    return html.unescape(content.decode("utf-8", "replace")) + response.headers.get("Location", "")


def foreign_markers(world: World, caller: Caller, text: str) -> list[str]:
    """Return the markers in a text that belong to somebody whom the caller may not see."""
    foreign = (owner for owner in world.markers if owner not in caller.sees)
    return sorted(f"{owner}: {marker}" for owner in foreign for marker in world.markers[owner] if marker in text)


# What two readings of the same thing may differ in: tokens of forms, the time of a file, the deadline that is offered.
_PASSING = re.compile(r'name="csrf_token" value="[^"]*"|<dcterms:[^>]*>[^<]*<|name="deadline_at"[^>]*')


def lasting(response: TestResponse) -> tuple[int, str]:
    """Return status and text of an answer without what passes."""
    return response.status_code, _PASSING.sub("", text_of(response))


_TOKENS = re.compile(r'(name="csrf_token"[^>]*value="|csrf-token" content=")[^"]*')


def normal(response: TestResponse, *ids: str) -> tuple[int, str, str]:
    """Return status, place to go to and body without what differs from one request to the next."""
    body, location = response.get_data(), response.headers.get("Location", "")
    text = _TOKENS.sub(r"\1", body.decode("latin-1"))
    for one in ids:
        text, location = text.replace(one, "ID"), location.replace(one, "ID")
    return response.status_code, location, text


def places_of(caller: Caller) -> set[str]:
    """Return the places whose records are a caller's own."""
    return {place.name for place in PLACES} if caller.role == Role.OPERATOR else set(caller.places)
