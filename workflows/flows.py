"""All flows there are: diagrams, documents and the tests of conventions are read off this list."""

from workflows import (
    bank_check,
    destination,
    employer_standing,
    employer_verification,
    online_signing,
    roll_record,
    roll_request,
)
from workflows.engine import Flow

FLOWS: tuple[Flow, ...] = (
    online_signing.FLOW,
    destination.FLOW,
    roll_record.FLOW,
    roll_request.FLOW,
    employer_standing.FLOW,
    employer_verification.FLOW,
    bank_check.FLOW,
)
