"""All flows there are: diagrams, documents and the tests of conventions are read off this list."""

from workflows import (
    bank_check,
    correction,
    destination,
    employer_standing,
    employer_verification,
    offline_signing,
    offline_termination,
    online_signing,
    online_termination,
    paper_registration,
    roll_record,
    roll_request,
    transfer,
)
from workflows.engine import Flow

FLOWS: tuple[Flow, ...] = (
    online_signing.FLOW,
    offline_signing.FLOW,
    online_termination.FLOW,
    offline_termination.FLOW,
    paper_registration.FLOW,
    destination.FLOW,
    correction.FLOW,
    roll_record.FLOW,
    roll_request.FLOW,
    transfer.FLOW,
    employer_standing.FLOW,
    employer_verification.FLOW,
    bank_check.FLOW,
)
