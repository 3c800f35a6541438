"""Working the outbox off in this process, as a worker does, and looking at what came of it."""

from datetime import timedelta

from sqlalchemy import select, update

from app.clock import now
from app.extensions import db
from app.models import Alert, Delivery, Outbox
from notifications import jobs


def rows(event: str | None = None) -> list[Outbox]:
    db.session.expire_all()
    found = db.session.execute(select(Outbox).order_by(Outbox.id)).scalars().all()
    db.session.rollback()
    return [row for row in found if event in (None, row.event)]


def work_off() -> None:
    """Run a job with every row's id."""
    jobs.run([row.id for row in rows()])


def alerts(kind: str | None = None) -> list[Alert]:
    found = db.session.execute(select(Alert).order_by(Alert.id)).scalars().all()
    db.session.rollback()
    return [alert for alert in found if kind in (None, alert.recipient_kind)]


def deliveries() -> list[Delivery]:
    db.session.expire_all()
    found = db.session.execute(select(Delivery).order_by(Delivery.id)).scalars().all()
    db.session.rollback()
    return list(found)


def let_leases_run_out() -> None:
    """Move every lease and every waiting time into the past."""
    past = now() - timedelta(hours=1)
    db.session.execute(update(Outbox).where(Outbox.state == "leased").values(lease_until=past))
    db.session.execute(update(Outbox).where(Outbox.state == "due").values(due_at=past))
    db.session.commit()
