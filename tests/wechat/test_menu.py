"""The menu is written only where it differs; the commands say what is right and what is not."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.wechat.scripted import Platform, code, says
from wechat import menu
from wechat.cli import wechat_commands
from workflows.sending import PausedError

GET, CREATE = "/cgi-bin/menu/get", "/cgi-bin/menu/create"
OFFICIAL, MINI = "/cgi-bin/template/get_all_private_template", "/wxaapi/newtmpl/gettemplate"
BUTTONS = [
    {
        "name": "毕业生",
        "sub_button": [
            {
                "type": "miniprogram",
                "name": "网签/去向登记",
                "url": "http://127.0.0.1:8000/m/",
                "appid": "wxmini",
                "pagepath": "pages/home/index",
            },
            {"type": "click", "name": "我的进度", "key": "progress"},
            {"type": "click", "name": "我的邀请", "key": "invitations"},
        ],
    },
    {"type": "click", "name": "帮助", "key": "help"},
]


def as_read(buttons: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a menu as the platform returns it: with empty lists in every button."""
    below = {"sub_button": []}
    return {
        "menu": {"button": [below | b | {"sub_button": [below | s for s in b.get("sub_button", [])]} for b in buttons]}
    }


@pytest.mark.rule("R-BOT-1")
def test_a_menu_that_is_not_there_is_set(platform: Platform) -> None:
    platform.answers(GET, code(46003, "menu no exist"))
    assert menu.put()
    assert platform.at(CREATE)[0].body == {"button": BUTTONS}


def test_the_same_menu_is_left_alone(platform: Platform) -> None:
    platform.answers(GET, says(as_read(BUTTONS)))
    assert not menu.put()
    assert platform.at(CREATE) == []


@pytest.mark.parametrize("other", [[], BUTTONS[:1], BUTTONS[::-1], [BUTTONS[0], BUTTONS[1] | {"name": "help"}]])
def test_another_menu_is_replaced(platform: Platform, other: list[dict[str, Any]]) -> None:
    platform.answers(GET, says(as_read(other)))
    assert menu.put()


def test_a_menu_that_cannot_be_read_is_not_written(platform: Platform) -> None:
    platform.answers(GET, code(48001))
    with pytest.raises(PausedError, match="48001"):
        menu.put()
    assert platform.at(CREATE) == []


def test_without_a_mini_program_the_way_in_is_the_mobile_page(bare: Flask, platform: Platform) -> None:
    bare.config["WECHAT_MINI_APPID"] = ""
    way_in = menu.wanted()[0]["sub_button"][0]
    assert way_in == {"type": "view", "name": "网签/去向登记", "url": "http://127.0.0.1:8000/m/"}


# --- commands -------------------------------------------------------------------------------------------------------


def run(app: Flask, command: str) -> Result:
    return app.test_cli_runner().invoke(wechat_commands, [command])


def found(result: Result) -> dict[tuple[str, str], str]:
    lines = [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]
    return {(line["account"], line["what"]): line["problem"] for line in lines if "what" in line}


def test_the_command_sets_the_menu(bare: Flask, platform: Platform) -> None:
    platform.answers(GET, says(as_read([])), says(as_read(BUTTONS)))
    assert run(bare, "menu").output == "the menu is set\n"
    assert run(bare, "menu").output == "the menu was right already\n"
    platform.answers(GET, code(40164, "invalid ip 10.0.0.1"))
    failed = run(bare, "menu")
    assert failed.exit_code == 1 and failed.output == "Error: WeChat answers 40164\n"


def lists(platform: Platform, **official: str) -> None:
    """Let the platform list the templates of the settings; `official` are contents by id."""
    contents = {
        "T-invitation": "{{thing1.DATA}}\n{{thing2.DATA}}\n{{time3.DATA}}\n{{thing4.DATA}}",
        "T-review": "{{thing1.DATA}}\n{{const2.DATA}}",
    } | official
    rows = [{"template_id": name, "content": content} for name, content in contents.items()]
    platform.answers(OFFICIAL, says({"template_list": rows}))
    own = [{"priTmplId": "S-review", "content": "主题：{{thing5.DATA}}\n日期：{{date7.DATA}}\n"}]
    platform.answers(MINI, says({"errcode": 0, "data": own}))
    platform.answers(GET, says(as_read(BUTTONS)))


def test_the_check_names_what_is_missing(bare: Flask, platform: Platform) -> None:
    lists(platform)
    result = run(bare, "check")
    problems = {key: problem for key, problem in found(result).items() if problem}
    assert set(problems.values()) == {"no_template"} and result.exit_code == 1
    assert found(result)["official", "token"] == found(result)["official", "menu"] == ""
    assert found(result)["official", "invitation"] == found(result)["mini", "review"] == ""
    assert ("mini", "invitation") in problems and ("official", "termination") in problems


def test_the_check_asks_the_platform(bare: Flask, platform: Platform) -> None:
    lists(platform, **{"T-invitation": "{{thing1.DATA}} {{thing2.DATA}} {{thing4.DATA}}"})
    platform.answers(MINI, says({"errcode": 0, "data": []}))
    platform.answers(GET, says(as_read([])))
    problems = found(run(bare, "check"))
    assert problems["official", "invitation"] == "no_field time3"
    assert problems["mini", "review"] == "unknown_template"
    assert problems["official", "menu"] == "differs"


def test_the_check_goes_on_after_a_refusal(bare: Flask, platform: Platform) -> None:
    platform.answers("/cgi-bin/stable_token", code(40125, "invalid appsecret"))
    result = run(bare, "check")
    assert found(result) == {
        ("official", "token"): "40125",
        ("mini", "token"): "40125",
        ("official", "menu"): "40125",
    }
    platform.connect(bare, WECHAT_OFFICIAL_APPID="", WECHAT_MINI_APPID="")
    assert set(found(run(bare, "check")).values()) == {"not_configured"}


def test_a_check_of_right_settings_ends_well(bare: Flask, platform: Platform) -> None:
    every = {
        group: {"id": "T-review", "fields": {"title": "thing1"}} for group in ("invitation", "review", "termination")
    }
    every |= dict.fromkeys(("change", "reminder"), every["review"])
    own = {group: {"id": "S-review", "fields": {"title": "thing5"}} for group in every}
    platform.connect(bare, WECHAT_TEMPLATES=json.dumps({"official": every, "mini": own}))
    lists(platform)
    result = run(bare, "check")
    assert result.exit_code == 0 and set(found(result).values()) == {""} and len(found(result)) == 13
