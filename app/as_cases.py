"""Rows as the rules see them: one `Case` per kind of record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.case import Case, Review
from workflows.vocabulary import AgreementKind, Kind, Mark, Module, PaperState, Role, State, Step, Subject

if TYPE_CHECKING:
    from app.facts import View


def placement(row: Any) -> Case:
    """Return a placement's row as the rules see it."""
    return Case(
        state=State(row.state) if row.state else None,
        kind=Kind(row.kind),
        version=row.version,
        deadline_at=row.deadline_at,
        review=_review(row),
        rejected_by=Role(row.rejected_by) if row.rejected_by else None,
        agreement_kind=AgreementKind(row.agreement_kind) if row.agreement_kind else None,
        numbered=row.agreement_number is not None,
        submitted=row.submitted_at is not None,
        reviewed_by=row.reviewed_by,
    )


def _review(row: Any) -> Review | None:
    path = tuple(Step(step) for step in row.review_path.split(",") if step)
    return Review(path, Step(row.review_step) if row.review_step else None) if path else None


def termination(row: Any) -> Case:
    """Return a termination's row as the rules see it; `kind` is that of its placement."""
    return Case(
        state=State(row.state) if row.state else None,
        kind=Kind(row.kind),
        version=row.version,
        review=_review(row),
        rejected_by=Role(row.rejected_by) if row.rejected_by else None,
        agreement_kind=AgreementKind(row.agreement_kind) if row.agreement_kind else None,
        subject=Subject.TERMINATION,
        mark=Mark(row.mark) if row.mark else None,
        submitted=row.submitted_at is not None,
        reviewed_by=row.reviewed_by,
        asked_by=Role(row.asked_by) if row.asked_by else None,
    )


def transfer(row: Any) -> Case:
    """Return a transfer's row as the rules see it."""
    return Case(
        state=State(row.state) if row.state else None,
        version=row.version,
        review=_review(row),
        rejected_by=Role(row.rejected_by) if row.rejected_by else None,
        subject=Subject.TRANSFER,
        module=Module(row.kind),
        submitted=row.submitted_at is not None,
        reviewed_by=row.reviewed_by,
    )


def correction(row: Any) -> Case:
    """Return a correction's row as the rules see it."""
    return Case(state=State(row.state) if row.state else None, version=row.version, subject=Subject.CORRECTION)


def roll(view: View) -> Case:
    """Return the roll record as the rules see it."""
    roll = view.roll
    paper = PaperState(roll.paper_state)
    return Case(state=State(roll.state), version=roll.version, subject=Subject.ROLL_RECORD, paper=paper)
