"""The one door to Alibaba Cloud SMS: send a text message, ask what became of one (wechat-sms.md §5).

The SDK's exceptions and debug lines hold the number: they end here, as codes. It is imported when the first message
goes out, for that takes up to a second.
"""

import logging
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from flask import Flask, current_app

from app.clock import now
from app.config import SettingsError
from notifications import sms_templates
from notifications.sms_outcomes import error_of, plain
from workflows.calendar import beijing_day
from workflows.sending import Accepted, AmbiguousError, LaterError, PausedError, RefusedError, SendError

CONNECT, READ = 2_000, 5_000  # milliseconds
PAGE = 50  # rows of an answer, the most there are
PAGES = 20  # of one number's day: more than its limits let through
FATES = {"1": "accepted", "2": "failed", "3": "delivered"}  # SendStatus
BEST_FIRST = ("delivered", "accepted", "failed")
CHATTY = ("darabonba-core", "urllib3", "alibabacloud_credentials")


@dataclass(frozen=True, slots=True)
class SmsFate:
    """What the platform knows of a send: `state` accepted, delivered or failed, and the code that says why."""

    state: str
    code: str
    biz_id: str | None


class Sms:
    """The platform as the settings name it; the SDK's client is made with the first call."""

    def __init__(self, config: Mapping[str, Any]):
        self.templates = sms_templates.read(config["SMS_TEMPLATES"])
        self.sign_name = str(config["SMS_SIGN_NAME"])
        self.open = bool(config["SMS_ACCESS_KEY_ID"] and config["SMS_ACCESS_KEY_SECRET"] and self.sign_name)
        self._config = {
            "access_key_id": config["SMS_ACCESS_KEY_ID"],
            "access_key_secret": config["SMS_ACCESS_KEY_SECRET"],
            "endpoint": config["SMS_ENDPOINT"],
            "protocol": config["SMS_PROTOCOL"],
            "connect_timeout": CONNECT,
            "read_timeout": READ,
        }
        self._client: Any = None

    def call(self, method: str, request: str, **fields: Any) -> dict[str, Any]:
        """Call a method of the client and return the answer's body; raises what `_lost` and the table say."""
        from alibabacloud_dysmsapi20170525 import models
        from darabonba.runtime import RuntimeOptions

        try:
            call = getattr(self._ready(), f"{method}_with_options")
            answer = call(getattr(models, request)(**fields), RuntimeOptions(autoretry=False))
            body = answer.body.to_map()
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises, its text holds the number
            problem = _lost(error)
        else:
            return cast(dict[str, Any], body)
        raise problem

    def _ready(self) -> Any:
        if self._client is None:
            from alibabacloud_dysmsapi20170525.client import Client
            from alibabacloud_tea_openapi.utils_models import Config

            for name in CHATTY:
                logging.getLogger(name).setLevel(logging.ERROR)
            self._client = Client(Config(**self._config))
        return self._client


def send(phone: str, template: str, params: Mapping[str, Any], out_id: str) -> Accepted:
    """Hand a text message over; `out_id` comes back with its receipt. Raises the errors of `workflows.sending`.

    The platform does not look at `out_id`: after AmbiguousError ask `look_up` before sending again (P10).
    """
    door = _door()
    if not configured(template):
        raise RefusedError("not_configured")
    body = door.call(
        "send_sms",
        "SendSmsRequest",
        phone_numbers=phone,
        sign_name=door.sign_name,
        template_code=door.templates[template],
        template_param=sms_templates.params(template, params),
        out_id=out_id,
    )
    _require_ok(body)
    if not isinstance(body.get("BizId"), str):
        raise AmbiguousError("garbled")
    return Accepted(provider_id=body["BizId"])


def look_up(phone: str, out_id: str, day: date, biz_id: str | None = None) -> SmsFate | None:
    """Return what became of the send with this `out_id` (narrowed by `biz_id`) on a Beijing day; None: never heard of.

    A send may count for the next day at midnight, which is looked at too. Raises LaterError where there is no answer,
    and what the table says of a code.
    """
    for one in (day, day + timedelta(days=1)):
        if one == day or one <= beijing_day(now()):
            fates = [_fate(row, biz_id) for row in _details(phone, one, biz_id) if row.get("OutId") == out_id]
            if fates:
                return min(fates, key=lambda fate: BEST_FIRST.index(fate.state))
    return None


def configured(template: str) -> bool:
    """Say whether text messages of this template can go out here."""
    return _door().open and template in _door().templates


def install(app: Flask) -> None:
    """Open the door of an application; raises SettingsError for templates that cannot be meant."""
    app.extensions["sms"] = Sms(app.config)
    if app.config["PRODUCTION"] and (missing := set(sms_templates.VARIABLES) - set(app.extensions["sms"].templates)):
        raise SettingsError(f"SMS_TEMPLATES must name the template {min(missing)} in production")


def _door() -> Sms:
    return cast(Sms, current_app.extensions["sms"])


def _details(phone: str, day: date, biz_id: str | None) -> Iterator[dict[str, Any]]:
    """Yield a number's sends of a day, page by page."""
    fields = {"phone_number": phone, "send_date": f"{day:%Y%m%d}", "page_size": PAGE}
    if biz_id:
        fields["biz_id"] = biz_id
    for page in range(1, PAGES + 1):
        rows = _page(fields | {"current_page": page})
        yield from rows
        if len(rows) < PAGE:
            return


def _page(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        body = _door().call("query_send_details", "QuerySendDetailsRequest", **fields)
        _require_ok(body)
    except AmbiguousError as lost:
        raise LaterError(lost.code) from None  # asking again does no harm
    listed = body.get("SmsSendDetailDTOs", {}).get("SmsSendDetailDTO", [])
    return [row for row in listed if row]


def _fate(row: Mapping[str, Any], biz_id: str | None) -> SmsFate:
    return SmsFate(FATES.get(str(row.get("SendStatus")), "accepted"), plain(row.get("ErrCode")), biz_id)


def _require_ok(body: Mapping[str, Any]) -> None:
    code = body.get("Code")
    if code is None:
        raise AmbiguousError("garbled")
    if code != "OK":
        raise error_of(code, body.get("Message"))


def _lost(error: Exception) -> SendError:
    """Return what an exception of the SDK means: refused, surely not sent, or nobody knows."""
    status = getattr(error, "status_code", None)
    if type(error).__name__ == "ThrottlingException":
        left = getattr(error, "retry_after", None)  # milliseconds
        return LaterError("Throttling", timedelta(milliseconds=left) if isinstance(left, int) else None)
    if status is not None and status < 500:
        code = plain(getattr(error, "code", None))
        return error_of(code) if code != "None" else RefusedError(f"http_{status}")
    if status is not None:
        return AmbiguousError(f"http_{status}")
    cause = getattr(getattr(error, "inner_exception", None), "__context__", None)
    return _not_sent(cause) or AmbiguousError("timeout" if "Timeout" in type(cause).__name__ else "answer_lost")


def _not_sent(cause: BaseException | None) -> SendError | None:
    """Return the failure to connect behind an exception of requests; None where the message may have gone out."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return LaterError("unreachable")
    if reason and reason.args and isinstance(reason.args[0], ssl.SSLCertVerificationError):
        return PausedError("certificate")
    return None
