"""The composition root: builds the application out of its rooms; servers, workers, commands and tests start here."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from app import access, channel_states, printable
from app.factory import create_app
from notifications import cli as notifications_cli
from notifications import doorbell, employment_system, outbox, receipts_web, report_cli, sms
from pdf import cli as pdf_cli
from pdf import fonts, letter_web
from pdf import web as pdf_web
from wechat import api as wechat_api
from wechat import callback, check_files, content_gate
from wechat import cli as wechat_cli
from wechat import client as wechat_client

API_DOCUMENT = ("static", "api-docs.openapi_json")


def build(settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the whole application; raises SettingsError, or NoPolicyError when a route has no policy entry."""
    app = create_app(settings)
    printable.install(app, fonts.unprintable)
    doorbell.install(app)
    channel_states.install(app, outbox.reopen)
    employment_system.install(app)
    wechat_client.install(app)
    sms.install(app)
    receipts_web.install(app)
    pdf_web.install(app)
    letter_web.install(app)
    callback.install(app)
    wechat_api.install(app)
    content_gate.install(app)
    check_files.install(app)
    for commands in (
        pdf_cli.agreement_commands,
        notifications_cli.outbox_commands,
        report_cli.report_commands,
        wechat_cli.wechat_commands,
    ):
        app.cli.add_command(commands)
    access.check_every_route(app, exempt=API_DOCUMENT)
    return app


def __getattr__(name: str) -> Flask:
    """Build `wsgi:app` when a server asks for it."""
    if name in ("app", "application"):
        globals()["app"] = globals()["application"] = build()
        return globals()[name]
    raise AttributeError(name)
