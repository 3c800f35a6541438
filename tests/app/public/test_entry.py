"""The entry page and its three doors."""

import re

import pytest
from flask import Flask

from tests import builders
from tests.app.public.agreements import visitor
from tests.application import door_client
from workflows.vocabulary import Role


@pytest.mark.rule("R-ENTRY-1", http="allowed")
def test_the_entry_page_offers_three_doors_and_each_leads_somewhere(app: Flask) -> None:
    page = visitor(app).get("/").text
    doors = re.findall(r'<a class="entry-door" href="([^"]+)">\s*<strong>([^<]+)</strong>', page)
    assert doors == [("/m/", "学生登录"), ("/employer/", "单位登录"), ("/staff/", "学校登录")]
    for address, _ in doors:
        assert visitor(app).get(address, follow_redirects=True).status_code == 200


@pytest.mark.rule("R-ENTRY-1", http="refused")
def test_a_door_refuses_the_account_of_another_and_names_the_right_one(app: Flask) -> None:
    staff = builders.make_staff(Role.SCHOOL, builders.make_school())
    entered = {"username": staff.username, "password": builders.PASSWORD}
    answer = visitor(app).post("/api/v1/sessions", json=entered)
    assert answer.status_code == 403
    assert answer.json["code"] == "wrong_door" and "学校登录" in answer.json["message"]


def test_nobody_needs_to_be_signed_in_and_a_signed_in_person_sees_the_same(app: Flask) -> None:
    staff = builders.make_staff(Role.SCHOOL, builders.make_school())
    for path in ("/", "/m/", "/v/"):
        assert visitor(app).get(path).text == door_client(app, "staff", staff.id).get(path).text
