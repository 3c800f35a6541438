"""Is the process alive, and can it work: for load balancers and the launcher."""

from typing import Any

from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.access import policy
from app.extensions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@policy("public")
def alive() -> Any:
    """Answer as long as the process runs."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@policy("public")
def ready() -> Any:
    """Answer 200 when the database answers and is migrated, else 503. Redis is not asked: alerts can wait (P14)."""
    try:
        version = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify({"status": "database"}), 503
    return jsonify({"status": "ready", "migration": version})
