"""Provinces and schools switch the platform on: modules, agreement kind, settings, windows; each change on record."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app import history
from app.clock import now
from app.extensions import db
from app.models import AgreementChoice, Province, ProvinceModule, School, SchoolFunction
from workflows import platform_settings as rules
from workflows.calendar import current_cohort
from workflows.case import Actor, Refusal, Refused
from workflows.vocabulary import AgreementKind, Code, Kind, Module, Role
from workflows.windows import Window, default_window

# When a school had completed its settings for a module, by the column of the school (R-SCH-1).
COMPLETED = {
    Module.PLACEMENT: "settings_completed_at",
    Module.ARCHIVE: "archive_completed_at",
    Module.HOUSEHOLD: "household_completed_at",
}


def _allow(refusal: Refusal | None) -> None:
    if refusal:
        raise Refused(refusal)


def agreement_choices(province_code: str) -> dict[int, AgreementKind]:
    """Return a province's choices: first cohort -> kind."""
    rows = db.session.execute(select(AgreementChoice).where(AgreementChoice.province_code == province_code)).scalars()
    return {row.from_cohort: AgreementKind(row.kind) for row in rows}


def open_module(actor: Actor, province: Province, module: Module, kind: AgreementKind | None = None) -> None:
    """Open a module, with the agreement for the first one; opening again changes nothing (R-PROV-1, R-PROV-2)."""
    _allow(rules.refuse_setting(actor, Role.PROVINCE))
    _allow(rules.refuse_opening(module, kind))
    chain = history.lock(db.session.connection(), "province", province.id)
    at = now()
    if db.session.get(ProvinceModule, (province.code, module.value)) is not None:
        return
    opened = ProvinceModule(province_code=province.code, module=module.value, opened_at=at, opened_by=actor.id)
    db.session.add(opened)
    detail: dict[str, Any] = {"module": module.value}
    if module == Module.PLACEMENT and kind is not None:
        cohort = current_cohort(at)
        _choose(province, kind, cohort, at)
        detail |= {"agreement_kind": kind.value, "from_cohort": cohort}
    db.session.flush()
    chain.add(at, actor, ("province", province.id), "open_module", detail)
    chain.write()


def _choose(province: Province, kind: AgreementKind, cohort: int, at: datetime) -> None:
    row = AgreementChoice(province_code=province.code, from_cohort=cohort, kind=kind.value, chosen_at=at)
    db.session.merge(row)


def choose_agreement(actor: Actor, province: Province, kind: AgreementKind, from_cohort: int) -> None:
    """Change the province's agreement for a coming cohort (R-PROV-2)."""
    _allow(rules.refuse_setting(actor, Role.PROVINCE))
    chain = history.lock(db.session.connection(), "province", province.id)
    at = now()
    chosen = agreement_choices(province.code)
    if not chosen:
        raise Refused(Refusal(Code.MODULE_CLOSED, "请先开启“毕业去向登记与网签”模块并选择协议书类型。"))
    _allow(rules.refuse_kind(chosen, from_cohort, current_cohort(at)))
    _choose(province, kind, from_cohort, at)
    db.session.flush()
    detail = {"agreement_kind": kind.value, "from_cohort": from_cohort}
    chain.add(at, actor, ("province", province.id), "choose_agreement", detail)
    chain.write()


def module_opened(school: School, module: Module = Module.PLACEMENT) -> bool:
    """Say whether the school's province has opened a module (R-PROV-1)."""
    return db.session.get(ProvinceModule, (school.province_code, module.value)) is not None


def opened_modules(province_code: str) -> list[Module]:
    """Return the modules that a province has opened (R-PROV-1)."""
    rows = select(ProvinceModule.module).where(ProvinceModule.province_code == province_code)
    opened = set(db.session.execute(rows).scalars())
    return [module for module in Module if module.value in opened]


def completed(row: Any, module: Module) -> bool:
    """Say whether a school has completed its settings for a module; `row` has the columns of `COMPLETED`."""
    return getattr(row, COMPLETED[module]) is not None


def _refuse_unopened(school: School, modules: Collection[Module] = (Module.PLACEMENT,)) -> None:
    if not set(modules) & set(opened_modules(school.province_code)):
        named = "、".join(f"“{rules.MODULE_TITLE[module]}”" for module in Module if module in modules)
        raise Refused(Refusal(Code.MODULE_CLOSED, f"本省尚未开启{named}模块。", "请等待省级就业部门开启。"))


