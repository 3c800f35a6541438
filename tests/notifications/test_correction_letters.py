"""A change by staff: masked old → new in the app, and a text message that gives nothing away (R-MSG-1, R-EDIT-1)."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import actions
from app.extensions import db
from app.form_masking import masked
from app.models import Correction, Message
from app.snapshots import terms_at
from app.writing import write
from tests import builders
from tests.notifications import outbound, transfers
from tests.notifications.working import alerts, work_off
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Role, State, Subject


@dataclass
class InForce:
    """An agreement in force, everybody told, and the staff member who may correct it."""

    record: int
    title: str
    name: str
    phone: str
    roll: int
    actor: Actor

    def correct(self, **changed: Any) -> None:
        placement = builders.reload(self.record)
        terms = terms_at(db.session.connection(), placement) | changed
        wanted = Request(version=placement.version, reason="更换联系人", changed=tuple(changed))
        write(lambda: actions.step(self.record, self.roll, Action.CORRECT, self.actor, wanted, terms))
        work_off()


@pytest.fixture
def in_force(app: Flask) -> InForce:
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    school = builders.reviewer(graduate, Role.SCHOOL)
    known = (placement.id, placement.title, graduate.roll.name, graduate.phone, graduate.roll.id)
    work_off()
    return InForce(*known, school)


CHANGED = {"contact_name": "演示乙", "contact_mobile": "19900002222", "report_place": "示例大厦一层"}


@pytest.mark.rule("R-MSG-1", "R-EDIT-1")
def test_the_text_message_says_only_that_something_changed(in_force: InForce, monkeypatch: pytest.MonkeyPatch) -> None:
    side = outbound.record(monkeypatch)
    in_force.correct(**CHANGED)
    (sent,) = side.sent
    assert (sent.channel, sent.to, sent.template) == ("sms", in_force.phone, "changed")
    for secret in (in_force.title, "演示乙", "演示甲", "更换联系人", in_force.name, "示例大厦"):
        assert secret not in str(sent.says)


@pytest.mark.rule("R-EDIT-1", "R-DIFF-1")
def test_the_alert_shows_old_and_new_masked_and_that_one_can_object(in_force: InForce) -> None:
    before = len(alerts("account"))
    in_force.correct(**CHANGED)
    told = alerts("account")
    assert len(told) == before + 1 and told[-1].topic == "placement.corrected"
    body = told[-1].body
    assert "联系人手机：199****1111 → 199****2222" in body and "报到地点：-- → 示例***" in body
    assert "单位联系人：演示*** → 演示***" in body and "异议" in body and in_force.title in body
    assert "演示乙" not in body and "19900002222" not in body and "一层" not in body
    (message,) = outbound.outgoing("change")
    assert message.fields["page"].startswith("pages/correction/index?id=")


@pytest.mark.rule("R-MSG-1", "R-EDIT-1")
def test_the_employer_of_an_online_agreement_is_told_in_its_inbox(in_force: InForce) -> None:
    before = len(alerts("employer"))
    in_force.correct(**CHANGED)
    (told,) = alerts("employer")[before:]
    assert (told.topic, told.placement_id) == ("placement.corrected", in_force.record)
    assert "联系人手机：199****1111 → 199****2222" in told.body and "协议书不变" in told.body
    assert "演示乙" not in told.body and "19900002222" not in told.body


@pytest.mark.rule("R-DIFF-1")
def test_a_changed_transfer_shows_where_it_goes_now(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    transfer = transfers.make_transfer(graduate)
    work_off()
    transfers.correct(transfer, receiver="另一家示例中心", address="示例路99号")
    work_off()
    (told,) = [alert for alert in alerts("account") if alert.topic == "transfer.corrected"]
    assert "接收单位：示例人才服务中心 → 另一家示例中心" in told.body and "示例*** → 示例***" in told.body
    assert "99号" not in told.body and "异议" in told.body


@pytest.mark.rule("R-ACC-1")
def test_what_is_sent_of_a_transfer_belongs_to_its_module(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    transfers.correct(transfers.make_transfer(graduate), receiver="另一家示例中心")
    row = db.session.execute(select(Correction)).scalar_one()
    wanted, school = Request(reason="与事实不符"), builders.reviewer(graduate, Role.SCHOOL)
    for action, actor in ((Action.DISPUTE, graduate.actor), (Action.DISMISS, school)):
        write(lambda: actions.step(row.id, row.roll_record_id, action, actor, wanted, subject=Subject.CORRECTION))  # noqa: B023
    work_off()
    found = db.session.execute(select(Message.topic, Message.module).order_by(Message.id)).all()
    assert found[-3:] == [
        (topic, "archive") for topic in ("transfer.approved", "transfer.corrected", "correction.dismissed")
    ]


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("contact_mobile", "19900001111", "199****1111"),
        ("contact_phone", "010-62510000", "**********00"),
        ("contact_email", "hr@example.com", "h***@example.com"),
        ("contact_name", "欧阳示例", "欧阳***"),
        ("contact_name", "演示", "演***"),
        ("address", "示例路2号", "示例***"),
        ("remark", "家在示例村", "家在***"),
        ("web_address", "https://example.com/me", "ht***"),
        ("employer_name", "示例科技有限公司", "示例科技有限公司"),
        ("pay_fen", "5000元/月", "5000元/月"),
        ("contact_name", "--", "--"),
        ("no_such_field", "离校未就业", "离校未就业"),
    ],
)
def test_what_is_a_person_or_a_place_is_masked(field: str, value: str, shown: str) -> None:
    assert masked(field, value) == shown
