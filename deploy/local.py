"""`make run` and `make demo`: the whole site on this machine for as long as this program runs."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from deploy.children import ROOT, Child
from deploy.demo_settings import fresh, local_settings, secret_settings
from deploy.runs import Interrupted, claim, clear_dead, one_at_a_time, roomy_parent
from deploy.site import Site, SiteError, listen
from deploy.welcome import text


class End:
    """How often somebody asked for the end: by a signal, or (with `parent`) by ending the program that started us."""

    def __init__(self, parent: int | None) -> None:
        self.asked = 0
        self._parent = parent
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def wanted(self) -> bool:
        """Whether to stop what is under way."""
        return self.asked > 0 or (self._parent is not None and os.getppid() != self._parent)

    def at_once(self) -> bool:
        """Whether to stop waiting for programs to end by themselves."""
        return self.asked > 1

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the site until asked to end, or until the command after --then has ended; return the exit status."""
    options = _options(arguments)
    if os.environ.get("APP_ENV") == "production":
        print(
            "this starts a demo and refuses production: run gunicorn wsgi:app and python -m notifications.worker there",
            file=sys.stderr,
        )
        return 2
    base = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
    end = End(os.getppid() if options.with_parent else None)
    (base / "log").mkdir(parents=True, exist_ok=True)
    try:
        return _run(options, base, end)
    except Interrupted:
        return 130
    except SiteError as reason:
        print(f"\n{reason}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace, base: Path, end: End) -> int:
    with one_at_a_time(base, end.wanted):
        for line in clear_dead(base):
            print(f"  {line}", flush=True)
        run = claim(base)
    try:
        site = Site(run, base / "log", listen(options.host), end.wanted)
        try:
            return _serve(site, options, base, end)
        finally:
            print("\n  ending ...", end="", flush=True)
            site.end(end.at_once)
            print(" all programs have ended", flush=True)
    finally:
        run.release()


def _serve(site: Site, options: argparse.Namespace, base: Path, end: End) -> int:
    host, port = site.address
    address = f"http://{host}:{port}"
    var = site.run.private_folder(roomy_parent()) if options.fresh else base
    given = fresh(os.environ) if options.fresh else dict(os.environ)
    with one_at_a_time(var, end.wanted):
        site.env = local_settings(given, secret_settings(var), var, address)
        if not site.env.get("REDIS_URL"):
            site.env["REDIS_URL"] = site.start_queue()
        site.start_far_side(var / "employment-system.db")
        accounts = site.prepare()
    site.start_web(options.web_workers)
    site.start_workers(options.workers)
    if options.then:
        return _then([word.replace("{address}", address) for word in options.then], site, end)
    print(text(address, accounts, site.env["EMPLOYMENT_SYSTEM_URL"], site.phones(accounts)), flush=True)
    while not end.wanted():
        site.keep_up()
        time.sleep(0.2)
    return 0


def _then(command: Sequence[str], site: Site, end: End) -> int:
    child = Child("then", command, site.run.folder, log=None)
    site.children.insert(0, child)
    child.start(os.environ)
    while (status := child.status()) is None:
        if end.wanted():
            raise Interrupted
        site.keep_up()
        time.sleep(0.1)
    site.children.remove(child)
    child.end(time.monotonic())
    return status


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--web-workers", type=int, default=2, metavar="N")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="workers for alerts and documents")
    parser.add_argument("--fresh", action="store_true", help="an empty site of its own, removed at the end")
    parser.add_argument("--with-parent", action="store_true", help="end when the starting program ends")
    parser.add_argument("--then", nargs=argparse.REMAINDER, help="run this, then end; {address} becomes the address")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
