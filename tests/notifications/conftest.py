"""The application with a far side to report to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from notifications import employment_system
from tests.far_side import FarSide


@pytest.fixture
def far_side(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FarSide]:
    """An employment management system of the test's own; after a failure the next call need not wait."""
    monkeypatch.setattr(employment_system, "REST", 0.0)
    side = FarSide(tmp_path)
    side.connect(app)
    yield side
    side.close()
