"""JSON for the mini-program: one file per resource."""

from flask_smorest import Api, Blueprint

from app.api import alerts, home, invitations, me, sessions
from app.api.schemas import ErrorAnswer

BLUEPRINTS: tuple[Blueprint, ...] = (
    sessions.blueprint,
    me.blueprint,
    home.blueprint,
    invitations.blueprint,
    alerts.blueprint,
)


def document(api: Api) -> None:
    """Describe what all operations share: the bearer token and the one form of errors."""
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"bearer": []}]
    api.ERROR_SCHEMA = ErrorAnswer
