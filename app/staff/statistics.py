"""数据统计: how far the graduates of a cohort are, at the place of whoever looks, and by its parts (R-STAT-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy import Row, and_, select

from app import access, figures, spreadsheet
from app.clock import now
from app.destination_content import type_name
from app.errors import NotFound
from app.extensions import db
from app.figures import Count, Figures
from app.models import Department, Province, ProvinceModule, School
from app.settings import COMPLETED as COMPLETED_AT
from app.spreadsheet import Sheet
from app.staff import blueprint
from app.staff.searching import asked_cohort
from app.staff.tenant import tenant
from workflows import statistics as formulas
from workflows.calendar import beijing_day, say
from workflows.case import Actor
from workflows.statistics import PART_TITLE, Formula
from workflows.vocabulary import Kind, Level, Module, Role

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
TITLE = {Module.PLACEMENT: "毕业去向", Module.ARCHIVE: "档案信息", Module.HOUSEHOLD: "户口信息"}
CHANNEL: dict[str, str] = {Kind.ONLINE: "线上签约", Kind.OFFLINE: "线下签约", Kind.PAPER: "已签就业协议登记"}
# What the parts of a place are called, by who looks.
PART_HEAD = {
    Role.DEPARTMENT: ("专业",),
    Role.SCHOOL: ("院系", "专业"),
    Role.PROVINCE: ("院校代码", "院校", "开启情况"),
    Role.OPERATOR: ("省份", "开启情况"),
}
NUMBERS = ("总人数", "已登记", "审核中", "未登记", "登记率（%）")
OPENED, NOT_OPENED = "已开启", "未开启"
COMPLETED, NOT_COMPLETED = "已完成设置", "未完成设置"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: its cells before the numbers, the numbers, and whether it adds up the lines below."""

    cells: tuple[str, ...]
    count: Count
    sum: bool = False


def _departments(actor: Actor, found: Figures, module: Module) -> list[Line]:
    """List a school's departments, each with its majors below."""
    rows = select(Department.id, Department.name).where(Department.school_id == actor.school_id)
    names = {row.id: row.name for row in db.session.execute(rows)}
    lines = []
    for department in sorted({key[0] for key in found.parts}, key=lambda one: names.get(one, "")):
        majors = sorted((key[1], count) for key, count in found.parts.items() if key[0] == department and _any(count))
        whole = Count()
        for _, count in majors:
            whole.add(count.total, count.registered, count.reviewing)
        if majors:
            name = names.get(department, "")
            lines += [Line((name, "合计"), whole, True), *(Line((name, major), count) for major, count in majors)]
    return lines


def _majors(actor: Actor, found: Figures, module: Module) -> list[Line]:
    return [Line((key[1],), count) for key, count in sorted(found.parts.items()) if _any(count)]


def _any(count: Count) -> bool:
    return bool(count.total or count.registered or count.reviewing)


def _schools(actor: Actor, found: Figures, module: Module) -> list[Line]:
    """List every school of a province, those without graduates too, with how far its settings are."""
    columns = select(School.id, School.code, School.name, getattr(School, COMPLETED_AT[module]).label("completed_at"))
    rows = db.session.execute(columns.where(access.scope(actor, School)).order_by(School.code))
    state = {True: COMPLETED, False: NOT_COMPLETED}
    return [Line((row.code, row.name, state[row.completed_at is not None]), _count(found, row.id)) for row in rows]


def _provinces(actor: Actor, found: Figures, module: Module) -> list[Line]:
    opened = and_(ProvinceModule.province_code == Province.code, ProvinceModule.module == module.value)
    rows = select(Province.code, Province.name, ProvinceModule.opened_at).outerjoin(ProvinceModule, opened)
    found_rows: Iterable[Row[Any]] = db.session.execute(rows.order_by(Province.code))
    state = {True: OPENED, False: NOT_OPENED}
    return [Line((row.name, state[row.opened_at is not None]), _count(found, row.code)) for row in found_rows]


def _count(found: Figures, *key: Any) -> Count:
    return found.parts.get(key) or Count()


LINES = {
    Role.DEPARTMENT: _majors,
    Role.SCHOOL: _departments,
    Role.PROVINCE: _schools,
    Role.OPERATOR: _provinces,
}


