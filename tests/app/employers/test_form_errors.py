"""Each field of the invitation with each kind of nonsense: 422, the field named in Chinese, nothing written."""

from io import BytesIO

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import codes
from app.employers import terms_form
from tests.app.employers import portal
from tests.app.staff.desk import DeskClient
from tests.builders import Graduate
from tests.session import rounds
from workflows.agreement_form import BY_NAME, FIELDS

TYPED = [f for f in FIELDS if f.name not in terms_form.FIXED]
CODED = [f.name for f in TYPED if f.table]
PRINTED = [f.name for f in TYPED if f.name in ("address", "position", "contact_name", "report_place", "work_place")]
LONG = [f for f in TYPED if f.name in (*PRINTED, "supplement")]
WRONG: list[tuple[str, str]] = [
    *((f.name, "") for f in TYPED if f.required and f.name != "contact_email"),
    *((f.name, "   ") for f in TYPED if f.required and f.name != "contact_email"),
    *((f.name, "字" * (f.limit + 1)) for f in LONG),
    *((name, wrong) for name in CODED for wrong in ("不存在", "0", "110108x", "x" * 5000, "\0", "39\0", "'; --")),
    ("region_code", "110000x"),
    *((name, f"示例{bad}字") for name in [*PRINTED, "supplement"] for bad in ("🧿", "\U000f0000", "\ue000", "\u202e")),
    *((name, f"示例{bad}字") for name in [*PRINTED, "supplement"] for bad in ("\0", "\x07", "\x1b", "\x7f")),
    *((name, "第一行\n第二行") for name in PRINTED),
    *(
        ("contact_mobile", wrong)
        for wrong in ("123", "29900001111", "199000011112", "十九", "199 0000 111a", "\0" * 11)
    ),
    *(("contact_phone", wrong) for wrong in ("62510000", "电话", "010-", "0" * 200, "\0")),
    *(
        ("contact_email", wrong)
        for wrong in ("hr", "hr@", "@example.com", "h r@example.com", "a" * 300 + "@x.cn", "甲@例.cn")
    ),
    *(("probation_months", wrong) for wrong in ("13", "-1", "1.5", "三", "99999", "１e1", "\0")),
    *(
        (f.name, wrong)
        for f in TYPED
        if f.name.endswith("_fen")
        for wrong in ("壹万", "-1", "1.234", "1e5", "NaN", "9" * 40)
    ),
    *(("report_by", wrong) for wrong in ("明年", "2027-02-30", "2027/07/15", "20270715T", "0", "\0")),
]


@pytest.mark.rule("R-ON-1", "R-WHY-1", http="refused")
def test_each_field_with_each_kind_of_nonsense_is_named_in_chinese(desk: DeskClient, graduate: Graduate) -> None:
    assert portal.find(desk, graduate).status_code == 303
    address, before = f"{portal.findings(graduate.roll.public_id)}/invite", portal.rows()
    for name, wrong in WRONG:
        answer = portal.send(desk, address, **{name: wrong})
        sentence = portal.said(answer, name)
        assert answer.status_code == 422, (name, wrong)
        assert BY_NAME[name].label in sentence and sentence.endswith("。"), (name, wrong, sentence)
        assert f'href="#{name}"' in answer.text and "有 1 处需要修改" in answer.text, (name, wrong)
    assert portal.rows() == before


def test_what_was_typed_stays_beside_what_is_wrong_with_it(desk: DeskClient, graduate: Graduate) -> None:
    portal.find(desk, graduate)
    wrong = {"pay_fen": "壹万", "position": "<b>工程师</b>🧿", "report_by": "2027-02-30", "supplement": "\n首行空\n字"}
    answer = portal.send(desk, f"{portal.findings(graduate.roll.public_id)}/invite", **wrong, contact_mobile="1")
    assert answer.status_code == 422 and "有 4 处需要修改" in answer.text
    assert 'value="壹万"' in answer.text and "&lt;b&gt;工程师&lt;/b&gt;🧿" in answer.text
    assert 'value="示例大街1号A座5层"' in answer.text and '<option selected value="13">' in answer.text
    for name in ("pay_fen", "position", "report_by", "contact_mobile"):
        assert (
            f"{name}-error"
            in answer.text.partition(f'id="{name}"')[2].partition(">")[0]
            + answer.text.partition(f'id="{name}"')[0].rpartition("<")[2]
        )


def test_a_form_with_nothing_in_it_names_every_required_field(desk: DeskClient, graduate: Graduate) -> None:
    portal.find(desk, graduate)
    before = portal.rows()
    answer = desk.post(f"{portal.findings(graduate.roll.public_id)}/invite")
    assert answer.status_code == 422 and portal.rows() == before
    missing = {f.name for f in TYPED if f.required} - {"contact_email"} | {"deadline_at"}
    assert {name for name in [*BY_NAME, "deadline_at"] if portal.said(answer, name)} == missing


