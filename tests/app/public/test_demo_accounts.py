"""The accounts that the demo's walk asks for: who is free, and never in production."""

from flask import Flask

from tests import builders
from tests.app.public.agreements import visitor

PATH = "/demo/accounts.json"


def test_the_graduate_is_free_and_its_reviewers_are_its_own(app: Flask) -> None:
    first, second = (visitor(app).get(PATH, query_string={"n": n}).json for n in (1, 2))
    assert set(first) == {"graduate", "employer", "department", "school"}
    assert first["department"]["username"] == "11414-3" and first["school"]["username"] == "11414"
    taken = first["graduate"]["student_number"]
    school = builders.make_school("11414")
    builders.make_invitation(builders.make_graduate(school, student_number=taken))
    assert visitor(app).get(PATH).json["graduate"] == second["graduate"] != first["graduate"]


def test_there_is_none_beyond_the_last_and_none_at_all_in_production(app: Flask) -> None:
    for number in ("0", "-1", "x", "301", "99999", "300", ""):
        assert visitor(app).get(PATH, query_string={"n": number}).status_code == 404
    app.config["PRODUCTION"] = True
    assert visitor(app).get(PATH).status_code == 404
