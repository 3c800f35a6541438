"""The application of a race: with a connection of its own for every thread."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.pool import NullPool

from tests.application import one_of_its_own
from tests.servers import Databases

CONNECTIONS = {"poolclass": NullPool, "hide_parameters": True}


@pytest.fixture
def app(template_url: str, databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    settings = {"SQLALCHEMY_ENGINE_OPTIONS": CONNECTIONS, "LOG_LEVEL": "ERROR"}
    with one_of_its_own(template_url, databases, tmp_path, **settings) as app:
        yield app
