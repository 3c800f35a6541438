"""Offline signings for tests: forms as they are typed, checked images, records that walked the real transitions."""

from typing import Any

from app import actions, facts, forms, uploads
from app.clock import now
from app.crypto import seal_text
from app.extensions import db
from app.models import File, Placement, UploadLink
from app.models.types import new_public_id
from app.writing import write
from tests import builders
from tests.builders import Graduate
from workflows.agreement_form import FIELDS
from workflows.case import Actor, Request
from workflows.form_fields import as_typed
from workflows.offline_signing import STAMPED_OF
from workflows.vocabulary import Action, Kind, Role, State, Step, Subject

FORM = {f.name: as_typed(f, builders.TERMS.get(f.name)) for f in FIELDS if builders.TERMS.get(f.name) is not None}
TAIL = builders.TERMS["contact_mobile"][-4:]
NEW = {"kind": Kind.OFFLINE.value}


def ticked(graduate: Graduate, placement: Placement, **overrides: Any) -> Request:
    """Return a request on the version as it stands, with everything ticked."""
    declaration = facts.declaration(facts.read(db.session.connection(), graduate.roll.id))
    happy = {"declaration": declaration, "void_destination": True, "online_known": True}
    return Request(**({"version": placement.version} | happy | overrides))


def step(
    graduate: Graduate, placement: Placement, action: Action, actor: Actor | None = None, **more: Any
) -> Placement:
    """Take a step on the record as it stands."""
    wanted = ticked(graduate, placement, **more)
    write(lambda: actions.step(placement.id, graduate.roll.id, action, actor or graduate.actor, wanted))
    return builders.reload(placement.id)


def begin(graduate: Graduate, **typed: str) -> Placement:
    """Begin a draft with the whole form filled in."""
    terms = forms.draft(Subject.PLACEMENT, Kind.OFFLINE, FORM | typed)
    done = write(lambda: actions.create(graduate.roll.id, Action.START, graduate.actor, Request(), NEW, terms))
    return builders.reload(done.id)


def decide(
    graduate: Graduate, placement: Placement, action: Action = Action.APPROVE, reason: str = "测试"
) -> Placement:
    """Decide the step that waits."""
    actor = builders.reviewer(graduate, Role(placement.review_step or Step.SCHOOL))
    return step(graduate, placement, action, actor, reason=None if action == Action.APPROVE else reason)


def approve(graduate: Graduate, placement: Placement) -> Placement:
    """Pass every step of the review that is open."""
    state = placement.state
    while placement.state == state:
        placement = decide(graduate, placement)
    return placement


def holder(placement: Placement) -> Actor:
    """Return whoever holds the upload link."""
    link = db.session.query(UploadLink).filter_by(live_key=placement.id).one_or_none()
    db.session.commit()
    return Actor(Role.LINK_HOLDER, link.id if link else 1)


def put_image(placement: Placement, actor: Actor, state: str = "accepted", position: int = 1) -> File:
    """Put a stamped image on an agreement as it is after its check."""
    public_id, owner = new_public_id(), uploads.owner_of(actor)
    purpose = STAMPED_OF[actor.role]
    file = File(
        public_id=public_id,
        owner_kind=owner.kind,
        owner_id=owner.id,
        subject=Subject.PLACEMENT.value,
        subject_id=placement.id,
        roll_record_id=placement.roll_record_id,
        purpose=purpose,
        position=position,
        slot_key=f"placement:{placement.id}:{purpose}:{position}",
        name_sealed=seal_text("盖章协议书.jpg", uploads.name_bound(public_id)),
        state=state,
        size=1000,
        original_sha256="0" * 64,
        sha256="0" * 64 if state == "accepted" else None,
        problem="damaged" if state == "refused" else None,
        media_type="image/jpeg",
        width=1200,
        height=1600,
        blur=500.0,
        created_at=now(),
    )
    db.session.add(file)
    db.session.commit()
    return file


def upload(graduate: Graduate, placement: Placement, actor: Actor | None = None) -> Placement:
    """Hand a stamped image in, by default the graduate's own."""
    actor = actor or graduate.actor
    put_image(placement, actor)
    return step(graduate, placement, Action.UPLOAD, actor)


ENDS = {
    State.AGREEMENT_RETURNED: (State.AGREEMENT_REVIEW, Action.RETURN),
    State.SIGNING_RETURNED: (State.SIGNING_REVIEW, Action.RETURN),
    State.VOID: (State.AGREEMENT_REVIEW, Action.REJECT),
}
WAY = (State.DRAFT, State.AGREEMENT_REVIEW, State.AGREEMENT_APPROVED, State.SIGNING_REVIEW, State.EFFECTIVE)


def make_offline(state: State = State.DRAFT, graduate: Graduate | None = None, **typed: str) -> Placement:
    """Return an offline signing that walked to `state` through the real transitions; VOID is the first review's."""
    graduate = graduate or builders.make_graduate(builders.make_school())
    goal, last = ENDS.get(state, (state, None))
    placement = begin(graduate, **typed)
    if state == State.CANCELLED:
        return step(graduate, placement, Action.CANCEL)
    for reached in WAY[1 : WAY.index(goal if goal in WAY else State.EFFECTIVE) + 1]:
        placement = _next(graduate, placement, reached)
    if last:
        placement = decide(graduate, placement, last)
    if state == State.TERMINATED:
        placement = step(graduate, placement, Action.TERMINATE, actions.PLATFORM)
    assert placement.state == state, f"the builder does not know the way to {state}"
    return placement


def _next(graduate: Graduate, placement: Placement, reached: State) -> Placement:
    if reached == State.AGREEMENT_REVIEW:
        return step(graduate, placement, Action.SUBMIT)
    return upload(graduate, placement) if reached == State.SIGNING_REVIEW else approve(graduate, placement)
