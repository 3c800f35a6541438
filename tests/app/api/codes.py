"""Codes as their readers get them: the outbox is worked off, and the message that leaves the house is opened."""

import re
from typing import Any

from notifications import jobs
from tests.notifications.outbound import Outgoing, outgoing
from tests.notifications.working import rows


def messages() -> list[Outgoing]:
    """Work the outbox off and return every message that leaves the house, the oldest first."""
    jobs.run([row.id for row in rows() if row.state == "due"])
    return outgoing()


def code_in(message: Outgoing) -> str:
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
