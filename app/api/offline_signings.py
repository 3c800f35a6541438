"""未签就业协议 申请签约: the agreement's form, its stamped image, the link to the employer (R-OFF-1…8)."""

from typing import Any

from app import access
from app.api import written
from app.api.room import KEY
from app.api.written_schemas import WrittenAnswer, WrittenStepInput, WrittenUploadInput
from workflows.case import Request
from workflows.vocabulary import Action, Kind

blueprint = written.room(Kind.OFFLINE, "offline_signings", "/offline-signings", "未签就业协议 申请签约")


@blueprint.post("/<record_id>/upload")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(WrittenUploadInput)
@blueprint.response(200, WrittenAnswer)
@access.policy("graduate")
def upload(body: dict[str, Any], record_id: str) -> Any:
    """本人回传协议书: hand in the stamped images that have been uploaded and checked (R-OFF-5, R-OFF-8)."""
    return written.step(Kind.OFFLINE, record_id, Action.UPLOAD, Request(**body))


@blueprint.post("/<record_id>/link")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(WrittenStepInput)
@blueprint.response(200, WrittenAnswer)
@access.policy("graduate")
def send_link(body: dict[str, Any], record_id: str) -> Any:
    """用人单位协助回传协议书: send the contact a link by SMS; an earlier one holds no more (R-OFF-5)."""
    return written.step(Kind.OFFLINE, record_id, Action.SEND_LINK, Request())
