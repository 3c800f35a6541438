"""The three selects of an address: when one changes, the ones below it are drawn anew."""

from typing import Any

from flask import render_template, request

from app import access
from app.employers import blueprint, terms_form
from app.employers.terms_form import REGIONS, chosen_region


@blueprint.get("/regions")
@access.policy("public")
def regions() -> Any:
    """Return the three selects for what has been chosen so far; who registers is not signed in yet."""
    form = terms_form.at_region(chosen_region(request.args))
    return render_template("employers/region.html", form=form, names=REGIONS)
