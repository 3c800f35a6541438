"""What was typed, as a database can take it: no control characters, no halves of characters."""

import re
from typing import Any

# Line breaks and tabs stay. PostgreSQL stores no NUL, and no encoding has a lone surrogate.
_UNTYPABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(typed: Any) -> Any:
    """Return a text without what nobody can have typed; anything else comes back as it is."""
    return _UNTYPABLE.sub("", typed) if isinstance(typed, str) else typed
