"""The catalogue: every destination type in the order of the guides, and who may choose which (R-DEST-1, R-GRAD-4)."""

from workflows.catalogue.employment import (
    AGREEMENT,
    ASSISTANT,
    CONSCRIPTION,
    CONTRACT,
    LOCAL_PROJECT,
    NATIONAL_PROJECT,
    OTHER_EMPLOYMENT,
)
from workflows.catalogue.entry import DestinationType, Form
from workflows.catalogue.other_paths import (
    COMMISSIONED,
    FOUNDER,
    FREELANCE,
    FURTHER_STUDY,
    JOB_SEEKING,
    NOT_SEEKING,
    PLANNING_STUDY,
    STUDY_ABROAD,
)

TYPES: tuple[DestinationType, ...] = (
    AGREEMENT,
    CONTRACT,
    OTHER_EMPLOYMENT,
    ASSISTANT,
    CONSCRIPTION,
    NATIONAL_PROJECT,
    LOCAL_PROJECT,
    FOUNDER,
    FREELANCE,
    FURTHER_STUDY,
    STUDY_ABROAD,
    COMMISSIONED,
    JOB_SEEKING,
    PLANNING_STUDY,
    NOT_SEEKING,
)
FORMS: dict[str, Form] = {f.name: f for t in TYPES for f in t.forms}
TYPE_OF: dict[str, DestinationType] = {f.name: t for t in TYPES for f in t.forms}

_ALL = frozenset(t.name for t in TYPES)
_ONLY = frozenset({COMMISSIONED.name})
# R-GRAD-4: the destination types that a training mode (培养方式) sees, by name.
VISIBLE: dict[str, frozenset[str]] = {
    "1": _ALL - _ONLY,
    "3": _ALL - _ONLY,
    "5": _ALL - _ONLY,
    "21": _ONLY,
    "41": _ONLY,
    "22": _ALL,
    "42": _ALL,
}


def types_for(training_mode: str) -> tuple[DestinationType, ...]:
    """Return the destination types that a graduate of this training mode may choose; none for an unknown mode."""
    seen = VISIBLE.get(training_mode, frozenset())
    return tuple(t for t in TYPES if t.name in seen)


def forms_for(training_mode: str) -> frozenset[str]:
    """Return the names of the forms that a graduate of this training mode may fill in (R-GRAD-4)."""
    return frozenset(f.name for t in types_for(training_mode) for f in t.forms)
