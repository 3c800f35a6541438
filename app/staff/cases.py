"""One placement on a page: its content, what has changed since, images, history, the buttons; blocks by kind."""

from dataclasses import dataclass
from typing import Any

from flask import render_template

from app import (
    access,
    as_cases,
    corrections,
    facts,
    graduate_snapshots,
    hints,
    ledgers,
    proofs,
    snapshots,
    stamped_images,
    uploads,
    warnings,
)
from app.errors import NotFound
from app.extensions import db
from app.facts import View
from app.models import Placement
from app.staff import agreement_blocks, timeline
from app.termination_facts import mark_of, marked
from workflows import agreement_document, drafts, labels
from workflows.calendar import say
from workflows.case import Actor, Case, Option, Refusal
from workflows.engine import Flow, available
from workflows.vocabulary import Action, Kind, State, Subject

# The kinds that these pages show; destinations have pages of their own.
KINDS = frozenset({Kind.ONLINE, Kind.OFFLINE, Kind.PAPER})
DECISIONS = (Action.APPROVE, Action.RETURN, Action.REJECT)
INITIATOR = {Kind.ONLINE: "单位", Kind.OFFLINE: "学生", Kind.PAPER: "学生"}


@dataclass(frozen=True, slots=True)
class Words:
    """How the page of a review speaks: its name, who reads a reason, what follows from each decision."""

    review: str
    reader: str
    approved: str
    rejected: str
    returned: str = ""


WORDS: dict[tuple[Kind, State], Words] = {
    (Kind.ONLINE, State.ACCEPTED): Words(
        "签约审核",
        "毕业生和单位会看到。",
        "通过后签约生效，生成就业协议书，不能撤回。",
        "不通过后本次签约失败，需由单位重新发起邀请。",
    ),
    (Kind.OFFLINE, State.AGREEMENT_REVIEW): Words(
        "就业协议审核",
        "毕业生会看到。",
        "通过后生成协议编号与就业协议书，由毕业生下载、单位盖章后回传。",
        "不通过后本次申请直接作废，毕业生须重新填写。",
        "毕业生会看到，修改协议信息后重新提交。",
    ),
    (Kind.OFFLINE, State.SIGNING_REVIEW): Words(
        "签约审核",
        "毕业生会看到。",
        "通过后签约生效，不能撤回。",
        "不通过后协议直接作废，毕业生须重新填写申请。",
        "毕业生会看到，须重新回传盖章的协议书图像。",
    ),
    (Kind.PAPER, State.REVIEW): Words(
        "登记审核",
        "毕业生会看到。",
        "通过后登记生效。",
        "不通过后本次登记作废，毕业生须重新填写。",
        "毕业生会看到，修改后重新提交。",
    ),
}
_SHOWN = Words("签约", "", "", "")  # of a record that waits for nobody


def hidden(row: Any) -> bool:
    """Say whether a placement is the graduate's alone as yet: what was never handed in, or taken back (R-BTN-1)."""
    return row.kind != Kind.ONLINE and drafts.unseen(as_cases.placement(row))


def load(public_id: str) -> Placement:
    """Return a signing or registration of the caller's tenant; raises NotFound for any other id, and for drafts."""
    placement: Placement = access.load(Placement, public_id, access.actor())
    if placement.kind not in KINDS or hidden(placement):
        raise NotFound
    return placement


def words_of(case: Case) -> Words:
    """Return how the page of this case speaks."""
    return WORDS.get((case.kind, case.state), _SHOWN) if case.state else _SHOWN


def notices(row: Any) -> list[str]:
    """Return what a reviewer has to know besides the form (R-OFF-7)."""
    known = "该单位已在平台认证，可以在线签约；毕业生知悉后仍选择线下签约。"
    return [known] if row.online_known else []


def _files(view: View, row: Any) -> list[uploads.Listed]:
    """Return the files that were handed in with a record: an agreement's are the winning side's images (R-OFF-5)."""
    if row.kind == Kind.OFFLINE:
        return stamped_images.handed_in(view.conn, row)
    return uploads.listed(view.conn, Subject.PLACEMENT.value, row.id) if row.kind == Kind.PAPER else []


def show(placement: Placement, full: bool = False, **values: Any) -> str:
    """Return the page of a placement; `full` shows identity number and contacts unmasked, which has been logged."""
    conn, actor = db.session.connection(), access.actor()
    view = facts.read(conn, placement.roll_record_id)
    row = view.placement(placement.id)
    case = as_cases.placement(row)
    body = snapshots.stored(conn, row) or snapshots.compose(conn, row)
    waits = case.review is not None and case.review.step is not None
    return render_template(
        "staff/case.html",
        placement=row,
        case=case,
        waits=waits,
        words=words_of(case),
        worded=lambda text: labels.worded(text, case),
        initiator=INITIATOR[case.kind],
        label=marked(facts.shown_label(row, view.now), mark_of(view, row)),
        body=body,
        blocks=agreement_blocks.blocks(snapshots.in_force(conn, row, body), full),
        changes=_roll_changes(view, row, body["graduate"]) if waits else [],
        notices=notices(row),
        warnings=warnings.warnings_for(conn, row.credit_code, row.school_id),
        files=_files(view, row),
        titles={
            one.purpose: one.label for one in (*proofs.wanted(Subject.PLACEMENT, row), *stamped_images.WANTED.values())
        },
        hints=hints.of_record(conn, Subject.PLACEMENT, row) if waits and row.kind != Kind.ONLINE else [],
        moments=timeline.moments(placement.roll_record_id, "placement", placement.id, case),
        corrections=corrections.of_record(view, Subject.PLACEMENT, row.id),
        correctable=_may_correct(ledgers.FLOWS[row.kind], case, actor, ledgers.placement_facts(view, row, actor)),
        options=_decisions(ledgers.FLOWS[row.kind], case, actor, ledgers.placement_facts(view, row, actor)),
        full=full,
        downloadable=agreement_document.refuse_download(case) is None,
        previewable=agreement_document.refuse_preview(case, view.now) is None,
        say=say,
        **values,
    )


def _roll_changes(view: View, row: Any, then: dict[str, Any]) -> list[tuple[str, str, str]]:
    """List what the roll says otherwise than when the record was handed in (R-GRAD-10)."""
    if row.kind == Kind.PAPER:
        return graduate_snapshots.changed(view.conn, Subject.PLACEMENT, row.id, view.roll_id)
    return agreement_blocks.changes(then, snapshots.compose(view.conn, row)["graduate"])


def _may_correct(flow: Flow, case: Case, actor: Actor, row_facts: Any) -> bool:
    """Say whether this member of staff may correct the record now (R-EDIT-1)."""
    options = available(flow, case, actor, row_facts)
    return any(option.action == Action.CORRECT and option.allowed for option in options)


def _decisions(flow: Flow, case: Case, actor: Actor, row_facts: Any) -> list[Option]:
    """Return the buttons of a reviewer."""
    return [option for option in available(flow, case, actor, row_facts) if option.action in DECISIONS]


def said(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as an alert on the page shows it (R-WHY-1)."""
    return {"message": refusal.message, "next": refusal.next, "blocker": refusal.blocker}
