"""`make run` and `make demo`: everything starts, everything ends, whoever is killed."""

import json
import os
import re
import signal
import stat
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.launched import Launched, until

Launch = Callable[..., Launched]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start launchers on one var folder; whatever a failed test leaves is ended."""
    started: list[Launched] = []

    def start(*arguments: str, **more: object) -> Launched:
        started.append(Launched(tmp_path / "var", *arguments, **more))
        return started[-1]

    yield start
    for each in started:
        each.interrupt(signal.SIGTERM)
        for process in each.survivors():
            process.kill()


def nothing_left(site: Launched, folder: Path) -> bool:
    """Whether no process, no socket folder and no run folder is left."""
    runs = [path for path in (site.output.parent / "run").iterdir() if path.is_dir()]
    return (site.survivors(), folder.exists(), runs) == ([], False, [])


def test_it_starts_everything_and_ctrl_c_leaves_nothing(launch: Launch, tmp_path: Path):
    site = launch().wait_until_up()
    family, folder = site.family(), site.socket_folder()
    assert site.get("/readyz") == 200
    assert [kind for kind, processes in family.items() if processes] == ["web", "worker", "queue", "far side"]
    assert stat.S_IMODE((tmp_path / "var/demo.env").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(str(folder / "redis.sock")) < 100
    assert [c for c in family["queue"][0].net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    assert (tmp_path / "var/app.db").exists()
    assert site.interrupt(signal.SIGINT) == 0
    assert nothing_left(site, folder)
    assert site.get("/readyz") == 0


def test_the_welcome_names_an_account_of_each_role_and_every_program_is_recorded(launch: Launch, tmp_path: Path):
    site = launch().wait_until_up()
    for role in ("graduate", "employer", "school", "department"):
        assert f"  {role}: " in site.said()
    assert site.said().count("sign in ") == site.said().count("open      http://127.0.0.1:8")
    records = sorted(path.stem for path in (tmp_path / "var/run/1").glob("*.json"))
    assert records == ["far-side", "queue", "web", "worker-1", "worker-2"]
    noted = json.loads((tmp_path / "var/run/1/queue.json").read_text())
    assert psutil.Process(noted["pid"]).create_time() == pytest.approx(noted["started"], abs=1)
    folder = site.socket_folder()
    assert site.interrupt(signal.SIGTERM) == 0
    assert nothing_left(site, folder)


def test_after_a_kill_children_notice_and_the_next_start_ends_those_that_cannot(launch: Launch):
    killed = launch().wait_until_up()
    folder, family = killed.socket_folder(), killed.family()
    for process in family["web"]:
        process.suspend()  # a stopped process cannot answer the signal of its parent's death
    killed.kill()
    assert until(lambda: set(killed.survivors()) <= set(family["web"]), 30), "children do not notice"
    assert len(killed.survivors()) == len(family["web"]) >= 2
    assert folder.exists()
    following = launch().wait_until_up()
    assert "run 1 had been killed" in following.said()
    assert killed.survivors() == []
    assert not folder.exists()
    assert following.get("/readyz") == 200


def test_two_side_by_side_share_the_file_and_nothing_else(launch: Launch):
    first, second = launch(), launch()
    first.wait_until_up()
    second.wait_until_up()
    assert first.address != second.address
    assert first.socket_folder() != second.socket_folder()
    first.interrupt()
    assert first.survivors() == []
    assert second.get("/readyz") == 200
    assert all(second.family()[kind] for kind in ("web", "worker", "queue"))


def test_workers_and_queue_come_back_and_the_end_of_the_web_is_the_end(launch: Launch):
    site = launch().wait_until_up()
    folder = site.socket_folder()
    time.sleep(1)
    before = {kind: {process.pid for process in processes} for kind, processes in site.family().items()}
    for pid in before["worker"] | before["queue"]:
        os.kill(pid, signal.SIGKILL)
    assert until(lambda: "worker-2 ended with status -9; starting it again" in site.said())
    assert "queue ended with status -9; starting it again" in site.said()
    after = {kind: {process.pid for process in processes} for kind, processes in site.family().items()}
    assert not (before["worker"] | before["queue"]) & (after["worker"] | after["queue"])
    assert len(after["worker"]) == len(before["worker"])
    web = psutil.Process(min(before["web"]))
    web.kill()
    assert site.program.wait(60) == 1
    assert "the web server ended with status -9" in site.said()
    assert nothing_left(site, folder)


def test_the_far_side_comes_back_where_it_was(launch: Launch):
    site = launch().wait_until_up()
    address = re.search(r"played by (\S+)", site.said())[1]
    phones = re.search(r"on these phones: (\S+)", site.said())[1]
    assert "新同学" in urllib.request.urlopen(phones, timeout=10).read().decode()
    before = site.family()["far side"][0]
    before.kill()
    assert until(lambda: "far-side ended with status -9; starting it again" in site.said())
    assert until(lambda: answers(address)) and site.family()["far side"] != [before]
    assert "新同学" in urllib.request.urlopen(phones, timeout=10).read().decode()


def answers(address: str) -> bool:
    """Whether somebody answers at an address."""
    try:
        return urllib.request.urlopen(address, timeout=10).status == 200
    except OSError:
        return False


def test_it_ends_with_the_program_that_started_it(launch: Launch):
    starter = [sys.executable, "-c", "import subprocess, sys; subprocess.call(sys.argv[1:])"]
    site = launch("--with-parent", wrapper=starter).wait_until_up()
    folder = site.socket_folder()
    site.kill()
    assert until(lambda: not site.survivors(), 30)
    assert until(lambda: nothing_left(site, folder), 10)


def test_a_command_runs_against_a_fresh_site_and_gives_the_exit_status(launch: Launch, tmp_path: Path):
    ask = "import sys, urllib.request; print('asked', urllib.request.urlopen(sys.argv[1] + '/readyz').status)"
    command = [sys.executable, "-c", f"{ask}; sys.exit(7)", "{address}"]
    site = launch("--fresh", "--then", *command, DATABASE_URL="sqlite:////nowhere/x.db")
    assert site.program.wait(120) == 7
    assert "asked 200" in site.said()
    assert not (tmp_path / "var/app.db").exists()
    assert list((tmp_path / "var/run").glob("[0-9]*")) == []


def test_a_step_that_fails_says_why_and_leaves_nothing(launch: Launch, tmp_path: Path):
    site = launch(DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder/app.db")
    assert site.program.wait(120) == 1
    assert "unable to open database file" in site.said()
    assert list((tmp_path / "var/run").glob("[0-9]*")) == []


def test_production_is_not_started_this_way(launch: Launch):
    site = launch(APP_ENV="production")
    assert site.program.wait(60) == 2
