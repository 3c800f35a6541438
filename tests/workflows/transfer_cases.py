"""Cases, facts and requests of archive and household transfers; a test changes the one thing it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.workflows.cases import BOTH_STEPS, DECLARATION, DEPARTMENT_ID, NOW, VERSION
from workflows.case import Case, Review
from workflows.transfer import TransferFacts
from workflows.vocabulary import Module, State, Step, Subject


def make_transfer(state: State | None, step: Step | None = None, **overrides: Any) -> Case:
    """An archive transfer; `step` opens its review there."""
    review = Review(BOTH_STEPS, step) if step else None
    happy = Case(state, version=VERSION, review=review, subject=Subject.TRANSFER, module=Module.ARCHIVE)
    return replace(happy, **overrides)


def make_transfer_facts(**overrides: Any) -> TransferFacts:
    """Facts of a current graduate, confirmed, whose archive lies at the school; both parties have opened the module."""
    happy = TransferFacts(
        now=NOW,
        module=Module.ARCHIVE,
        cohort=2027,
        current_cohort=2027,
        on_roll=True,
        confirmed=True,
        moved=True,
        opened=True,
        settings_complete=True,
        department_review=True,
        department_has_reviewer=True,
        graduate_department_id=DEPARTMENT_ID,
        declaration=DECLARATION,
        changed_at=NOW - timedelta(hours=1),
    )
    return replace(happy, **overrides)


TRANSFER_STATES: Mapping[str, Case] = {
    "none": make_transfer(None),
    "draft": make_transfer(State.DRAFT),
    "review:department": make_transfer(State.REVIEW, Step.DEPARTMENT, submitted=True),
    "review:school": make_transfer(State.REVIEW, Step.SCHOOL, submitted=True),
    "returned": make_transfer(State.RETURNED, submitted=True),
    "approved": make_transfer(State.APPROVED, submitted=True),
    "replaced": make_transfer(State.REPLACED, submitted=True),
    "void": make_transfer(State.VOID, submitted=True),
    "cancelled": make_transfer(State.CANCELLED),
}
