"""The code tables: one shape, no broken reference, and the facts that the rules lean on."""

from collections import Counter
from datetime import date

import pytest

from app import reference

COMMON = ["code", "label", "valid_from", "valid_to", "confirmed"]


def codes_of(table: str) -> set[str]:
    return {row["code"] for row in reference.rows(table)}


def by_code(table: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in reference.rows(table)}


@pytest.mark.parametrize("table", reference.TABLES)
def test_each_table_has_the_common_shape(table: str) -> None:
    rows = reference.rows(table)
    assert list(rows[0])[:5] == COMMON
    assert len(codes_of(table)) == len(rows)
    for row in rows:
        assert all(type(value) is str and value == value.strip() and "\\n" not in value for value in row.values())
        assert row["code"] and row["label"] and row["confirmed"] in ("yes", "no")
        days = [date.fromisoformat(row[key]) for key in ("valid_from", "valid_to") if row[key]]
        assert days == sorted(days)


@pytest.mark.parametrize("table", [name for name in reference.TABLES if name not in ("regions", "schools")])
def test_labels_tell_codes_apart(table: str) -> None:
    assert max(Counter(row["label"] for row in reference.rows(table)).values()) == 1


def test_the_folder_holds_no_table_without_a_title_and_the_readme_names_each() -> None:
    folder = reference.files(reference.__name__)
    found = {path.name.removesuffix(".csv") for path in folder.iterdir() if path.name.endswith(".csv")}
    assert found == set(reference.TABLES)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"| {name}.csv |" in readme for name in reference.TABLES)


def test_an_unknown_table_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        reference.rows("../clauses")


def test_sizes() -> None:
    sizes = {name: len(reference.rows(name)) for name in reference.TABLES}
    assert (sizes["regions"], sizes["schools"], sizes["ethnic_groups"], sizes["political_status"]) == (
        3351,
        2631,
        58,
        13,
    )


def test_every_region_hangs_below_one_a_level_up() -> None:
    regions = by_code("regions")
    for row in regions.values():
        if row["level"] == "1":
            assert row["code"].endswith("0000") and not row["parent_code"]
        else:
            assert int(regions[row["parent_code"]]["level"]) == int(row["level"]) - 1
            assert row["code"][:2] == row["parent_code"][:2]
    assert sum(row["level"] == "1" for row in regions.values()) == 34


def test_every_school_has_a_province_and_a_place() -> None:
    provinces = {row["code"] for row in reference.rows("regions") if row["level"] == "1"}
    for row in reference.rows("schools"):
        assert len(row["code"]) == 5 and row["code"].isdigit() and row["id10"].endswith(row["code"])
        assert row["province_code"] in provinces and row["id10"][2:4] == row["province_code"][:2]
        assert row["location_province_code"] in provinces and row["city"]
        assert row["level"] in ("本科", "专科")


def test_the_place_of_a_school_agrees_with_the_region_table() -> None:
    provinces_by_place: dict[str, set[str]] = {}
    for row in reference.rows("regions"):
        provinces_by_place.setdefault(row["label"], set()).add(row["code"][:2] + "0000")
    by_hand = {"莱芜市": {"370000"}, "凉山州": {"510000"}, "临夏州": {"620000"}}
    for row in reference.rows("schools"):
        place = provinces_by_place.get(row["city"]) or by_hand[row["city"]]
        assert place == {row["location_province_code"]}, row["code"]


def test_two_schools_lie_outside_the_province_that_runs_them() -> None:
    abroad = {row["code"] for row in reference.rows("schools") if row["province_code"] != row["location_province_code"]}
    assert abroad == {"10080", "10695"}


@pytest.mark.parametrize(
    ("code", "label", "province"),
    [
        ("10001", "北京大学", "110000"),
        ("11414", "中国石油大学（北京）", "110000"),
        ("10425", "中国石油大学（华东）", "370000"),
    ]
    + [
        ("10284", "南京大学", "320000"),
        ("51189", "山西能源学院", "140000"),
        ("00335", "长春师范高等专科学校", "220000"),
    ],
)
def test_schools_by_hand(code: str, label: str, province: str) -> None:
    school = by_code("schools")[code]
    assert (school["label"], school["province_code"]) == (label, province)


@pytest.mark.rule("R-GRAD-4")
def test_training_modes_say_who_may_sign_online() -> None:
    current = {r["code"]: r["may_sign_online"] for r in reference.rows("training_modes") if not r["valid_to"]}
    assert current == {"1": "yes", "21": "no", "22": "yes", "3": "yes", "41": "no", "42": "yes", "5": "yes"}
    old = {row["code"]: row["replaced_by"] for row in reference.rows("training_modes") if row["valid_to"]}
    assert old == {"2": "21", "4": "41"}


def test_every_education_names_a_degree_level() -> None:
    levels = {row["code"]: row["degree_level_code"] for row in reference.rows("education")}
    assert set(levels.values()) == codes_of("degree_levels") == {"doctor", "master", "bachelor", "diploma"}
    assert (levels["01"], levels["21"], levels["25"], levels["61"]) == ("doctor", "master", "bachelor", "diploma")
    assert {row["completion"] for row in reference.rows("education")} == {"毕业", "结业", "肄业"}
    assert by_code("education")["09"]["confirmed"] == "no"


def test_small_tables_by_hand() -> None:
    assert [row["label"] for row in reference.rows("household_archive")] == [
        "签约单位接收",
        "托管单位接收",
        "上级主管单位接收",
        "不接收",
    ]
    assert [row["label"] for row in reference.rows("degree_levels")] == ["专科", "本科", "硕士", "博士"]
    assert {row["code"]: row["short_label"] for row in reference.rows("genders")}["2"] == "女"
    assert by_code("employer_kinds")["31"]["label"] == "国有企业"
    assert by_code("employer_kinds")["35"]["valid_to"] == "2020-12-31"
    assert by_code("industries")["42"]["section"] == "P"
    assert by_code("political_status")["01"]["label"] == "中共党员"
