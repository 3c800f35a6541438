"""The application with a scripted WeChat to talk to."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.wechat.scripted import Platform


@pytest.fixture
def platform(app: Flask) -> Iterator[Platform]:
    """A scripted platform, to which the application's accounts are connected."""
    platform = Platform()
    platform.connect(app)
    yield platform
    platform.close()
