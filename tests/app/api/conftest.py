"""What the tests of the API start from: a day inside every window, a school, a graduate, a client."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.models import School
from tests import builders
from tests.app.api.calls import travel
from tests.application import ApiClient, api_client
from tests.builders import Graduate

AUTUMN = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@pytest.fixture
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
def client(app: Flask, graduate: Graduate) -> ApiClient:
    """The graduate's mini-program, signed in and freshly proved."""
    return api_client(app, graduate)
