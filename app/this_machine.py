"""Whether an address in the settings means this machine, in any of the spellings that a connection would take."""

import re
import socket
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from urllib.parse import unquote, urlsplit

_NAME = re.compile(r"(?:ip6-|.*\.)?(?:localhost|loopback)[46]?(?:\.localdomain[46]?)?")
_THIS_NET = IPv4Network("0.0.0.0/8")  # where 0.0.0.0 is, to which Linux connects as to itself


def is_meant(address: str) -> bool:
    """Say whether an address, with or without a scheme, names no other machine than this; no name is looked up.

    Also where it names none at all, or cannot be read.
    """
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return True
    host = unicodedata.normalize("NFKC", unquote(host)).replace("。", ".").rstrip(".").lower()
    if not host or _NAME.fullmatch(host):
        return True
    return any(_is_here(one) for one in _numbers(host))


def _numbers(host: str) -> list[IPv4Address | IPv6Address]:
    """Return what a host is as a number, and the number in that where one lies in the other; [] for a name."""
    try:
        number = ip_address(host)
    except ValueError:
        try:
            return [IPv4Address(socket.inet_aton(host))]  # one to four parts, decimal, octal or 0x; looks nothing up
        except (OSError, ValueError):
            return []
    within = int(number) & 0xFFFFFFFF if int(number) >> 32 in (0, 0xFFFF) else None
    return [number] if within is None else [number, IPv4Address(within)]


def _is_here(number: IPv4Address | IPv6Address) -> bool:
    return number.is_loopback or number.is_unspecified or (number.version == 4 and number in _THIS_NET)
