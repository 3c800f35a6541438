"""The demo inbox: every message that a person would have got, on one page; never in production."""

from typing import Any

from flask import Blueprint, Flask, render_template
from sqlalchemy import select

from app.access import policy
from app.extensions import db
from app.models import DemoMessage
from workflows.calendar import say

SHOWN = 100

blueprint = Blueprint("demo_inbox", __name__, template_folder="templates/pages")


@blueprint.get("/demo/inbox")
@policy("public")
def inbox() -> Any:
    """Show the newest messages first."""
    newest = select(DemoMessage).order_by(DemoMessage.id.desc()).limit(SHOWN)
    return render_template("inbox.html", messages=db.session.execute(newest).scalars().all(), say=say)


def install(app: Flask) -> None:
    """Open the page, outside production only."""
    if not app.config["PRODUCTION"]:
        app.register_blueprint(blueprint)
