"""The module of a message, which says who may see it (R-ACC-1), and a school's settings complete per module (R-SCH-1)."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_message = sa.table("message", sa.column("outbox_id"), sa.column("topic", sa.String()), sa.column("module"))
_outbox = sa.table("outbox", sa.column("id"), sa.column("payload", sa.JSON()))
_transfer = sa.table("transfer", sa.column("id"), sa.column("kind"))
_correction = sa.table("correction", sa.column("id"), sa.column("subject"), sa.column("subject_id"))
COMPLETED = ("archive_completed_at", "household_completed_at")
_school = sa.table("school", sa.column("settings_completed_at"), *(sa.column(name) for name in COMPLETED))
_ABOUT = _outbox.c.payload["id"].as_integer()


def upgrade() -> None:
    """Add them in place: settings were complete for every module, messages of transfers and of objections were sent."""
    for name in COMPLETED:
        op.add_column("school", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        op.execute(_school.update().values({name: _school.c.settings_completed_at}))
    op.add_column("message", sa.Column("module", sa.String(length=12), server_default="placement", nullable=False))
    outbox = _outbox.c.id == _message.c.outbox_id
    of_transfer = sa.select(_transfer.c.kind).where(outbox, _transfer.c.id == _ABOUT).scalar_subquery()
    objected = sa.and_(_correction.c.id == _ABOUT, _correction.c.subject == "transfer")
    of_objection = (
        sa.select(_transfer.c.kind)
        .where(outbox, objected, _transfer.c.id == _correction.c.subject_id)
        .scalar_subquery()
    )
    for topic, kind in (("transfer.%", of_transfer), ("correction.%", of_objection)):
        found = sa.func.coalesce(kind, _message.c.module)
        op.execute(_message.update().where(_message.c.topic.like(topic)).values(module=found))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("message", "module")
    for name in COMPLETED:
        op.drop_column("school", name)
