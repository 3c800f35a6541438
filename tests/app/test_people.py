"""Adding people and joining them to the roll: only what can be printed, under the lock, on record, everybody told."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from app import actions, auth, history, joining, people
from app.clock import now
from app.extensions import db
from app.models import Account, History, Outbox, Placement, RollRecord
from app.printable import UnprintableTextError
from app.writing import write
from tests import builders
from tests.application import api_client
from tests.builders import Graduate
from tests.notifications.working import alerts, rows, work_off
from workflows.vocabulary import State


def unjoined(graduate: Graduate) -> Graduate:
    """Make it as if the school had put the person on its roll before there was an account."""
    db.session.execute(update(RollRecord).where(RollRecord.id == graduate.roll.id).values(account_id=None))
    db.session.commit()
    db.session.expire_all()
    return graduate


def link(account_id: int) -> int:
    return write(lambda: people.link(db.session.get_one(Account, account_id)))


def joinings(roll_id: int) -> list[History]:
    found = select(History).where(History.action == "link", History.record_id == roll_id).order_by(History.seq)
    return list(db.session.execute(found).scalars())


@pytest.mark.rule("R-GRAD-1", "R-AUDIT-1")
def test_joining_takes_the_lock_and_stands_in_the_history(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    graduate = builders.make_graduate(builders.make_school())
    (row,) = joinings(graduate.roll.id)
    assert (row.actor_role, row.actor_id, row.subject_kind) == ("graduate", graduate.account.id, "roll_record")
    assert row.detail == {"account": graduate.account.public_id}
    account_id = graduate.account.id
    assert link(account_id) == 0 and len(joinings(graduate.roll.id)) == 1
    unjoined(graduate)
    real = actions.begin

    def somebody_was_faster(roll_id: int) -> actions.Unit:
        unit = real(roll_id)
        joined = unit.conn.execute(update(RollRecord).values(account_id=graduate.account.id))
        assert joined.rowcount == 1
        return real(roll_id)

    with monkeypatch.context() as race:
        race.setattr(joining.actions, "begin", somebody_was_faster)
        assert link(account_id) == 0
    assert len(joinings(graduate.roll.id)) == 1 and list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-ON-1", "R-MSG-3")
def test_who_joins_later_is_told_once_of_every_open_invitation(app: Flask) -> None:
    graduate = unjoined(builders.make_graduate(builders.make_school(), confirmed=False))
    client, account_id = api_client(app, graduate), graduate.account.id
    employers = [builders.make_employer() for _ in range(3)]
    still_open, lapsed, withdrawn = (builders.make_invitation(graduate, employer).id for employer in employers)
    work_off()
    assert alerts() == [] and {row.state for row in rows()} == {"done"}
    db.session.execute(update(Placement).where(Placement.id == lapsed).values(deadline_at=now() - timedelta(seconds=1)))
    db.session.execute(
        update(Placement).where(Placement.id == withdrawn).values(state=State.WITHDRAWN.value, open_key=None)
    )
    db.session.commit()
    assert link(account_id) == 1 and link(account_id) == 0
    public_id, version = builders.reload(still_open).public_id, builders.reload(still_open).version
    keys = [row.key for row in rows() if row.key.endswith(":linked")]
    assert keys == [f"invitation.sent:{public_id}:{version}:linked"]
    for _ in range(2):
        work_off()
    assert [alert.placement_id for alert in alerts("account")] == [still_open]
    (alert,) = client.get("/api/v1/alerts").json
    assert alert["placement"] == public_id


@pytest.mark.rule("R-MSG-3")
@pytest.mark.parametrize("state", ["due", "leased"])
def test_an_alert_that_is_still_on_its_way_is_not_told_twice(app: Flask, state: str) -> None:
    graduate = unjoined(builders.make_graduate(builders.make_school()))
    builders.make_invitation(graduate)
    lease = now() + timedelta(seconds=30) if state == "leased" else None
    db.session.execute(update(Outbox).values(state=state, fence=1, lease_until=lease))
    db.session.commit()
    assert link(graduate.account.id) == 1
    assert [(row.state, row.fence) for row in rows()] == [(state, 2)], "who holds the row has lost it"
    work_off()
    assert len(alerts("account")) == 1


@pytest.mark.rule("R-PDF-1")
def test_what_cannot_be_printed_is_not_put_on_the_roll(app: Flask) -> None:
    school, strange = builders.make_school(), "\U00013000"
    for changes, named in (({"name": f"李{strange}"}, "姓名"), ({"major": f"石油{strange}"}, "专业")):
        with pytest.raises(UnprintableTextError, match=f"{named}含有协议书字体无法打印的字符“{strange}”"):
            builders.make_graduate(school, **changes)
    person = ("passport", "EA1234567", "19900001111")
    for name, email, named in ((f"李{strange}", None, "姓名"), ("李明", f"li{strange}@example.com", "电子邮箱")):
        with pytest.raises(UnprintableTextError, match=named):
            people.add_account(name, *person, email, auth.HASHER.hash("x"), [], now())
    assert issubclass(UnprintableTextError, ValueError)
    db.session.rollback()
    assert db.session.execute(select(RollRecord.id)).first() is None


@pytest.mark.rule("R-GRAD-1")
def test_looking_for_the_failing_key_asks_twice_by_index(app: Flask) -> None:
    graduate = unjoined(builders.make_graduate(builders.make_school()))
    asked: list[str] = []
    listening = (db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    event.listen(*listening)
    try:
        assert people.mismatch(db.session.get_one(Account, graduate.account.id)) == []
    finally:
        event.remove(*listening)
    near = [statement for statement in asked if "FROM roll_record" in statement]
    assert len(near) == 2 and not any(" OR " in statement for statement in near)
