"""What a local run makes up for the far side: everything that is not given, ids that stay, secrets that do not."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from app.config import SETTINGS
from deploy import stand_in
from simulator.settings import read
from simulator.site import build
from simulator.sms.texts import TEXTS

ADDRESS = "127.0.0.1:8900"


def test_every_system_that_is_not_given_is_played() -> None:
    made = stand_in.settings({}, ADDRESS)
    assert set(made) <= set(SETTINGS)
    assert made["WECHAT_API_URL"] == made["EMPLOYMENT_SYSTEM_URL"] == f"http://{ADDRESS}"
    assert (made["SMS_ENDPOINT"], made["SMS_PROTOCOL"]) == (ADDRESS, "HTTP")
    assert set(json.loads(made["SMS_TEMPLATES"])) == set(TEXTS)
    assert all(len(made[f"WECHAT_{account}_AES_KEYS"]) == 43 for account in ("OFFICIAL", "MINI"))
    assert stand_in.plays_phones(made)


def test_ids_stay_and_secrets_do_not() -> None:
    first, second = stand_in.settings({}, ADDRESS), stand_in.settings({}, ADDRESS)
    same = {name for name in first if first[name] == second[name]}
    assert {"WECHAT_OFFICIAL_APPID", "WECHAT_MINI_APPID", "WECHAT_TEMPLATES", "SMS_TEMPLATES"} <= same
    assert not {name for name in same if "SECRET" in name or "AES" in name or "TOKEN" in name}


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ({"EMPLOYMENT_SYSTEM_URL": "https://real"}, ("WECHAT_", "SMS_")),
        ({"WECHAT_OFFICIAL_APPID": "wx1"}, ("EMPLOYMENT_", "SMS_")),
        ({"WECHAT_MINI_APPID": "wx1"}, ("EMPLOYMENT_", "SMS_")),
        ({"SMS_ACCESS_KEY_ID": "k"}, ("EMPLOYMENT_", "WECHAT_")),
    ],
)
def test_a_real_system_is_left_alone(named: dict[str, str], left: tuple[str, ...]) -> None:
    made = stand_in.settings(named, ADDRESS)
    assert {name.split("_")[0] for name in made} == {prefix.rstrip("_") for prefix in left}


def test_a_fresh_run_hears_of_no_far_side() -> None:
    given = {"WECHAT_API_URL": "https://real", "SMS_SIGN_NAME": "x", "EMPLOYMENT_SYSTEM_URL": "y", "PATH": "/bin"}
    assert stand_in.without_far_side(given) == {"PATH": "/bin"}


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a far side with the settings of a local run."""
    site = build(tmp_path / "x.db", read(stand_in.settings({}, ADDRESS)))
    server = make_server("127.0.0.1", 0, site, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.port
    server.shutdown()
    server.server_close()
    site.extensions["world"].close()


def test_graduates_and_a_newcomer_have_a_wechat_once(port: int) -> None:
    accounts = [
        {"role": "graduate", "name": "演示甲", "username": "19900000000"},
        {"role": "school", "username": "11414"},
    ]
    for _ in range(2):
        stand_in.add_people(port, accounts)
    found = stand_in._ask(port, "GET", "/control/people")["people"]
    assert [person["phone"] for person in found] == ["19900000000", stand_in.NEWCOMER["phone"]]
