"""How often a sign-in may fail: one count for all three doors and for all spellings of a user name (R-ENTRY-1)."""

import ipaddress
from collections.abc import Callable
from typing import Any

from flask import Response, request

from app import doors
from app.crypto import digest
from app.extensions import limiter

HERE = "10 per 10 minutes"  # failures of a name from one network
ANYWHERE = "100 per hour"  # failures of a name, wherever they come from
SCOPE = "sign_in"


def per_name(view: Callable[..., Any]) -> Any:
    """Limit the failures of a name; a view of any door, right below its route."""
    for limit, key in ((HERE, name_and_network), (ANYWHERE, name)):
        view = limiter.shared_limit(limit, SCOPE, key_func=key, methods=["POST"], deduct_when=failed)(view)
    return view


def failed(response: Response) -> bool:
    """Say whether a try to sign in counts: wrong password (401) or wrong door (403)."""
    return response.status_code in (401, 403)


def name() -> str:
    """Return the typed user name as the limiter keeps it: hashed, for people type all kinds of numbers into it."""
    return digest("sign_in.name", doors.canonical(_typed()))


def name_and_network() -> str:
    """Return the typed user name and the network that it came from, hashed together."""
    return digest("sign_in.name_and_network", [doors.canonical(_typed()), network(request.remote_addr or "")])


def network(address: str) -> str:
    """Return the network of an address that counts as one place: /24, in IPv6 /64; "" for what is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 64}", strict=False))


def _typed() -> str:
    if "username" in request.form:
        return request.form["username"]
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        return ""
    typed = body.get("username") if isinstance(body, dict) else None
    return typed if isinstance(typed, str) else ""
