"""Fault points are dead outside tests."""

import subprocess
import sys

from deploy.children import ROOT

CODE = "from app.faultpoints import point; [point('here') for _ in range(2)]; print('alive')"


def outcome(**env: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, env={"PATH": "", **env}, capture_output=True, text=True
    )
    return ran.returncode, ran.stdout


def test_a_point_kills_only_in_a_test_and_only_where_it_is_named() -> None:
    for environment in ("development", "production", ""):
        assert outcome(FAULT_POINT="here", APP_ENV=environment) == (0, "alive\n")
    assert outcome(APP_ENV="test") == (0, "alive\n")
    assert outcome(FAULT_POINT="elsewhere", APP_ENV="test") == (0, "alive\n")
    assert outcome(FAULT_POINT="here", APP_ENV="test") == (-9, "")
    assert outcome(FAULT_POINT="here:2", APP_ENV="test") == (-9, "")
    assert outcome(FAULT_POINT="here:3", APP_ENV="test") == (0, "alive\n")
