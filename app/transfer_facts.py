"""Facts for archive and household transfers (R-TRF-1)."""

from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import as_cases, facts, levels, settings, snapshots
from app.facts import View
from app.models import ProvinceModule
from workflows import labels
from workflows.calendar import current_cohort
from workflows.case import Actor, Blocker
from workflows.transfer import TransferFacts
from workflows.transfer_form import TITLE, prefill
from workflows.vocabulary import OPEN_TRANSFER, Action, Module, State, Subject

_OPENED = select(ProvinceModule.module).where(ProvinceModule.province_code == bindparam("province"))


def opened_modules(conn: Connection, province_code: str) -> frozenset[str]:
    """Return the modules that a province has opened (R-PROV-1)."""
    return frozenset(conn.execute(_OPENED, {"province": province_code}).scalars())


def moved(view: View, module: Module) -> bool | None:
    """Return the roll's 是否转入学校 for a module; None where it does not say."""
    answer: bool | None = view.roll.archive_moved if module == Module.ARCHIVE else view.roll.household_moved
    return answer


_REVIEWERS = {module: select(levels.has_reviewer(module, bindparam("department"))) for module in Module}


def has_reviewer(view: View, module: Module) -> bool:
    """Say whether the graduate's department has somebody to review transfers of a module (R-SCH-2, R-ACC-1)."""
    return bool(view.conn.execute(_REVIEWERS[module], {"department": view.roll.department_id}).scalar_one())


def transfer_facts(view: View, row: Any, actor: Actor, action: Action | None = None) -> TransferFacts:
    """Return the facts of one transfer (`row.id` None: a new one)."""
    module, standing = Module(row.kind), facts.standing(view)
    others = [other for other in view.transfers if other.kind == module and other.id != row.id]
    waiting = next((other for other in others if other.state in OPEN_TRANSFER), None)
    return TransferFacts(
        now=view.now,
        module=module,
        cohort=view.roll.cohort,
        current_cohort=current_cohort(view.now),
        on_roll=standing.on_roll,
        confirmed=standing.confirmed,
        moved=moved(view, module),
        opened=module in opened_modules(view.conn, view.roll.province_code),
        settings_complete=settings.completed(view.roll, module),
        department_review=view.roll.department_review,
        department_has_reviewer=has_reviewer(view, module),
        graduate_department_id=view.roll.department_id,
        under_review=_blocker(waiting) if waiting else None,
        in_force=next((other.id for other in others if other.state == State.APPROVED), None),
        declaration=facts.declaration(view),
        changed_at=row.remote_at or row.updated_at,
    )


def _blocker(row: Any) -> Blocker:
    case = as_cases.transfer(row)
    title, label = TITLE[Module(row.kind)], labels.state_label(case)
    return Blocker(row.id, row.public_id, case.kind, State(row.state), title, label, Subject.TRANSFER)


def in_force(view: View) -> Any:
    """Return the placement that is in force, or None."""
    return next((row for row in view.placements if row.state in (State.EFFECTIVE, State.APPROVED)), None)


def flagged(view: View, row: Any) -> bool:
    """Say whether the placement that a transfer was prefilled from has ended: it may be registered anew (R-TRF-1)."""
    if row.placement_id is None:
        return False
    return view.placement(row.placement_id).state not in (State.EFFECTIVE, State.APPROVED)


def opening(view: View) -> tuple[int | None, dict[str, str]]:
    """Return the placement a new transfer rests on, and what its form opens with (R-TRF-1)."""
    placed = in_force(view)
    terms = snapshots.terms_at(view.conn, placed) if placed is not None else {}
    return (placed.id if placed is not None else None), prefill(terms, view.roll.origin_region)
