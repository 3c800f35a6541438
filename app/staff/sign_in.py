"""学校登录: sign in with user name and password, be told the right door, sign out (R-ENTRY-1)."""

from typing import Any

from app import access
from app.door_pages import DoorPage
from app.extensions import limiter
from app.sign_in_limits import failed, per_name
from app.staff import blueprint

DOOR = DoorPage("staff", "staff/sign_in.html", "staff.sign_in", "staff.home", room="/staff/")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute; 200 per hour", methods=["POST"], deduct_when=failed)
@per_name
@access.policy("public")
def sign_in() -> Any:
    """Show the door, or let a staff member in."""
    return DOOR.sign_in()


@blueprint.post("/sign-out")
@access.policy("staff")
def sign_out() -> Any:
    """Revoke the session."""
    return DOOR.sign_out()
