"""Races of an offline signing: two sides hand in at once, a decision meets a taking back, numbers stay single."""

from functools import partial
from typing import Any

import pytest
from flask import Flask

from app import actions
from app.extensions import db
from app.models import Document, File, Placement
from tests import builders, offline
from tests.builders import Graduate
from tests.races.harness import WON, Race
from workflows.case import Actor
from workflows.vocabulary import Action, Role, State

pytestmark = pytest.mark.races


def job(graduate: Graduate, placement: Placement, action: Action, actor: Actor, **more: Any) -> Any:
    """Return a step on the record as it stands."""
    wanted = offline.ticked(graduate, placement, **more)
    db.session.commit()
    return partial(actions.step, placement.id, graduate.roll.id, action, actor, wanted)


@pytest.mark.rule("R-OFF-5")
def test_of_two_complete_uploads_the_first_wins_whole(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    graduate = builders.make_graduate(builders.make_school())
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    placement = offline.step(graduate, placement, Action.SEND_LINK)
    sides = [graduate.actor, offline.holder(placement)]
    for actor in sides:
        offline.put_image(placement, actor)
    jobs = [job(graduate, placement, Action.UPLOAD, actor) for actor in sides for _ in range(8)]
    race = Race(app, monkeypatch)
    ended = race.run(jobs)
    assert ended[WON] == 1 and set(ended) - {WON} <= {"wrong_state", "outdated"}, ended
    assert race.constraint_hits == 0
    placement = builders.reload(placement.id)
    winner = {Role.GRADUATE: "account", Role.LINK_HOLDER: "link"}[Role(placement.uploaded_by)]
    left = db.session.query(File).filter_by(subject_id=placement.id, removed_at=None).all()
    assert [file.owner_kind for file in left] == [winner]


@pytest.mark.rule("R-OFF-3")
@pytest.mark.parametrize("state", [State.AGREEMENT_REVIEW, State.SIGNING_REVIEW])
def test_a_decision_and_a_taking_back_never_both_happen(
    app: Flask, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    graduate = builders.make_graduate(builders.make_school())
    placement = offline.make_offline(state, graduate)
    school = builders.reviewer(graduate, Role.SCHOOL)
    jobs = [job(graduate, placement, Action.TAKE_BACK, graduate.actor) for _ in range(8)]
    jobs += [job(graduate, placement, Action.APPROVE, school) for _ in range(8)]
    race = Race(app, monkeypatch)
    ended = race.run(jobs)
    assert ended[WON] == 1 and set(ended) - {WON} <= {"wrong_state", "outdated"}, ended
    assert race.constraint_hits == 0
    assert db.session.query(Document).filter_by(placement_id=placement.id).count() <= 1
