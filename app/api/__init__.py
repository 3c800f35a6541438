"""JSON for the mini-program: one file per resource."""

from flask import Flask
from flask_smorest import Api, Blueprint

from app.api import (
    accounts,
    alerts,
    consequences,
    contact,
    corrections,
    destinations,
    employers,
    files,
    guide,
    home,
    invitations,
    me,
    offline_signings,
    paper_registrations,
    roll_requests,
    sessions,
    tables,
    terminations,
    transfers,
    verifications,
)
from app.api.schemas import ErrorAnswer

BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts.blueprint,
    sessions.blueprint,
    me.blueprint,
    contact.blueprint,
    roll_requests.blueprint,
    home.blueprint,
    guide.blueprint,
    invitations.blueprint,
    employers.blueprint,
    offline_signings.blueprint,
    verifications.blueprint,
    paper_registrations.blueprint,
    destinations.blueprint,
    tables.blueprint,
    terminations.blueprint,
    consequences.blueprint,
    alerts.blueprint,
    files.blueprint,
    corrections.blueprint,
    transfers.blueprint,
)


class GraduatesApi(Api):
    """The API with its description: every operation but signing in wants the token, and errors have one form."""

    ERROR_SCHEMA = ErrorAnswer

    def __init__(self, app: Flask):
        bearer = {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}
        super().__init__(app, spec_kwargs={"security": [{"bearer": []}], "components": bearer})
