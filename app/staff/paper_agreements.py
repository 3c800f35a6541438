"""纸质协议书: who has one, whose is to be collected, and noting issue and return for a list of graduates (R-SCH-4)."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request
from sqlalchemy import ColumnElement, Select, select

from app import access, actions, masking
from app.extensions import db
from app.models import Department, Placement, RollRecord
from app.paging import page_of
from app.staff import blueprint
from app.staff.forms import PaperForm
from app.staff.searching import asked, asked_cohort, narrowed
from app.staff.tenant import tenant
from app.writing import rollback, write
from workflows import labels, paper_agreement
from workflows.case import Actor, Refused, Request
from workflows.vocabulary import Action, Kind, Level, PaperState, Role

MOST = 500  # student numbers in one go
COLLECT = "collect"
LISTS = {COLLECT: "待收回"} | {state.value: labels.PAPER_LABEL[state] for state in PaperState}
BULK = {action.value: labels.ACTION_LABEL[action] for action in (Action.ISSUE_PAPER, Action.LOCK_PAPER)}
_signed_online = (Placement.live_key == RollRecord.id) & (Placement.kind == Kind.ONLINE.value)


@dataclass(slots=True)
class Outcome:
    """What came of a list: how many were noted, how many stood so already, and which were refused and why."""

    done: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def _in(name: str) -> ColumnElement[bool]:
    """Return the condition of a list; to be collected is the paper of who has signed online."""
    if name == COLLECT:
        return (RollRecord.paper_state == PaperState.ISSUED.value) & Placement.id.is_not(None)
    return RollRecord.paper_state == name


def _of_tenant(actor: Actor, cohort: int) -> Select[Any]:
    return (
        select(
            RollRecord.public_id,
            RollRecord.name,
            RollRecord.student_number,
            RollRecord.major,
            RollRecord.paper_state,
            Department.name.label("department"),
            Placement.title.label("signed_with"),
        )
        .join(Department, Department.id == RollRecord.department_id)
        .outerjoin(Placement, _signed_online)
        .where(access.scope(actor, RollRecord), RollRecord.cohort == cohort)
    )


def _page(form: Any, outcome: Outcome | None = None, status: int = 200) -> tuple[str, int]:
    wanted, cohort = asked("name", "student_number"), asked_cohort() or tenant().cohort
    name = request.args.get("list", COLLECT)
    name = name if name in LISTS else COLLECT
    query = narrowed(_of_tenant(access.actor(), cohort), wanted).where(_in(name))
    page = page_of(query, RollRecord, (RollRecord.student_number, RollRecord.id))
    rows = [
        {
            "id": row.public_id,
            "name": masking.name(row.name),
            "student_number": row.student_number,
            "department": row.department,
            "major": row.major,
            "paper": labels.PAPER_LABEL[PaperState(row.paper_state)],
            "signed_with": row.signed_with or "--",
        }
        for row in page.rows
    ]
    cohorts = sorted({*range(tenant().cohort + 1, tenant().cohort - 4, -1), cohort}, reverse=True)
    values = {"lists": LISTS, "name": name, "cohort": cohort, "cohorts": cohorts, "wanted": wanted, "most": MOST}
    return render_template("staff/papers.html", rows=rows, page=page, form=form, outcome=outcome, **values), status


def _form(**values: Any) -> Any:
    form = PaperForm(**values)
    form.action.choices = list(BULK.items())
    return form


@blueprint.get("/paper-agreements")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def paper_agreements() -> Any:
    """List the graduates of a cohort by the state of their paper; first those whose paper is to be collected."""
    return _page(_form(formdata=None))


@blueprint.post("/paper-agreements")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def paper_agreements_note() -> Any:
    """Note for a pasted list of student numbers that their papers were issued, or handed back and locked."""
    form = _form()
    numbers = list(dict.fromkeys(re.split(r"[\s,，、;；]+", (form.numbers.data or "").strip())))
    chosen = form.action.data or ""
    problems = {} if chosen in BULK else {"action": "请选择要办理的事项。"}
    if numbers == [""]:
        problems["numbers"] = "请粘贴学号，每行一个。"
    elif len(numbers) > MOST:
        problems["numbers"] = f"一次最多 {MOST} 个学号，现有 {len(numbers)} 个，请分批办理。"
    if problems:
        form.blame(problems)
        return _page(form, status=422)
    cohort = asked_cohort() or tenant().cohort
    return _page(_form(formdata=None), _noted(Action(chosen), numbers, cohort))


def _noted(action: Action, numbers: list[str], cohort: int) -> Outcome:
    actor, outcome = access.actor(), Outcome()
    scope = access.scope(actor, RollRecord)
    named = select(RollRecord.student_number, RollRecord.id, RollRecord.paper_state).where(
        scope, RollRecord.cohort == cohort, RollRecord.student_number.in_(numbers)
    )
    known = {row.student_number: row for row in db.session.execute(named)}
    rollback()
    _, target = paper_agreement.MOVES[action]
    for number in numbers:
        row = known.get(number)
        if row is None:
            outcome.refused.append((number, f"不在{cohort}届毕业生名单中。"))
        elif row.paper_state == target:
            outcome.unchanged += 1
        elif why := _note(row.id, action, actor):
            outcome.refused.append((number, why))
        else:
            outcome.done += 1
    return outcome


def _note(roll_id: int, action: Action, actor: Actor) -> str:
    """Note one graduate's paper in a transaction of its own; return why not, "" when it is done."""
    try:
        write(lambda: actions.roll_step(roll_id, action, actor, Request()))
    except Refused as refused:
        return refused.refusal.message
    return ""
