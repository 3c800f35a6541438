"""Alerts: what the platform told the graduate, and what has been read (R-MSG-3)."""

from typing import Any

from sqlalchemy import bindparam, func, select, update

from app import access
from app.api.room import KEY, Room, bounded, once
from app.api.schemas import AlertAnswer, CountAnswer, Nothing
from app.clock import now
from app.extensions import db
from app.models import Alert, Placement

blueprint = Room("alerts", __name__, url_prefix="/alerts", description="消息")

_alert = Alert.__table__
_own = (_alert.c.recipient_kind == "account", _alert.c.recipient_id == bindparam("account"))
_COUNT = select(func.count()).select_from(_alert).where(*_own)
_UNREAD = _COUNT.where(_alert.c.read_at.is_(None))
_PAGE = (
    select(_alert, Placement.public_id.label("placement"), Placement.kind)
    .outerjoin(Placement.__table__, Placement.id == _alert.c.placement_id)
    .where(*_own)
    .order_by(_alert.c.id.desc())
    .limit(bindparam("size"))
    .offset(bindparam("first"))
)
_READ_ALL = (
    update(_alert).where(*_own, _alert.c.read_at.is_(None)).values(read_at=bindparam("at")).returning(_alert.c.id)
)


def _page(path: str) -> dict[str, str | None] | None:
    """Return the page behind a path such as pages/correction/index?id=…; None for the list of alerts itself."""
    folder, _, query = path.removeprefix("pages/").partition("/index")
    return {"name": folder, "id": query.removeprefix("?id=") or None} if folder not in ("", "alerts") else None


def _public(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "topic": row.topic,
        "title": row.title,
        "body": row.body,
        "placement": row.placement,
        "kind": row.kind,
        "page": _page(row.page),
        "created_at": row.created_at,
        "read": row.read_at is not None,
    }


@blueprint.get("")
@blueprint.response(200, AlertAnswer(many=True))
@blueprint.paginate(page_size=20)
@access.policy("graduate")
def alerts(pagination_parameters: Any) -> Any:
    """Return a page of the graduate's alerts, the newest first."""
    pages = bounded(pagination_parameters)
    account = {"account": access.actor().id}
    pages.item_count = db.session.execute(_COUNT, account).scalar_one()
    rows = db.session.execute(_PAGE, account | {"size": pages.page_size, "first": pages.first_item})
    return [_public(row) for row in rows]


@blueprint.get("/unread")
@blueprint.response(200, CountAnswer)
@access.policy("graduate")
def unread() -> Any:
    """Return how many alerts have not been read."""
    return {"count": db.session.execute(_UNREAD, {"account": access.actor().id}).scalar_one()}


@blueprint.post("/<alert_id>/read")
@blueprint.doc(parameters=[KEY])
@blueprint.response(200, Nothing)
@access.policy("graduate")
def read(alert_id: str) -> Any:
    """Note that an alert has been read; raises NotFound for a foreign or unknown one."""
    alert: Alert = access.load(Alert, alert_id, access.actor())

    def work() -> dict[str, Any]:
        alert.read_at = alert.read_at or now()
        db.session.flush()
        return {}

    return once(work)


@blueprint.post("/read")
@blueprint.doc(parameters=[KEY])
@blueprint.response(200, CountAnswer)
@access.policy("graduate")
def read_all() -> Any:
    """Note that all alerts have been read and return how many that were."""
    mine = {"account": access.actor().id, "at": now()}
    return once(lambda: {"count": len(db.session.execute(_READ_ALL, mine).all())})
