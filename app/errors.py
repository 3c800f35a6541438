"""One error form for the API, one friendly page for people; refusals of the rules become statuses by a table."""

import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from app.extensions import db
from app.writing import rollback
from workflows.calendar import say
from workflows.case import Refusal, Refused
from workflows.vocabulary import Code

log = logging.getLogger(__name__)

FORBIDDEN, CONFLICT, UNPROCESSABLE = 403, 409, 422
STATUS: dict[Code, int] = {
    Code.NOT_ALLOWED: FORBIDDEN,
    Code.READ_ONLY: FORBIDDEN,
    Code.CONFIRM_FIRST: FORBIDDEN,
    Code.PROOF_REQUIRED: FORBIDDEN,
    Code.MODULE_CLOSED: FORBIDDEN,
    Code.SETTINGS_MISSING: FORBIDDEN,
    Code.FUNCTION_OFF: FORBIDDEN,
    Code.WINDOW_CLOSED: FORBIDDEN,
    Code.PAST_COHORT: FORBIDDEN,
    Code.NOT_ON_ROLL: FORBIDDEN,
    Code.TRAINING_MODE: FORBIDDEN,
    Code.EMPLOYER_UNVERIFIED: FORBIDDEN,
    Code.EMPLOYER_SUSPENDED: FORBIDDEN,
    Code.SEARCH_LOCKED: 429,
    Code.WRONG_STATE: CONFLICT,
    Code.EXPIRED: CONFLICT,
    Code.TAKEN: CONFLICT,
    Code.OUTDATED: CONFLICT,
    Code.ALREADY_INVITED: CONFLICT,
    Code.WITHDRAWN_RECENTLY: CONFLICT,
    Code.VOID_UNCONFIRMED: CONFLICT,
    Code.NUMBERS_EXHAUSTED: CONFLICT,
    Code.UNPRINTABLE: CONFLICT,
    Code.NO_MATCH: 404,
    Code.DECLARATION_REQUIRED: UNPROCESSABLE,
    Code.NOTICE_REQUIRED: UNPROCESSABLE,
    Code.REASON_REQUIRED: UNPROCESSABLE,
    Code.REASON_TOO_LONG: UNPROCESSABLE,
    Code.REASON_TOO_SHORT: UNPROCESSABLE,
    Code.UNCONFIRMED: UNPROCESSABLE,
    Code.NAME_MISMATCH: UNPROCESSABLE,
    Code.DEADLINE_OUT_OF_RANGE: UNPROCESSABLE,
    Code.DEADLINE_EARLIER: UNPROCESSABLE,
    Code.NOTHING_CHANGED: UNPROCESSABLE,
    Code.NO_SUCH_VALUE: UNPROCESSABLE,
    Code.FILE_LIMIT: UNPROCESSABLE,
    Code.FORM_INCOMPLETE: UNPROCESSABLE,
    Code.PROOF_MISSING: UNPROCESSABLE,
    Code.FILE_REFUSED: UNPROCESSABLE,
    Code.FILE_CHECKING: CONFLICT,
    Code.ALREADY_OPEN: CONFLICT,
    Code.TOO_SOON: 429,
    Code.ONLINE_POSSIBLE: CONFLICT,
    Code.PAPER_LOCKED: CONFLICT,
    Code.SIGNED_FIELD: UNPROCESSABLE,
}

# What the web itself says: status -> (code, sentence).
WEB: dict[int, tuple[str, str]] = {
    400: ("bad_request", "请求的格式不对，请刷新页面重试。"),
    401: ("sign_in", "请先登录。"),
    403: ("not_allowed", "您没有权限进行此操作。"),
    404: ("not_found", "没有找到该内容，请返回上一页。"),
    405: ("method_not_allowed", "不支持这种操作方式。"),
    409: ("conflict", "内容已有变化，请刷新页面。"),
    413: ("too_large", "提交的内容太大（每个文件最多 10 MB），请减少后再提交。"),
    415: ("media_type", "请以 JSON 格式提交。"),
    422: ("invalid", "有内容填写不正确，请按提示修改。"),
    429: ("too_many", "操作太频繁，请稍后再试。"),
    500: ("internal", "系统出了点问题，请稍后再试；您的数据没有丢失。"),
    503: ("busy", "系统繁忙，请稍后再试。"),
}


