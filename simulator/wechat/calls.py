"""One call of WeChat's API: troubles, method, token, quota, body, work, and always HTTP 200 with an errcode."""

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from simulator.clock import start_of_day
from simulator.settings import Account
from simulator.world import World, world

WORDS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40037: "invalid template_id",
    40066: "invalid url",
    40097: "invalid args",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40164: "invalid ip, not in whitelist",
    40226: "code blocked",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    41030: "invalid page",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    43108: "concurrent send message to the same user is limited",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    48004: "api forbidden for irregularities",
    50002: "user limited",
    50005: "user is unsubscribed",
}
QUOTAS = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 1_000_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/qrcode/create": 100_000,
}

# What comes of JSON whose parts are not of the kind that a path expects: a format error over there, never a 500.
ODD = (TypeError, ValueError, AttributeError, sqlite3.Error)

api = Blueprint("wechat", __name__)

Result = Response | dict[str, Any]


class Refusal(Exception):
    """An errcode other than 0."""

    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.words = words or WORDS.get(code, "error")


@dataclass(frozen=True)
class Call:
    """A call with a good token: whose account, what it says."""

    world: World
    account: Account
    body: Mapping[str, Any]
    query: Mapping[str, str]


def answer(code: int = 0, words: str = "ok", mimetype: str = "application/json", **more: Any) -> Response:
    """Return an answer as the platform writes it; errors carry a number of the request."""
    said = {"errcode": code, "errmsg": words if code == 0 else f"{words} rid: {secrets.token_hex(8)}"}
    return Response(json.dumps(said | more, ensure_ascii=False), mimetype=mimetype)


def bare(fields: Mapping[str, Any], mimetype: str = "application/json") -> Response:
    """Return an answer without errcode: tokens, people, codes and menus come so, only their errors have one."""
    return Response(json.dumps(fields, ensure_ascii=False), mimetype=mimetype)


def refused(code: str) -> Response:
    """Return the platform's answer for an errcode that a test has asked for."""
    return answer(int(code), WORDS.get(int(code), "error"))


def parsed() -> dict[str, Any]:
    """Return the body of the request; raises Refusal."""
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise Refusal(47001) from None
    if not isinstance(body, dict):
        raise Refusal(47001)
    return body


def account_of(token: str) -> Account:
    """Return the account of a token that is good now; raises Refusal."""
    there = world()
    if not token:
        raise Refusal(41001)
    row = there.books.row("SELECT * FROM token WHERE value = ?", token)
    if row is None:
        raise Refusal(40001)
    if row["expires_at"] <= there.clock.now():
        raise Refusal(42001)
    return there.settings.accounts[row["account"]]


def count(path: str, account: str) -> None:
    """Count a call against the day's quota; raises Refusal."""
    there = world()
    limit = there.quotas.get(path, QUOTAS.get(path))
    if limit is None:
        return
    statement = (
        "INSERT INTO used VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ? RETURNING count"
    )
    day = start_of_day(there.clock.now())
    with there.books.writing() as db:
        counted = db.execute(statement, (f"{account} {path}", day, limit)).fetchone()
    if counted is None or limit < 1:
        raise Refusal(45009)


def guarded(path: str, work: Callable[[], tuple[str, Result]]) -> Response:
    """Answer by way of the troubles that are on; `work` returns the account's name and its result."""

    def answered() -> Response:
        name = ""
        try:
            name, result = work()
            response, code = result if isinstance(result, Response) else answer(**result), 0
        except Refusal as refusal:
            response, code = answer(refusal.code, refusal.words), refusal.code
        except ODD:
            response, code = answer(47001, WORDS[47001]), 47001
        world().tally(name, path, code)
        return response

    return world().troubles.around(path, answered, refused)


def call(
    path: str, method: str = "POST", only: str = ""
) -> Callable[[Callable[[Call], Result]], Callable[[Call], Result]]:
    """Register a path that wants a token, `only` of one of the accounts; the function gets the Call."""

    def register(work: Callable[[Call], Result]) -> Callable[[Call], Result]:
        def checked() -> tuple[str, Result]:
            if request.method != method:
                raise Refusal(43002 if method == "POST" else 43001)
            account = account_of(request.args.get("access_token", ""))
            if only and account.name != only:
                raise Refusal(48001)
            count(path, account.name)
            body = parsed() if method == "POST" else {}
            return account.name, work(Call(world(), account, body, request.args))

        name = path.strip("/").replace("/", "_")
        api.add_url_rule(path, name, lambda: guarded(path, checked), methods=["GET", "POST"])
        return work

    return register
