"""消息: the employer's alerts, read one by one or all at once (R-MSG-1)."""

from typing import Any

from flask import redirect, render_template, url_for
from sqlalchemy import select, update

from app import access
from app.clock import now
from app.employers import blueprint
from app.extensions import db
from app.models import Alert, Placement
from app.paging import page_of
from app.writing import write

_LIST = select(Alert.__table__, Placement.public_id.label("placement")).outerjoin(
    Placement, Placement.id == Alert.placement_id
)


@blueprint.get("/inbox")
@access.policy("employer")
def inbox() -> Any:
    """List the alerts, newest first."""
    page = page_of(_LIST.where(access.scope(access.actor(), Alert)), Alert, (Alert.id,), newest_first=True)
    return render_template("employers/inbox.html", page=page)


@blueprint.post("/inbox/<public_id>/read")
@access.policy("employer")
def alert_read(public_id: str) -> Any:
    """Mark an alert as read and go on to what it is about."""
    alert = access.load(Alert, public_id, access.actor())
    _mark(Alert.id == alert.id)
    about = db.session.get(Placement, alert.placement_id) if alert.placement_id else None
    target = url_for("employers.invitation", public_id=about.public_id) if about else url_for("employers.inbox")
    return redirect(target, 303)


@blueprint.post("/inbox/read")
@access.policy("employer")
def inbox_read() -> Any:
    """Mark all alerts as read."""
    _mark()
    return redirect(url_for("employers.inbox"), 303)


def _mark(*which: Any) -> None:
    unread = (access.scope(access.actor(), Alert), Alert.read_at.is_(None), *which)
    write(lambda: db.session.execute(update(Alert).where(*unread).values(read_at=now())))
