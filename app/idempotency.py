"""An Idempotency-Key makes a repeated write answer what it answered before (reliability.md §2)."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import LargeBinary, bindparam, select, text, update

from app.clock import wall
from app.crypto import seal_json, unseal_json
from app.errors import ApiError
from app.extensions import db
from app.models import IdempotencyKey
from app.models.types import UtcDateTime
from app.writing import write

_keys = IdempotencyKey.__table__
_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,64}")
_CLAIM = text(
    "INSERT INTO idempotency_key (door, principal_id, key, request_sha256, at)"
    " VALUES (:door, :principal, :key, :sha, :at) ON CONFLICT DO NOTHING RETURNING 1"
).bindparams(bindparam("at", type_=UtcDateTime()), bindparam("sha", type_=LargeBinary()))
_mine = (
    _keys.c.door == bindparam("door_"),
    _keys.c.principal_id == bindparam("principal_"),
    _keys.c.key == bindparam("key_"),
)
_STORED = select(_keys.c.request_sha256, _keys.c.status, _keys.c.answer_sealed).where(*_mine)
_KEEP = update(_keys).where(*_mine).values(status=bindparam("s"), answer_sealed=bindparam("a"))


def _fingerprint(body: bytes | None) -> bytes:
    mark = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(mark + (request.get_data(cache=True) if body is None else body)).digest()


def _bound(door: str, principal: int, key: str) -> str:
    return f"idempotency_key.answer:{door}:{principal}:{key}"


def once(
    door: str, principal: int, work: Callable[[], tuple[dict[str, Any], int]], body: bytes | None = None
) -> tuple[dict[str, Any], int]:
    """Run a write of the mini-program once per Idempotency-Key and return (answer, status).

    The key is claimed in the write's own transaction: a concurrent repeat waits, then gets the stored answer. Only
    committed answers are kept, sealed; a refusal is evaluated anew. Raises ApiError 400 without a proper key, 422 when
    the key came with another request. `body` stands for the request's body where that is not to be read into memory.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise ApiError(400, "idempotency_key", "请求缺少有效的 Idempotency-Key，请刷新页面重试。")
    return write(lambda: _claimed(door, principal, key, wall(), work, _fingerprint(body)))


def _claimed(
    door: str, principal: int, key: str, at: datetime, work: Callable[[], tuple[dict[str, Any], int]], sha: bytes
) -> tuple[dict[str, Any], int]:
    mine = {"door_": door, "principal_": principal, "key_": key}
    claim = {"door": door, "principal": principal, "key": key, "sha": sha, "at": at}
    conn = db.session.connection()
    if conn.execute(_CLAIM, claim).first() is None:
        stored = conn.execute(_STORED, mine).one()
        if bytes(stored.request_sha256) != sha:
            raise ApiError(422, "idempotency_reused", "同一个 Idempotency-Key 不能用于不同的请求。")
        return unseal_json(stored.answer_sealed, _bound(door, principal, key)), stored.status
    answer, status = work()
    sealed = seal_json(answer, _bound(door, principal, key))
    conn.execute(_KEEP, mine | {"s": status, "a": sealed})
    return answer, status
