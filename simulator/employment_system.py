"""The employment management system as it is seen from outside: reports in, what it holds and what was edited out."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from simulator import checks, console
from simulator.faults import Faults
from simulator.ledger import Conflict, Ledger
from simulator.signature import Unsigned, check

PREFIX = "/api/v1"
LARGEST_BODY = 64 * 1024
MOST = 500  # records or changes on a page

api = Blueprint("api", __name__, url_prefix=PREFIX)


def build(store: Path | str, keys: Mapping[str, str]) -> Flask:
    """Return the far side with its store; `keys` are the secrets of its callers by key id."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.extensions |= {"ledger": Ledger(store), "faults": Faults(), "keys": dict(keys)}
    app.register_blueprint(api)
    app.register_blueprint(console.pages)
    return app


def ledger() -> Ledger:
    """Return the store of the far side at hand."""
    held: Ledger = current_app.extensions["ledger"]
    return held


def _answer(status: int, body: Mapping[str, Any]) -> Response:
    answer = jsonify(body)
    answer.status_code = status
    return answer


def _signed(work: Callable[[], Response]) -> Response:
    faults: Faults = current_app.extensions["faults"]
    path, body = request.environ["REQUEST_URI"], request.get_data()
    try:
        check(dict(request.headers), current_app.extensions["keys"], request.method, path, body, ledger())
    except Unsigned as refusal:
        return _answer(401, {"code": str(refusal)})
    return faults.around(work)


@api.post("/reports")
def take_report() -> Response:
    """Store a report: 200, or 401 unsigned, 409 out of order, 422 invalid."""
    return _signed(_store)


def _store() -> Response:
    try:
        report = json.loads(request.get_data())
    except ValueError:
        return _answer(400, {"code": "no_json"})
    if wrong := checks.problems(report):
        return _answer(422, {"code": "invalid", "fields": wrong})
    try:
        return _answer(200, ledger().store(report))
    except Conflict as conflict:
        return _answer(409, {"code": conflict.code, "expected": conflict.expected})


@api.get("/records/<school_code>/<student_number>/<int:cohort>")
def of_graduate(school_code: str, student_number: str, cohort: int) -> Response:
    """Answer what is held of one graduate."""
    return _signed(lambda: _answer(200, {"records": ledger().of_graduate(school_code, student_number, cohort)}))


@api.get("/records")
def of_school() -> Response:
    """Answer a page of what is held of a school's cohort; `next` is what to ask for after, null at the end."""
    return _signed(_page)


def _page() -> Response:
    number, _, kind = request.args.get("after", "").rpartition("|")
    limit = min(request.args.get("limit", MOST, int), MOST)
    school_code, cohort = request.args.get("school_code", ""), request.args.get("cohort", 0, int)
    rows = ledger().of_school(cohort, school_code, (number, kind), limit)
    last = f"{rows[-1]['student_number']}|{rows[-1]['kind']}" if len(rows) == limit else None
    return _answer(200, {"records": rows, "next": last})


@api.get("/schools")
def schools() -> Response:
    """Answer the schools of which something is held."""
    return _signed(lambda: _answer(200, {"school_codes": ledger().schools(request.args.get("cohort", 0, int))}))


@api.get("/changes")
def changes() -> Response:
    """Answer what was edited over there after a change's number."""
    after, limit = request.args.get("after", 0, int), min(request.args.get("limit", MOST, int), MOST)
    return _signed(lambda: _answer(200, {"changes": ledger().changes(after, limit)}))
