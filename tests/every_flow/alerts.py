"""At the end of an example the real jobs tell what is to be told, and every alert is there once."""

from sqlalchemy import func, select

from app.extensions import db
from app.models import Alert, Delivery, Outbox
from notifications import jobs
from notifications.topics import Queue, queue_of
from tests.every_flow.promises import Told

_WAITING = select(Outbox.id, Outbox.event).where(Outbox.state == "due").order_by(Outbox.id)
_ALERTS = (
    select(Delivery.outbox_id, func.count(Alert.id))
    .join(Alert, Alert.delivery_id == Delivery.id)
    .where(Delivery.recipient_kind == "account")
    .group_by(Delivery.outbox_id)
)


def work_off(told: Told) -> None:
    """Run the jobs of all alerts, some of them twice; then everyone who was owed one has it, once (R-MSG-3)."""
    db.session.rollback()
    waiting = [row.id for row in db.session.execute(_WAITING) if queue_of(row.event) == Queue.ALERTS]
    db.session.rollback()
    jobs.run(waiting)
    jobs.run(waiting[::10])
    mine = {*told.owed, *told.own}
    found = dict(db.session.execute(_ALERTS.where(Delivery.outbox_id.in_(mine))).tuples().all())
    states = dict(db.session.execute(select(Outbox.id, Outbox.state).where(Outbox.id.in_(mine))).tuples().all())
    db.session.rollback()
    assert set(states.values()) <= {"done"}, f"not told: {[row for row, state in states.items() if state != 'done']}"
    assert {row: found.get(row, 0) for row in told.owed} == dict.fromkeys(told.owed, 1)
    assert all(found.get(row, 0) <= 1 for row in told.own)
