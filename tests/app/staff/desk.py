"""A desk in the staff rooms: clients signed in as a department, a school or a province, and what a page says."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import auth
from app.extensions import db
from app.models import Department, Placement, School
from tests import builders
from tests.application import open_session
from workflows.vocabulary import AgreementKind, Role, State


class DeskClient(FlaskClient):
    """A browser: every request has an application context of its own, as in a server."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request."""
        db.session.remove()
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        db.session.remove()
        return answer


def browser(app: Flask) -> DeskClient:
    """Return a browser without a session."""
    return DeskClient(app, app.response_class)


def client(
    app: Flask, role: Role, school: School | None = None, department: Department | None = None, **overrides: Any
) -> DeskClient:
    """Return a browser signed in as a new staff member."""
    staff = builders.make_staff(role, school, department, **overrides)
    signed_in = browser(app)
    signed_in.set_cookie(auth.cookie_name("staff"), open_session("staff", staff.id))
    return signed_in


def words(answer: Any) -> str:
    """Return the text of a page's body, without tags, blanks and line breaks."""
    body = answer.get_data(as_text=True).partition("<body")[2]
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", body)))


def buttons(answer: Any) -> list[str]:
    """Return the addresses that the page's forms post to."""
    return re.findall(r'<form[^>]*method="post" action="([^"]*)"', answer.get_data(as_text=True))


@dataclass
class Office:
    """A school with a department each of its own kind, a graduate, and an accepted signing that waits for review."""

    app: Flask
    school: School
    department: Department
    graduate: builders.Graduate
    placement: Placement = field(init=False)

    def __post_init__(self) -> None:
        self.placement = builders.make_placement(State.ACCEPTED, self.graduate)

    @property
    def page(self) -> str:
        """The address of the review page."""
        return f"/staff/review/{self.placement.public_id}"

    def sit(self, role: Role, **overrides: Any) -> DeskClient:
        """Return a browser of the school or of the department."""
        return client(self.app, role, self.school, self.department if role == Role.DEPARTMENT else None, **overrides)

    def now(self) -> Placement:
        """Return the placement as it stands."""
        return builders.reload(self.placement.id)


def office(
    app: Flask,
    department_review: bool = False,
    reviewer: bool = True,
    kind: AgreementKind = AgreementKind.THREE_PARTY,
    code: str = "11414",
) -> Office:
    """Open an office; `reviewer` gives the department an account that can review."""
    school = builders.make_school(code, kind=kind, department_review=department_review)
    department = builders.make_department(school)
    if reviewer:
        builders.make_staff(Role.DEPARTMENT, school, department)
    return Office(app, school, department, builders.make_graduate(school, department))


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements that run meanwhile."""
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
