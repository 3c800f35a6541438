"""One invitation as its page shows it: what will be printed, what must be ticked, its history (R-ON-8, R-INV-1)."""

from typing import Any

from sqlalchemy import bindparam, select

from app import agreement_fields, as_cases, facts, snapshots, texts, warnings
from app.agreement_fields import EMPTY, pairs
from app.api import cards, corrections
from app.extensions import db
from app.models import History
from workflows import history_lines, online_signing
from workflows.case import Actor, Case
from workflows.platform_settings import AGREEMENT_TITLE
from workflows.vocabulary import AgreementKind, Role

_HISTORY = (
    select(History.at, History.actor_role, History.action, History.detail)
    .where(History.subject_kind == bindparam("kind"), History.subject_id == bindparam("record"))
    .where(History.action.in_(history_lines.SHOWN))
    .order_by(History.seq)
)


def _labelled(listed: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in listed]


def printed(row: Any) -> dict[str, Any]:
    """Return the agreement's content in blocks: the snapshot's once accepted, today's before (R-INV-1)."""
    return _blocks(snapshots.agreement_of(db.session.connection(), row))


def _blocks(body: dict[str, Any]) -> dict[str, Any]:
    kind = AgreementKind(body["agreement_kind"])
    job = [
        (agreement_fields.JOB_AS_FILLED_IN.get(label, label), value or EMPTY) for label, value in body["job"].items()
    ]
    return {
        "agreement": AGREEMENT_TITLE[kind],
        "employer": _labelled(pairs(body["employer"], agreement_fields.EMPLOYER_AS_FILLED_IN)),
        "student": {
            "name": body["graduate"]["name"],
            "fields": _labelled(pairs(body["graduate"], agreement_fields.GRADUATE)),
        },
        "school": _labelled(pairs(body["school"], agreement_fields.SCHOOL)),
        "job": _labelled(job),
        "position": body["job"]["职位名称"],
        "supplement": body["supplement"] or EMPTY,
        "clauses": texts.public(texts.version(f"clauses.{kind.value}", body["clauses_version"] or "")),
    }


def history_of(row: Any, case: Case) -> list[dict[str, str]]:
    """Return the steps of a record in words, the oldest first (R-AUDIT-1)."""
    steps = db.session.execute(_HISTORY, {"kind": case.subject.value, "record": row.id})
    return [
        {
            "at": step.at.isoformat(),
            "text": history_lines.line(Role(step.actor_role), step.action, step.detail, case),
        }
        for step in steps
    ]


def _slot(found: online_signing.SigningFacts) -> dict[str, Any] | None:
    """Return the record in the way and whether it gives way to a signing (R-ON-7)."""
    slot = found.slot
    if slot is None:
        return None
    named = {"id": slot.record, "kind": slot.kind.value, "state": slot.state.value}
    return named | {"title": slot.title, "label": slot.label, "voidable": online_signing.voidable(slot)}


def page(view: facts.View, row: Any, actor: Actor) -> dict[str, Any]:
    """Return an invitation with everything its page shows; what the school corrected is as corrected (R-EDIT-1)."""
    case = as_cases.placement(row)
    content = _blocks(snapshots.in_force(view.conn, row, snapshots.agreement_of(view.conn, row)))
    found = facts.signing_facts(view, row.id, row.employer_id)
    notice = texts.current("binding_notice") if found.binding_notice else None
    return (
        cards.card(view, row, actor, content.pop("position"))
        | content
        | {
            "version": row.version,
            "declaration": texts.public(texts.current("declaration")),
            "once_notice": texts.public(texts.current("once_notice")),
            "binding_notice": texts.public(notice),
            "slot": _slot(found),
            "reason": row.reason,
            "corrections": corrections.of_placement(view, row, actor),
            "warnings": warnings.as_answer(view.conn, row.credit_code, view.roll.school_id),
            "history": history_of(row, case),
            "documents": {
                "preview": cards.refusal(online_signing.may_preview(case, view.now)),
                "agreement": cards.refusal(online_signing.may_download(case)),
            },
            "agreement_number": row.agreement_number,
        }
    )
