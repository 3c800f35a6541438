"""Many tries at one moment: the hour's limits of the verification page hold to the last one, with their controls."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from app import verification
from app.extensions import db
from app.models import Document, Verification
from tests.app.public import agreements
from tests.app.public.agreements import Issued, looks
from tests.races.harness import WON, Race

pytestmark = pytest.mark.races

WAYS = 60
REFUSED = "TooManyError"


def comparisons(issued: Issued) -> list[partial[verification.Seen]]:
    """Return one try per visitor, all for the same code."""
    return [
        partial(verification._look, "compare", issued.document.code, f"10.0.0.{number}", lambda row: "mismatch")
        for number in range(1, WAYS + 1)
    ]


def misses() -> list[partial[verification.Seen]]:
    """Return one visitor's tries, all for codes that do not exist."""
    return [
        partial(verification._look, "open", f"{number:016}", "10.0.0.1", lambda row: "found") for number in range(WAYS)
    ]


@pytest.mark.rule("R-QR-1")
def test_five_of_sixty_comparisons_at_once_are_answered(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Race(app, monkeypatch).run(comparisons(agreements.issue()))
    assert ended == {WON: 5, REFUSED: WAYS - 5}
    assert len(looks()) == 5


@pytest.mark.rule("R-QR-1")
def test_twenty_of_sixty_misses_at_once_are_answered(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Race(app, monkeypatch).run(misses())
    assert ended == {WON: 20, REFUSED: WAYS - 20}


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_without_the_locks_more_get_through(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = agreements.issue()
    monkeypatch.setattr(verification, "_LOCK", select(Document.id))
    monkeypatch.setattr(verification, "_lock_visitor", lambda address: verification.now())
    assert Race(app, monkeypatch).run(comparisons(issued))[WON] > 5
    db.session.execute(Verification.__table__.delete())
    db.session.commit()
    assert Race(app, monkeypatch).run(misses())[WON] > 20