def test_files_and_json_in_place_of_fields_are_refused(desk: DeskClient, graduate: Graduate) -> None:
    portal.find(desk, graduate)
    address, before = f"{portal.findings(graduate.roll.public_id)}/invite", portal.rows()
    files = portal.FORM | {"step": "confirm", "confirmed": "yes", "position": (BytesIO(b"x"), "x.txt")}
    assert desk.post(address, data=files, content_type="multipart/form-data").status_code == 422
    assert desk.post(address, json=portal.FORM).status_code == 422
    assert desk.post(address, data=b"\xff\xfe=%ff%00&position=%ff").status_code == 422
    assert desk.post(address, data={"supplement": "字" * 400_000}).status_code == 413
    assert portal.rows() == before


def test_every_field_of_the_table_stands_on_the_page_once() -> None:
    grouped = [name for _, names in terms_form.GROUPS for name in names]
    assert sorted(grouped) == sorted(BY_NAME) and len(grouped) == len(set(grouped))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("110000", "110100", "110108"), "110108"),
        (("440000", "441900", ""), "441900"),  # 东莞 has no counties
        (("440000", "", ""), "440000"),
        (("440000", "110100", "110108"), "440000"),  # left over from another province
        (("440000", "440100", "110108"), "440100"),
        (("", "", "110108"), "110108"),
        (("", "", ""), ""),
        (("110000", "110100", "x"), "x"),
        (("x", "y", ""), "x"),
        (("", "y", ""), "y"),
        (("710000", "", "710000"), "710000"),
    ],
)
def test_the_three_selects_agree_on_one_region(app: Flask, typed: tuple[str, str, str], code: str) -> None:
    chosen = terms_form.chosen_region(dict(zip(terms_form.REGIONS, typed, strict=True)))
    assert chosen["region_code"] == code


def test_an_address_needs_a_region_that_is_not_divided_further(app: Flask) -> None:
    assert [codes.known("regions", code) for code in ("110108", "441900", "710000")] == [True, True, True]
    assert [codes.known("regions", code) for code in ("110000", "110100", "440000", "")] == [False] * 4
    assert codes.region_path("110108") == ["110000", "110100", "110108"] and codes.region_path("x") == []


def test_the_selects_below_follow_the_one_above(desk: DeskClient) -> None:
    page = desk.get("/employer/regions?region_province=440000&region_city=110100&region_code=110108").text
    assert '<option selected value="440000">广东省' in page and "东莞市" in page and "海淀区" not in page
    leaf = desk.get("/employer/regions?region_province=440000&region_city=441900").text
    assert '<option selected value="441900">东莞市' in leaf
    assert desk.get("/employer/regions?region_province=%00&region_code=%ff").status_code == 200


GARBAGE = st.one_of(st.text(max_size=60), st.sampled_from(["", "0", "\0", "9" * 30, "110108", "2027-07-15", "＋８６"]))


@pytest.fixture
def ready(desk: DeskClient, graduate: Graduate) -> tuple[DeskClient, str]:
    portal.find(desk, graduate)
    return desk, f"{portal.findings(graduate.roll.public_id)}/invite"


def test_no_form_breaks_the_server(ready: tuple[DeskClient, str]) -> None:
    desk, address = ready
    names = st.sampled_from([*portal.FORM, "employer_name", "version", "step", "confirmed"])

    @hypothesis_settings(
        max_examples=rounds(400), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.dictionaries(names, GARBAGE, min_size=1, max_size=6))
    def attempt(garbage: dict[str, str]) -> None:
        form = {"step": "preview"} | {name: _typeable(text) for name, text in garbage.items()}
        assert portal.send(desk, address, **form).status_code in (200, 303, 409, 422)

    attempt()


def _typeable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def test_no_search_breaks_the_server(desk: DeskClient, graduate: Graduate) -> None:
    @hypothesis_settings(
        max_examples=rounds(200), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(GARBAGE, GARBAGE, GARBAGE)
    def attempt(first: str, second: str, third: str) -> None:
        first, second, third = _typeable(first), _typeable(second), _typeable(third)
        found = portal.find(desk, graduate, name=first, id_number=second)
        assert found.status_code in (404, 422, 429)
        assert portal.find_by_student_number(desk, first, third).status_code in (404, 422, 429)
        query = {"q": first, "state": second, "after": third}
        assert desk.get("/employer/invitations", query_string=query).status_code in (200, 404)
        assert desk.get("/employer/schools", query_string={"school": first}).status_code == 200

    attempt()
