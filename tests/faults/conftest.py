"""Workshops: an application on PostgreSQL with a Redis of its own, whose workers are started and killed by the test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis as Client

from tests.application import one_of_its_own
from tests.faults.workshop import Workshop
from tests.servers import Databases, Redis

Site = Callable[..., AbstractContextManager[Flask]]


@pytest.fixture
def site(template_url: str, databases: Databases, tmp_path: Path, redis_server: Redis) -> Site:
    """Open an application, with these settings, beside an empty Redis."""

    @contextmanager
    def opened(**settings: Any) -> Iterator[Flask]:
        Client.from_url(redis_server.url).flushall()
        with one_of_its_own(template_url, databases, tmp_path, REDIS_URL=redis_server.url, **settings) as app:
            yield app

    return opened


@pytest.fixture
def workshop(site: Site, redis_server: Redis, tmp_path: Path) -> Iterator[Workshop]:
    """A workshop without a worker yet."""
    with site() as app:
        shop = Workshop(app, redis_server, tmp_path)
        yield shop
        shop.end()
