"""How a test session behaves: tiers, what is left out and said so, seed and length, no way out to the network."""

import ipaddress
import os
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.servers import postgres_programs

SLOW_TIERS = ("e2e", "faults", "races")
# Pages and walks: on PostgreSQL, as in production; on SQLite where there is no server, or with LONG=1. What writes (the
# flows, the write path, history, races of a WeChat too, jobs) is tested on both, always.
ONE_KIND = ("api", "employers", "staff", "public", "guides", "wechat", "binding")
LONG_WALKS = ("test_every_flow.py",)
DATABASE_FIXTURES = {"database_kind", "databases", "postgres"}
LONG = bool(os.environ.get("LONG"))
STRICT = bool(os.environ.get("NO_SKIPS"))
LEFT_OUT: Counter[str] = Counter()


class OutgoingConnection(RuntimeError):
    """A test tried to reach another machine."""


def rounds(full: int) -> int:
    """Return how often to repeat: `full` with LONG=1, else a tenth of it, at least once."""
    return full if LONG else max(1, full // 10)


def is_present(need: str) -> bool:
    """Whether a program (by name), a file (by path) or the PostgreSQL server is there."""
    if need == "postgresql":
        return postgres_programs() is not None
    return Path(need).exists() if "/" in need else shutil.which(need) is not None


def kind_of(item: pytest.Item) -> str:
    """Return the kind of database of a test, "" for none."""
    return str(item.callspec.params.get("database_kind") or "") if hasattr(item, "callspec") else ""


def left_to_the_other(item: pytest.Item) -> bool:
    """Whether the same test on the other kind of database is enough: pages on PostgreSQL, long walks on SQLite."""
    page, walk = item.path.parent.name in ONE_KIND, item.path.name in LONG_WALKS
    return (page and kind_of(item) == "sqlite") or (walk and kind_of(item) == "postgresql")


def needs_of(item: pytest.Item) -> set[str]:
    """Return what a test cannot do without: named by its marker, or known from its fixtures."""
    named = {str(name) for mark in item.iter_markers("needs") for name in mark.args}
    fixtures = set(getattr(item, "fixturenames", ()))
    if kind_of(item) == "postgresql" or "postgres" in fixtures:
        named.add("postgresql")
    if "chromium" in fixtures:
        named.add("chromium")
    return named


def pytest_configure(config: pytest.Config) -> None:
    """Choose one seed for all processes of this session, and close the network for good in this one."""
    os.environ.setdefault("SEED", str(random.SystemRandom().randrange(1_000_000)))
    sys.addaudithook(_refuse_outgoing)


def pytest_report_header() -> str:
    """Say how long and from which seed."""
    length = "full length" if LONG else "a tenth of the length (LONG=1: full)"
    return f"repeated tests: {length}, seed {os.environ['SEED']} (SEED={os.environ['SEED']} repeats it)"


def pytest_itemcollected(item: pytest.Item) -> None:
    """Put a test into its tier: by its folder, or by the databases that it uses."""
    folder = item.path.parent.name
    if folder in SLOW_TIERS:
        item.add_marker(folder)
    if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
        item.add_marker("database")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, and count, what this machine cannot run; run pages on one kind of database."""
    if is_present("postgresql") and not LONG:
        twice = {item for item in items if left_to_the_other(item)}
        config.hook.pytest_deselected(items=list(twice))
        items[:] = [item for item in items if item not in twice]
    missing = {item: sorted(need for need in needs_of(item) if not is_present(need)) for item in items}
    for needs in missing.values():
        LEFT_OUT.update(needs[:1])
    config.hook.pytest_deselected(items=[item for item in items if missing[item]])
    items[:] = [item for item in items if not missing[item]]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a strict session in which anything was skipped or left out; tell the main process what was."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(LEFT_OUT)
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", ())) if reporter else 0
    if (
        STRICT
        and (skipped or LEFT_OUT)
        and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what a worker has left out; every worker collects the same tests."""
    LEFT_OUT.update({need: count for need, count in node.workeroutput["left_out"].items() if need not in LEFT_OUT})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested here."""
    for need, count in sorted(LEFT_OUT.items()):
        terminalreporter.write_line(
            f"LEFT OUT: {count} tests, because {need} is not on this machine", red=True, bold=True
        )
    skipped = len(terminalreporter.stats.get("skipped", ()))
    if STRICT and (skipped or LEFT_OUT):
        terminalreporter.write_line("NO_SKIPS is set: a test that did not run fails the session", red=True, bold=True)


def _refuse_outgoing(event: str, args: tuple[object, ...]) -> None:
    """Refuse every connection and look-up that is not for this machine."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not _is_here(host):
        raise OutgoingConnection("a test may only talk to this machine")


def _is_here(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else host
    if not isinstance(text, str) or text in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False
