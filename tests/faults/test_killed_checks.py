"""Workers killed at every point of a check of uploads: each file is checked, and nothing is seen twice (P4)."""

import io
import random

import pytest
from sqlalchemy import select

from app import storage, uploads
from app.extensions import db
from app.models import File, Outbox, PictureBand
from app.uploads import Owner, Place
from notifications import outbox
from tests.faults.workshop import Workshop
from tests.inspection import samples
from tests.session import rounds

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)]

POINTS = ("file.after_claim", "storage.before_rename", "file.after_effect", "file.after_result")
KILLS = rounds(10)


def test_every_file_is_checked_once_whoever_dies(workshop: Workshop, chance: random.Random) -> None:
    count = 4 * KILLS + 5
    for number in range(count):
        picture = samples.encoded(samples.letter(number, width=300))
        content = io.BytesIO(picture if number % 5 else samples.HTML)
        uploads.receive(content, Owner("employer", number), Place("officer", number), "licence", f"{number}.jpg")
    db.session.remove()

    points = [point for point in POINTS for _ in range(KILLS)]
    chance.shuffle(points)
    deaths = workshop.kill_at(points)
    workshop.open_for_work()
    workshop.drain()
    while letters := outbox.dead():
        assert {letter.error for letter in letters} == {"worker_died"}
        assert all(outbox.replay(letter.id) for letter in letters)
        workshop.drain()

    assert deaths == len(points) and workshop.end() == [0, 0]
    assert {row.state for row in db.session.execute(select(Outbox)).scalars()} == {"done"}
    rows = db.session.execute(select(File).order_by(File.id)).scalars().all()
    assert [row.state for row in rows] == ["accepted" if number % 5 else "refused" for number in range(count)]
    kept = {row.sha256 for row in rows if row.sha256}
    assert all(len(storage.read(row.sha256)) == row.stored_size for row in rows if row.sha256)
    lying = {path.name for path in storage.folder().rglob("*") if path.is_file() and path.parent.name != "parts"}
    assert lying == kept and len(kept) == [row.state for row in rows].count("accepted")  # quarantine is empty
    marked = [row.id for row in rows if row.picture_hash]
    bands = db.session.execute(select(PictureBand.file_id, PictureBand.band)).all()
    assert len(bands) == len(set(bands)) == 8 * len(marked)
