"""Server-rendered pages for employers, under /employer/: find a graduate, invite, correct, withdraw, read messages."""

from flask import Blueprint

blueprint = Blueprint("employers", __name__, url_prefix="/employer")

from app.employers import correcting, files, home, inbox, invitations, inviting, menu, regions, search, sign_in  # noqa: E402, F401
