"""Server-rendered pages for departments, schools, provinces, operator and auditor, under /staff/."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

from app.staff import (  # noqa: E402
    accounts,  # noqa: F401
    channels,  # noqa: F401
    correcting,  # noqa: F401
    destination_standards,  # noqa: F401
    destinations,  # noqa: F401
    disputes,  # noqa: F401
    employer_letters,  # noqa: F401
    employers,  # noqa: F401
    exports,  # noqa: F401
    files,  # noqa: F401
    forced_endings,  # noqa: F401
    history,  # noqa: F401
    home,  # noqa: F401
    menu,  # noqa: F401
    messages,  # noqa: F401
    paper_agreements,  # noqa: F401
    placements,  # noqa: F401
    province,  # noqa: F401
    review,  # noqa: F401
    roll,  # noqa: F401
    roll_import,  # noqa: F401
    roll_requests,  # noqa: F401
    settings,  # noqa: F401
    sign_in,  # noqa: F401
    statistics,  # noqa: F401
    suspensions,  # noqa: F401
    terminations,  # noqa: F401
    transfers,  # noqa: F401
    warnings,  # noqa: F401
    windows,  # noqa: F401
)
