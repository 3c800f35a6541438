"""Which page of the mini-program a letter opens (the paths of the mini-program's own `pages.json`)."""

from typing import Any

INVITATION = "pages/invitation/index"
PLACEMENT = "pages/placement/index"
TRANSFER = "pages/transfer/index"
TERMINATION = "pages/termination/index"
CORRECTION = "pages/correction/index"
REQUEST = "pages/roll-request/index"
ALERTS = "pages/alerts/index"


def of(page: str, row: Any = None) -> str:
    """Return the path of a page about a row with a `public_id`; without one, the page alone."""
    return f"{page}?id={row.public_id}" if row is not None else page
