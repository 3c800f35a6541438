"""What every page of the portal shows of the caller: the employer, its menu, unread messages."""

from typing import Any

from flask import g, request
from sqlalchemy import bindparam, func, select

from app import access
from app.employers import blueprint
from app.extensions import db
from app.models import Alert, Employer
from workflows.calendar import say
from workflows.employer_standing import refuse_business
from workflows.vocabulary import Level, State

MENU = (
    ("employers.home", "首页", ("employers.home",)),
    ("employers.search", "查找毕业生", ("employers.search", "employers.found", "employers.invite")),
    ("employers.invitations", "我的邀请", ("employers.invitation", "employers.correct", "employers.withdraw")),
    ("employers.terminations_list", "解约", ("employers.termination",)),
    ("employers.inbox", "消息", ("employers.inbox", "employers.alert")),
    ("employers.standing", "单位认证", ("employers.standing", "employers.officer")),
)
# What an officer sees whose letter is not approved yet (R-EMP-1, R-EMP-3).
APPLICANTS_MENU = (("employers.verification", "单位认证", ("employers.verification",)),)
_UNREAD = (
    select(func.count())
    .select_from(Alert.__table__)
    .where(Alert.recipient_kind == "employer", Alert.recipient_id == bindparam("employer"), Alert.read_at.is_(None))
    .scalar_subquery()
)
_CALLER = select(Employer, _UNREAD.label("unread")).where(Employer.id == bindparam("employer"))


def employer() -> Employer:
    """Return the caller's employer, read once per request."""
    return _caller()[0]


def _caller() -> Any:
    if "employer" not in g:
        g.employer = db.session.execute(_CALLER, {"employer": access.actor().employer_id}).one()
    return g.employer


@blueprint.context_processor
def about_the_caller() -> dict[str, Any]:
    """Give every page the employer, the menu and what stands in the way of inviting; the door gets none."""
    if "actor" not in g:
        return {"employer": None}
    row, unread = _caller()
    endpoint = request.endpoint or ""
    menu = MENU if g.actor.level >= Level.WRITE else APPLICANTS_MENU
    here = next((first for first, _, family in menu if endpoint.startswith(family)), "")
    refusal = refuse_business(State(row.state))
    return {"employer": row, "unread": unread, "menu": menu, "here": here, "unverified": refusal}


@blueprint.app_template_filter("beijing")
def beijing(moment: Any) -> str:
    """Write a moment as 2026年11月21日 18:00; “--” for none."""
    return say(moment) if moment else "--"
