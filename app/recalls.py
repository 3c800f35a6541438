"""Which invitations a suspended employer still has open (R-EMP-3)."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.models import Placement
from workflows.vocabulary import State

_placement = Placement.__table__
_OPEN = (
    select(_placement.c.id, _placement.c.roll_record_id)
    .where(
        _placement.c.employer_id == bindparam("employer"),
        _placement.c.state == State.INVITED.value,
        _placement.c.created_at <= bindparam("before"),
    )
    .order_by(_placement.c.id)
)


def open_invitations(conn: Connection, employer_id: int, before: datetime) -> list[tuple[int, int]]:
    """Return (placement id, roll record id) of the invitations that were sent until a moment and are not answered."""
    rows = conn.execute(_OPEN, {"employer": employer_id, "before": before})
    return [(row.id, row.roll_record_id) for row in rows]
