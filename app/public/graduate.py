"""The graduate's page in a mobile browser: a static shell; its script speaks to /api/v1 alone."""

from flask import render_template

from app.access import policy
from app.public import blueprint


@blueprint.get("/m/")
@policy("public")
def graduate() -> str:
    """Show the shell of the graduate's page; who is signed in is known to the browser alone."""
    return render_template("public/graduate.html")
