"""A change by staff is told twice: in full in the mini-program, by a text message that gives nothing away (R-MSG-1)."""

import pytest
from flask import Flask
from sqlalchemy import select

from app import actions
from app.extensions import db
from app.models import DemoMessage
from app.snapshots import terms_at
from app.writing import write
from tests import builders
from tests.notifications.working import alerts, work_off
from workflows.case import Request
from workflows.vocabulary import Action, Role, State


@pytest.mark.rule("R-MSG-1", "R-EDIT-1")
def test_the_text_message_says_only_that_something_changed(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    record, roll, actor = placement.id, graduate.roll.id, builders.reviewer(graduate, Role.SCHOOL)
    name = graduate.roll.name
    work_off()
    before, placement = len(alerts("account")), builders.reload(record)
    terms = terms_at(db.session.connection(), placement) | {"contact_name": "演示乙"}
    wanted = Request(version=placement.version, reason="更换联系人", changed=("contact_name",))
    write(lambda: actions.step(record, roll, Action.CORRECT, actor, wanted, terms))
    work_off()
    told, placement = alerts("account"), builders.reload(record)
    assert len(told) == before + 1
    assert told[-1].topic == "placement.corrected" and placement.title in told[-1].body
    message = db.session.execute(select(DemoMessage).order_by(DemoMessage.id.desc())).scalars().first()
    assert (message.title, message.body) == (
        "签约或去向信息被修改",
        "您的签约或去向信息有修改，请登录平台查看具体内容。",
    )
    for secret in (placement.title, "演示乙", "演示甲", "更换联系人", name):
        assert secret not in message.title + message.body
