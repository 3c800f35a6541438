"""首页: what waits, and the way to everything this account may do."""

from typing import Any

from flask import render_template

from app import access
from app.staff import blueprint, queues
from app.staff.menu import entries
from workflows.vocabulary import REVIEWERS, STAFF, Kind, Level


@blueprint.get("/")
@access.policy("staff", *STAFF)
def home() -> Any:
    """Show the counts of what waits and the links of this role."""
    actor = access.actor()
    reviews = actor.role in REVIEWERS and actor.level >= Level.READ
    counts = queues.counts(actor) if reviews else []
    destinations = queues.counts(actor, Kind.DESTINATION) if reviews else []
    links = [entry for entry in entries(actor) if entry.what]
    return render_template("staff/home.html", counts=counts, destinations=destinations, links=links)
