"""Walk one signing from the invitation to the page that a stranger sees: `python -m demo.walk --address http://…`."""

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from demo import pages, paper, verification
from demo.web import Answer, Graduate, Site, Unexpected

Accounts = dict[str, dict[str, str]]
FOLDER = Path(os.environ.get("VAR_DIR") or "var") / "demo"
PATIENCE = 90.0  # seconds for what workers do


class Walk:
    """One walk: prints a line per step with its time, and remembers what later steps need."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.number = 0
        self.began = time.monotonic()

    @contextlib.contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Print one step and how long it took."""
        self.number += 1
        print(f"  {self.number:2}  {words} ...", end="", flush=True)
        began = time.monotonic()
        try:
            yield
        except BaseException:
            print(" FAILED", flush=True)
            raise
        print(f" {time.monotonic() - began:.1f} s", flush=True)

    def until(self, ask: Callable[[], Any]) -> Any:
        """Ask until there is an answer; raises Unexpected when there is none in time."""
        deadline = time.monotonic() + PATIENCE
        while not (found := ask()):
            if time.monotonic() > deadline:
                raise Unexpected(f"nothing came within {PATIENCE:.0f} seconds")
            time.sleep(0.3)
        return found


def who_plays(address: str, file: str | None) -> Accounts:
    """Return {role: account} from a file of JSON lines, else from the site, which knows who is still free."""
    if file:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
        return {account["role"]: account for account in map(json.loads, filter(None, lines))}
    accounts: Accounts | None = Site(address).get("/demo/accounts.json").json
    if not accounts:
        raise Unexpected("the site names no accounts")
    return accounts


def invitation(walk: Walk, accounts: Accounts) -> str:
    """Let the employer invite the graduate; return the invitation's id."""
    employer = Site(walk.address)
    with walk.step("the employer signs in by its own door"):
        pages.sign_in(employer, accounts["employer"])
    with walk.step("it finds the graduate by name and ID number"):
        found = pages.find(employer, accounts["graduate"])
    with walk.step("it fills in the agreement, checks the preview and sends the invitation"):
        return pages.invite(employer, found)


def acceptance(walk: Walk, account: dict[str, str], placement: str) -> Graduate:
    """Let the graduate confirm the data, see the alert, read and accept."""
    graduate = Graduate(walk.address)
    with walk.step("the graduate signs in and confirms the shown data"):
        graduate.sign_in(account["username"], account["password"])
        record = next(one for one in graduate.call("GET", "/me")["records"] if one["current"])
        shown = graduate.call("GET", f"/records/{record['id']}")
        version = {"shown_version": shown["shown_version"]}
        graduate.call("POST", f"/records/{record['id']}/confirmation", version)
    with walk.step("the alert about the invitation arrives"):
        walk.until(lambda: any(one["placement"] == placement for one in graduate.call("GET", "/alerts")))
    with walk.step("the graduate reads the invitation, ticks 数据真实无误 and accepts"):
        read = graduate.call("GET", f"/invitations/{placement}")
        answer = {"version": read["version"], "declaration": read["declaration"]["version"]}
        answer |= {"clauses": read["clauses"]["version"]}
        if read["binding_notice"]:
            answer["notice"] = read["binding_notice"]["version"]
        card = graduate.call("POST", f"/invitations/{placement}/accept", answer)
        if card["state"] != "accepted":
            raise Unexpected(f"the state is {card['state']}")
    return graduate


def reviews(walk: Walk, accounts: Accounts, placement: str) -> None:
    """Let department and school approve on their pages."""
    for role in ("department", "school"):
        with walk.step(f"the {role} reads the case and approves it"):
            site = Site(walk.address)
            pages.sign_in(site, accounts[role])
            pages.approve(site, placement)


def agreement(walk: Walk, graduate: Graduate, placement: str) -> tuple[bytes, str]:
    """Wait for the sealed PDF, fetch it by its one-time address and return it with the agreement's number."""
    with walk.step("the signing is effective and the agreement has its number"):
        read = graduate.call("GET", f"/invitations/{placement}")
        number = read["agreement_number"]
        if read["state"] != "effective" or not number:
            raise Unexpected(f"the state is {read['state']}")
    with walk.step("a worker renders and seals the agreement"):
        given = walk.until(lambda: _address(graduate, placement))
    site = Site(walk.address)
    with walk.step("the graduate downloads it by a one-time address"):
        pdf = site.get(given).content
        if not pdf.startswith(b"%PDF-"):
            raise Unexpected("that is no PDF")
        (FOLDER / "agreement.pdf").write_bytes(pdf)
    with walk.step("the address does not work a second time"):
        if (status := site.send(given).status) != 404:
            raise Unexpected(f"it answered {status}")
    return pdf, number


def _address(graduate: Graduate, placement: str) -> str | None:
    answer = graduate.ask("POST", f"/placements/{placement}/downloads", {"what": "agreement"})
    if answer.status == 409 and answer.json["code"] == "document_pending":
        return None
    if answer.status != 201:
        raise Unexpected(f"asking for the agreement answered {answer.status}")
    return str(answer.json["url"])


def stranger(walk: Walk, account: dict[str, str], pdf: bytes, number: str) -> Answer:
    """Scan the printed code, read the page, compare, check the file."""
    site, picture = Site(walk.address), FOLDER / "agreement.png"
    with walk.step("the page is drawn and its QR code decoded"):
        paper.draw(pdf, picture)
        said = paper.read_code(picture)
    with walk.step("whoever scans it sees number, masked name and “有效”, and no personal number"):
        page = verification.follow(site, said)
        verification.must_say(page, number, f"{account['name'][0]}*", "有效 Effective", pages.POSITION)
        verification.must_hide(page, account["name"], account["id_number"], account["username"])
    with walk.step("name and last six of the ID number compare: 一致, and 不一致 with one digit changed"):
        verification.compare_person(site, page, account["name"], account["id_number"][-6:])
    with walk.step("the file compares: identical, and different with one byte changed"):
        verification.check_file(site, page, pdf)
    return page


def go(walk: Walk, accounts_file: str | None) -> None:
    """Walk the whole way; raises Unexpected where the site does not do as it should."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for left in FOLDER.glob("agreement.*"):
        left.unlink()
    with walk.step("the site names an account of each role"):
        accounts = who_plays(walk.address, accounts_file)
    placement = invitation(walk, accounts)
    graduate = acceptance(walk, accounts["graduate"], placement)
    reviews(walk, accounts, placement)
    pdf, number = agreement(walk, graduate, placement)
    page = stranger(walk, accounts["graduate"], pdf, number)
    print(f"\n  done in {time.monotonic() - walk.began:.1f} s: agreement {number}")
    print(f"  {FOLDER / 'agreement.pdf'}, {FOLDER / 'agreement.png'}")
    print(f"  its code leads to {page.url}")


def main() -> int:
    """Return 0 only if every step held."""
    parser = argparse.ArgumentParser(prog="python -m demo.walk", description=__doc__)
    parser.add_argument("--address", required=True, help="where the site is, for example http://127.0.0.1:8000")
    parser.add_argument(
        "--accounts",
        default=os.environ.get("DEMO_ACCOUNTS"),
        metavar="FILE",
        help="accounts as JSON lines (default: DEMO_ACCOUNTS, else the site is asked)",
    )
    options = parser.parse_args()
    try:
        go(Walk(options.address), options.accounts)
    except (Unexpected, LookupError, OSError, ValueError) as problem:
        print(f"\n  {type(problem).__name__}: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
