"""The page behind an agreement's QR code, for anybody who holds the paper; it needs no JavaScript (R-QR-1)."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.exceptions import RequestEntityTooLarge

from app import comparison, disclosure, snapshots, verification
from app.access import policy
from app.extensions import csrf, db
from app.public import blueprint
from app.public.fingerprint import LIMIT, fingerprint
from app.verification import TooManyError
from app.writing import rollback
from workflows.calendar import BEIJING
from workflows.verification import WORDS

IDENTICAL, DIFFERENT, NOT_READY = "identical", "different", "not_ready"
Answer = Any


@blueprint.get("/v/")
@policy("public")
def enter_code() -> Answer:
    """Let a person type the code that stands beside the QR symbol."""
    typed = request.args.get("code", "")
    code = verification.clean_code(typed)
    if code:
        return redirect(url_for("public.verify", code=code), 303)
    return render_template("public/enter_code.html", typed=typed[:40], host=_host()), 422 if typed else 200


@blueprint.get("/V/<code>")
@blueprint.get("/v/<code>")
@policy("public")
def verify(code: str) -> Answer:
    """Show what an agreement says and whether it holds now."""
    return _page(verification.OPEN, code)


# The two forms below need no CSRF token: no session is behind them, and anybody could send them anyway.
@blueprint.post("/v/<code>/compare")
@csrf.exempt
@policy("public")
def compare(code: str) -> Answer:
    """Say whether what was typed from the paper is what is stored."""
    form = {name: text.strip() for name, text in request.form.items()}
    if problem := _problem(form):
        return _page(verification.OPEN, code, form=form, problem=problem, status=422)
    return _page(verification.COMPARE, code, lambda row: _compared(row, form), form=form)


@blueprint.post("/v/<code>/file")
@csrf.exempt
@policy("public")
def check_file(code: str) -> Answer:
    """Say whether an uploaded PDF is, byte for byte, the stored one; it is hashed while it streams and not kept."""
    try:
        verification.refuse_early(verification.UPLOAD, request.remote_addr or "")
    except TooManyError as error:
        return _too_many(error)
    rollback()  # a slow upload must not hold the transaction that every write begins with
    try:
        sent = fingerprint(request, "file")
    except RequestEntityTooLarge:
        problem = f"文件超过 {LIMIT // 1024 // 1024} MB，不会是平台出具的协议书文件。"
        return _page(verification.OPEN, code, problem=problem, status=413)
    if sent is None:
        return _page(verification.OPEN, code, problem="请选择要核对的 PDF 文件。", status=422)
    return _page(verification.UPLOAD, code, lambda row: _judged(row, sent.sha256))


def _page(kind: str, code: str, judge: Any = None, *, status: int = 200, **more: Any) -> Answer:
    try:
        seen = verification.look(kind, code, request.remote_addr or "", *filter(None, [judge]))
    except TooManyError as error:
        return _too_many(error)
    if seen.row is None:
        return render_template("public/miss.html", host=_host()), 404
    if seen.outcome == verification.CLOSED:
        return render_template("public/closed.html", host=_host()), 403
    checked_at = f"{seen.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
    shown = {"form": {}, "outcome": seen.outcome, "checked_at": checked_at} | _shown(seen.row) | more
    return render_template("public/agreement.html", **shown), status


def _shown(row: Row[Any]) -> dict[str, Any]:
    facts = _facts(row)
    return {
        "host": _host(),
        "code": row.code,
        "grouped": verification.grouped(row.code),
        "number": row.number,
        "words": WORDS[verification.state_of(row)],
        "newest": row.version == row.newest_version,
        "version": row.version,
        "sections": disclosure.sections(facts),
        "supplement": facts["supplement"],
        "issued_on": f"{row.issued_at.astimezone(BEIJING):%Y-%m-%d}",
        "fields": comparison.FIELDS,
        "limit": verification.COMPARES_PER_CODE,
    }


def _facts(row: Row[Any]) -> dict[str, Any]:
    facts = snapshots.stored(db.session.connection(), row)
    if facts is None:
        raise LookupError("an agreement without a snapshot")
    return facts


def _host() -> str:
    return urlsplit(current_app.config["PUBLIC_URL"]).netloc


def _problem(form: dict[str, str]) -> str:
    if any(len(text) > comparison.LONGEST * 6 for text in form.values()):
        return "填写的内容太长，请核对后重新填写。"
    if form.get("check") == comparison.PERSON:
        complete = form.get("name") and len(comparison.plain(form.get("tail", ""))) == comparison.TAIL
        return "" if complete else "请填写毕业生姓名和证件号码的后六位。"
    known = form.get("check") in comparison.FIELDS and form.get("value")
    return "" if known else "请选择要核对的项目，并填写纸质协议书上的内容。"


def _compared(row: Row[Any], form: dict[str, str]) -> str:
    if form["check"] == comparison.PERSON:
        return comparison.person(_facts(row), form["name"], form["tail"])
    return comparison.field(_facts(row), row.number, form["check"], form["value"])


def _judged(row: Row[Any], sha256: str) -> str:
    if row.file_sha256 is None:
        return NOT_READY
    return IDENTICAL if row.file_sha256 == sha256 else DIFFERENT


def _too_many(error: TooManyError) -> Answer:
    until = error.until.astimezone(BEIJING)
    page = render_template("public/too_many.html", per_code=error.per_code, until=f"{until:%H:%M}", host=_host())
    return page, 429, {"Retry-After": "3600"}
