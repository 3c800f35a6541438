"""The entry page with its three doors (R-ENTRY-1)."""

from flask import render_template

from app.access import policy
from app.public import blueprint


@blueprint.get("/")
@policy("public")
def entry() -> str:
    """Show the three doors: 学生登录, 单位登录, 学校登录."""
    return render_template("public/entry.html")
