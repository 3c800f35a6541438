"""Links by which an employer without an account uploads a stamped agreement: how long they hold, who may open them.

R-OFF-5: seven days, five guesses at the contact's last four digits, one message a minute, five an hour, ten a day.
"""

from datetime import datetime, timedelta

from workflows.offline_signing import TAKES_IMAGES
from workflows.vocabulary import State

GOOD_FOR = timedelta(days=7)
TRIES = 5
TAIL = 4  # digits of the contact's mobile number
SESSION_LASTS = timedelta(hours=1)

# While the image is under review, and once it is approved, a link says the state and nothing more (R-OFF-8).
SPEAKS = TAKES_IMAGES | {State.SIGNING_REVIEW, State.EFFECTIVE}


def holds(state: State, current: bool, tries: int, expires_at: datetime, now: datetime) -> bool:
    """Say whether a link still leads anywhere: not replaced, not locked, not over, its agreement alive (R-OFF-5)."""
    return current and tries < TRIES and now < expires_at and state in SPEAKS


def works(state: State) -> bool:
    """Say whether the agreement can be downloaded and its image uploaded through a link that holds (R-OFF-8)."""
    return state in TAKES_IMAGES
