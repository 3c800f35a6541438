"""The demo's accounts as JSON, for a walk through the demo by HTTP; never in production."""

from typing import Any

from flask import current_app, jsonify, request

from app.access import policy
from app.errors import NotFound
from app.public import blueprint

MOST = 300


@blueprint.get("/demo/accounts.json")
@policy("public")
def demo_accounts() -> Any:
    """List an account of each role that can carry one signing through: `n` asks for the n-th free graduate."""
    if current_app.config["PRODUCTION"]:
        raise NotFound
    from app.demo import cast

    number = request.args.get("n", "1")
    if not number.isdecimal() or not 1 <= int(number[:4]) <= MOST:
        raise NotFound
    accounts = cast.of_one_signing(int(number))
    if accounts is None:
        raise NotFound
    return jsonify(accounts)
