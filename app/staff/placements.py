"""在线签约管理, 补登管理: every agreement of the tenant, its page, and the logged look at the full identity number."""

from typing import Any

from flask import url_for

from app import access, unmasking
from app.lists.definitions import PAPERS, SIGNINGS
from app.staff import agreement_blocks, blueprint, cases, listing
from app.writing import write
from workflows.vocabulary import REVIEWERS, Level, Role

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)


def opened(public_id: str) -> str:
    """Return the address of a record's page."""
    return url_for("staff.placement", public_id=public_id)


@blueprint.get("/placements")
@access.policy("staff", *SEERS, level=Level.READ)
def placements() -> Any:
    """List the tenant's agreements, online and offline, newest first (R-VIEW-1)."""
    return listing.page(SIGNINGS, opened)


@blueprint.get("/paper-registrations")
@access.policy("staff", *SEERS, level=Level.READ)
def paper_registrations() -> Any:
    """List the tenant's registrations of signed paper agreements, newest first (R-VIEW-1)."""
    return listing.page(PAPERS, opened)


@blueprint.get("/placements/<public_id>")
@access.policy("staff", *SEERS, level=Level.READ)
def placement(public_id: str) -> Any:
    """Show one signing to look at; decisions have their own page."""
    return cases.show(cases.load(public_id))


@blueprint.post("/placements/<public_id>/unmask")
@access.policy("staff", *REVIEWERS, level=Level.READ)
def placement_unmask(public_id: str) -> Any:
    """Show identity number and contacts in full, and write down who looked."""
    write(lambda: unmasking.note(access.actor(), cases.load(public_id), agreement_blocks.MASKED))
    return cases.show(cases.load(public_id), full=True)
