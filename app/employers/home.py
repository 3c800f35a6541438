"""首页: whether the employer may invite, its invitations by state, and the latest messages."""

from typing import Any

from flask import render_template
from sqlalchemy import case, func, select

from app import access
from app.clock import now
from app.employers import blueprint
from app.employers.invitations import shown_as
from app.extensions import db
from app.models import Placement
from workflows import labels
from workflows.vocabulary import STATES, Kind, State


@blueprint.get("/")
@access.policy("employer")
def home() -> Any:
    """Show what waits, with the ways on."""
    at = now()
    shown: Any = case((shown_as(State.EXPIRED, at), State.EXPIRED.value), else_=Placement.state)
    mine = access.scope(access.actor(), Placement)
    columns = shown.label("state"), func.count().label("count")
    query = select(*columns).where(mine, Placement.kind == Kind.ONLINE.value).group_by(columns[0])
    counts = {row[0]: row[1] for row in db.session.execute(query)}
    cards = [(s.value, labels.STATE_LABEL[Kind.ONLINE, s], counts.get(s, 0)) for s in STATES[Kind.ONLINE]]
    return render_template("employers/home.html", cards=cards)
