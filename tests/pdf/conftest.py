"""Fixtures of the PDF room's tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def pdf_text(tmp_path: Path) -> Callable[..., str]:
    def read(pdf: bytes, *options: str) -> str:
        path = tmp_path / "read.pdf"
        path.write_bytes(pdf)
        return subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True).stdout.decode()

    return read
