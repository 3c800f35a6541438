"""Suspending and resuming an employer over HTTP, and what becomes of its invitations (R-EMP-3)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import history
from app.extensions import db
from app.faultpoints import point
from app.models import Employer, Outbox, Placement
from notifications import jobs, recalls
from tests import builders
from tests.app.api.calls import accept, page
from tests.app.employers import portal, registering
from tests.app.staff import desk as offices
from tests.app.staff.desk import words
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.notifications.working import alerts, let_leases_run_out, rows, work_off
from workflows.vocabulary import Action, Role, State

REASON = "收到多起虚假招聘投诉，核查期间暂停"


@pytest.fixture
def employer(app: Flask) -> Employer:
    """A verified employer that can be read after its session is gone."""
    made = builders.make_employer()
    db.session.refresh(made)
    db.session.expunge(made)
    return made


def press(app: Flask, employer: Employer, action: str, reason: str = REASON) -> Any:
    return registering.operator(app).post(f"/staff/employers/{employer.public_id}/{action}", data={"reason": reason})


def people(count: int) -> list[Graduate]:
    school = builders.make_school()
    return [builders.make_graduate(school) for _ in range(count)]


def states(employer: Employer) -> list[str]:
    db.session.expire_all()
    wanted = select(Placement.state).where(Placement.employer_id == employer.id).order_by(Placement.id)
    found = list(db.session.execute(wanted).scalars())
    db.session.rollback()
    return found


@pytest.mark.rule("R-EMP-3", http="allowed")
def test_a_suspension_withdraws_what_is_open_and_leaves_what_is_under_way(app: Flask, employer: Employer) -> None:
    first, second, third, fourth = people(4)
    for graduate in (first, second):
        builders.make_invitation(graduate, employer)
    builders.make_placement(State.ACCEPTED, third, employer=employer)
    builders.make_placement(State.EFFECTIVE, fourth, employer=employer)
    other = builders.make_invitation(builders.make_graduate(builders.make_school()))
    desk = portal.client(app, employer)
    assert press(app, employer, "suspend").status_code == 303
    assert states(employer) == ["invited", "invited", "accepted", "effective"]
    work_off()
    work_off()
    assert states(employer) == ["withdrawn", "withdrawn", "accepted", "effective"]
    assert builders.reload(other.id).state == State.INVITED
    told = [alert for alert in alerts("account") if alert.title == "签约邀请已被撤回"]
    assert {alert.recipient_id for alert in told} == {first.account.id, second.account.id}
    assert all("暂停签约" in alert.body for alert in told)
    standing = words(desk.get("/employer/standing"))
    assert REASON in standing and "已暂停签约" in standing
    under_way = db.session.execute(select(Placement).where(Placement.state == "accepted")).scalar_one()
    assert builders.review(third, under_way).state == State.EFFECTIVE
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-EMP-3", http="refused")
def test_a_suspended_employer_invites_nobody_and_nobody_accepts(app: Flask, employer: Employer) -> None:
    graduate, another = people(2)
    placement, desk = builders.make_invitation(graduate, employer), portal.client(app, employer)
    found = portal.find(desk, another)
    assert found.status_code == 303
    press(app, employer, "suspend")
    assert "签约权限已被平台暂停" in words(desk.get("/employer/"))
    assert portal.find(desk, another).status_code == 403
    invite = portal.send(desk, f"{portal.findings(another.roll.public_id)}/invite")
    assert invite.status_code == 403 and "暂停" in words(invite)
    correct = portal.send(desk, f"/employer/invitations/{placement.public_id}/correct", version="1", position="经理")
    assert correct.status_code == 403
    client = api_client(app, graduate)
    shown = page(client, placement)
    button = next(one for one in shown["actions"] if one["action"] == Action.ACCEPT)
    assert not button["allowed"] and button["refusal"]["code"] == "employer_suspended"
    refused = accept(client, placement)
    assert (refused.status_code, refused.json["code"]) == (403, "employer_suspended")
    assert builders.reload(placement.id).state == State.INVITED


@pytest.mark.rule("R-EMP-3")
def test_it_takes_a_reason_and_may_be_resumed(app: Flask, employer: Employer) -> None:
    silent = press(app, employer, "suspend", " ")
    assert silent.status_code == 422 and "请填写暂停原因" in words(silent)
    assert press(app, employer, "resume").status_code == 409
    assert press(app, employer, "suspend").status_code == 303
    assert press(app, employer, "suspend").status_code == 409
    assert press(app, employer, "resume", "核查无误").status_code == 303
    (graduate,) = people(1)
    assert portal.invite(portal.client(app, employer), graduate).status_code == 303
    timeline = words(registering.operator(app).get(f"/staff/employers/{employer.public_id}"))
    assert "暂停该单位签约" in timeline and REASON in timeline and "核查无误" in timeline
    work_off()
    assert {"贵单位签约已被暂停", "贵单位签约已恢复"} <= {alert.title for alert in alerts("employer")}
    assert states(employer) == ["invited"], "what was sent after the resumption stays"


@pytest.mark.rule("R-EMP-3")
def test_only_the_operator_suspends(app: Flask, employer: Employer) -> None:

    school = builders.make_school()
    for role in (Role.SCHOOL, Role.PROVINCE, Role.AUDITOR):
        client = offices.client(app, role, school if role == Role.SCHOOL else None)
        for action in ("suspend", "resume"):
            address = f"/staff/employers/{employer.public_id}/{action}"
            assert client.post(address, data={"reason": REASON}).status_code == 403
    assert registering.operator(app).post(f"/staff/employers/{'0' * 20}/suspend").status_code == 404
    assert db.session.get(Employer, employer.id).state == State.VERIFIED


@pytest.mark.rule("R-EMP-3")
def test_a_worker_that_dies_in_between_loses_and_doubles_nothing(
    app: Flask, employer: Employer, monkeypatch: pytest.MonkeyPatch
) -> None:
    graduates = people(3)
    for graduate in graduates:
        builders.make_invitation(graduate, employer)
    press(app, employer, "suspend")
    (job,) = (row.id for row in rows("invitations.recalled"))

    class KilledError(BaseException):
        """What a SIGKILL is for a test in one process."""

    def die(name: str) -> None:
        point(name)
        if name == "recall.after_effect":
            raise KilledError

    monkeypatch.setattr(recalls, "point", die)
    for done in (1, 2, 3):
        with pytest.raises(KilledError):
            jobs.run([job])
        assert states(employer).count("withdrawn") == done
        let_leases_run_out()
    monkeypatch.undo()
    jobs.run([job])
    assert states(employer) == ["withdrawn"] * 3
    assert [row.state for row in rows("invitations.recalled")] == ["done"]
    assert len(rows("invitation.withdrawn")) == 3
    jobs.run([job])
    assert len(rows("invitation.withdrawn")) == 3


@pytest.mark.rule("R-EMP-3")
def test_what_is_answered_in_the_meantime_stays(app: Flask, employer: Employer) -> None:
    first, second = people(2)
    declined, waiting = builders.make_invitation(first, employer), builders.make_invitation(second, employer)
    press(app, employer, "suspend")
    client: ApiClient = api_client(app, first)
    assert client.post(f"/api/v1/invitations/{declined.public_id}/decline", json={}).status_code == 200
    work_off()
    assert builders.reload(declined.id).state == State.DECLINED
    assert builders.reload(waiting.id).state == State.WITHDRAWN
    assert db.session.execute(select(Outbox.state).where(Outbox.event == "invitations.recalled")).scalar_one() == "done"
