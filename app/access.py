"""Who may call what, and whose rows they see: the policy beside each route, `scope`, `load`, masking (R-ACC-2)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from sqlalchemy import ColumnElement, false, select, true

from app import auth
from app.errors import WEB, ApiError, NotFound
from app.extensions import db
from app.models import (
    Alert,
    BankCheck,
    Correction,
    Employer,
    EmployerUser,
    File,
    ListExport,
    Message,
    Placement,
    RollImport,
    RollRecord,
    RollRequest,
    School,
    Termination,
    Transfer,
    WarningMark,
)
from app.writing import begin_write
from workflows.case import Actor
from workflows.vocabulary import REVIEWERS, Code, Level, Module, Role

View = TypeVar("View", bound=Callable[..., Any])
OWN_PASSWORD = frozenset({"staff.password", "staff.sign_out"})  # all there is with a password that was handed out
TICKET = ("ticket", "微信登录已过期，请重新打开小程序再试。")  # the ticket of a WeChat that is bound to nobody
ANY: Final = "any"  # instead of a module: the highest level that the account has in one of them
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PUBLIC_ID = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a route: the door, the roles behind it, and the least level inside a module (R-ACC-1)."""

    door: str  # graduate, employer, applicant (an employer's user whose letter waits), staff, link, wechat, public
    roles: frozenset[Role] = frozenset()
    level: Level = Level.NONE
    module: Module | str | None = Module.PLACEMENT  # ANY, or None: the route names its module itself


def policy(
    door: str, *roles: Role, level: Level = Level.NONE, module: Module | str | None = Module.PLACEMENT
) -> Callable[[View], View]:
    """Put a policy entry beside a route; without one the application refuses to start.

    With `module` None the route has an argument `module`, the name of the module whose level counts; with ANY the
    page serves several, and shows and does no more than the level inside each permits.
    """

    def mark(view: View) -> View:
        view.policy = Policy(door, frozenset(roles), level, module)  # type: ignore[attr-defined]
        return view

    return mark


def policy_of(app: Flask, endpoint: str, method: str = "GET") -> Policy | None:
    """Return the policy entry of an endpoint (for a class-based view, of its method)."""
    view: Any = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, method.lower(), None) or getattr(view_class, "get", None)
        found = getattr(handler, "policy", None) or getattr(view_class, "policy", None)
    else:
        found = getattr(view, "policy", None)
    return found


class NoPolicyError(RuntimeError):
    """A route has no policy entry: the application must not start."""


def check_every_route(app: Flask, exempt: Iterable[str] = ("static",)) -> None:
    """Refuse to start when a route has no policy entry; raises NoPolicyError with its name."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if rule.endpoint not in exempt and policy_of(app, rule.endpoint, method) is None:
                raise NoPolicyError(f"{method} {rule.rule} ({rule.endpoint}) has no policy entry")


def guard() -> Any:
    """Let a request pass when its route's policy allows; runs before every request and sets `g.actor`."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    if request.method not in SAFE:
        begin_write()
    entry = policy_of(current_app, request.endpoint, request.method)
    if entry is None:
        raise NotFound
    if entry.door == "public":
        return None
    if entry.door == "wechat":
        return None if auth.principal("wechat") else _to_the_door("wechat")
    door = "employer" if entry.door == "applicant" else entry.door
    actor = auth.identify(door)
    if actor is None:
        return _to_the_door(door)
    if entry.door == "employer" and actor.level < Level.WRITE:
        return _to_the_letter()
    if entry.roles and actor.role not in entry.roles:
        raise ApiError(403, *WEB[403])
    if entry.door == "staff" and g.principal.must_change_password and request.endpoint not in OWN_PASSWORD:
        return redirect(url_for("staff.password"))
    if entry.door == "staff":
        actor = replace(actor, level=level_in(_module_of(entry)))
        _require(actor.level, entry.level)
    g.actor = actor
    return None


def level_in(module: Module | str) -> Level:
    """Return the caller's level inside a module, or the highest of all with ANY (R-ACC-1)."""
    return max(map(auth.level_in, Module)) if module == ANY else auth.level_in(Module(module))


def seen_modules(least: Level = Level.READ) -> list[Module]:
    """Return the modules in which the caller has at least this level (R-ACC-1)."""
    return [module for module in Module if auth.level_in(module) >= least]


def require(module: Module | str, least: Level) -> None:
    """Refuse who has less than this level in a module, on a page that serves several; raises ApiError (R-ACC-1)."""
    _require(level_in(module), least)


