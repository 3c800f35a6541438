"""The check of an upload as a job: done once however often it runs, and never lost (P4, P12)."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import quarantine, storage, uploads
from app.extensions import db
from app.models import File, PictureBand
from app.storage import StorageError
from app.uploads import Owner, Place
from notifications import file_checks, file_clearing, outbox, sweeper
from notifications.file_checks import CutShortError
from tests.inspection import samples
from tests.notifications.working import let_leases_run_out, rows, work_off
from workflows.case import Refused
from workflows.vocabulary import Code

CONTENT = samples.encoded(samples.letter(width=700))
OWNER, PLACE = Owner("employer", 1), Place("officer", 1)


def receive(content: bytes = CONTENT, name: str = "授权书.jpg") -> int:
    """Receive a file that belongs to no graduate, and return its row's id."""
    return uploads.receive(io.BytesIO(content), OWNER, PLACE, "licence", name).id


def row(file: int) -> File:
    db.session.rollback()
    return db.session.execute(select(File).where(File.id == file)).scalar_one()


def stored(app: Flask) -> list[str]:
    return sorted(p.name for p in Path(app.config["VAR_DIR"], "files").rglob("*") if p.is_file())


def test_a_check_that_runs_again_changes_nothing(app: Flask) -> None:
    file = receive()
    work_off()
    first = row(file)
    seen = (first.state, first.sha256, first.checked_at, first.picture_hash)
    db.session.rollback()
    bands = db.session.execute(select(PictureBand.band).where(PictureBand.file_id == file)).scalars().all()
    assert seen[0] == "accepted" and stored(app) == [seen[1]] and sorted(bands) == list(range(8))

    event = rows("file.received")[0]
    claimed = outbox.Claimed(event.id, event.event, None, None, {"file": file}, 1, event.fence)
    file_checks.check(claimed)

    again = row(file)
    assert (again.state, again.sha256, again.checked_at, again.picture_hash) == seen and stored(app) == [seen[1]]


def test_two_files_of_the_same_bytes_are_two_files(app: Flask) -> None:
    files = [receive(), receive()]
    work_off()
    assert [row(file).state for file in files] == ["accepted", "accepted"]
    assert len({row(file).sha256 for file in files}) == 1 and len(stored(app)) == 1


def test_a_worker_that_lost_its_lease_writes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    file = receive()
    look, others = file_checks.look, iter([True])

    def taken_over(source: Path, target: Path) -> dict[str, Any]:
        if next(others, False):
            let_leases_run_out()
            db.session.remove()
            work_off()  # another worker, which is done before this one
        return look(source, target)

    monkeypatch.setattr(file_checks, "look", taken_over)
    work_off()
    assert row(file).state == "accepted" and len(stored(app)) == 1
    (event,) = rows("file.received")
    assert (event.state, event.attempts) == ("done", 2)


@pytest.mark.parametrize(("by_itself", "tries"), [(True, 1), (False, file_checks.TRIES)])
def test_a_look_that_is_cut_short_is_repeated_unless_the_file_is_to_blame(
    app: Flask, monkeypatch: pytest.MonkeyPatch, by_itself: bool, tries: int
) -> None:
    looks = []

    def cut(source: Path, target: Path) -> dict[str, Any]:
        looks.append(source)
        raise CutShortError(by_itself)

    monkeypatch.setattr(file_checks, "look", cut)
    file = receive()
    for done in range(tries):
        assert row(file).state == "waiting" and len(looks) == done
        let_leases_run_out()
        work_off()
    refused = row(file)
    assert (refused.state, refused.problem) == ("refused", "too_complex") and "过于复杂" in refused.sentence
    assert len(looks) == tries and stored(app) == []


def test_a_full_disk_puts_the_check_off(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    file = receive()

    def full(content: bytes) -> str:
        raise StorageError

    with monkeypatch.context() as broken:
        broken.setattr(storage, "put", full)
        work_off()
    assert row(file).state == "waiting" and rows("file.received")[0].state == "due"
    let_leases_run_out()
    work_off()
    assert row(file).state == "accepted"


def test_a_file_that_is_not_in_quarantine_any_more_is_asked_for_again(app: Flask) -> None:
    file = receive()
    quarantine.drop(row(file).public_id)
    work_off()
    assert (row(file).problem, row(file).sentence) == ("lost", "文件没有保存成功，请重新上传。")


def test_an_upload_whose_transaction_fails_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no outbox")

    monkeypatch.setattr(uploads.outgoing, "emit", fail)
    with pytest.raises(RuntimeError):
        receive()
    assert stored(app) == [] and db.session.execute(select(File)).first() is None


def test_two_that_take_the_same_place_at_once_are_one_and_a_refusal(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that is no graduate's has no lock; the unique place decides."""
    receive()
    monkeypatch.setattr(uploads, "facts_of", lambda *_: [])  # as read before the other one committed
    with pytest.raises(Refused) as refused:
        receive()
    assert refused.value.refusal.code == Code.OUTDATED and len(stored(app)) == 1


def test_the_text_and_the_name_lie_sealed(app: Flask) -> None:
    file = receive(samples.pdf(), "李明的录用通知.pdf")
    work_off()
    found = row(file)
    assert "李明".encode() not in bytes(found.text_sealed) and "李明".encode() not in bytes(found.name_sealed)
    assert uploads.shown(found).name == "李明的录用通知.pdf"


def test_tidying_removes_what_nobody_waits_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose row was never written goes; one that waits for its check stays, however long it has."""
    waiting = row(receive()).public_id
    db.session.rollback()
    orphan = quarantine.hold(io.BytesIO(CONTENT), "a.jpg").public_id
    sweeper.tidy()
    assert {waiting, orphan} <= set(stored(app))
    monkeypatch.setattr(quarantine, "ABANDONED", -1.0)
    sweeper.tidy()
    assert stored(app) == [waiting]


def test_tidying_removes_the_bytes_of_removed_files(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept for a month; the bytes stay while another row names them."""
    first, second = (receive(samples.pdf(1), "a.pdf") for _ in range(2))
    work_off()
    content = row(first).sha256
    uploads.remove(row(first))
    db.session.commit()
    sweeper.tidy()
    assert row(first).text_sealed is not None  # a month is not over
    monkeypatch.setattr(file_clearing, "KEPT", timedelta(seconds=-1))
    monkeypatch.setattr(storage, "OLD", -1.0)
    sweeper.tidy()
    assert stored(app) == [content] and row(first).text_sealed is None and row(first).picture_hash is None
    uploads.remove(row(second))
    db.session.commit()
    sweeper.tidy()
    assert stored(app) == []
    assert db.session.execute(select(PictureBand)).first() is None
