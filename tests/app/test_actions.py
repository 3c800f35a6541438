"""The write path end to end on both databases: what one acceptance leaves behind."""

from flask import Flask
from sqlalchemy import select

from app import history, snapshots
from app.extensions import db
from app.models import Document, Outbox, Placement
from tests import builders
from workflows.vocabulary import Role, State


def test_a_signature_walks_from_invitation_to_effective(app: Flask) -> None:
    school = builders.make_school(department_review=True)
    department = builders.make_department(school)
    builders.make_staff(Role.DEPARTMENT, school, department)
    graduate = builders.make_graduate(school, department)
    destination = builders.make_destination(graduate)

    placement = builders.make_placement(State.EFFECTIVE, graduate)

    assert placement.agreement_number and len(placement.agreement_number) == 18
    assert placement.review_path == "department,school"
    assert builders.reload(destination.id).state == State.VOIDED
    document = db.session.execute(select(Document)).scalar_one()
    assert (document.placement_id, document.number) == (placement.id, placement.agreement_number)
    stored = snapshots.stored(db.session.connection(), placement)
    assert stored is not None and stored["graduate"]["phone"] == graduate.phone
    assert [*history.verify(db.session.connection())] == []
    events = db.session.execute(select(Outbox.event).order_by(Outbox.id)).scalars().all()
    assert events == [
        "invitation.sent",
        "destination.voided",
        "invitation.accepted",
        "signing.forwarded",
        "signing.approved",
        "agreement.issued",
    ]


def test_every_state_the_builder_knows_can_be_reached(app: Flask) -> None:
    school = builders.make_school()
    states = (State.INVITED, State.DECLINED, State.WITHDRAWN, State.ACCEPTED, State.REVIEW_REJECTED, State.EFFECTIVE)
    for state in states:
        placement = builders.make_placement(state, builders.make_graduate(school))
        assert db.session.get(Placement, placement.id).state == state
