"""The pages that anybody sees: the entry, the verification of agreements, the graduate's page in a mobile browser."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from app.public import demo_accounts, entry, graduate, upload_link, uploads, verification  # noqa: E402, F401 - they add their routes
