"""A recorded child is ended by the next start; a stranger with its number is not."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.children import ROOT, kill, members, orphans, write_record

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEPER, cwd=ROOT, start_new_session=True) as program:
        yield program
        program.kill()


def test_a_recorded_child_is_found_and_can_be_killed(tmp_path: Path, sleeper: subprocess.Popen[bytes]):
    write_record(tmp_path / "web.json", sleeper.pid)
    found = orphans(tmp_path / "web.json")
    assert [process.pid for process in found] == [sleeper.pid]
    kill(found)
    assert sleeper.poll() is not None


def test_a_stranger_with_a_recycled_number_is_left_alone(tmp_path: Path, sleeper: subprocess.Popen[bytes]):
    earlier = psutil.Process(sleeper.pid).create_time() - 60
    (tmp_path / "web.json").write_text(json.dumps({"pid": sleeper.pid, "started": earlier}))
    assert orphans(tmp_path / "web.json") == []


def test_what_a_dead_child_had_started_is_found(tmp_path: Path):
    parent_of_sleeper = "import subprocess, sys; subprocess.Popen(sys.argv[1:]); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", parent_of_sleeper, *SLEEPER], cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
    ) as program:
        write_record(tmp_path / "web.json", program.pid)
        deadline = time.monotonic() + 10
        while not (started := psutil.Process(program.pid).children()) and time.monotonic() < deadline:
            time.sleep(0.05)
        program.kill()
    found = orphans(tmp_path / "web.json")
    assert found == started
    kill(found)
    assert not started[0].is_running()


def test_the_group_of_a_dead_stranger_is_left_alone(tmp_path: Path):
    starter = [sys.executable, "-c", "import subprocess, sys; subprocess.Popen(sys.argv[1:])", *SLEEPER]
    with subprocess.Popen(starter, cwd="/", start_new_session=True) as program:
        noted = {"pid": program.pid, "started": psutil.Process(program.pid).create_time()}
        (tmp_path / "web.json").write_text(json.dumps(noted))
    elsewhere = members(program.pid)
    assert orphans(tmp_path / "web.json") == []
    assert elsewhere[0].is_running()
    kill(elsewhere)


@pytest.mark.parametrize("content", ["", "{}", '{"pid": "x", "started": 1}', '{"pid": 999999999, "started": 1}'])
def test_a_broken_record_names_nobody(tmp_path: Path, content: str):
    (tmp_path / "web.json").write_text(content)
    assert orphans(tmp_path / "web.json") == []