def save_school(
    actor: Actor,
    school: School,
    raw: dict[str, str],
    department_review: bool,
    binding_notice: bool,
    version: int,
    sms_fallback: bool = True,
    modules: Collection[Module] = tuple(Module),
) -> None:
    """Store a school's settings (R-SCH-1, R-SCH-2, R-ON-6, R-MSG-2); raises Refused.

    From then on they are complete for `modules`, those in which the account has 读写, opened yet or later: what is
    filled in is the same for all of them.
    """
    _allow(rules.refuse_setting(actor, Role.SCHOOL))
    _refuse_unopened(school, modules)
    values, errors = rules.clean_school(raw)
    if errors:
        raise Refused(Refusal(Code.NO_SUCH_VALUE, "有内容填写不正确，请按提示修改。", fields=errors))
    chain = history.lock(db.session.connection(), "school", school.id)
    db.session.refresh(school)
    if school.version != version:
        raise Refused(Refusal(Code.OUTDATED, "设置已被他人修改，请刷新页面后重试。"))
    choices = {"department_review": department_review, "binding_notice": binding_notice, "sms_fallback": sms_fallback}
    wanted: dict[str, Any] = values | choices
    detail, personal = _changes(school, wanted)
    at = now()
    for name, value in wanted.items():
        setattr(school, name, value)
    for name in (COMPLETED[module] for module in modules if not completed(school, module)):
        setattr(school, name, at)
    school.version += 1
    school.chain_seq, school.chain_head = chain.seq, chain.head
    db.session.flush()
    chain.add(at, actor, ("school", school.id), "save_settings", detail, personal)
    chain.write()


def _changes(school: School, wanted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the history's detail (names; the choices' old and new values), and the personal values, sealed apart."""
    changed = {name: (getattr(school, name), value) for name, value in wanted.items() if getattr(school, name) != value}
    choices = {name: list(pair) for name, pair in changed.items() if name not in rules.SCHOOL_FIELDS}
    personal = {}
    for name in sorted(changed.keys() & rules.SCHOOL_FIELDS):
        personal[f"{name}.old"], personal[f"{name}.new"] = changed[name]
    return {"changed": sorted(changed), **choices}, personal


def function_row(school_id: int, function: Kind, cohort: int) -> SchoolFunction | None:
    """Return a school's stored window of a function, or None while it has the default."""
    return db.session.get(SchoolFunction, (school_id, function.value, cohort))


def save_function(
    actor: Actor,
    school: School,
    function: Kind,
    cohort: int,
    enabled: bool,
    opens_at: datetime,
    closes_at: datetime,
    notice: str,
    version: int,
) -> None:
    """Store switch, times and notice of one function for one cohort (R-SCH-3).

    Raises Refused, also when `version` is not the school's settings' own: somebody else has changed them.
    """
    _allow(rules.refuse_setting(actor, Role.SCHOOL))
    _refuse_unopened(school)
    _allow(rules.refuse_window(opens_at, closes_at, notice))
    chain = history.lock(db.session.connection(), "school", school.id)
    stored = db.session.get_one(School, school.id, populate_existing=True)
    if stored.version != version:
        raise Refused(Refusal(Code.OUTDATED, "设置已被他人修改，请刷新页面后重试。"))
    old = function_row(school.id, function, cohort) or default_window(function, cohort)
    row = SchoolFunction(school_id=school.id, function=function.value, cohort=cohort, enabled=enabled)
    row.opens_at, row.closes_at, row.notice = opens_at, closes_at, notice.strip()
    detail = {"function": function.value, "cohort": cohort, "changed": _window_changes(old, row)}
    stored.version += 1
    db.session.merge(row)
    db.session.flush()
    chain.add(now(), actor, ("school", school.id), "save_function", detail)
    chain.write()


def _window_changes(old: SchoolFunction | Window, new: SchoolFunction) -> dict[str, list[Any]]:
    """Return what differs, as name: [old, new]; moments as ISO 8601 in UTC."""
    before, after = _window_values(old), _window_values(new)
    return {name: [value, after[name]] for name, value in before.items() if value != after[name]}


def _window_values(window: SchoolFunction | Window) -> dict[str, Any]:
    times = {name: getattr(window, name).astimezone(UTC).isoformat() for name in ("opens_at", "closes_at")}
    return {"enabled": window.enabled, **times, "notice": window.notice}
