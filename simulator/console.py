"""What people do over there: look at what is held, edit archive and household data, and switch faults on."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from simulator import checks
from simulator.faults import Fault

KEY = ("school_code", "student_number", "cohort", "kind")
SHOWN = 100

pages = Blueprint("console", __name__, template_folder="templates")


@pages.get("/employment")
def home() -> str:
    """Show what changed last, and a form to edit archive and household data."""
    return render_template("employment.html", records=current_app.extensions["ledger"].newest(SHOWN))


def _edit(values: dict[str, Any], content: Any, edited_at: str | None) -> tuple[int, dict[str, Any]]:
    key = {name: values.get(name) for name in KEY}
    if wrong := checks.edit_problems(str(key["kind"]), content):
        return (403 if "kind" in wrong else 422), {"code": "invalid", "fields": wrong}
    at = edited_at or datetime.now(UTC).isoformat()
    return 200, {"id": current_app.extensions["ledger"].edit(key, content, at)}


@pages.post("/console/edits")
def edit() -> Response:
    """Edit a graduate's archive or household data; placements are read-only here."""
    values: dict[str, Any] = request.get_json()
    status, answer = _edit(values, values.get("content"), values.get("edited_at"))
    response = jsonify(answer)
    response.status_code = status
    return response


@pages.post("/edit")
def edit_by_form() -> tuple[str, int]:
    """Edit by the form of the page."""
    typed = {name: value.strip() for name, value in request.form.items() if value.strip()}
    key: dict[str, Any] = {name: typed.pop(name, "") for name in KEY}
    key["cohort"] = int(key["cohort"] or 0)
    status, answer = _edit(key, typed, None)
    records = current_app.extensions["ledger"].newest(SHOWN)
    return render_template("employment.html", records=records, wrong=answer.get("fields"), saved=status == 200), status


@pages.post("/console/faults")
def switch_fault() -> Response:
    """Switch a fault on ({fault, times, seconds}) or off ({})."""
    wanted: dict[str, Any] = request.get_json()
    fault = Fault(wanted["fault"]) if wanted.get("fault") else None
    current_app.extensions["faults"].switch(fault, wanted.get("times"), float(wanted.get("seconds", 0)))
    return jsonify({"fault": fault})
