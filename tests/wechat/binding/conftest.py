"""The application connected to a far side, a graduate, and the graduate's own WeChat."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests import builders
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.wechat.binding.graduates import Person
from wechat import client


@pytest.fixture
def far(app: Flask, tmp_path: Path) -> Iterator[FarSide]:
    side = FarSide(tmp_path)
    side.connect_phones(app)
    client.install(app)
    yield side
    side.close()


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


@pytest.fixture
def person(far: FarSide, graduate: Graduate) -> Person:
    """The graduate's own WeChat: follows already, and has the registered phone."""
    return far.person(phone=graduate.phone)
