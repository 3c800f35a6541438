"""Server-rendered pages for departments, schools, provinces, operator and auditor, under /staff/."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

from app.staff import files, home, menu, placements, province, review, roll, settings, sign_in, windows  # noqa: E402, F401
