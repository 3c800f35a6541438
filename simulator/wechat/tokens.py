"""Access tokens: the plain one that replaces its forerunner, the stable one that stays what it is until it ends."""

import secrets
from collections.abc import Mapping

from flask import request

from simulator.settings import Account
from simulator.wechat.calls import Refusal, Result, api, bare, count, guarded, parsed
from simulator.world import World, world

LIFE = 7200.0  # seconds
OVERLAP = 300.0  # seconds for which a replaced plain token still holds, and before whose end a stable one is renewed

_NEW = "INSERT INTO token VALUES (?, ?, ?, ?, ?)"
_CURRENT = (
    "SELECT * FROM token WHERE account = ? AND stable = ? AND expires_at > ?"
    " ORDER BY issued_at DESC, rowid DESC LIMIT 1"
)
_CUT = "UPDATE token SET expires_at = min(expires_at, ?) WHERE account = ? AND stable = ?"
_GONE = "DELETE FROM token WHERE account = ? AND stable = 1"


def _credentials(given: Mapping[str, str]) -> Account:
    if given.get("grant_type") != "client_credential":
        raise Refusal(40002)
    if not given.get("appid"):
        raise Refusal(41002)
    account = world().settings.by_appid(str(given["appid"]))
    if account is None:
        raise Refusal(40013)
    if not given.get("secret"):
        raise Refusal(41004)
    if not secrets.compare_digest(str(given["secret"]).encode(), account.secret.encode()):
        raise Refusal(40125)
    return account


def _issue(there: World, account: Account, stable: bool) -> dict[str, object]:
    value, now = secrets.token_urlsafe(90), there.clock.now()
    there.books.write(_NEW, value, account.name, now, now + LIFE, int(stable))
    return {"access_token": value, "expires_in": int(LIFE)}


def _plain(account: Account) -> dict[str, object]:
    there = world()
    there.books.write(_CUT, there.clock.now() + OVERLAP, account.name, 0)
    return _issue(there, account, stable=False)


def _stable(account: Account, force: bool) -> dict[str, object]:
    there = world()
    with there.books.writing():
        held = there.books.row(_CURRENT, account.name, 1, there.clock.now())
        if force:
            there.books.write(_GONE, account.name)
        elif held and held["expires_at"] - there.clock.now() > OVERLAP:
            return {
                "access_token": held["value"],
                "expires_in": int(held["expires_at"] - there.clock.now()),
            }
        return _issue(there, account, stable=True)


def revoke(there: World, name: str) -> None:
    """Let every token of an account be good no longer, as the platform does now and then."""
    there.books.write("DELETE FROM token WHERE account = ?", name)


@api.route("/cgi-bin/token", methods=["GET"])
def token() -> Result:
    """Issue a new plain token; the one before holds for five more minutes."""

    def work() -> tuple[str, Result]:
        account = _credentials(request.args)
        count("/cgi-bin/token", account.name)
        return account.name, bare(_plain(account))

    return guarded("/cgi-bin/token", work)


@api.route("/cgi-bin/stable_token", methods=["GET", "POST"])
def stable_token() -> Result:
    """Return the stable token; with force_refresh a new one, and the old is good no longer."""

    def work() -> tuple[str, Result]:
        if request.method != "POST":
            raise Refusal(43002)
        given = parsed()
        account = _credentials(given)
        count("/cgi-bin/stable_token", account.name)
        return account.name, bare(_stable(account, given.get("force_refresh") is True))

    return guarded("/cgi-bin/stable_token", work)