def _require(level: Level, least: Level) -> None:
    if level < least:
        raise ApiError(403, "read_only" if level else "not_allowed", "您的账号没有本模块的相应权限。")


def _module_of(entry: Policy) -> Module | str:
    """Return the module whose level counts on this request; raises NotFound for a name that is none."""
    if entry.module is not None:
        return entry.module
    named = (request.view_args or {}).get("module")
    if named not in set(Module):
        raise NotFound
    return Module(named)


def _to_the_door(door: str) -> Any:
    """Lead to the door and back to the page afterwards, without its searches: names stay out of addresses and logs."""
    if door == "graduate":
        raise ApiError(401, *WEB[401])
    if door == "wechat":
        raise ApiError(401, *TICKET)
    if door == "link":
        raise LinkGoneError
    return redirect(url_for(f"{'employers' if door == 'employer' else 'staff'}.sign_in", next=request.path))


class LinkGoneError(ApiError):
    """The one answer to every upload link that leads nowhere: unknown, expired, replaced, locked, ended (R-OFF-5)."""

    def __init__(self) -> None:
        message = "链接无效或已失效。"
        super().__init__(404, "link_gone", message, {"next": "请使用最近一次短信中的链接，或联系毕业生重新发送。"})


def _to_the_letter() -> Any:
    """Lead an officer, whose letter is not approved yet, to the only pages there are until then (R-EMP-1, R-EMP-3)."""
    if request.method in SAFE:
        return redirect(url_for("employers.verification"))
    message = "贵单位或您的网签负责人授权尚未审核通过，不能进行此操作。"
    raise ApiError(403, Code.EMPLOYER_UNVERIFIED, message, {"next": "请先完成单位认证与网签负责人认证。"})


def actor() -> Actor:
    """Return who is calling."""
    caller: Actor = g.actor
    return caller


