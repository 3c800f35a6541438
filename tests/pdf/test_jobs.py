"""The agreement's file: the facts of the snapshot on the page, one body, one seal that counts (P5, R-PDF-1, R-QR-1)."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select, update

from app import storage
from app.extensions import db
from app.models import Account, Document, Employer, Placement, School
from app.storage import StorageError
from pdf import jobs
from pdf.seal import check
from tests import builders
from tests.pdf.reading import picture, squeezed
from workflows.vocabulary import AgreementKind, State


def document() -> Document:
    db.session.expire_all()
    found = db.session.execute(select(Document)).scalar_one()
    db.session.rollback()
    return found


def stored_files(app: Flask) -> list[Path]:
    return [path for path in (Path(app.config["VAR_DIR"]) / "files").rglob("*") if path.is_file()]


@pytest.mark.rule("R-PDF-1", "R-QR-1")
@pytest.mark.parametrize("kind", list(AgreementKind))
def test_the_file_says_what_the_snapshot_says(app: Flask, pdf_text: Callable[..., str], kind: AgreementKind) -> None:
    school = builders.make_school("11414" if kind == AgreementKind.THREE_PARTY else "10055", kind)
    graduate = builders.make_graduate(school, name="阿卜杜拉·买买提")
    placement = builders.make_placement(State.EFFECTIVE, graduate)

    jobs.store_agreements(placement.id)

    made = document()
    pdf = storage.read(str(made.file_sha256))
    text = squeezed(pdf_text(pdf))
    printed = [made.number, "阿卜杜拉·买买提", graduate.id_number, graduate.phone, school.name, "软件工程师", "3个月"]
    printed += ["19900001111", "hr@example.com", "甲方提供集体宿舍。", "8000元/月", "2027-07-15", "北京市海淀区"]
    assert [value for value in printed if squeezed(value) not in text] == []
    assert (school.address in text) == (kind == AgreementKind.THREE_PARTY)
    symbol = zxingcpp.read_barcode(picture(pdf, 150))
    assert symbol.text == f"HTTP://127.0.0.1:8000/V/{made.code}"
    assert made.size == len(pdf) and made.stored_at is not None


@pytest.mark.rule("R-INV-1")
def test_what_changes_after_the_acceptance_does_not_change_the_file(app: Flask, pdf_text: Callable[..., str]) -> None:
    placement = builders.make_placement(State.EFFECTIVE)
    db.session.execute(update(School).values(contact="新来的老师"))
    db.session.execute(update(Employer).values(name="改名后的单位"))
    db.session.execute(update(Account).values(name="改名后的人"))
    db.session.commit()
    jobs.store_agreements(placement.id)
    text = pdf_text(storage.read(str(document().file_sha256)))
    assert "王老师" in text and not [new for new in ("新来的老师", "改名后的单位", "改名后的人") if new in text]


def test_the_seal_is_the_platforms_and_the_body_is_its_beginning(app: Flask) -> None:
    placement = builders.make_placement(State.EFFECTIVE)
    jobs.store_agreements(placement.id)
    made = document()
    pdf = storage.read(str(made.file_sha256))
    assert check(pdf, jobs.seal().certificate).genuine
    body = jobs.body(builders.reload(placement.id), made)
    assert pdf.startswith(body) and hashlib.sha256(body).hexdigest() == made.body_sha256
    assert not check(pdf[:5000] + bytes([pdf[5000] ^ 1]) + pdf[5001:], jobs.seal().certificate).genuine


def test_doing_it_again_changes_nothing(app: Flask) -> None:
    placement = builders.make_placement(State.EFFECTIVE)
    jobs.store_agreements(placement.id)
    first, file = document(), stored_files(app)
    before = (first.body_sha256, first.file_sha256, first.stored_at)
    jobs.store_agreements(placement.id)
    again = document()
    assert (again.body_sha256, again.file_sha256, again.stored_at) == before and stored_files(app) == file


def test_no_read_transaction_stays_open_where_nothing_is_left_to_make(app: Flask) -> None:
    placement_id = builders.make_placement(State.EFFECTIVE).id
    for _ in range(2):
        jobs.store_agreements(placement_id)
        assert not db.session().in_transaction()


def test_a_placement_that_is_not_there_is_said(app: Flask) -> None:
    with pytest.raises(jobs.NoSuchPlacementError):
        jobs.store_agreements(999)


def test_of_two_workers_the_first_seal_wins_and_the_body_is_the_same(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    placement_id = builders.make_placement(State.EFFECTIVE).id
    bodies: list[bytes] = []
    both, errors = Barrier(2, timeout=60), []
    real = jobs.storage.put

    def put_together(content: bytes) -> str:
        both.wait()  # both have rendered and sealed before either stores
        bodies.append(content)
        return real(content)

    monkeypatch.setattr(jobs.storage, "put", put_together)
    jobs.warm_up()

    def worker() -> None:
        with app.app_context():
            try:
                jobs.store_agreements(placement_id)
            except Exception as error:  # noqa: BLE001 - shown below
                errors.append(error)
            finally:
                db.session.remove()

    db.session.remove()
    threads = [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = document()
    plain = jobs.body(db.session.get_one(Placement, placement_id), made)
    assert errors == [] and len(bodies) == 2 and bodies[0] != bodies[1]
    assert all(body.startswith(plain) for body in bodies)
    assert [path.name for path in stored_files(app)] == [made.file_sha256]
    assert made.file_sha256 in {hashlib.sha256(body).hexdigest() for body in bodies}


def test_a_full_disk_leaves_the_document_without_a_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    placement = builders.make_placement(State.EFFECTIVE)

    def full(content: bytes) -> str:
        raise StorageError

    with monkeypatch.context() as broken:
        broken.setattr(jobs.storage, "put", full)
        with pytest.raises(StorageError):
            jobs.store_agreements(placement.id)
    assert document().file_sha256 is None and stored_files(app) == []
    jobs.store_agreements(placement.id)
    assert document().file_sha256 is not None


@pytest.mark.rule("R-QR-1")
def test_a_preview_has_no_number_and_no_symbol(app: Flask, pdf_text: Callable[..., str]) -> None:
    placement = builders.make_placement()
    pdf = jobs.preview(placement)
    text = pdf_text(pdf)
    assert "软件工程师" in text and "协议书编号" not in text
    assert zxingcpp.read_barcodes(picture(pdf, 150)) == []


def test_the_seal_comes_from_the_configured_files(app: Flask, tmp_path: Path) -> None:
    made = jobs.Seal.self_made(tmp_path / "given")
    app.extensions.pop("seal", None)
    app.config |= {"SEAL_KEY_FILE": str(tmp_path / "given/demo-seal.pem"), "PRODUCTION": True}
    app.config["SEAL_CERT_FILE"] = str(tmp_path / "given/demo-seal.crt")
    assert jobs.seal().certificate == made.certificate


def test_production_makes_no_seal_of_its_own(app: Flask) -> None:
    app.extensions.pop("seal", None)
    app.config["PRODUCTION"] = True
    with pytest.raises(RuntimeError, match="SEAL_KEY_FILE"):
        jobs.seal()


def test_clauses_that_were_never_published_are_an_error(app: Flask) -> None:
    with pytest.raises(LookupError):
        jobs.clauses_of("two_party", "1999-1")
