"""The history chain: append-only, and every edit behind the application's back is found (P8)."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import history
from app.crypto import seal_text, unseal_text
from app.extensions import db
from app.models import History, HistoryValue
from tests import builders
from workflows.vocabulary import Action, State

TRIGGERS = {
    "sqlite": ("DROP TRIGGER history_no_update", "DROP TRIGGER history_no_delete"),
    "postgresql": ("DROP TRIGGER history_no_change ON history",),
}


def broken() -> list[tuple[str, int, int]]:
    return [*history.verify(db.session.connection())]


def disarm() -> None:
    """Do what an intruder with the owner's rights would do first."""
    for statement in TRIGGERS[db.engine.dialect.name]:
        db.session.execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE history SET action = 'x'", "DELETE FROM history"])
def test_the_database_refuses_to_change_history(app: Flask, statement: str) -> None:
    builders.make_placement(State.DECLINED)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert broken() == []


@pytest.mark.rule("R-AUDIT-1")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET action = 'decline' WHERE record_kind = 'roll_record' AND seq = 3",
        "UPDATE history SET actor_id = actor_id + 1 WHERE record_kind = 'roll_record' AND seq = 3",
        "UPDATE history SET at = '2026-01-01 00:00:00+00:00' WHERE record_kind = 'roll_record' AND seq = 3",
        "DELETE FROM history WHERE record_kind = 'roll_record' AND seq = 3",
    ],
)
def test_an_altered_or_deleted_row_is_named(app: Flask, statement: str) -> None:
    placement = builders.make_placement(State.EFFECTIVE)
    disarm()
    db.session.execute(text(statement))
    assert broken() == [("roll_record", placement.roll_record_id, 3)]


def test_a_deleted_newest_row_and_an_inserted_row_are_found(app: Flask) -> None:
    placement = builders.make_placement(State.EFFECTIVE)
    disarm()
    newest = "(SELECT max(seq) FROM history WHERE record_kind = 'roll_record')"
    db.session.execute(text(f"DELETE FROM history WHERE record_kind = 'roll_record' AND seq = {newest}"))
    length = db.session.execute(text("SELECT chain_seq FROM roll_record")).scalar_one()
    assert broken() == [("roll_record", placement.roll_record_id, length)]
    db.session.rollback()

    columns = "record_kind, record_id, at, actor_role, actor_id, subject_kind, subject_id, action, detail, prev, hash"
    db.session.execute(
        text(
            f"INSERT INTO history (seq, {columns}) SELECT {length} + 1, {columns} FROM history"
            f" WHERE record_kind = 'roll_record' AND seq = {length}"
        )
    )
    assert broken() == [("roll_record", placement.roll_record_id, length + 1)]


def test_personal_values_lie_apart_sealed_and_may_be_purged(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.accept(graduate, builders.make_invitation(graduate))
    builders.review(graduate, placement, Action.REJECT, "单位信息有误，请联系13900001111")
    value = db.session.query(HistoryValue).filter_by(field="reason").one()
    bound = history.value_bound(value.record_kind, value.record_id, value.seq, value.field)
    assert unseal_text(value.value_sealed, bound) == "单位信息有误，请联系13900001111"
    details = db.session.execute(text("SELECT CAST(detail AS TEXT) FROM history")).scalars()
    assert not any("13900001111" in detail for detail in details)

    db.session.delete(value)
    db.session.commit()
    assert broken() == []


def rejected() -> tuple[int, HistoryValue]:
    """Return the roll record's id and the sealed reason of a rejection."""
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.accept(graduate, builders.make_invitation(graduate))
    builders.review(graduate, placement, Action.REJECT, "单位信息有误")
    return graduate.roll.id, db.session.query(HistoryValue).filter_by(field="reason").one()


@pytest.mark.rule("R-AUDIT-1")
@pytest.mark.parametrize("how", ["resealed", "altered", "moved", "uncommitted", "surplus"])
def test_a_sealed_value_that_is_not_the_committed_one_is_found(app: Flask, how: str) -> None:
    roll_id, value = rejected()
    seq, sealed = value.seq, value.value_sealed
    assert broken() == []
    other = {"record_kind": "roll_record", "record_id": roll_id, "seq": seq, "field": "other"}
    bound = history.value_bound("roll_record", roll_id, seq, "reason")
    if how == "resealed":
        value.value_sealed = seal_text("另一个原因", bound)
    elif how == "altered":
        value.value_sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    elif how == "moved":
        value.seq = seq = seq - 1
    elif how == "uncommitted":
        db.session.add(HistoryValue(**other, value_sealed=seal_text("x", history.value_bound(*other.values()))))
    else:
        seq = 99
        db.session.add(HistoryValue(**(other | {"seq": seq}), value_sealed=sealed))
    db.session.flush()
    assert broken() == [("roll_record", roll_id, seq)]


@pytest.mark.rule("R-AUDIT-1")
def test_a_chain_without_its_record_is_found(app: Flask) -> None:
    rejected()
    row = db.session.query(History).filter_by(record_kind="roll_record", seq=1).one()
    copied = {column.name: getattr(row, column.name) for column in History.__table__.columns if column.name != "id"}
    db.session.add(History(**(copied | {"record_id": 4711})))
    db.session.add(HistoryValue(record_kind="employer", record_id=4712, seq=1, field="reason", value_sealed=b"x"))
    db.session.flush()
    assert broken() == [("employer", 4712, 0), ("roll_record", 4711, 0)]
