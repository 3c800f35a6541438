"""The ground holds: make targets, lock files, import directions, closed network, private servers."""

import os
import re
import socket
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import psycopg
import pytest
import redis
import sqlalchemy

from app.config import SETTINGS
from tests.servers import Databases, Postgres, Redis
from tests.session import OutgoingConnection, rounds

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_make_prints_every_target_in_one_line_each():
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    printed = subprocess.run(["make"], cwd=ROOT, env=plain, check=True, capture_output=True, text=True).stdout
    shown = re.findall(r"^  make ([a-z]+)\s+\S.*$", printed, re.MULTILINE)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert shown == [name for name in targets if name != ".PHONY"]
    assert {"run", "demo", "test", "check", "fmt", "bench", "docs", "lock", "clean"} <= set(shown)
    assert len(shown) == len(printed.splitlines()) <= 14


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_no_address(name: str):
    lock = (ROOT / name).read_text()
    packages = re.split(r"\n(?=\S)", lock.strip())
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert "://" not in lock


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_locked(name: str):
    wanted = PROJECT["project"]["dependencies"] + (PROJECT["dependency-groups"]["dev"] if "dev" in name else [])
    locked = {line.partition("==")[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}
    assert {re.split(r"[\[<>=]", want)[0].lower() for want in wanted} <= locked


def test_every_setting_stands_in_the_example():
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert {line.partition("=")[0] for line in lines if line and not line.startswith("#")} == set(SETTINGS)


def test_every_package_is_under_the_import_contracts():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    outside = {"tests", "benchmarks", "simulator"}
    assert packages - outside == set(PROJECT["tool"]["importlinter"]["root_packages"]) & packages
    assert packages & set(PROJECT["tool"]["importlinter"]["root_packages"]) >= {"workflows", "app", "deploy"}


@pytest.mark.parametrize("package", ["demo", "simulator"])
def test_the_far_side_imports_none_of_ours(package: str):
    text = "\n".join(path.read_text() for path in (ROOT / package).rglob("*.py"))
    assert re.findall(r"^\s*(?:from|import) (workflows|app|pdf|notifications|wechat|wsgi|deploy)\b", text, re.M) == []


def test_no_way_out_to_another_machine():
    with pytest.raises(OutgoingConnection):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(OutgoingConnection), socket.socket() as client:
        client.connect(("192.0.2.1", 80))
    with pytest.raises(OutgoingConnection):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_repeated_tests_run_a_tenth_of_their_length_or_all_of_it(monkeypatch):
    monkeypatch.setattr("tests.session.LONG", False)
    assert (rounds(200), rounds(5)) == (20, 1)
    monkeypatch.setattr("tests.session.LONG", True)
    assert rounds(200) == 200


def test_both_kinds_of_database_can_be_made_copied_and_dropped(database_kind: str, databases: Databases):
    original = databases.empty(database_kind)
    _execute(original, "CREATE TABLE note (word text)", "INSERT INTO note VALUES ('一')")
    copy = databases.copy(original)
    _execute(copy, "INSERT INTO note VALUES ('二')")
    assert [_count(original), _count(copy)] == [1, 2]
    databases.drop(copy)
    if database_kind == "postgresql":
        with pytest.raises(sqlalchemy.exc.OperationalError):
            _count(copy)
    databases.drop(original)


def test_the_shared_database_is_of_the_kind_that_was_asked_for(database_kind: str, database_url: str):
    assert sqlalchemy.make_url(database_url).get_backend_name() == database_kind


def _execute(url: str, *statements: str) -> None:
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sqlalchemy.text(statement))


def _count(url: str) -> int:
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        return connection.execute(sqlalchemy.text("SELECT count(*) FROM note")).scalar_one()


@pytest.mark.faults
@pytest.mark.needs("postgresql")
def test_a_private_postgres_comes_back_with_its_rows_after_a_kill():
    server = Postgres({"synchronous_commit": "on"})
    try:
        server.start()
        server.execute("CREATE TABLE note AS SELECT 1 AS kept")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            server.execute("SELECT kept FROM note")
        server.start()
        server.execute("INSERT INTO note SELECT kept + 1 FROM note")
    finally:
        server.remove()
    assert not server.folder.exists()


@pytest.mark.faults
def test_a_private_redis_forgets_everything_when_it_is_killed():
    server = Redis()
    try:
        server.start()
        redis.Redis.from_url(server.url).set("word", "一")
        server.kill()
        server.start()
        assert redis.Redis.from_url(server.url).get("word") is None
    finally:
        server.remove()


@pytest.mark.parametrize(
    ("body", "strict", "status", "says"),
    [
        ("def test_it(): pass", True, 0, "1 passed"),
        ("def test_it(): pytest.skip('no time')", False, 0, "1 skipped"),
        ("def test_it(): pytest.skip('no time')", True, 1, "a test that did not run fails the session"),
        ("@pytest.mark.needs('no-such-program')\ndef test_it(): pass", False, 5, "LEFT OUT: 1 tests, because no-such"),
        ("@pytest.mark.needs('no-such-program')\ndef test_it(): pass", True, 1, "LEFT OUT: 1 tests, because no-such"),
    ],
)
@pytest.mark.parametrize("parallel", [[], ["-p", "xdist", "-n", "1"]], ids=["alone", "xdist"])
def test_what_did_not_run_is_said_and_fails_where_everything_must_run(
    tmp_path: Path, body: str, strict: bool, status: int, says: str, parallel: list[str]
):
    (tmp_path / "test_one.py").write_text(f"import pytest\n\n{body}\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    needs\n    database\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "NO_SKIPS"))}
    env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | ({"NO_SKIPS": "1"} if strict else {})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.session", "--rootdir", str(tmp_path), *parallel]
    done = subprocess.run(
        [*command, "-c", str(tmp_path / "pytest.ini"), str(tmp_path)], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert (done.returncode, says in done.stdout) == (status, True), done.stdout
