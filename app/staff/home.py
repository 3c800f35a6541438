"""首页: what waits, and the way to everything this account may do."""

from typing import Any

from flask import redirect, render_template, url_for
from sqlalchemy import select, update

from app import access, auth
from app.clock import now
from app.extensions import db
from app.models import Alert
from app.staff import blueprint, waiting
from app.staff.menu import entries
from app.writing import write
from workflows.vocabulary import REVIEWERS, STAFF, Level, Module

REMINDERS_SHOWN = 5
_UNREAD = select(Alert).where(Alert.read_at.is_(None)).order_by(Alert.id.desc()).limit(REMINDERS_SHOWN)


@blueprint.get("/")
@access.policy("staff", *STAFF, module=access.ANY)
def home() -> Any:
    """Show the counts of what waits and the links of this role."""
    actor = access.actor()
    reviews = actor.role in REVIEWERS and max(auth.level_in(module) for module in Module) >= Level.READ
    cards = waiting.cards(actor) if actor.role in REVIEWERS else []
    alerts = db.session.execute(_UNREAD.where(access.scope(actor, Alert))).scalars().all() if reviews else []
    links = [entry for entry in entries(actor) if entry.what]
    return render_template("staff/home.html", cards=cards, links=links, alerts=alerts)


@blueprint.post("/reminders/read")
@access.policy("staff", *REVIEWERS, level=Level.READ, module=access.ANY)
def reminders_read() -> Any:
    """知道了: mark one's reminders as read."""
    unread = (access.scope(access.actor(), Alert), Alert.read_at.is_(None))
    write(lambda: db.session.execute(update(Alert).where(*unread).values(read_at=now())))
    return redirect(url_for("staff.home"), 303)
