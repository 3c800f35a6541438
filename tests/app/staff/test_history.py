"""操作历史: the auditor reads and verifies every chain and changes nothing; whatever was tampered with is named."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app import history
from app.chains import CHAINS
from app.clock import now
from app.extensions import db
from app.models import History, HistoryValue, School
from tests import builders
from tests.app.employers.portal import rows as all_rows
from tests.app.staff import desk
from tests.app.test_history import disarm
from workflows import audit_words
from workflows.case import Actor
from workflows.vocabulary import Action, Level, Role, State

LIST = "/staff/history"
REASON = "单位信息有误，请联系13900001111"


@pytest.fixture
def rejected(app: Flask) -> builders.Graduate:
    """A graduate whose signing was rejected with a reason in which somebody wrote a number."""
    graduate = builders.make_graduate(builders.make_school(), name="欧阳明")
    placement = builders.accept(graduate, builders.make_invitation(graduate))
    builders.review(graduate, placement, Action.REJECT, REASON)
    return graduate


def auditor(app: Flask) -> desk.DeskClient:
    return desk.client(app, Role.AUDITOR, placement_level=int(Level.NONE))


def page(graduate: builders.Graduate) -> str:
    return f"{LIST}/roll_record/{graduate.roll.public_id}"


@pytest.mark.rule("R-AUDIT-1", http="allowed")
def test_the_auditor_reads_who_when_from_to_and_why(app: Flask, rejected: builders.Graduate) -> None:
    client = auditor(app)
    before = all_rows()
    listed = desk.words(client.get(LIST))
    assert "审核不通过" in listed and "欧*2027届" in listed and "学校用户" in listed
    chain = client.get(page(rejected))
    text_ = desk.words(chain)
    assert "校验通过" in text_ and "accepted" in text_ and "review_rejected" in text_
    assert "单位信息有误，请联系139****1111" in text_, "why, without the number"
    for personal in (rejected.id_number, rejected.phone, "欧阳明", "13900001111"):
        assert personal not in chain.text and personal not in client.get(LIST).text
    assert all_rows() == before, "reading leaves nothing behind"
    assert client.post(page(rejected)).status_code == 405


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=roll_record&action=reject", True),
        ("kind=employer&action=reject", False),
        ("role=school&action=reject", True),
        ("role=employer&action=reject", False),
        ("first=2000-01-01&last=2100-01-01&action=reject", True),
        ("last=2000-01-01", False),
        ("first=2100-01-01", False),
        ("record=0123456789abcdef0123", False),
        ("first=x&kind=x&role=x&action=x", True),
    ],
)
def test_the_list_is_narrowed(app: Flask, rejected: builders.Graduate, query: str, found: bool) -> None:
    answer = auditor(app).get(f"{LIST}?{query}")
    assert answer.status_code == 200
    rows = desk.words(answer).partition("原状态")[2]  # the table; above it the words stand in the boxes
    assert ("审核不通过" in rows) is found


def test_a_record_is_found_by_its_id_and_pages_go_on(app: Flask, rejected: builders.Graduate) -> None:
    client = auditor(app)
    rows = client.get(f"{LIST}?record={rejected.roll.public_id}").text
    assert set(re.findall(r"/staff/history/(\w+)/(\w+)", rows)) == {("roll_record", rejected.roll.public_id)}
    school = db.session.execute(select(School).where(School.code == "11414")).scalar_one().id
    chain = history.lock(db.session.connection(), "school", school)
    for _ in range(45):
        chain.add(now(), Actor(Role.SCHOOL, 0), ("school", school), "save_settings", {})
    chain.write()
    db.session.commit()
    seen, address = 0, f"{LIST}?kind=school"
    for _ in range(4):
        answer = client.get(address).text
        seen += answer.count("保存签约设置</td>")
        following = re.search(r'href="([^"]*before=\d+[^"]*)"', answer)
        if not following:
            break
        address = following[1].replace("&amp;", "&")
    assert seen == 46, "45 and the one that completed the settings"


@pytest.mark.rule("R-AUDIT-1", http="refused")
def test_nobody_else_reads_the_history(app: Flask, rejected: builders.Graduate) -> None:
    school = builders.make_school()
    others = [
        desk.client(app, Role.OPERATOR),
        desk.client(app, Role.PROVINCE),
        desk.client(app, Role.SCHOOL, school),
        desk.client(app, Role.DEPARTMENT, school, builders.make_department(school)),
    ]
    for client in others:
        assert client.get(LIST).status_code == client.get(page(rejected)).status_code == 403
        assert "操作历史" not in client.get("/staff/").text
    assert desk.browser(app).get(LIST).status_code == 302
    assert "操作历史" in auditor(app).get("/staff/").text
    for unknown in ("roll_record/0123456789abcdef0123", "nothing/1", "school/99999"):
        assert auditor(app).get(f"{LIST}/{unknown}").status_code == 404


def test_a_broken_chain_is_shown_with_its_first_row(app: Flask, rejected: builders.Graduate) -> None:
    disarm()
    db.session.execute(text("UPDATE history SET actor_id = 4711 WHERE record_kind = 'roll_record' AND seq = 3"))
    db.session.commit()
    answer = auditor(app).get(page(rejected))
    assert "校验未通过：第3条" in desk.words(answer)
    assert answer.text.count('class="table-danger"') == 1


# --- tampering, in every chain ------------------------------------------------------------------------------------


def write_chain(kind: str) -> int:
    """Add four rows with sealed values to the first record of a kind; return its id."""
    builders.make_placement(State.INVITED)
    builders.make_staff(Role.AUDITOR)
    record = db.session.execute(select(CHAINS[kind].model.id).limit(1)).scalar_one()
    chain = history.lock(db.session.connection(), kind, record)
    for number in range(4):
        chain.add(now(), Actor(Role.OPERATOR, 1), (kind, record), "mark", {"n": number}, {"reason": f"原因{number}"})
    chain.write()
    db.session.commit()
    return int(record)


def verified(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    return result.exit_code, result.output


def tamper(kind: str, record: int, how: str) -> int:
    """Do what an intruder with the owner's rights could; return the first row that is no longer what it was."""
    here = {"kind": kind, "record": record}
    newest = max(row.seq for row in db.session.query(History).filter_by(record_kind=kind, record_id=record))
    last, own = newest - 1, "record_kind = :kind AND record_id = :record AND seq = :seq"
    if how == "altered":
        db.session.execute(text(f"UPDATE history SET action = 'lift' WHERE {own}"), here | {"seq": last})
    elif how == "deleted":
        db.session.execute(text(f"DELETE FROM history WHERE {own}"), here | {"seq": last})
    elif how == "inserted":
        row = db.session.query(History).filter_by(record_kind=kind, record_id=record, seq=newest).one()
        copied = {c.name: getattr(row, c.name) for c in History.__table__.columns if c.name not in ("id", "seq")}
        db.session.add(History(**copied, seq=newest + 1))
        last = newest + 1
    elif how == "reordered":
        for old, new in ((last, 9999), (newest, last), (9999, newest)):
            db.session.execute(text(f"UPDATE history SET seq = :new WHERE {own}"), here | {"seq": old, "new": new})
    else:
        values = db.session.query(HistoryValue).filter_by(record_kind=kind, record_id=record)
        first, second = (values.filter_by(seq=seq).one() for seq in (last, newest))
        first.value_sealed, second.value_sealed = second.value_sealed, first.value_sealed
    db.session.commit()
    return last


@pytest.mark.rule("R-AUDIT-1")
@pytest.mark.parametrize("how", ["altered", "deleted", "inserted", "reordered", "moved values"])
@pytest.mark.parametrize("kind", CHAINS)
def test_the_command_names_the_first_row_that_was_tampered_with(app: Flask, kind: str, how: str) -> None:
    record = write_chain(kind)
    assert verified(app) == (0, "history is intact\n")
    disarm()
    seq = tamper(kind, record, how)
    assert verified(app) == (1, f"broken: {kind} {record} at {seq}\n1 broken chains\n")


def test_every_kind_of_chain_has_its_pages_and_words(app: Flask) -> None:
    assert CHAINS.keys() == history.RECORDS.keys() == audit_words.CHAIN.keys()
    client: Any = auditor(app)
    for kind, chained in CHAINS.items():
        record = write_chain(kind)
        row = db.session.get_one(chained.model, record)
        answer = client.get(f"{LIST}/{kind}/{getattr(row, chained.key.key)}")
        assert "校验通过" in desk.words(answer) and "标记预警单位" in desk.words(answer)
