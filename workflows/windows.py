"""When a function of a school is open: switch, opening and closing time per cohort, notice (R-SCH-3)."""

from dataclasses import dataclass
from datetime import date, datetime

from workflows.calendar import beijing_midnight, say
from workflows.case import Refusal
from workflows.vocabulary import Code, Kind

FUNCTION_TITLE = {
    Kind.ONLINE: "网签",
    Kind.OFFLINE: "未签就业协议 申请签约",
    Kind.PAPER: "已签就业协议 登记信息",
    Kind.DESTINATION: "无需就业协议 去向登记",
}


@dataclass(frozen=True, slots=True)
class Window:
    """One function of one school for one cohort; `closes_at` is the first moment at which it is closed again."""

    function: Kind
    enabled: bool
    opens_at: datetime
    closes_at: datetime
    notice: str = ""

    def is_open(self, now: datetime) -> bool:
        """Say whether the function may be started now."""
        return self.enabled and self.opens_at <= now < self.closes_at


def default_window(function: Kind, cohort: int) -> Window:
    """Return the default: signing 15 October to 31 August of the graduation year, others May and June (R-SCH-3)."""
    if function in (Kind.ONLINE, Kind.OFFLINE):
        opens, closes = date(cohort - 1, 10, 15), date(cohort, 9, 1)
    else:
        opens, closes = date(cohort, 5, 1), date(cohort, 7, 1)
    return Window(function, True, beijing_midnight(opens), beijing_midnight(closes))


def closed(window: Window, now: datetime) -> Refusal | None:
    """Refuse outside the window with the school's notice, else with the times (R-SCH-3)."""
    if window.is_open(now):
        return None
    title = FUNCTION_TITLE[window.function]
    if not window.enabled:
        message = window.notice or f"学校未开启“{title}”功能。"
        return Refusal(Code.FUNCTION_OFF, message, "如有疑问，请联系学校就业部门。")
    if now < window.opens_at:
        message = window.notice or f"“{title}”将于{say(window.opens_at)}开放。"
        return Refusal(Code.WINDOW_CLOSED, message, f"请在{say(window.opens_at)}之后再办理。", until=window.opens_at)
    message = window.notice or f"“{title}”已于{say(window.closes_at)}关闭。"
    return Refusal(Code.WINDOW_CLOSED, message, "如仍需办理，请联系学校就业部门。")
