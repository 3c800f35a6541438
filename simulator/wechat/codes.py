"""Codes to be scanned and links to be opened: scene QR codes, mini-program codes, URL links."""

import io
import re
import secrets
from typing import Any

import qrcode
from flask import Response, request

from simulator.books import text
from simulator.settings import MINI, OFFICIAL
from simulator.wechat.calls import Call, Refusal, Result, api, bare, call
from simulator.world import world

LONGEST = 2_592_000  # seconds that a temporary code holds at most
SCENE = re.compile(r"[0-9a-zA-Z!#$&'()*+,/:;=?@\-._~]{1,32}")
LINK_LIFE = 30 * 24 * 3600  # seconds

_ACTIONS = {"QR_SCENE": "scene_id", "QR_STR_SCENE": "scene_str", "QR_LIMIT_STR_SCENE": "scene_str"}


def png(content: str) -> Response:
    """Return a QR code as a PNG."""
    picture = io.BytesIO()
    qrcode.make(content, box_size=8, border=2).save(picture)
    return Response(picture.getvalue(), mimetype="image/png")


def _here(path: str) -> str:
    return request.host_url.rstrip("/") + path


def _whole(value: Any, default: int) -> int:
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Refusal(40097)
    return value


@call("/cgi-bin/qrcode/create", only=OFFICIAL)
def create(made: Call) -> Result:
    """Make a ticket for a scene's QR code."""
    body, there = made.body, made.world
    info = body.get("action_info")
    scene = info.get("scene", {}) if isinstance(info, dict) else {}
    value = str(scene.get(_ACTIONS.get(str(body.get("action_name")), ""), ""))
    if not 0 < len(value) <= 64:
        raise Refusal(40097)
    seconds = min(_whole(body.get("expire_seconds"), 60), LONGEST)
    ticket, ends = "gQ" + secrets.token_urlsafe(68), there.clock.now() + seconds
    there.books.add("INSERT INTO qr VALUES (?, ?, ?, ?)", ticket, OFFICIAL, value, ends)
    return bare({"ticket": ticket, "expire_seconds": seconds, "url": _here(f"/q/{ticket}")})


@api.route("/cgi-bin/showqrcode")
def show() -> Response:
    """Show the QR code of a ticket; it leads to a page where one of the people here can scan it."""
    ticket = request.args.get("ticket", "")
    if world().books.row("SELECT ticket FROM qr WHERE ticket = ?", ticket) is None:
        return Response(status=404)
    return png(_here(f"/q/{ticket}"))


def _keep(made: Call, body: dict[str, Any], seconds: float) -> str:
    value = secrets.token_urlsafe(12)
    made.world.books.add("INSERT INTO link VALUES (?, ?, ?)", value, text(body), made.world.clock.now() + seconds)
    return value


def _check_path(made: Call, path: str) -> None:
    if path.startswith("/") or path in made.world.missing_pages:
        raise Refusal(41030)


@call("/wxa/getwxacodeunlimit", only=MINI)
def mini_code(made: Call) -> Result:
    """Return a mini-program code as a picture: an ordinary QR code that leads to a page saying what it opens."""
    scene, page = made.body.get("scene"), str(made.body.get("page") or "")
    if not isinstance(scene, str) or not SCENE.fullmatch(scene):
        raise Refusal(40129)
    _check_path(made, page)
    kept = _keep(made, {"path": page, "query": f"scene={scene}", "account": MINI}, LINK_LIFE)
    return png(_here(f"/open/{kept}"))


@call("/wxa/generate_urllink", only=MINI)
def url_link(made: Call) -> Result:
    """Make a link that opens the mini-program from a text message or a browser."""
    path, query = str(made.body.get("path") or ""), str(made.body.get("query") or "")
    if len(query) > 1024:
        raise Refusal(40097)
    _check_path(made, path.lstrip("/"))
    days = min(_whole(made.body.get("expire_interval"), 30), 30)
    kept = _keep(made, {"path": path, "query": query, "account": MINI}, days * 24 * 3600)
    return {"url_link": _here(f"/open/{kept}")}
