"""Calls to the platform: wechatpy builds them, this wrapper makes them safe (wechat-sms.md §1, defects 1 to 6 and 9).

Every answer counts only with the mark of success of its call, every failure is an exception of `workflows.sending`
that holds a code and nothing else: addresses and bodies carry secrets, tokens, codes and openids. A call is never made
inside a transaction; end it first (`app.writing.rollback`).
"""

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, current_app
from wechatpy.client import WeChatClient

from app.config import SettingsError
from app.extensions import db
from wechat import templates
from wechat.outcomes import GARBLED, NO_ANSWER, STALE, UNREACHABLE, failure, of_status
from wechat.tokens import Fetched, Tokens
from wechat.transport import NoAnswerError, Transport

ORIGIN = "https://api.weixin.qq.com/"  # as wechatpy writes addresses; the setting says where they lead
PLATFORMS = ("official", "mini")
DAY = 86400
BUILDS = {"formal": "release", "trial": "trial", "developer": "develop"}  # WECHAT_MINI_STATE -> env_version

STABLE_TOKEN = "cgi-bin/stable_token"  # noqa: S105  an address
WITHOUT_TOKEN = frozenset({STABLE_TOKEN, "sns/jscode2session"})
# What an answer must hold to be a success; all others must say errcode 0.
PROOF: dict[str, str] = {
    STABLE_TOKEN: "access_token",
    "sns/jscode2session": "openid",
    "cgi-bin/menu/get": "menu",
    "cgi-bin/qrcode/create": "ticket",
    "cgi-bin/template/get_all_private_template": "template_list",
    "cgi-bin/user/get": "total",
    "cgi-bin/user/info": "openid",
    "cgi-bin/user/info/batchget": "user_info_list",
    "wxa/business/getuserphonenumber": "phone_info",
    "wxa/generate_urllink": "url_link",
    "wxa/media_check_async": "trace_id",
    "wxa/msg_sec_check": "result",
    "wxaapi/newtmpl/gettemplate": "data",
}
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff")

WRONG_FIELD = 47003
_FIELD = re.compile(r"\bdata\.([a-z_]{2,20}[0-9]{1,2})\b")

Answer = dict[str, Any]


class Account(WeChatClient):  # type: ignore[misc]
    """One of our two accounts (`platform` is official or mini); wechatpy's calls hang on it: `account.menu.get()`."""

    def __init__(self, platform: str, appid: str, secret: str, url: str):
        super().__init__(appid, secret, auto_retry=False)
        self._http = None  # wechatpy's own way out, which knows no time-out
        self.platform = platform
        self._transport = Transport(url)
        self._tokens = Tokens(platform, appid, self._fetch)

    @property
    def access_token(self) -> str:
        """Return a token that holds; raises SendError."""
        return self._tokens.current()

    def fetch_access_token(self) -> Answer:
        """Refuse: a token is fetched under its lease, and never by force."""
        raise RuntimeError("see wechat.tokens")

    def call(self, path: str, body: Mapping[str, Any] | None = None, **query: Any) -> Answer:
        """Make a call by its path, a POST where there is a body, and return what it brought; raises SendError."""
        return _understood(path, self._made(path, body, query))

    def picture(self, path: str, body: Mapping[str, Any]) -> bytes:
        """Make a call whose answer is a PNG or JPEG picture; raises SendError."""
        content = self._made(path, body, {})
        if content.startswith(PICTURES):
            return content
        _understood(path, content)
        raise failure(GARBLED)

    def _request(self, method: str, url_or_endpoint: str, **options: Any) -> Any:
        """Make a call that wechatpy has built."""
        address = options.pop("api_base_url", self.API_BASE_URL) + url_or_endpoint
        body, query, processed = (options.pop(name, None) for name in ("data", "params", "result_processor"))
        if options or "://" in url_or_endpoint or not address.startswith(ORIGIN):
            raise RuntimeError(f"{method} of {sorted(options)}")
        answer = self.call(address.removeprefix(ORIGIN), body if method == "post" else None, **(query or {}))
        return processed(answer) if processed else answer

    def _made(self, path: str, body: Mapping[str, Any] | None, query: Mapping[str, Any]) -> bytes:
        """Return the content of an answer; a token that the platform refuses is dropped and the call made once more."""
        if db.session().in_transaction():
            raise RuntimeError("a call to WeChat inside a transaction")
        if path in WITHOUT_TOKEN:
            return self._exchanged(path, body, query)
        token = self._tokens.current()
        content = self._exchanged(path, body, {"access_token": token, **query})
        if _code_in(content) not in STALE:
            return content
        self._tokens.drop(token)
        return self._exchanged(path, body, {"access_token": self._tokens.current(), **query})

    def _exchanged(self, path: str, body: Mapping[str, Any] | None, query: Mapping[str, Any]) -> bytes:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode(errors="replace")
        target = f"{path}?{urlencode(query, errors='replace')}" if query else path
        try:
            status, answer = self._transport.exchange("GET" if body is None else "POST", target, content)
        except NoAnswerError as error:
            raise failure(NO_ANSWER if error.sent else UNREACHABLE) from None
        if status != 200:
            raise failure(of_status(status))
        return answer

    def _fetch(self) -> Fetched:
        """Ask for a token, without force: that would end the one which others are using."""
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        answer = self.call(STABLE_TOKEN, body)
        token, seconds = answer["access_token"], answer.get("expires_in")
        if not (isinstance(token, str) and 0 < len(token) <= 2048 and type(seconds) is int and 0 < seconds <= DAY):
            raise failure(GARBLED)
        return Fetched(token, seconds)


def _parsed(content: bytes) -> Answer | None:
    try:
        answer = json.loads(content)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _code_in(content: bytes) -> str:
    answer = _parsed(content) or {}
    return str(answer.get("errcode", ""))


def _understood(path: str, content: bytes) -> Answer:
    """Return an answer that bears the mark of success of its call; raises SendError for any other."""
    answer = _parsed(content)
    code = None if answer is None else answer.get("errcode")
    if type(code) is int and code != 0:
        raise failure(str(code), _field_in(answer or {}))
    proof = PROOF.get(path)
    if answer is None or (proof not in answer if proof else type(code) is not int):
        raise failure(GARBLED)
    return answer


def _field_in(answer: Answer) -> str:
    """Return the name of the template field that a 47003 is about; the rest of its words may hold personal data."""
    found = _FIELD.search(str(answer.get("errmsg", ""))) if answer.get("errcode") == WRONG_FIELD else None
    return found[1] if found else ""


def install(app: Flask) -> None:
    """Open an application's accounts, those whose appid is set, and read their templates; raises SettingsError."""
    if app.config["WECHAT_MINI_STATE"] not in BUILDS:
        raise SettingsError(f"WECHAT_MINI_STATE must be one of {', '.join(BUILDS)}")
    templates.install(app)
    # Its lines name addresses: tokens, secrets and codes stand in them.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    accounts = {}
    for platform in PLATFORMS:
        appid, secret = (app.config[f"WECHAT_{platform.upper()}_{name}"] for name in ("APPID", "SECRET"))
        if appid:
            accounts[platform] = Account(platform, appid, secret, app.config["WECHAT_API_URL"])
    app.extensions["wechat"] = accounts


def has(platform: str) -> bool:
    """Say whether the application has this account."""
    return platform in current_app.extensions["wechat"]


def account(platform: str) -> Account:
    """Return the application's account (official or mini); raises PausedError where it has none."""
    if not has(platform):
        raise failure("not_configured")
    return cast(Account, current_app.extensions["wechat"][platform])
