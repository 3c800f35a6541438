"""The one address of dysmsapi: the action stands in a header, the parameters in the query, the signature over both."""

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from simulator.sms import receipts, sending, signature
from simulator.world import World, world

VERSION = "2017-05-25"

api = Blueprint("sms", __name__)


def _answer(fields: Mapping[str, Any], status: int = 200) -> Response:
    said = json.dumps({"RequestId": secrets.token_hex(16).upper()} | dict(fields), ensure_ascii=False)
    return Response(said, status=status, mimetype="application/json")


def _refused(code: str) -> Response:
    # Business codes come with 200; what the gateway says itself with an HTTP status of its own.
    status = 200 if code.startswith(("isv.", "isp.")) else 400
    return _answer({"Code": code, "Message": code} | ({} if status == 200 else {"HostId": request.host}), status)


ACTIONS: dict[str, Callable[[World, Mapping[str, str]], dict[str, Any]]] = {
    "SendSms": sending.send,
    "QuerySendDetails": sending.details,
}


def _work(there: World, action: str) -> tuple[str, Response]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    raw = request.query_string.decode()
    try:
        signature.check(
            there.settings.sms.keys, request.method, request.path, raw, headers, request.get_data(), there.books
        )
    except signature.Unsigned as problem:
        message = {"Code": problem.code, "Message": problem.code, "HostId": request.host}
        return problem.code, _answer(message, problem.status)
    if action not in ACTIONS or headers.get("x-acs-version") != VERSION:
        return "InvalidAction.NotFound", _answer({"Code": "InvalidAction.NotFound", "Message": action}, 404)
    try:
        fields = ACTIONS[action](there, request.args)
    except sending.Business as refusal:
        return refusal.code, _answer({"Code": refusal.code, "Message": refusal.message})
    if "BizId" in fields:
        receipts.queue(there, sending.accepted(there, fields["BizId"]))
    return "OK", _answer(fields | {"Code": "OK", "Message": "OK"})


@api.post("/")
def rpc() -> Response:
    """Carry out the action that x-acs-action names."""
    there, action = world(), request.headers.get("x-acs-action", "")

    def answered() -> Response:
        code, response = _work(there, action)
        there.tally("sms", action, code)
        return response

    return there.troubles.around(action, answered, _refused)
