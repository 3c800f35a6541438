"""Days and cohorts: the platform's calendar is Beijing's; a cohort turns on 1 September."""

from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
COHORT_TURNS = (9, 1)


def beijing_day(moment: datetime) -> date:
    """Return the Beijing calendar day of an aware moment."""
    return moment.astimezone(BEIJING).date()


def beijing_midnight(day: date) -> datetime:
    """Return the aware moment at which a Beijing day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def current_cohort(moment: datetime) -> int:
    """Return the graduation year of today's 应届: from 1 September on it is next year's (R-COH-1)."""
    day = beijing_day(moment)
    return day.year + 1 if (day.month, day.day) >= COHORT_TURNS else day.year


def say(moment: datetime) -> str:
    """Write a moment as a person reads it in China: 2026年11月21日 18:00."""
    local = moment.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