def scope(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """Return the WHERE clause of the rows of `model` that this actor may see (R-ACC-2); nothing for an unknown pair."""
    clause = _SCOPES.get((model, actor.role))
    return clause(actor) if clause else false()


def _of_department(a: Actor) -> ColumnElement[bool]:
    return (RollRecord.school_id == a.school_id) & (RollRecord.department_id == a.department_id)


def _of_staff_member(a: Actor) -> ColumnElement[bool]:
    return (Alert.recipient_kind == "staff") & (Alert.recipient_id == a.id)


def _school_ids(a: Actor) -> Any:
    return select(School.id).where(School.province_code == a.province_code)


def _roll_ids(clause: ColumnElement[bool]) -> Any:
    return select(RollRecord.id).where(clause)


def _kept(clause: ColumnElement[bool]) -> ColumnElement[bool]:
    return clause & File.removed_at.is_(None)


def _of_seen_modules() -> ColumnElement[bool]:
    return Message.module.in_([module.value for module in seen_modules()])


def _of_employers_agreements(a: Actor) -> ColumnElement[bool]:
    return Termination.placement_id.in_(select(Placement.id).where(Placement.employer_id == a.employer_id))


_SCOPES: dict[tuple[type[Any], Role], Callable[[Actor], ColumnElement[bool]]] = {
    (RollRecord, Role.GRADUATE): lambda a: RollRecord.account_id == a.id,
    (RollRecord, Role.DEPARTMENT): _of_department,
    (RollRecord, Role.SCHOOL): lambda a: RollRecord.school_id == a.school_id,
    (RollRequest, Role.GRADUATE): lambda a: RollRequest.account_id == a.id,
    (RollRequest, Role.SCHOOL): lambda a: RollRequest.school_id == a.school_id,
    (RollImport, Role.SCHOOL): lambda a: RollImport.school_id == a.school_id,
    (RollRecord, Role.PROVINCE): lambda a: RollRecord.school_id.in_(_school_ids(a)),
    (Alert, Role.GRADUATE): lambda a: (Alert.recipient_kind == "account") & (Alert.recipient_id == a.id),
    (Alert, Role.EMPLOYER): lambda a: (Alert.recipient_kind == "employer") & (Alert.recipient_id == a.employer_id),
    **{(Alert, role): _of_staff_member for role in REVIEWERS},
    (Placement, Role.GRADUATE): lambda a: Placement.roll_record_id.in_(_roll_ids(RollRecord.account_id == a.id)),
    (Placement, Role.EMPLOYER): lambda a: Placement.employer_id == a.employer_id,
    (Placement, Role.DEPARTMENT): lambda a: (
        (Placement.school_id == a.school_id) & Placement.roll_record_id.in_(_roll_ids(_of_department(a)))
    ),
    (Placement, Role.SCHOOL): lambda a: Placement.school_id == a.school_id,
    (Placement, Role.PROVINCE): lambda a: Placement.school_id.in_(_school_ids(a)),
    (File, Role.GRADUATE): lambda a: (
        _kept(File.roll_record_id.in_(_roll_ids(RollRecord.account_id == a.id))) & (File.owner_kind != "staff")
    ),
    (File, Role.EMPLOYER): lambda a: _kept((File.owner_kind == "employer") & (File.owner_id == a.employer_id)),
    (File, Role.DEPARTMENT): lambda a: _kept(File.roll_record_id.in_(_roll_ids(_of_department(a)))),
    (File, Role.SCHOOL): lambda a: _kept(File.roll_record_id.in_(_roll_ids(RollRecord.school_id == a.school_id))),
    (File, Role.PROVINCE): lambda a: _kept(
        File.roll_record_id.in_(_roll_ids(RollRecord.school_id.in_(_school_ids(a))))
    ),
    (File, Role.OPERATOR): lambda a: _kept(File.owner_kind == "employer"),
    (Correction, Role.GRADUATE): lambda a: Correction.roll_record_id.in_(_roll_ids(RollRecord.account_id == a.id)),
    (Correction, Role.SCHOOL): lambda a: Correction.school_id == a.school_id,
    (Transfer, Role.GRADUATE): lambda a: Transfer.roll_record_id.in_(_roll_ids(RollRecord.account_id == a.id)),
    (Transfer, Role.DEPARTMENT): lambda a: (
        (Transfer.school_id == a.school_id) & Transfer.roll_record_id.in_(_roll_ids(_of_department(a)))
    ),
    (Transfer, Role.SCHOOL): lambda a: Transfer.school_id == a.school_id,
    (Transfer, Role.PROVINCE): lambda a: Transfer.school_id.in_(_school_ids(a)),
    (Termination, Role.GRADUATE): lambda a: Termination.roll_record_id.in_(_roll_ids(RollRecord.account_id == a.id)),
    (Termination, Role.EMPLOYER): _of_employers_agreements,
    (Termination, Role.DEPARTMENT): lambda a: (
        (Termination.school_id == a.school_id) & Termination.roll_record_id.in_(_roll_ids(_of_department(a)))
    ),
    (Termination, Role.SCHOOL): lambda a: Termination.school_id == a.school_id,
    (Termination, Role.PROVINCE): lambda a: Termination.school_id.in_(_school_ids(a)),
    **{
        (ListExport, role): lambda a: ListExport.staff_id == a.id
        for role in (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
    },
    (Message, Role.GRADUATE): lambda a: (Message.recipient_kind == "account") & (Message.recipient_id == a.id),
    (Message, Role.DEPARTMENT): lambda a: (
        (Message.school_id == a.school_id)
        & Message.roll_record_id.in_(_roll_ids(_of_department(a)))
        & _of_seen_modules()
    ),
    # Who stands on no roll yet is the whole school's: a refused request to be put on it (R-GRAD-2, R-MSG-2).
    (Message, Role.SCHOOL): lambda a: (
        (Message.school_id == a.school_id)
        & (Message.roll_record_id.is_not(None) | (Message.recipient_kind == "account"))
        & _of_seen_modules()
    ),
    (School, Role.SCHOOL): lambda a: School.id == a.school_id,
    (School, Role.DEPARTMENT): lambda a: School.id == a.school_id,
    (School, Role.PROVINCE): lambda a: School.province_code == a.province_code,
    (School, Role.OPERATOR): lambda a: true(),
    (Employer, Role.OPERATOR): lambda a: true(),
    (EmployerUser, Role.OPERATOR): lambda a: true(),
    (BankCheck, Role.OPERATOR): lambda a: true(),
    (BankCheck, Role.EMPLOYER): lambda a: BankCheck.officer_id == a.id,
    (WarningMark, Role.SCHOOL): lambda a: WarningMark.school_id == a.school_id,
}


def well_formed(public_id: str) -> str:
    """Return a public id as it came; raises NotFound for what cannot be one, and never reaches the database."""
    if not _PUBLIC_ID.fullmatch(public_id):
        raise NotFound
    return public_id


def load(model: type[Any], public_id: str, actor: Actor) -> Any:
    """Return the row with this public id; raises NotFound for a foreign, unknown or malformed one alike (R-ACC-2)."""
    row = db.session.execute(
        select(model).where(model.public_id == well_formed(public_id), scope(actor, model))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row