class ApiError(Exception):
    """An error of the web part: status, code, Chinese sentence, detail."""

    def __init__(self, status: int, code: str, message: str, detail: dict[str, Any] | None = None):
        super().__init__(code)
        self.status, self.code, self.message, self.detail = status, code, message, detail or {}


class NotFound(ApiError):
    """Foreign, unknown and malformed ids all get this same answer (R-ACC-2)."""

    def __init__(self) -> None:
        super().__init__(404, *WEB[404])


def refusal_detail(refusal: Refusal) -> dict[str, Any]:
    """Return the rest of a refusal for the answer: what next, until when, which record, which fields (R-WHY-1)."""
    blocker = refusal.blocker
    record = blocker and {
        "id": blocker.record,
        "subject": blocker.subject.value,
        "kind": blocker.kind.value,
        "state": blocker.state.value,
        "title": blocker.title,
        "label": blocker.label,
    }
    until = refusal.until and {"at": refusal.until.isoformat(), "text": say(refusal.until)}
    detail = {"next": refusal.next, "record": record, "until": until, "fields": dict(refusal.fields)}
    return {name: value for name, value in detail.items() if value}


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def answer(status: int, code: str, message: str, detail: dict[str, Any]) -> tuple[Response | str, int]:
    """Return the one JSON form for the API, a page for people; the page asks nothing of the database."""
    if _wants_json():
        return jsonify({"code": code, "message": message, "detail": detail}), status
    # Not render_template: a room's context processors read the caller's tenant, and the database may be what failed.
    page = current_app.jinja_env.get_template("error.html")
    return page.render(status=status, message=message, detail=detail), status


def _refused(error: Refused) -> tuple[Response | str, int]:
    refusal = error.refusal
    return answer(STATUS[refusal.code], refusal.code.value, refusal.message, refusal_detail(refusal))


def _api_error(error: ApiError) -> tuple[Response | str, int]:
    return answer(error.status, error.code, error.message, error.detail)


def _http(error: HTTPException) -> Any:
    if error.response is not None and not _wants_json():
        return error.response
    status = error.code or 500
    code, message = WEB.get(status, WEB[500])
    messages = (getattr(error, "data", None) or {}).get("messages", {})
    fields = {name: texts for part in messages.values() if isinstance(part, dict) for name, texts in part.items()}
    response, _ = answer(status, code, message, {"fields": _flat(fields)} if fields else {})
    return response, status, _kept_headers(error)


def _kept_headers(error: HTTPException) -> dict[str, str]:
    kept = ("Retry-After", "Allow")
    return {name: value for name, value in error.get_headers() if name in kept}


def _flat(fields: dict[str, Any]) -> dict[str, str]:
    return {str(name): text[0] if isinstance(text, list) and text else str(text) for name, text in fields.items()}


def _is_busy(error: Exception) -> bool:
    """Tell a lock that was waited for too long, a deadlock or a lost connection from an error in a statement."""
    orig = getattr(error, "orig", None)
    if isinstance(orig, sqlite3.Error):
        return getattr(orig, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return True


def _busy(error: Exception) -> Any:
    if not _is_busy(error):
        return _unexpected(error)
    log.warning("database busy", extra={"kind": type(getattr(error, "orig", error)).__name__})
    return *answer(503, *WEB[503], {}), {"Retry-After": "1"}


def _unexpected(error: Exception) -> tuple[Response | str, int]:
    # The text of an exception may hold personal data: only its type and place are logged (reliability.md §4).
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
    log.error("unexpected error", extra={"kind": type(error).__name__, "place": place, "endpoint": request.endpoint})
    return answer(500, WEB[500][0], WEB[500][1], {})


def _afresh(handle: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Let a handler begin without the transaction that failed: PostgreSQL refuses every statement in an aborted one."""

    def handled(error: Any) -> Any:
        try:
            rollback()
        except SQLAlchemyError as lost:
            log.warning("connection lost", extra={"kind": type(lost).__name__})
            db.session().invalidate()
        return handle(error)

    return handled


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refused, _afresh(_refused))
    app.register_error_handler(ApiError, _afresh(_api_error))
    app.register_error_handler(HTTPException, _afresh(_http))
    for busy in (OperationalError, PoolTimeoutError):
        app.register_error_handler(busy, _afresh(_busy))
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _afresh(_unexpected))
