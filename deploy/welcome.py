"""What a newcomer reads when the local site is up: the address, an account of each role, what to click."""

from collections.abc import Mapping, Sequence

SHOWN = ("role", "what", "address", "username", "password")


def text(address: str, accounts: Sequence[Mapping[str, str]], far_side: str = "", phones: str = "") -> str:
    """Return the lines to print; `accounts` are rows of role, address (a path), username, password, what, and more.

    `far_side` is where the employment management system can be looked at, `phones` where WeChat and text messages can.
    """
    lines = ["", f"  The site is up: {address}", ""]
    lines += [f"  It reports to the employment management system, played by {far_side}", ""] if far_side else []
    lines += [f"  WeChat and text messages arrive on these phones: {phones}", ""] if phones else []
    for account in accounts:
        more = [f"{name} {value}" for name, value in account.items() if name not in SHOWN]
        lines += [
            f"  {account['role']}: {account['what']}",
            f"      open      {address}{account['address']}",
            f"      sign in   {account['username']}   {account['password']}",
            *([f"      ({', '.join(more)})"] if more else []),
        ]
    return "\n".join([*lines, "", "  Ctrl-C ends it.", ""])
