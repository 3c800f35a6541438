"""What a newcomer reads when the local site is up: the address, an account of each role, what to click."""

from collections.abc import Mapping, Sequence


def text(address: str, accounts: Sequence[Mapping[str, str]]) -> str:
    """Return the lines to print; `accounts` are rows of role, door, path, username, password, what."""
    lines = ["", f"  The site is up: {address}", ""]
    for account in accounts:
        lines += [
            f"  {account['role']}: {account['what']}",
            f"      {address}{account['path']}",
            f"      {account['username']}   {account['password']}",
        ]
    return "\n".join([*lines, "", "  Ctrl-C ends it.", ""])
