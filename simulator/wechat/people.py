"""People with WeChat: two openids and one unionid each, followers, and the codes of the mini-program."""

import secrets
from typing import Any

from flask import request

from simulator.books import Row
from simulator.settings import MINI, OFFICIAL
from simulator.wechat.calls import Call, Refusal, Result, api, bare, call, guarded
from simulator.world import World, world

CODE_LIFE = 300.0  # seconds; login and phone codes
MOST = 10_000  # openids on a page

_FOLLOWERS = "SELECT openid FROM wechat WHERE account = ? AND follows = 1 AND openid > ? ORDER BY openid LIMIT ?"
_ALL_FOLLOWERS = "SELECT count(*) AS n FROM wechat WHERE account = ? AND follows = 1"
_KNOWN = (
    "SELECT wechat.*, person.name, person.unionid, person.phone FROM wechat JOIN person ON person.id = wechat.person"
)


def new_openid() -> str:
    """Return an openid as the platform makes them: 28 characters that begin with o."""
    return "o" + secrets.token_urlsafe(30)[:27]


def create(there: World, name: str, phone: str, unionid: bool = True) -> Row:
    """Add a person with an openid for each account; return both, unionid and number."""
    joined = "oU" + secrets.token_urlsafe(30)[:26] if unionid else None
    openids = {account: new_openid() for account in (OFFICIAL, MINI)}
    with there.books.writing():
        number = there.books.add("INSERT INTO person (name, unionid, phone) VALUES (?, ?, ?)", name, joined, phone)
        for account, openid in openids.items():
            there.books.add("INSERT INTO wechat (openid, account, person) VALUES (?, ?, ?)", openid, account, number)
    return openids | {"id": number, "name": name, "unionid": joined, "phone": phone}


def known(there: World, account: str, openid: object) -> Row:
    """Return somebody of an account; raises Refusal."""
    row = there.books.row(f"{_KNOWN} WHERE account = ? AND openid = ?", account, openid)
    if row is None:
        raise Refusal(40003)
    return row


def find(there: World, person: int, account: str) -> Row | None:
    """Return a person as an account knows them."""
    return there.books.row(f"{_KNOWN} WHERE person.id = ? AND account = ?", person, account)


def new_code(there: World, kind: str, openid: str) -> str:
    """Return a code of a mini-program's user that works once, for five minutes; `kind` is login or phone."""
    value, ends = "0" + secrets.token_hex(15), there.clock.now() + CODE_LIFE
    there.books.add("INSERT INTO code (value, kind, openid, expires_at) VALUES (?, ?, ?, ?)", value, kind, openid, ends)
    return value


def _redeem(there: World, kind: str, value: object) -> Row:
    with there.books.writing():
        row = there.books.row("SELECT * FROM code WHERE value = ? AND kind = ?", value, kind)
        if row is None or row["expires_at"] <= there.clock.now():
            raise Refusal(40029)
        if row["used_at"] is not None:
            raise Refusal(40163)
        there.books.write("UPDATE code SET used_at = ? WHERE value = ?", there.clock.now(), value)
    return known(there, MINI, row["openid"])


def _shown(row: Row) -> dict[str, Any]:
    if not row["follows"]:
        return {"subscribe": 0, "openid": row["openid"]} | ({"unionid": row["unionid"]} if row["unionid"] else {})
    shown = {
        "subscribe": 1,
        "openid": row["openid"],
        "language": "zh_CN",
        "subscribe_time": int(row["since"] or 0),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if row["scene"] else "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": row["scene"],
    }
    return shown | ({"unionid": row["unionid"]} if row["unionid"] else {})


@call("/cgi-bin/user/info", "GET", only=OFFICIAL)
def info(made: Call) -> Result:
    """Say whether somebody follows, and since when."""
    return bare(_shown(known(made.world, OFFICIAL, made.query.get("openid"))))


@call("/cgi-bin/user/info/batchget", only=OFFICIAL)
def batch(made: Call) -> Result:
    """Say the same of up to a hundred people."""
    wanted = made.body.get("user_list")
    if not isinstance(wanted, list) or not 0 < len(wanted) <= 100:
        raise Refusal(40097)
    return bare({"user_info_list": [_shown(known(made.world, OFFICIAL, each.get("openid"))) for each in wanted]})


@call("/cgi-bin/user/get", "GET", only=OFFICIAL)
def followers(made: Call) -> Result:
    """List the followers' openids, a page after next_openid."""
    after = made.query.get("next_openid", "")
    found = [row["openid"] for row in made.world.books.rows(_FOLLOWERS, OFFICIAL, after, MOST)]
    total = made.world.books.rows(_ALL_FOLLOWERS, OFFICIAL)[0]["n"]
    page = {"total": total, "count": len(found), "next_openid": found[-1] if found else ""}
    return bare(page | ({"data": {"openid": found}} if found else {}))


@api.route("/sns/jscode2session", methods=["GET"])
def session() -> Result:
    """Exchange a login code for openid and session key; the answer is text/plain, as the platform's."""

    def work() -> tuple[str, Result]:
        there, given = world(), request.args
        mini = there.settings.accounts[MINI]
        if not mini.appid or given.get("appid") != mini.appid:
            raise Refusal(40013)
        if not secrets.compare_digest(given.get("secret", "").encode(), mini.secret.encode()):
            raise Refusal(40125)
        if not given.get("js_code"):
            raise Refusal(41008)
        row = _redeem(there, "login", given["js_code"])
        found = {"openid": row["openid"], "session_key": secrets.token_urlsafe(12) + "o7ujdg=="}
        return MINI, bare(found | ({"unionid": row["unionid"]} if row["unionid"] else {}))

    response = guarded("/sns/jscode2session", work)
    if response.mimetype == "application/json":
        response.mimetype = "text/plain"
    return response


@call("/wxa/business/getuserphonenumber", only=MINI)
def phone_number(made: Call) -> Result:
    """Tell the number that belongs to a phone code; an openid that is given must be the code's."""
    row = _redeem(made.world, "phone", made.body.get("code"))
    if made.body.get("openid") not in (None, "", row["openid"]):
        raise Refusal(40029)
    mark = {"timestamp": int(made.world.clock.now()), "appid": made.account.appid}
    number = {"phoneNumber": row["phone"], "purePhoneNumber": row["phone"], "countryCode": "86", "watermark": mark}
    return {"phone_info": number}
