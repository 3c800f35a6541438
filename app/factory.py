"""Builds the bare application: settings, extensions, errors, the rooms of `app` itself; `wsgi` adds the others."""

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from app import access, cli, config, errors, health, incoming, logs
from app.api import BLUEPRINTS as API_BLUEPRINTS
from app.api import GraduatesApi
from app.crypto import Keyring
from app.employers import blueprint as employers
from app.extensions import csrf, db, limiter, migrate
from app.public import blueprint as public
from app.staff import blueprint as staff
from app.writing import tune_sqlite

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self';"
    " form-action 'self'",
}


def _headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype in ("application/json", "text/html"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _close_errors(app: Flask) -> None:
    @app.teardown_request
    def _rollback(error: BaseException | None) -> None:
        db.session.remove()


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the application with its own rooms; raises SettingsError for bad settings."""
    app = Flask("app", static_folder="static", template_folder="templates")
    app.request_class = incoming.Request
    app.config.update(config.load(settings))
    app.config["SESSION_COOKIE_NAME"] = f"{app.config['COOKIE_PREFIX']}csrf"
    os.makedirs(app.config["VAR_DIR"], exist_ok=True)
    logs.install(app)
    app.extensions["keyring"] = Keyring(app.config["FIELD_KEYS"], app.config["INDEX_KEY"])
    for extension in (db, csrf, limiter):
        extension.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            tune_sqlite(db.engine)
    if proxies := int(app.config["TRUSTED_PROXIES"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.before_request(access.guard)
    app.after_request(_headers)
    _close_errors(app)
    cli.install(app)
    api = GraduatesApi(app)
    app.extensions["api"] = api
    for blueprint in API_BLUEPRINTS:
        csrf.exempt(blueprint)
        api.register_blueprint(blueprint, url_prefix=f"/api/v1{blueprint.url_prefix or ''}")
    errors.install(app)  # after flask-smorest, which has a form of its own
    for blueprint in (health.blueprint, public, employers, staff):
        app.register_blueprint(blueprint)
    return app
