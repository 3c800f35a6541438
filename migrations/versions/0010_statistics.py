"""Summary rows and their deltas; what long lists are read and exported by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLACE = ("cohort", "level", "province_code", "measure", "school_id", "department_id", "major")


def _counted() -> list[sa.Column]:
    return [
        sa.Column("id", BIG, nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("province_code", sa.String(length=6), nullable=False),
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("department_id", BIG, nullable=False),
        sa.Column("major", sa.String(length=80), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
    ]


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "statistic",
        *_counted(),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic")),
        sa.UniqueConstraint(*PLACE, name=op.f("uq_statistic_place")),
    )
    op.create_index("ix_statistic_school", "statistic", ["cohort", "level", "school_id"])
    op.create_table(
        "statistic_delta",
        *_counted(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic_delta")),
    )
    op.create_table(
        "list_export",
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("listing", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_list_export_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_export")),
        sa.UniqueConstraint("public_id", name=op.f("uq_list_export_public_id")),
    )
    op.create_index("ix_list_export_staff_id_id", "list_export", ["staff_id", "id"])
    op.create_index("ix_list_export_ended_at", "list_export", ["ended_at"])
    op.create_index(
        "ix_roll_record_student_number",
        "roll_record",
        ["student_number"],
        postgresql_ops={"student_number": "varchar_pattern_ops"},
    )
    op.create_index("ix_placement_list", "placement", ["school_id", "id"])
    op.create_index("ix_termination_list", "termination", ["school_id", "id"])
    op.create_index("ix_transfer_list", "transfer", ["school_id", "kind", "id"])
    _count()


# Who is on a roll already: everybody as total, and what an online signing in hand makes of them. Nothing else could
# hold a place before this version; `flask statistics recount` agrees.
_COUNTED = """
INSERT INTO statistic_delta
    (cohort, province_code, school_id, department_id, major, measure, amount, at)
SELECT r.cohort, s.province_code, r.school_id, r.department_id, r.major, {measure}, count(*), CURRENT_TIMESTAMP
FROM roll_record r JOIN school s ON s.id = r.school_id {held}
WHERE r.state = 'on_roll'
GROUP BY r.cohort, s.province_code, r.school_id, r.department_id, r.major
"""
_HELD = "JOIN placement p ON p.live_key = r.id AND p.kind = 'online' AND p.state = '{state}'"


def _count() -> None:
    op.execute(_COUNTED.format(measure="'total'", held=""))
    for state, measure in (("accepted", "reviewing"), ("effective", "registered"), ("effective", "outcome:online")):
        op.execute(_COUNTED.format(measure=f"'{measure}'", held=_HELD.format(state=state)))


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_transfer_list", "transfer")
    op.drop_index("ix_termination_list", "termination")
    op.drop_index("ix_placement_list", "placement")
    op.drop_index("ix_roll_record_student_number", "roll_record")
    op.drop_table("list_export")
    op.drop_table("statistic_delta")
    op.drop_table("statistic")
