"""Places at which a test may kill this process; nothing happens unless APP_ENV is test and FAULT_POINT names one."""

import os
import signal

_name, _, _pass = (os.environ.get("FAULT_POINT", "") if os.environ.get("APP_ENV") == "test" else "").partition(":")
_left = int(_pass or 1)


def point(name: str) -> None:
    """Kill this process with SIGKILL on the n-th pass of the point that FAULT_POINT=name:n names."""
    global _left
    if name != _name:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
