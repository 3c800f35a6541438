"""Codes as their readers get them: the outbox is worked off, and the demo inbox shows the message."""

import re
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.models import DemoMessage
from notifications import jobs
from tests.notifications.working import rows


def messages() -> list[DemoMessage]:
    """Work the outbox off and return every message of the demo inbox, the oldest first."""
    jobs.run([row.id for row in rows() if row.state == "due"])
    found = db.session.execute(select(DemoMessage).order_by(DemoMessage.id)).scalars().all()
    db.session.rollback()
    return list(found)


def code_in(message: DemoMessage) -> str:
    found = re.search(r"验证码 (\d{6})", message.body)
    assert found, message.body
    return found.group(1)


def last_code() -> str:
    return code_in(messages()[-1])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def registration(**overrides: Any) -> dict[str, Any]:
    """Return what a person types to register, all but the code."""
    happy = {
        "name": "李明",
        "id_kind": "resident_id",
        "id_number": "11010519491231002X",
        "phone": "19912345678",
        "email": "ming.li@example.com",
        "password": "xk7-mq2-pw",
        "school_code": "11414",
        "degree_level": "bachelor",
    }
    return happy | overrides
