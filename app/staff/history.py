"""操作历史 for the auditor: who, when, from what to what, why; one chain, verified (R-AUDIT-1)."""

from datetime import date
from typing import Any

from flask import render_template, request

from app import access, chains
from app.staff import blueprint
from app.staff.searching import asked
from app.staff.tenant import ROLE_TITLE
from workflows import audit_words
from workflows.calendar import say
from workflows.history_lines import ROLE_WORD
from workflows.vocabulary import STAFF, Role

_KNOWN = {"from", "to", "commit", "cause"}  # shown in columns of their own, or not at all


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _title(role: Role) -> str:
    return ROLE_TITLE.get(role) or ROLE_WORD[role]


def _line(row: Any, people: dict[int, str]) -> dict[str, Any]:
    """Return a row in words: its detail holds codes and versions, never anybody's data."""
    role = Role(row.actor_role)
    name = people.get(row.actor_id, "") if role in STAFF else ""
    more = [f"{name}：{value}" for name, value in row.detail.items() if name not in _KNOWN and value not in (None, "")]
    return {
        "seq": row.seq,
        "at": say(row.at),
        "who": f"{_title(role)} {name}".strip(),
        "what": audit_words.ACTION.get(row.action, row.action),
        "about": audit_words.SUBJECT.get(row.subject_kind, row.subject_kind),
        "old": row.detail.get("from") or "--",
        "new": row.detail.get("to") or "--",
        "more": "；".join(more),
        "sealed": "、".join(sorted(row.detail.get("commit", {}))),
        "hash": row.hash.hex()[:12],
    }


@blueprint.get("/history")
@access.policy("staff", Role.AUDITOR)
def history_list() -> Any:
    """List what was done, the newest first, by kind of record, action, role, day, or one record."""
    typed = asked("kind", "action", "role", "record", "first", "last")
    kind = typed.get("kind", "") if typed.get("kind") in audit_words.CHAIN else ""
    action = typed.get("action", "") if typed.get("action") in audit_words.ACTION else ""
    role = typed.get("role", "") if typed.get("role") in list(Role) else ""
    wanted = chains.Wanted(kind, action, role, typed.get("record", ""), _day("first"), _day("last"))
    found, beyond = chains.rows(wanted, request.args.get("before", type=int))
    named, people = chains.titles(found), chains.staff_names(found)
    rows = [
        (row.record_kind, *named.get((row.record_kind, row.record_id), ("", "（记录不存在）")), _line(row, people))
        for row in found
    ]
    roles = [(one.value, _title(one)) for one in Role]
    actions = sorted(audit_words.ACTION.items(), key=lambda pair: pair[1])
    more = {name: value for name, value in typed.items() if value} | {"before": beyond} if beyond else None
    values: dict[str, Any] = {"chains": audit_words.CHAIN, "actions": actions, "roles": roles, "more": more}
    return render_template("staff/history.html", rows=rows, typed=typed, **values)


@blueprint.get("/history/<kind>/<key>")
@access.policy("staff", Role.AUDITOR)
def history_chain(kind: str, key: str) -> Any:
    """Show the whole chain of one record, and whether it is what it was."""
    record, found, broken = chains.chain(kind, key)
    people, reasons = chains.staff_names(found), chains.reasons(kind, record.id)
    rows = [_line(row, people) | {"reason": reasons.get(row.seq, "")} for row in found]
    title = chains.CHAINS[kind].title(record)
    return render_template(
        "staff/history_chain.html", kind=audit_words.CHAIN[kind], title=title, rows=rows, broken=broken
    )
