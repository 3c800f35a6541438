"""`python -m inspection SOURCE TARGET`: decide by decoding what a file is, and write what is kept of it to TARGET.

Prints one line of JSON: {"problem": …, "found": …} or the measures of what was kept. The limits are set before the
first byte is read; a file that exceeds the processor time ends this process.
"""

import argparse
import json
import resource
from dataclasses import asdict
from pathlib import Path
from typing import Any

SECONDS = 20  # of processor time
MEMORY = 1024 * 1024 * 1024  # bytes of address space
OUTPUT = 64 * 1024 * 1024  # bytes of a file that is written


def _limit(seconds: int) -> None:
    limits = {
        resource.RLIMIT_CPU: (seconds, seconds + 1),  # ended by SIGXCPU, which tells why, before SIGKILL comes
        resource.RLIMIT_AS: (MEMORY, MEMORY),
        resource.RLIMIT_FSIZE: (OUTPUT, OUTPUT),
        resource.RLIMIT_CORE: (0, 0),
    }
    for what, most in limits.items():
        resource.setrlimit(what, most)


def outcome(source: Path, target: Path) -> dict[str, Any]:
    """Return what came of a look into a file; decoders may fail in any way over a hostile one."""
    from inspection import kinds
    from inspection.findings import ProblemFound
    from workflows.uploads import Problem

    try:
        return asdict(kinds.inspect(source, target))
    except ProblemFound as found:
        return {"problem": found.problem.value, "found": found.found}
    except MemoryError:
        return {"problem": Problem.TOO_COMPLEX.value, "found": ""}
    except Exception as error:  # noqa: BLE001 - whatever the decoder stumbled over, the file cannot be used
        return {"problem": Problem.DAMAGED.value, "found": "", "kind": type(error).__name__}


def main() -> None:
    """Set the limits, look, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m inspection", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of processor time (default: %(default)s)")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    _limit(options.seconds)
    print(json.dumps(outcome(options.source, options.target)))  # noqa: T201


if __name__ == "__main__":
    main()
