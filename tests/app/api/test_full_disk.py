"""A disk that is full while a file comes in: 507, nothing half written, and the next one is taken (P12)."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.models import School
from tests import builders
from tests.app.api.calls import refused, travel
from tests.app.api.proofs import MAY, about, begin, send
from tests.application import ApiClient
from tests.inspection import samples

CONTENT = samples.encoded(samples.letter(width=700))


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, MAY)
    return builders.make_school()


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "no space", "/var/110101199901010010.jpg")


class FullFile:
    """A temporary file whose disk takes nothing, or takes it only until it is to be written out."""

    def __init__(self, late: bool):
        self.write = (lambda part: len(part)) if late else full
        self.seek, self.close = full, lambda: None


@pytest.mark.parametrize("where", ["no temporary file", "at the first byte", "on writing out", "fsync", "replace"])
def test_a_full_disk_refuses_the_upload_and_keeps_nothing(
    app: Flask, client: ApiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    page = begin(client)
    broken = {
        "no temporary file": (tempfile, "TemporaryFile", full),
        "at the first byte": (tempfile, "TemporaryFile", lambda dir: FullFile(late=False)),
        "on writing out": (tempfile, "TemporaryFile", lambda dir: FullFile(late=True)),
        "fsync": (os, "fsync", full),
        "replace": (Path, "replace", full),
    }[where]
    with monkeypatch.context() as patch:
        patch.setattr(*broken)
        answer = send(client, page["id"], CONTENT)
    refused(answer, 507, "storage_full")
    assert "存储空间不足" in answer.json["message"] and "110101" not in caplog.text
    assert [path for path in Path(app.config["VAR_DIR"], "files").rglob("*") if path.is_file()] == []
    assert about(client, page["id"])["files"] == []
    assert send(client, page["id"], CONTENT).status_code == 201
