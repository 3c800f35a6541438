"""The agreement as the web makes it: numbered at the last approval, printed from the snapshot (R-PDF-1, R-PDF-2)."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app import agreements, snapshots
from app.clock import now
from app.extensions import db
from app.models import Document, Placement
from pdf import jobs
from tests import builders
from tests.app.staff import desk
from tests.application import api_client
from tests.builders import Graduate
from workflows.calendar import beijing_day
from workflows.vocabulary import Role, State


def accepted(school: Any) -> tuple[Graduate, Placement]:
    graduate = builders.make_graduate(school)
    return graduate, builders.make_placement(State.ACCEPTED, graduate)


def approve(client: Any, placement: Placement) -> Any:
    return client.post(f"/staff/review/{placement.public_id}/approve", data={"version": placement.version})


def printed(app: Flask, graduate: Graduate, placement: Placement, what: str) -> bytes:
    address = f"/api/v1/placements/{placement.public_id}/downloads"
    asked = api_client(app, graduate).post(address, json={"what": what})
    assert asked.status_code == 201, asked.text
    return app.test_client().get(asked.get_json()["url"]).data


@pytest.mark.rule("R-PDF-1", http="allowed")
def test_the_agreement_prints_the_snapshot_whatever_has_changed_since(app: Flask, pdf_text: Callable[..., str]) -> None:
    school = builders.make_school()
    graduate, placement = accepted(school)
    assert approve(desk.client(app, Role.SCHOOL, school), placement).status_code == 303
    db.session.execute(text("UPDATE roll_record SET major = '后来改的专业'"))
    db.session.execute(text("UPDATE school SET contact = '后来的老师'"))
    db.session.commit()
    jobs.store_agreements(placement.id)

    page = "".join(pdf_text(printed(app, graduate, placement, "agreement")).split())

    after = builders.reload(placement.id)
    body = snapshots.stored(db.session.connection(), after)
    assert body is not None and after.agreement_number
    facts = [body["graduate"][name] for name in ("name", "id_number", "school", "department", "major", "phone")]
    facts += [body["employer"][name] for name in ("name", "credit_code", "kind", "industry", "address")]
    facts += [body["school"][name] for name in ("contact", "phone", "address", "postcode")]
    facts += [
        after.agreement_number,
        body["supplement"],
        "全国普通高等学校毕业生就业协议书",
        "甲方盖章前请扫码验证协议内容",
    ]
    assert [fact for fact in facts if "".join(fact.split()) not in page] == []
    assert "后来" not in page


@pytest.mark.rule("R-PDF-1", http="refused")
def test_a_preview_carries_neither_number_nor_code(app: Flask, pdf_text: Callable[..., str]) -> None:
    graduate, placement = accepted(builders.make_school())
    page = pdf_text(printed(app, graduate, placement, "preview"))
    assert "审核通过后生成验证二维码" in page and "协议书编号" not in page
    address = f"/api/v1/placements/{placement.public_id}/downloads"
    refused = api_client(app, graduate).post(address, json={"what": "agreement"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "wrong_state")


@pytest.mark.rule("R-PDF-2", http="allowed")
def test_numbers_of_a_day_follow_each_other(app: Flask) -> None:
    school = builders.make_school("10011")
    client = desk.client(app, Role.SCHOOL, school)
    numbers = []
    for _ in range(3):
        _, placement = accepted(school)
        assert approve(client, placement).status_code == 303
        numbers.append(builders.reload(placement.id).agreement_number)
    day = beijing_day(now())
    assert numbers == [f"{day:%Y}110011{day:%m%d}{sequence:04d}" for sequence in (1, 2, 3)]


@pytest.mark.rule("R-PDF-2", http="refused")
def test_the_ten_thousandth_number_of_a_day_is_refused_with_an_alarm(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    school = builders.make_school("10011")
    client = desk.client(app, Role.SCHOOL, school)
    _, placement = accepted(school)
    row = {"school": "10011", "kind": "1", "day": beijing_day(now())}
    for _ in range(2):
        db.session.execute(agreements._COUNT, row)
    db.session.execute(text("UPDATE agreement_counter SET last = 9999"))
    db.session.commit()

    with caplog.at_level(logging.CRITICAL):
        answer = approve(client, placement)

    assert answer.status_code == 409 and "协议书编号已用完" in answer.get_data(as_text=True)
    assert "agreement numbers of the day are exhausted" in caplog.text
    after = builders.reload(placement.id)
    assert (after.state, after.agreement_number, after.version) == (State.ACCEPTED, None, placement.version)
    assert db.session.execute(select(func.count()).select_from(Document)).scalar_one() == 0
