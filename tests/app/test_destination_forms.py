"""What the operator keeps for destinations, read for a day: minimum wages and national codes."""

from datetime import date, timedelta

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from app import destination_forms, reference, reference_rows
from app.clock import now
from app.extensions import db
from app.models import DestinationCode, MinimumWage
from tests.workflows.catalogue.examples import COMPLETE
from workflows.calendar import beijing_day
from workflows.catalogue.cleaning import clean
from workflows.catalogue.destinations import FORMS


def wage(province: str, fen: int, valid_from: date) -> MinimumWage:
    row = MinimumWage(province_code=province, fen=fen, valid_from=valid_from, confirmed=True, set_by=1, set_at=now())
    db.session.add(row)
    db.session.commit()
    return row


@pytest.mark.rule("R-DEST-4")
def test_every_mainland_province_has_a_wage_that_is_marked_unconfirmed(app: Flask) -> None:
    wages = destination_forms.minimum_wages(beijing_day(now()))
    assert set(wages) == {row["code"] for row in reference.rows("minimum_wages")} and len(wages) == 31
    assert all(not row.confirmed and 100_000 < row.fen < 500_000 for row in wages.values())
    assert reference_rows.load()["minimum_wages"] == 0, "loading again adds nothing"


@pytest.mark.rule("R-DEST-4")
def test_the_latest_wage_that_has_begun_is_in_force(app: Flask) -> None:
    today = beijing_day(now())
    before = destination_forms.standards(now()).minimum_wage("110108")
    wage("110000", 300_000, today + timedelta(days=1))
    assert destination_forms.standards(now()).minimum_wage("110108") == before
    wage("110000", 260_000, today)
    wage("110000", 261_000, today)
    standards = destination_forms.standards(now())
    assert (standards.minimum_wage("110108"), standards.minimum_wage("710000")) == (261_000, None)
    typed = COMPLETE["freelance"] | {"region_code": "110108", "pay_fen": "2600"}
    assert set(clean(FORMS["freelance"], typed, standards).errors) == {"pay_fen"}
    assert clean(FORMS["freelance"], typed | {"pay_fen": "2610"}, standards).errors == {}


@pytest.mark.rule("R-DEST-1")
def test_the_operators_code_holds_between_its_days(app: Flask) -> None:
    today = beijing_day(now())
    days = {"valid_from": today, "valid_to": today + timedelta(days=9)}
    about = {"code": "12", "label": "其他录用形式就业", "confirmed": True, "set_by": 1, "set_at": now()}
    db.session.add(DestinationCode(form="sergeant", **days, **about))
    db.session.commit()

    def code(form: str, day: date) -> str:
        return destination_forms.national_code(form, day).code

    assert [code("sergeant", today + timedelta(days=n)) for n in (-1, 0, 9, 10)] == ["10", "12", "12", "10"]
    assert code("medical_residency", today) == "10"
    assert destination_forms.national_code("commissioned", today) is None


@pytest.mark.rule("R-DEST-1")
@pytest.mark.parametrize("name", ["labour_contract", "study_abroad", "freelance"])
def test_the_served_schema_takes_what_the_code_tables_take(app: Flask, name: str) -> None:
    schema = destination_forms.schema(name)
    Draft202012Validator.check_schema(schema)
    values = schema["properties"]["values"]
    Draft202012Validator(values).validate(COMPLETE[name])
    assert clean(FORMS[name], COMPLETE[name] | {"pay_fen": "9000"}, destination_forms.standards(now())).errors == {}
