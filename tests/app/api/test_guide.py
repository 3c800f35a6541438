"""操作指南, its search by old and new names, and the main page of R-GRAD-3."""

import pytest
from flask import Flask

from app.models import School
from tests import builders
from tests.app.api.calls import API, refused
from tests.application import ApiClient, api_client
from tests.builders import Graduate


def names(client: ApiClient, query: str) -> list[str]:
    read = client.get(f"{API}/guide", query_string={"query": query})
    assert read.status_code == 200, read.json
    return [topic["name"] for topic in read.json["topics"]]


@pytest.mark.rule("R-GRAD-3", http="allowed")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("签就业协议书就业", ["online", "offline", "paper"]),
        ("其他形式就业", ["destination"]),
        ("升学", ["destination"]),
        ("已签就业协议", ["paper"]),
        ("解约", ["termination"]),
        ("没有这种办理", []),
    ],
)
def test_the_search_knows_the_later_names_too(client: ApiClient, query: str, expected: list[str]) -> None:
    assert names(client, query) == expected


@pytest.mark.rule("R-GRAD-3", http="allowed")
def test_the_main_page_of_a_graduate_without_any_record(client: ApiClient) -> None:
    read = client.get(f"{API}/home").json
    assert read["empty_text"] == "欢迎您！您还没有登记任何信息"
    assert read["records"] == read["invitations"] == []
    assert [one["title"] for one in read["buttons"]] == [
        "未签就业协议 申请签约",
        "已签就业协议 登记信息",
        "无需就业协议 去向登记",
    ]
    assert all("适用于" in one["text"] for one in read["buttons"])
    assert [one["current"] for one in read["cohorts"]] == [True]


@pytest.mark.rule("R-GRAD-3", http="allowed")
def test_an_earlier_year_is_read_by_the_cohort_switch(app: Flask, school: School, graduate: Graduate) -> None:
    earlier = builders.make_graduate(school, cohort=2026)
    earlier_client = api_client(app, earlier)
    read = earlier_client.get(f"{API}/home").json
    assert read["cohorts"][0] | {"record": ""} == {
        "record": "",
        "cohort": 2026,
        "school": school.name,
        "current": False,
    }
    assert not any(one["allowed"] for one in read["buttons"])


@pytest.mark.rule("R-GRAD-3", http="refused")
def test_before_the_confirmation_there_is_the_guide_but_no_main_page(app: Flask, school: School) -> None:
    newcomer = api_client(app, builders.make_graduate(school, confirmed=False))
    assert len(names(newcomer, "")) == 7
    refused(newcomer.get(f"{API}/home"), 403, "confirm_first")


@pytest.mark.rule("R-GRAD-3", http="refused")
def test_another_persons_record_is_not_found(app: Flask, school: School, client: ApiClient) -> None:
    stranger = builders.make_graduate(school)
    for record in (stranger.roll.public_id, "0" * 20):
        assert client.get(f"{API}/home?record={record}").status_code == 404


def test_a_search_that_is_too_long_is_refused(client: ApiClient) -> None:
    answer = client.get(f"{API}/guide", query_string={"query": "长" * 41})
    assert (answer.status_code, answer.json["detail"]["fields"]["query"]) == (422, "搜索内容最多 40 字。")
