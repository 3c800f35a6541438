"""Consents to subscribe messages as the mini-program reports them, and when to ask for which (R-MSG-1).

A report is a hint: the platform's own event counts (`wechat.seen.grant`), a report only sees to it that there is one,
and leaves a mark, by which the event that comes after it does not count the same consent again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from app.models import SubscribeGrant
from wechat import templates

# What somebody waits for who has just done something: moment -> groups of messages, at most three at once.
MOMENTS: dict[str, tuple[str, ...]] = {
    "submitted": ("review", "invitation"),
    "accepted": ("review", "termination", "change"),
}
ACCEPTED = frozenset({"accept", "acceptWithAudio", "acceptWithAlert"})

_grant = SubscribeGrant.__table__
_LEFT = (
    select(_grant.c.template, _grant.c.count)
    .where(_grant.c.wechat_user_id == bindparam("user"), _grant.c.count > 0)
    .order_by(_grant.c.template)
)


def template_ids() -> dict[str, str]:
    """Return the ids of the mini-program's templates by group of messages, as the settings give them."""
    found = {group: templates.find("mini", group) for group in templates.GROUPS}
    return {group: template.id for group, template in found.items() if template}


def moments() -> list[dict[str, Any]]:
    """Return what to ask for at which moment; a group without a template is left out."""
    ids = template_ids()
    return [
        {"moment": moment, "templates": [{"group": group, "id": ids[group]} for group in groups if group in ids]}
        for moment, groups in MOMENTS.items()
    ]


def report(conn: Connection, wechat_user_id: int, results: Mapping[str, str], at: datetime) -> None:
    """Note what somebody has just agreed to; an unknown template and a refusal change nothing. Inside a write."""
    groups = {template_id: group for group, template_id in template_ids().items()}
    make = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    for group in sorted(groups[one] for one, said in results.items() if said in ACCEPTED and one in groups):
        one = {"count": 1, "reported_at": at, "updated_at": at}
        added = make(_grant).values({"wechat_user_id": wechat_user_id, "template": group} | one)
        conn.execute(
            added.on_conflict_do_update(
                index_elements=("wechat_user_id", "template"), set_=one, where=_grant.c.count < 1
            )
        )


def left(conn: Connection, wechat_user_id: int) -> list[dict[str, Any]]:
    """Return how many messages of each group may still be sent, as far as we know."""
    rows = conn.execute(_LEFT, {"user": wechat_user_id})
    return [{"group": row.template, "count": row.count} for row in rows]
