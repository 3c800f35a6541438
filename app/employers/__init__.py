"""Server-rendered pages for employers, under /employer/: find a graduate, invite, correct, withdraw, read messages."""

from flask import Blueprint

blueprint = Blueprint("employers", __name__, url_prefix="/employer")

from app.employers import (  # noqa: E402, F401
    correcting,
    files,
    home,
    inbox,
    invitations,
    inviting,
    menu,
    regions,
    registration,
    search,
    sign_in,
    standing,
    terminations,
    verification,
)
