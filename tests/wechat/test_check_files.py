"""The files by which the platform sees that a domain is ours."""

import json

import pytest
from flask import Flask

from app.config import SettingsError
from wechat import check_files

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")
FILES = {"MP_verify_a1B2.txt": "a1B2c3\n", "AbCdEfG123.txt": "0123456789abcdef"}


def test_a_file_is_served_byte_for_byte(app: Flask) -> None:
    app.config["WECHAT_CHECK_FILES"] = json.dumps(FILES)
    for name, content in FILES.items():
        answer = app.test_client().get(f"/{name}")
        assert (answer.status_code, answer.data, answer.mimetype) == (200, content.encode(), "text/plain")


@pytest.mark.parametrize(
    "path", ["/MP_verify_other.txt", "/mp_verify_a1b2.txt", "/x/MP_verify_a1B2.txt", "/MP_verify_a1B2.txt/", "/.txt"]
)
def test_any_other_name_is_not_found(app: Flask, path: str) -> None:
    app.config["WECHAT_CHECK_FILES"] = json.dumps(FILES)
    assert app.test_client().get(path).status_code == 404


def test_without_the_setting_there_are_none(app: Flask) -> None:
    assert app.test_client().get("/MP_verify_a1B2.txt").status_code == 404


@pytest.mark.parametrize("wrong", ["", "{", "[]", '"x"', '{"a.txt": 1}', '{"a.html": "x"}', '{"a/b.txt": "x"}'])
def test_a_wrong_setting_stops_the_start(app: Flask, wrong: str) -> None:
    app.config["WECHAT_CHECK_FILES"] = wrong
    with pytest.raises(SettingsError, match="WECHAT_CHECK_FILES"):
        check_files.install(app)
