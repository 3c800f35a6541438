"""The generated JSON Schemas: valid, drawable, and of one mind with the cleaner."""

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.workflows.catalogue.examples import COMPLETE, STANDARDS, choices, filled
from workflows.catalogue.cleaning import clean
from workflows.catalogue.destinations import FORMS
from workflows.catalogue.schema import form_schema

SCHEMAS = {name: form_schema(form, choices) for name, form in FORMS.items()}


def sent(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return what a client hands in: values and one file for each proof."""
    return {"values": values, "proofs": {proof.name: ["f1"] for proof in FORMS[name].proofs}}


def complaints(name: str, document: dict[str, Any]) -> set[str]:
    """Return the fields or proofs that a schema complains about."""
    found = set()
    for error in Draft202012Validator(SCHEMAS[name]).iter_errors(document):
        path = [str(part) for part in error.absolute_path]
        found.add(path[1] if len(path) > 1 else error.message.split("'")[1])
    return found


@pytest.mark.rule("R-DEST-1")
@pytest.mark.parametrize("name", FORMS)
def test_every_schema_is_one_and_has_what_a_client_draws(name: str) -> None:
    schema, form = SCHEMAS[name], FORMS[name]
    Draft202012Validator.check_schema(schema)
    values, proofs = schema["properties"]["values"], schema["properties"]["proofs"]
    assert (schema["$schema"], schema["title"]) == ("https://json-schema.org/draft/2020-12/schema", form.label)
    listed = [field for section in values["x-sections"] for field in section["fields"]]
    assert listed == [f.name for f in form.fields] == list(values["properties"])
    assert all(section["title"] for section in values["x-sections"])
    assert set(values["required"]) == set(COMPLETE[name])
    for f in form.fields:
        drawn = values["properties"][f.name]
        assert drawn["title"] == f.label and drawn["x-widget"]
        assert ("enum" in drawn) == bool(f.options or (f.table and f.table not in ("regions", "countries")))
        if "enum" in drawn:
            assert set(drawn["enum"]) == set(drawn["x-titles"])
    assert {n: (p["title"], p["minItems"], p["maxItems"]) for n, p in proofs["properties"].items()} == {
        proof.name: (proof.label, proof.least, proof.most) for proof in form.proofs
    }


def test_widgets_of_pickers_days_and_money() -> None:
    drawn = SCHEMAS["other_employment"]["properties"]["values"]["properties"]
    assert (drawn["region_code"]["x-widget"], drawn["region_code"]["x-table"]) == ("region", "regions")
    assert (drawn["signed_on"]["x-widget"], drawn["signed_on"]["format"]) == ("day", "date")
    assert (drawn["pay_fen"]["x-widget"], drawn["pay_fen"]["x-unit"], drawn["pay_fen"]["x-stored-as"]) == (
        "money",
        "元",
        "fen",
    )
    assert drawn["proof_kind"]["x-titles"] == {"employment": "聘用证明", "income": "收入证明", "payroll": "工资流水"}
    assert drawn["household_archive"]["enum"] == ["employer", "none"]
    abroad = SCHEMAS["study_abroad"]["properties"]["values"]["properties"]["country"]
    assert (abroad["x-widget"], abroad["x-table"]) == ("country", "countries")


@pytest.mark.rule("R-DEST-1")
@pytest.mark.parametrize("name", FORMS)
def test_schema_and_cleaner_accept_the_same_examples(name: str) -> None:
    for values in (COMPLETE[name], filled(name)):
        assert clean(FORMS[name], values, STANDARDS).errors == {}
        assert complaints(name, sent(name, dict(values))) == set()


@pytest.mark.rule("R-DEST-1")
@pytest.mark.parametrize("name", FORMS)
def test_schema_and_cleaner_miss_the_same_fields(name: str) -> None:
    for missing in COMPLETE[name]:
        values = {field: value for field, value in COMPLETE[name].items() if field != missing}
        assert set(clean(FORMS[name], values, STANDARDS).errors) == {missing}
        assert complaints(name, sent(name, values)) == {missing}
        for blank in ("", "  ", None):
            emptied = values | {missing: blank}
            assert set(clean(FORMS[name], emptied, STANDARDS).errors) == {missing}
            assert complaints(name, sent(name, emptied)) == {missing}


@pytest.mark.rule("R-DEST-1")
@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.proofs])
def test_the_schema_counts_proofs(name: str) -> None:
    whole = sent(name, dict(COMPLETE[name]))
    for proof in FORMS[name].proofs:
        for files in (None, [], [f"f{number}" for number in range(10)]):
            document = copy.deepcopy(whole)
            document["proofs"][proof.name] = files
            assert complaints(name, document) == {proof.name}
        del whole["proofs"][proof.name]
        assert complaints(name, whole) == {proof.name}
        whole = sent(name, dict(COMPLETE[name]))


BOTH_REFUSE = [
    ("labour_contract", "employer_kind", "77"),
    ("labour_contract", "household_archive", "x"),
    ("labour_contract", "region_code", "beijing"),
    ("labour_contract", "employer_name", "字" * 101),
    ("labour_contract", "employer_name", "一\n二"),
    ("labour_contract", "employer_name", True),
    ("labour_contract", "employer_name", ["x"]),
    ("labour_contract", "pay_fen", "1e3"),
    ("labour_contract", "pay_fen", "-1"),
    ("labour_contract", "signed_on", "1.5.2027"),
    ("labour_contract", "contact_email", "hr"),
    ("online_shop", "web_address", "shop.example.com"),
    ("online_shop", "web_address", "https://a.b/" + "x" * 300),
    ("freelance", "work_kind", "internship"),
    ("freelance", "description", "字" * 301),
    ("study_abroad", "country", "Switzerland"),
]


@pytest.mark.rule("R-DEST-1")
@pytest.mark.parametrize(("name", "field", "value"), BOTH_REFUSE)
def test_schema_and_cleaner_refuse_the_same_values(name: str, field: str, value: object) -> None:
    values = COMPLETE[name] | {field: value}
    assert set(clean(FORMS[name], values, STANDARDS).errors) == {field}
    assert complaints(name, sent(name, values)) == {field}
