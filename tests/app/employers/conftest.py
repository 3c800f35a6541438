"""What the tests of the portal start from: a day inside every window, a school, a graduate, an employer at its desk."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.models import Employer, School
from tests import builders
from tests.app.api.calls import travel
from tests.app.employers import portal
from tests.app.staff.desk import DeskClient
from tests.builders import Graduate

AUTUMN = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Beijing


@pytest.fixture(autouse=True)
def autumn(app: Flask) -> datetime:
    """Set the platform's clock to a day on which the cohort of 2027 may sign, whatever today is."""
    travel(app, AUTUMN)
    return AUTUMN


@pytest.fixture
def school(autumn: datetime) -> School:
    return builders.make_school()


@pytest.fixture
def graduate(school: School) -> Graduate:
    return builders.make_graduate(school)


@pytest.fixture
def employer(autumn: datetime) -> Employer:
    return builders.make_employer()


@pytest.fixture
def desk(app: Flask, employer: Employer) -> DeskClient:
    """The employer's browser, signed in."""
    return portal.client(app, employer)
