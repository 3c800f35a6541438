"""Scenes in the graduate's hands: a code asked for and confirmed, a link of the bot claimed (R-STEP-1, R-BOT-1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app.clock import now
from app.crypto import token_hash
from app.errors import NotFound
from app.models import WechatScene
from wechat import binding, scenes
from workflows.case import Refusal, Refused
from workflows.scenes import Scene, refuse_claim, refuse_confirm

_scene = WechatScene.__table__
_ROW = select(
    _scene.c.id,
    _scene.c.public_id,
    _scene.c.wechat_user_id,
    _scene.c.expires_at,
    _scene.c.scanned_at,
    _scene.c.used_at,
)
_OWN = _ROW.where(_scene.c.public_id == bindparam("scene"), _scene.c.account_id == bindparam("account"))
_LINK = _ROW.where(
    _scene.c.token_hash == bindparam("token"), _scene.c.account_id.is_(None), _scene.c.wechat_user_id.is_not(None)
)
_ASKED = _ROW.where(_scene.c.token_hash == bindparam("token"))
_END = (
    update(_scene)
    .where(
        _scene.c.account_id == bindparam("account"), _scene.c.used_at.is_(None), _scene.c.expires_at > bindparam("at")
    )
    .values(expires_at=bindparam("at"))
)
_USE = update(_scene).where(_scene.c.id == bindparam("row")).values(used_at=bindparam("at"))


def moments(row: Any) -> Scene:
    """Return a scene as the rules see it."""
    return Scene(row.expires_at, row.scanned_at, row.used_at)


def ask(conn: Connection, account_id: int) -> tuple[str, Any]:
    """Add a scene that a graduate asks for, and return its token and row; an earlier one holds no more. In a write."""
    at = now()
    conn.execute(_END, {"account": account_id, "at": at})
    token = scenes.scene_for_account(conn, account_id, at)
    return token, conn.execute(_ASKED, {"token": token_hash(token)}).one()


def look(conn: Connection, account_id: int, public_id: str) -> Any:
    """Return a scene of the account's own; raises NotFound for any other."""
    row = conn.execute(_OWN, {"scene": public_id, "account": account_id}).one_or_none()
    if row is None:
        raise NotFound
    return row


def scanner(conn: Connection, account_id: int, public_id: str) -> int | None:
    """Return whose WeChat a code of the account's own may bind now; None where it may bind none. Raises NotFound."""
    row = look(conn, account_id, public_id)
    return None if refuse_confirm(moments(row), now()) else row.wechat_user_id


def sender(conn: Connection, token: str) -> int | None:
    """Return whose WeChat a link may bind now; None where it may bind none."""
    row = conn.execute(_LINK, {"token": token_hash(token)}).one_or_none()
    if row is None or refuse_claim(moments(row), now()):
        return None
    user_id: int = row.wechat_user_id
    return user_id


def confirm(conn: Connection, account_id: int, public_id: str) -> None:
    """Bind the WeChat that scanned a graduate's own code; inside a write. Raises NotFound, Refused."""
    row = conn.execute(_OWN.with_for_update(), {"scene": public_id, "account": account_id}).one_or_none()
    if row is None:
        raise NotFound
    at = now()
    _check(refuse_confirm(moments(row), at))
    _use(conn, account_id, row, "scene", at)


def claim(conn: Connection, account_id: int, token: str) -> None:
    """Bind the WeChat that got a link from the bot; inside a write. Raises Refused: all that leads nowhere alike."""
    row = conn.execute(_LINK.with_for_update(), {"token": token_hash(token)}).one_or_none()
    at = now()
    _check(refuse_claim(moments(row) if row else None, at))
    _use(conn, account_id, row, "link", at)


def _use(conn: Connection, account_id: int, row: Any, how: str, at: datetime) -> None:
    conn.execute(_USE, {"row": row.id, "at": at})
    binding.bind(conn, row.wechat_user_id, account_id, how)


def _check(refusal: Refusal | None) -> None:
    if refusal:
        raise Refused(refusal)
