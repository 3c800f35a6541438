"""What people do in the web, and who hears of it how: by WeChat, by SMS, or by a call (R-MSG-1, R-MSG-2)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.models import School
from tests import builders
from tests.app.api.calls import pass_time
from tests.app.api.test_roll_requests import NUMBER, account_client, ask, decide, import_request
from tests.app.api.test_sign_in import make_person
from tests.app.staff import desk
from tests.app.staff.test_correcting import WHY, correct
from tests.app.staff.test_review import approve
from tests.notifications import outbound
from tests.notifications.outbound import Recorder
from tests.notifications.readers import bind, forget_silence, message, no_fallback, work
from tests.notifications.working import alerts
from workflows.sending import UnreachableError
from workflows.vocabulary import Role, State

SECRET = "receipts-of-the-test-0123456789abcdef"


@pytest.fixture
def side(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    forget_silence()
    monkeypatch.setitem(app.config, "SMS_RECEIPT_SECRET", SECRET)
    yield outbound.record(monkeypatch)
    forget_silence()


def effective(school: School) -> tuple[int, str]:
    """Walk a graduate who follows the official account to an agreement in force; return its ids."""
    graduate = builders.make_graduate(school)
    bind(graduate.account.id)
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    return placement.id, placement.public_id


@pytest.mark.rule("R-MSG-1", http="allowed")
def test_a_change_by_the_school_goes_by_wechat_and_by_sms(app: Flask, side: Recorder) -> None:
    school = builders.make_school()
    record, _ = effective(school)
    office = desk.client(app, Role.SCHOOL, school)
    work()
    topics = [alert.topic for alert in alerts("account")]
    assert [sent.template for sent in side.of("wechat")] == ["invitation", "review"] and side.of("sms") == []
    assert correct(office, builders.reload(record), contact_name="演示乙").status_code == 303
    work()
    assert [(sent.channel, sent.template) for sent in side.sent[2:]] == [("wechat", "change"), ("sms", "changed")]
    assert "演示" not in str([sent.says for sent in side.of("sms")])
    assert [alert.topic for alert in alerts("account")] == [*topics, "placement.corrected"]


@pytest.mark.rule("R-MSG-1", http="refused")
def test_a_change_that_is_refused_is_told_to_nobody(app: Flask, side: Recorder) -> None:
    school = builders.make_school()
    record, public_id = effective(school)
    office = desk.client(app, Role.SCHOOL, school)
    work()
    before, told = len(side.sent), len(alerts())
    assert correct(office, builders.reload(record), contact_name="演示乙", reason=" ").status_code == 422
    stranger = desk.client(app, Role.SCHOOL, builders.make_school("10055"))
    sent = {"contact_name": "演示乙", "reason": WHY, "step": "save"}
    assert stranger.post(f"/staff/placements/{public_id}/correct", data=sent).status_code == 404
    work()
    assert (len(side.sent), len(alerts())) == (before, told)


def receipt(app: Flask, biz_id: str, phone: str, secret: str) -> int:
    pushed = {"biz_id": biz_id, "phone_number": phone, "success": True, "err_code": "DELIVERED"}
    return desk.browser(app).post(f"/sms/receipts/{secret}", json=[pushed]).status_code


@pytest.mark.rule("R-MSG-2", http="allowed")
def test_who_is_not_bound_hears_of_a_review_by_sms_and_the_receipt_counts(app: Flask, side: Recorder) -> None:
    office = desk.office(app)
    phone = office.graduate.phone
    assert approve(office, office.sit(Role.SCHOOL)).status_code == 303
    work()
    sent = side.sent[-1]
    assert (sent.channel, sent.to, sent.template) == ("sms", phone, "notice")
    assert sent.says == {"title": "签约审核已通过"}
    number = f"biz{2**53 + len(side.sent)}"
    assert receipt(app, number, phone, SECRET) == 200
    work()
    row = message("review")
    assert (row.state, row.channel, row.proof) == ("told", "sms", "receipt")


@pytest.mark.rule("R-MSG-2", http="refused")
def test_where_the_school_does_not_want_sms_it_is_given_whom_to_call(app: Flask, side: Recorder) -> None:
    office = desk.office(app)
    no_fallback(office.school)
    assert approve(office, office.sit(Role.SCHOOL)).status_code == 303
    work()
    assert side.sent == [] and message("review").state == "listed"


@pytest.mark.rule("R-MSG-2", http="refused")
def test_a_forged_receipt_tells_nobody(app: Flask, side: Recorder) -> None:
    office = desk.office(app)
    phone = office.graduate.phone
    assert approve(office, office.sit(Role.SCHOOL)).status_code == 303
    work()
    number = f"biz{2**53 + len(side.sent)}"
    assert receipt(app, number, phone, SECRET[:-1] + "0") == 404
    pass_time(app, timedelta(minutes=1))
    work()
    assert message("review").state == "open"


@pytest.mark.rule("R-MSG-2", http="allowed")
def test_a_refused_request_that_reaches_nobody_stands_on_the_schools_call_list(app: Flask, side: Recorder) -> None:
    school = builders.make_school()
    person = make_person("李明", "resident_id", NUMBER, school.code)
    office = desk.client(app, Role.SCHOOL, school)
    asked = ask(account_client(app, person), import_request(school)).json["id"]
    assert decide(office, asked, "refuse", reason="不是本校毕业生").status_code == 303
    side.answers["sms"] = [UnreachableError("isv.MOBILE_NUMBER_ILLEGAL", "dead_number")]
    work()
    assert (message().state, message().error) == ("listed", "isv.MOBILE_NUMBER_ILLEGAL")
    words = desk.words(office.get("/staff/messages"))
    assert "待电话通知1" in words and "李*" in words and "手机号码无效" in words
    assert "待电话通知" in desk.words(office.get("/staff/"))
