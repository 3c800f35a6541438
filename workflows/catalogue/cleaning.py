"""The one cleaner of every destination form: the fields, and what they say about each other (R-DEST-1, R-DEST-4)."""

from collections.abc import Mapping
from typing import Any

from workflows.catalogue.entry import Form, Standards
from workflows.form_fields import Cleaned, clean_fields


def clean(form: Form, raw: Mapping[str, Any], standards: Standards) -> Cleaned:
    """Check the fields of a filled-in destination form; values as `clean_fields` gives them.

    A check between fields speaks only where its fields are right by themselves.
    """
    cleaned = clean_fields(form.fields, raw, standards.known)
    for check in form.checks:
        for name, sentence in check(cleaned.values, standards).items():
            cleaned.errors.setdefault(name, sentence)
    right = {name: value for name, value in cleaned.values.items() if name not in cleaned.errors}
    return Cleaned(right, cleaned.errors)
