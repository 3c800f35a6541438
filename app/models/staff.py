"""Staff accounts of departments, schools, provinces and the platform."""

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import Chained, Public


class Staff(Public, Chained, db.Model):
    """A staff account with its tenant and its level per module (R-ACC-1: 0 none, 1 read, 2 write).

    `must_change_password`: the password was made up by whoever opened or reset the account.
    """

    __tablename__ = "staff"
    __table_args__ = (
        Index("ix_staff_reviewers", "department_id", "active", "placement_level"),
        Index("ix_staff_school", "school_id", "role"),
    )

    username: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(12))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    province_code: Mapped[str | None] = mapped_column(String(6))
    placement_level: Mapped[int] = mapped_column(Integer, default=0)
    archive_level: Mapped[int] = mapped_column(Integer, default=0)
    household_level: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
