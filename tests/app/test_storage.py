"""Files by content hash: whole or not there at all (P12)."""

import errno
import os
import resource
import time
from pathlib import Path

import pytest
from flask import Flask

import wsgi
from app import storage
from app.storage import MissingFileError, StorageError
from tests.application import SETTINGS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of stored files of an application without any database."""
    app: Flask = wsgi.build(SETTINGS | {"VAR_DIR": str(tmp_path)})
    with app.app_context():
        yield tmp_path / "files"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_found_by_its_hash_and_stored_once(folder: Path) -> None:
    first = storage.put(b"agreement")
    assert storage.put(b"agreement") == first and storage.read(first) == b"agreement"
    assert files(folder) == [folder / first[:2] / first[2:4] / first]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_is_refused_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, failing: str, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space", "/var/110101199901010010.pdf")

    monkeypatch.setattr(*((os, "fsync", full) if failing == "fsync" else (Path, "replace", full)))
    with pytest.raises(StorageError) as refused:
        storage.put(b"agreement")
    assert refused.value.status == 507 and "存储空间不足" in refused.value.message
    assert files(folder) == [] and "110101" not in caplog.text


def test_a_write_that_breaks_off_in_the_middle_leaves_nothing(folder: Path) -> None:
    """The kernel takes the first 500 bytes and no more, as a disk does that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, hard))
    try:
        with pytest.raises(StorageError):
            storage.put(bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(folder) == []
    assert storage.read(storage.put(bytes(100_000))) == bytes(100_000)


def test_a_damaged_or_missing_file_is_an_alarm_and_never_handed_out(folder: Path) -> None:
    stored = storage.put(b"agreement")
    storage.path_of(stored).write_bytes(b"agreemenT")
    for sha256 in (stored, "0" * 64):
        with pytest.raises(MissingFileError) as refused:
            storage.read(sha256)
        assert refused.value.status == 503


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_names_a_file(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match="content hash"):
        storage.path_of(name)


def test_part_files_of_dead_writers_are_cleared_after_an_hour(folder: Path) -> None:
    parts = folder / "parts"
    parts.mkdir(parents=True)
    for name, age in (("old", storage.OLD + 60), ("new", 60)):
        (parts / name).write_bytes(b"half")
        os.utime(parts / name, (time.time() - age,) * 2)
    assert storage.clear_parts() == 1
    assert files(folder) == [parts / "new"]


def test_removing_what_is_not_there_is_no_error(folder: Path) -> None:
    stored = storage.put(b"agreement")
    storage.remove(stored)
    storage.remove(stored)
    assert files(folder) == []
