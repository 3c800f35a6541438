"""The world in which the guides are walked through: a school with its departments, staff, graduates and employers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.models import Department, School
from tests import builders
from tests.app.api.calls import travel
from tests.guides.walkers import EmployerWalker, GraduateWalker, StaffWalker, Typed
from tests.notifications.conftest import far_side
from workflows.labels import certify
from workflows.vocabulary import AgreementKind, Role

AUTUMN = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # signing is open
MAY = datetime(2027, 5, 20, 2, 0, tzinfo=UTC)  # everything is open


__all__ = ["far_side"]


@dataclass
class Place:
    """A school in a province of two or three parties, with department review on or off."""

    app: Flask
    kind: AgreementKind
    department_review: bool
    school: School = field(init=False)
    department: Department = field(init=False)
    school_desk: StaffWalker = field(init=False)
    department_desk: StaffWalker = field(init=False)

    def __post_init__(self) -> None:
        self.school = builders.make_school(kind=self.kind, department_review=self.department_review)
        self.department = builders.make_department(self.school)
        self.school_desk = StaffWalker(self.app, Role.SCHOOL, self.school)
        self.department_desk = StaffWalker(self.app, Role.DEPARTMENT, self.school, self.department)

    def graduate(self, **overrides: Any) -> GraduateWalker:
        return GraduateWalker(self.app, self.school, self.department, **overrides)

    def employer(self, **overrides: Any) -> EmployerWalker:
        return EmployerWalker(self.app, **overrides)

    @property
    def two_party(self) -> bool:
        return self.kind == AgreementKind.TWO_PARTY

    def worded(self, text: str) -> str:
        """Return a word of the four reviews in which a two-party province certifies (R-PROV-2)."""
        return certify(text) if self.two_party else text

    @property
    def desks(self) -> list[tuple[str, StaffWalker]]:
        """Who decides, in order: 院系 first where the school wants it, then 学校."""
        first = [("院系", self.department_desk)] if self.department_review else []
        return [*first, ("学校", self.school_desk)]

    def approve(self, entry: str, row: str, certified: bool = True, typed: Typed | None = None) -> None:
        """Let every desk approve what waits under an entry of the menu, in order."""
        for _, desk in self.desks:
            desk.approves(self.worded(entry), row, self.worded("审核通过") if certified else "审核通过", typed)

    def at(self, moment: datetime) -> None:
        """Let it be another day."""
        travel(self.app, moment)


BOTH_REVIEWS = pytest.mark.parametrize("department_review", [False, True], ids=["school_alone", "department_too"])
BOTH_KINDS = pytest.mark.parametrize("kind", list(AgreementKind), ids=[one.value for one in AgreementKind])

# Each setting once in each way, where the two do not meet.
EITHER_WAY = pytest.mark.parametrize(
    ("department_review", "kind"),
    [(False, AgreementKind.THREE_PARTY), (True, AgreementKind.TWO_PARTY)],
    ids=["school_alone-three_party", "department_too-two_party"],
)


@pytest.fixture
def department_review() -> bool:
    return False


@pytest.fixture
def kind() -> AgreementKind:
    return AgreementKind.THREE_PARTY


@pytest.fixture
def moment() -> datetime:
    return AUTUMN


@pytest.fixture
def place(app: Flask, moment: datetime, kind: AgreementKind, department_review: bool) -> Place:
    travel(app, moment)
    return Place(app, kind, department_review)


@pytest.fixture
def graduate(place: Place) -> GraduateWalker:
    return place.graduate()


@pytest.fixture
def employer(place: Place) -> EmployerWalker:
    return place.employer()
