"""What was edited on the far side comes back, once; the later change wins; nothing is echoed (R-SYNC-1)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, update

from app import bodies
from app.clock import now
from app.extensions import db
from app.models import Report, ReportFeed, RollRecord, Transfer
from notifications import employment_system, report_feed
from simulator.faults import Fault
from tests import builders
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.notifications.transfers import TYPED, correct, make_transfer
from tests.notifications.working import rows, work_off
from workflows.vocabulary import State, Subject


@pytest.fixture
def graduate(far_side: FarSide, app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


def key(graduate: Graduate) -> dict[str, Any]:
    number = db.session.get_one(RollRecord, inspect(graduate.roll).identity).student_number
    return {"school_code": "11414", "student_number": number, "cohort": 2027, "kind": "archive"}


def edit(side: FarSide, graduate: Graduate, minutes: float = 1, **changed: Any) -> int:
    """Edit the archive data over there so many minutes from now."""
    at = (now() + timedelta(minutes=minutes)).isoformat()
    return side.edit(key(graduate), TYPED | changed, at)


def read() -> int:
    """Read the feed, whether or not it is time."""
    db.session.execute(update(ReportFeed).values(next_at=now() - timedelta(seconds=1)))
    db.session.commit()
    return report_feed.read_changes()


def body(transfer_id: int) -> dict[str, Any]:
    row = db.session.get_one(Transfer, transfer_id, populate_existing=True)
    return bodies.unseal(Subject.TRANSFER, row)


def report_states() -> list[str]:
    found = list(db.session.execute(select(Report.state).order_by(Report.id)).scalars())
    db.session.rollback()
    return found


def held(side: FarSide) -> dict[str, Any]:
    return side.lines()[0]["content"]


def test_an_approved_transfer_goes_there_and_a_rejected_one_does_not(far_side: FarSide, graduate: Graduate) -> None:
    make_transfer(graduate)
    other = builders.make_graduate(builders.make_school())
    make_transfer(other, State.VOID)
    work_off()
    assert [line["student_number"] for line in far_side.lines()] == [key(graduate)["student_number"]]
    assert {name: held(far_side)[name] for name in TYPED} == TYPED


def test_a_later_edit_over_there_is_taken_in_once_and_not_echoed(far_side: FarSide, graduate: Graduate) -> None:
    transfer = make_transfer(graduate)
    work_off()
    assert edit(far_side, graduate, address="新址9号") == 200
    assert read() == 1 and read() == 0
    assert body(transfer)["address"] == "新址9号"
    assert report_states() == ["sent", "taken"]
    work_off()
    assert len(far_side.bodies()) == 1 and held(far_side)["address"] == "新址9号"
    assert len(rows("report.due")) == 1


def test_an_earlier_edit_over_there_loses_and_ours_goes_there(far_side: FarSide, graduate: Graduate) -> None:
    transfer = make_transfer(graduate)
    work_off()
    edit(far_side, graduate, minutes=-60, address="旧址1号")
    assert read() == 1
    assert body(transfer)["address"] == TYPED["address"] and report_states() == ["sent"]
    correct(transfer, address="学校改的3号")
    work_off()
    assert held(far_side)["address"] == "学校改的3号"


def test_after_a_change_from_there_ours_goes_there_again(far_side: FarSide, graduate: Graduate) -> None:
    transfer = make_transfer(graduate)
    work_off()
    edit(far_side, graduate, minutes=0, address="新址9号")
    read()
    correct(transfer, address="学校改的3号")
    work_off()
    assert report_states() == ["sent", "taken", "sent"]
    assert held(far_side)["address"] == "学校改的3号"
    assert [sent["sequence"] for sent in far_side.bodies()] == [1, 2]


def test_a_report_that_arrives_after_a_later_edit_does_not_undo_it(far_side: FarSide, graduate: Graduate) -> None:
    transfer = make_transfer(graduate)
    edit(far_side, graduate, minutes=5, address="新址9号")
    work_off()  # our report is older than the edit over there
    assert held(far_side)["address"] == "新址9号"
    read()
    assert body(transfer)["address"] == "新址9号" and report_states() == ["sent", "taken"]


@pytest.mark.parametrize(
    "changed", [{"region_code": "110000"}, {"postcode": "000000"}, {"contact_phone": "12"}], ids=str
)
def test_what_a_transfer_cannot_hold_is_kept_where_people_see_it(
    far_side: FarSide, graduate: Graduate, changed: dict[str, str]
) -> None:
    transfer = make_transfer(graduate)
    work_off()
    edit(far_side, graduate, **changed)
    assert read() == 1
    assert body(transfer)["address"] == TYPED["address"] and report_states() == ["sent", "unmatched"]


def test_an_edit_of_somebody_we_do_not_know_or_without_a_transfer_is_kept(
    far_side: FarSide, graduate: Graduate
) -> None:
    far_side.edit(key(graduate) | {"student_number": "nobody"}, TYPED, now().isoformat())
    edit(far_side, graduate)
    assert read() == 2 and report_states() == ["unmatched", "unmatched"]
    assert read() == 0


def test_placements_cannot_be_edited_over_there(far_side: FarSide, graduate: Graduate) -> None:
    assert far_side.edit(key(graduate) | {"kind": "placement"}, {}) == 403


def test_one_worker_at_a_time_and_only_now_and_then(far_side: FarSide, graduate: Graduate) -> None:
    make_transfer(graduate)
    edit(far_side, graduate)
    assert report_feed.read_changes() == 1
    edit(far_side, graduate, minutes=2)
    assert report_feed.read_changes() == 0  # it is not time yet
    assert read() == 1


def test_a_feed_out_of_reach_is_read_on_later(far_side: FarSide, graduate: Graduate) -> None:
    transfer = make_transfer(graduate)
    edit(far_side, graduate, address="新址9号")
    far_side.fault(Fault.DOWN, times=1)
    assert read() == 0 and read() == 1
    assert body(transfer)["address"] == "新址9号"


def test_a_change_is_taken_in_together_with_its_number(
    far_side: FarSide, graduate: Graduate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What dies half-way leaves neither: the change is taken in by the next reader."""
    transfer = make_transfer(graduate)
    edit(far_side, graduate, address="新址9号")

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(report_feed.log, "info", die)
        with pytest.raises(KeyboardInterrupt):
            read()
    db.session.rollback()
    assert body(transfer)["address"] == TYPED["address"]
    assert read() == 1 and body(transfer)["address"] == "新址9号"


def test_long_feeds_are_read_page_by_page(
    far_side: FarSide, graduate: Graduate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_feed, "PAGE", 2)
    transfer = make_transfer(graduate)
    for minutes in range(1, 6):
        edit(far_side, graduate, minutes=minutes, address=f"新址{minutes}号")
    assert read() == 5 and body(transfer)["address"] == "新址5号"


def test_without_an_address_nobody_is_asked(app: Flask) -> None:
    assert not employment_system.current().connected and report_feed.read_changes() == 0


@pytest.mark.rule("R-SYNC-1")
@pytest.mark.parametrize(
    "wrong", [{"kind": "passport"}, {"edited_at": "2026-11-20T10:00:00"}, {"edited_at": "soon"}, {"content": None}]
)
def test_a_change_that_cannot_be_read_does_not_hold_up_those_behind_it(
    graduate: Graduate, wrong: dict[str, Any]
) -> None:
    change = {**key(graduate), "id": 1, "content": TYPED, "edited_at": now().isoformat()}
    assert report_feed.take_in(db.session.connection(), change | wrong) == "unreadable"
    assert report_feed.take_in(db.session.connection(), change) == "unmatched"
