"""Where Alibaba Cloud pushes receipts of text messages: unsigned, so the address itself is the secret."""

import hmac
import json
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, request

from app.access import policy
from app.errors import NotFound
from app.extensions import csrf
from notifications import receipts

LARGEST = 256 * 1024  # bytes of a push
MOST = 1000  # receipts in it

blueprint = Blueprint("sms_receipts", __name__)


@blueprint.post("/sms/receipts/<secret>")
@policy("public")
def push(secret: str) -> Any:
    """Keep a batch of receipts; 404 for whoever does not know the address, 400 for what is no batch."""
    known = str(current_app.config["SMS_RECEIPT_SECRET"])
    if not hmac.compare_digest(secret.encode("utf-8", "replace"), known.encode()) or not known:
        raise NotFound
    request.max_content_length = LARGEST
    items = _items(request.get_data())
    if items is None or len(items) > MOST:
        return jsonify({"code": 1, "msg": "格式有误"}), 400
    receipts.take_in(items)
    return jsonify({"code": 0, "msg": "成功"})


def _items(body: bytes) -> list[Any] | None:
    """Return the receipts of a push, None for what is no batch."""
    try:
        batch = json.loads(body)
    except (ValueError, RecursionError):  # also what is nested too deep
        return None
    batch = [batch] if isinstance(batch, dict) else batch
    return batch if isinstance(batch, list) else None


def install(app: Flask) -> None:
    """Open the address."""
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
