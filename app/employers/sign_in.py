"""单位登录: sign in with user name and password, be told the right door, sign out (R-ENTRY-1)."""

from typing import Any

from app import access
from app.door_pages import DoorPage
from app.employers import blueprint
from app.extensions import limiter
from app.sign_in_limits import failed, per_name

DOOR = DoorPage("employer", "employers/sign_in.html", "employers.sign_in", "employers.home", room="/employer/")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute; 200 per hour", methods=["POST"], deduct_when=failed)
@per_name
@access.policy("public")
def sign_in() -> Any:
    """Show the door, or let an employer's user in."""
    return DOOR.sign_in()


@blueprint.post("/sign-out")
@access.policy("employer")
def sign_out() -> Any:
    """Revoke the session."""
    return DOOR.sign_out()
