"""A record with an agreement's form that a graduate fills in, as its page shows it (R-OFF-1, R-ON-8, R-SLOT-2)."""

from typing import Any

from app import as_cases, codes, facts, file_places, forms, snapshots, texts
from app.api import cards, corrections, employers, files, invitation_page
from app.facts import View
from app.record_facts import verified_employer
from app.terms import readable
from workflows import agreement_document, agreement_form
from workflows.case import Actor, Refusal
from workflows.drafts import EDITABLE, stages
from workflows.form_schema import Schema, fields_schema
from workflows.online_signing import voidable
from workflows.vocabulary import Kind, Subject
from workflows.windows import FUNCTION_TITLE

# What stands on top of the form.
HINT: dict[Kind, str] = {
    Kind.OFFLINE: (
        "协议书生成后，需单位盖章、学校审核后才能正式生效。协议书一旦生效，无法与其他单位进行网上签约，且一次只能生成一份协议书。"
    ),
    Kind.PAPER: "请按照已签订的纸质就业协议书填写，并上传盖章的协议书图像；学校审核通过后登记完成。",
}


def schema() -> Schema:
    """Return the form of an agreement as JSON Schema, with the codes that may be chosen now (R-OFF-1)."""
    sections = [(title, [agreement_form.BY_NAME[name] for name in names]) for title, names in agreement_form.SECTIONS]
    return fields_schema(sections, codes.choices)


def blank(view: View, kind: Kind, refusal: Refusal | None) -> dict[str, Any]:
    """Return an empty form: its schema, the hint on top, whose record it is, and whether it may be begun."""
    return {
        "title": FUNCTION_TITLE[kind],
        "hint": HINT[kind],
        "schema": schema(),
        "record": view.roll.public_id,
        "start": cards.refusal(refusal),
        "once_notice": texts.public(texts.current("once_notice")),
    }


def page(view: View, row: Any, actor: Actor) -> dict[str, Any]:
    """Return a record with everything that its page shows; `row` is a row or anything with its columns."""
    case, terms = as_cases.placement(row), snapshots.terms_at(view.conn, row)
    typed = terms.get(forms.TYPED, {})
    editable = row.state in EDITABLE
    return cards.card(view, row, actor, terms.get("position") or "") | {
        "version": row.version,
        "form": typed,
        "errors": dict(forms.FORMS[Subject.PLACEMENT, row.kind](typed).errors) if editable else {},
        "content": [{"label": f.label, "value": readable(f.name, terms.get(f.name))} for f in agreement_form.FIELDS],
        "printed": invitation_page.printed(row) if row.kind in agreement_document.RULES else None,
        "corrections": corrections.of_placement(view, row, actor),
        "warnings": _warnings(view, row),
        "progress": [stage._asdict() for stage in stages(case)],
        "uploads": files.listing(view.conn, file_places.Found(Subject.PLACEMENT, row, view), actor),
        "declaration": texts.public(texts.current("declaration")),
        "once_notice": texts.public(texts.current("once_notice")),
        "slot": _slot(view, row) if editable else None,
        "reason": row.reason,
        "history": invitation_page.history_of(row, case),
        "documents": {
            "preview": cards.refusal(agreement_document.refuse_preview(case, view.now)),
            "agreement": cards.refusal(agreement_document.refuse_download(case)),
        },
        "agreement_number": row.agreement_number,
    }


def _warnings(view: View, row: Any) -> list[str]:
    """Return what the graduate should know of the employer before going on (R-OFF-7, R-WARN-1)."""
    name = verified_employer(view.conn, row) if row.state in EDITABLE else ""
    known = [f"“{name}”已在平台认证，可以在线签约；如仍要线下签约，提交时须勾选确认。"] if name else []
    return known + employers.warned(row.credit_code, view.roll.school_id)


def _slot(view: View, row: Any) -> dict[str, Any] | None:
    """Return the other record in the slot and whether it gives way to a signing (R-ON-7, R-SLOT-2)."""
    slot = facts.slot(view, row.id)
    if slot is None:
        return None
    named = {"id": slot.record, "kind": slot.kind.value, "state": slot.state.value}
    return named | {"title": slot.title, "label": slot.label, "voidable": voidable(slot)}
