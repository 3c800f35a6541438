"""When somebody is reminded: of an answer deadline, of an upload link, of cases that wait too long; never at night."""

from datetime import datetime, timedelta

from workflows.calendar import BEIJING

ANSWER_MARKS = (timedelta(hours=72), timedelta(hours=24))  # before the answer deadline, to the graduate
LINK_UNOPENED = timedelta(days=3)  # after the message, to the employer's contact
LINK_UNUSED = timedelta(days=3)  # after it was opened without an image handed in, to the graduate
OLD_CASE = timedelta(days=3)  # after the submission, to the reviewers, once a day
QUIET_FROM, QUIET_UNTIL = 22, 8  # hours of the Beijing day; what can wait is not sent in between


def awake(moment: datetime) -> datetime:
    """Return the first moment from `moment` on that lies outside the quiet hours."""
    local = moment.astimezone(BEIJING)
    morning = local.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    if local.hour >= QUIET_FROM:
        return morning + timedelta(days=1)
    return morning if local.hour < QUIET_UNTIL else moment


def answer_mark(sent_at: datetime, deadline_at: datetime, now: datetime) -> timedelta | None:
    """Return the reminder that an unanswered invitation is due for: the latest mark that has passed.

    None before the first mark, after the deadline, where the invitation was sent or changed after the mark, and where
    the quiet hours would end after the deadline.
    """
    passed = [mark for mark in ANSWER_MARKS if sent_at < deadline_at - mark <= now]
    if not passed or awake(now) >= deadline_at:
        return None
    return min(passed)
