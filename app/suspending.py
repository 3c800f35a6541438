"""The operator's switches: a function suspended on the whole platform or in a province (R-PROV-3)."""

from typing import Any

from sqlalchemy import delete, select

from app import history
from app.clock import now
from app.extensions import db
from app.facts import EVERYWHERE
from app.models import FunctionSuspension, Province
from workflows import platform_settings as rules
from workflows import review
from workflows.case import Actor, Refusal, Refused, Request
from workflows.vocabulary import Code, Kind
from workflows.windows import FUNCTION_TITLE

SUSPEND, RESUME = "suspend_function", "resume_function"


def suspended() -> list[tuple[FunctionSuspension, str]]:
    """Return every suspension with the name of its province ("" for the whole platform), the newest first."""
    rows = (
        select(FunctionSuspension, Province.name)
        .outerjoin(Province, Province.code == FunctionSuspension.province_code)
        .order_by(FunctionSuspension.since.desc())
    )
    return [(row, name or "") for row, name in db.session.execute(rows)]


def switch(actor: Actor, function: Kind, province_code: str, suspend: bool, reason: str | None) -> None:
    """Suspend a function, or let it go on, with a reason; on record with the operator. Raises Refused.

    `province_code` "" means the whole platform. Records under way are not touched: the rules of starting ask for this.
    """
    if refusal := rules.refuse_operator(actor) or review.needs_reason(Request(reason=reason), what="原因"):
        raise Refused(refusal)
    chain = history.lock(db.session.connection(), "staff", actor.id)
    _known(province_code)
    row, at = db.session.get(FunctionSuspension, (function.value, province_code)), now()
    if (row is not None) == suspend:
        raise Refused(_nothing(function, suspend))
    if suspend:
        values: dict[str, Any] = {"function": function.value, "province_code": province_code}
        db.session.add(FunctionSuspension(**values, since=at, by_staff=actor.id, reason=(reason or "").strip()))
    else:
        which = (FunctionSuspension.function == function.value, FunctionSuspension.province_code == province_code)
        db.session.execute(delete(FunctionSuspension).where(*which))
    db.session.flush()
    detail = {"function": function.value, "province_code": province_code}
    action = SUSPEND if suspend else RESUME
    chain.add(at, actor, ("staff", actor.id), action, detail, {"reason": (reason or "").strip()})
    chain.write()


def _known(province_code: str) -> None:
    known = db.session.execute(select(Province.id).where(Province.code == province_code)).first()
    if province_code != EVERYWHERE and known is None:
        message = "请选择全平台或一个省份。"
        raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "请重新选择。", fields={"province_code": message}))


def _nothing(function: Kind, suspend: bool) -> Refusal:
    message = f"“{FUNCTION_TITLE[function]}”{'已经暂缓开通' if suspend else '没有暂缓开通'}，无需再次办理。"
    return Refusal(Code.WRONG_STATE, message, "请刷新页面查看最新状态。")
