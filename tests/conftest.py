"""Fixtures for every test: private servers and databases of both kinds, the seed, the way to Chromium."""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Databases, Postgres, Redis, quick_place

pytest_plugins = ["tests.session", "tests.application"]


@pytest.fixture(scope="session")
def seed() -> int:
    """The number from which every random choice of this session is made; the header prints it."""
    return int(os.environ["SEED"])


@pytest.fixture
def chance(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """A random source of the test's own, the same again with the same seed."""
    return random.Random(f"{seed} {request.node.nodeid}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; a test that asks for it is left out where there is none."""
    return shutil.which("chromium")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this session's own (300 connections, unix socket); left out where none is installed."""
    server = Postgres()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A Redis of this session's own on a unix socket; Valkey from the requirements where Redis is not installed."""
    server = Redis()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Maker of databases: `empty(kind)`, `copy(url)`, `drop(url)`; PostgreSQL starts with the first that needs it."""
    with tempfile.TemporaryDirectory(prefix="signing-test-", dir=quick_place()) as folder:
        yield Databases(Path(folder), lambda: request.getfixturevalue("postgres"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of database, one after the other; every test of the application asks for it, directly or not."""
    return request.param


@pytest.fixture(scope="session")
def database_url(database_kind: str, databases: Databases) -> Iterator[str]:
    """The address of an empty database of this kind, one for the whole session; migrate it once, then `copy` it."""
    url = databases.empty(database_kind)
    yield url
    databases.drop(url)


# The application's fixtures are built on the ones above.