def _outcomes(found: Figures) -> list[tuple[str, int, float | None]]:
    """List what the registered have registered, the most frequent first: name, number, share of all in per cent."""
    names = {outcome: CHANNEL.get(outcome) or type_name(outcome) or outcome for outcome in found.outcomes}
    listed = [(names[one], amount, formulas.rate(amount, found.whole.total)) for one, amount in found.outcomes.items()]
    return sorted((one for one in listed if one[1]), key=lambda one: (-one[1], one[0]))


def _rates(found: Figures) -> list[tuple[Formula, float | None, list[tuple[str, int, float | None]]]]:
    """Return 毕业去向落实率 by both formulas: the formula, the rate in per cent, its parts as title, number, share."""
    by_code, total = figures.by_national_code(found.outcomes, beijing_day(now())), found.whole.total
    listed = []
    for formula in Formula:
        parts = formulas.placed(formula, by_code)
        shares = [(PART_TITLE[formula, part], amount, formulas.rate(amount, total)) for part, amount in parts.items()]
        listed.append((formula, formulas.rate(sum(parts.values()), total), shares))
    return listed


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that the page and its file say."""

    module: Module
    cohort: int
    at: str
    figures: Figures
    head: tuple[str, ...]
    lines: list[Line]
    outcomes: list[tuple[str, int, float | None]]
    rates: list[tuple[Formula, float | None, list[tuple[str, int, float | None]]]]

    @property
    def title(self) -> str:
        """The name of the page and of the file."""
        return f"{TITLE[self.module]}统计"


def _read(module: str) -> Shown:
    if module not in set(Module):
        raise NotFound
    actor, wanted, cohort = access.actor(), Module(module), asked_cohort() or tenant().cohort
    found = figures.read(db.session.connection(), actor, cohort, wanted)
    lines = LINES[actor.role](actor, found, wanted)
    placing = wanted == Module.PLACEMENT
    head, outcomes, rates = PART_HEAD[actor.role], _outcomes(found) if placing else [], _rates(found) if placing else []
    return Shown(wanted, cohort, say(now()), found, head, lines, outcomes, rates)


def _page(module: str, endpoint: str) -> str:
    shown = _read(module)
    around = range(tenant().cohort + 1, tenant().cohort - 4, -1)
    cohorts = sorted({*around, shown.cohort}, reverse=True)
    return render_template(
        "staff/statistics.html", shown=shown, cohorts=cohorts, endpoint=endpoint, numbers=NUMBERS, titles=TITLE
    )


def _numbers(count: Count) -> list[spreadsheet.Cell]:
    return [count.total, count.registered, count.reviewing, count.missing, count.share]


def _file(module: str) -> Any:
    shown = _read(module)
    whole = ["合计", *[""] * (len(shown.head) - 1), *_numbers(shown.figures.whole)]
    sheets = [
        Sheet(
            shown.title,
            (*shown.head, *NUMBERS),
            [whole, *([*line.cells, *_numbers(line.count)] for line in shown.lines)],
        )
    ]
    if shown.rates:
        sheets.append(Sheet("去向构成", ("去向", "人数", "占总人数（%）"), shown.outcomes))
        parts = [
            (f"{formula.value} 年办法", *part)
            for formula, whole_rate, shares in shown.rates
            for part in [*shares, ("毕业去向落实率", sum(amount for _, amount, _ in shares), whole_rate)]
        ]
        sheets.append(Sheet("毕业去向落实率", ("计算办法", "项目", "人数", "比率（%）"), parts))
    return spreadsheet.answer(f"{shown.title} {shown.cohort}届", sheets)


@blueprint.get("/statistics", defaults={"module": Module.PLACEMENT.value})
@blueprint.get("/statistics/<module>")
@access.policy("staff", *SEERS, level=Level.READ, module=None)
def statistics(module: str) -> Any:
    """Show the figures of the caller's place."""
    return _page(module, "staff.statistics")


@blueprint.get("/statistics/<module>/export")
@access.policy("staff", *SEERS, level=Level.READ, module=None)
def statistics_export(module: str) -> Any:
    """Hand out the figures as a spreadsheet."""
    return _file(module)


@blueprint.get("/national-statistics", defaults={"module": Module.PLACEMENT.value})
@blueprint.get("/national-statistics/<module>")
@access.policy("staff", Role.OPERATOR)
def national_statistics(module: str) -> Any:
    """Show the operator the national figures and those of every province."""
    return _page(module, "staff.national_statistics")


@blueprint.get("/national-statistics/<module>/export")
@access.policy("staff", Role.OPERATOR)
def national_statistics_export(module: str) -> Any:
    """Hand out the national figures as a spreadsheet."""
    return _file(module)
