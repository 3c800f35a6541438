"""`python -m inspection SOURCE TARGET`: decide by decoding what a file is, and write what is kept of it to TARGET.

Prints one line of JSON: {"problem": …, "found": …} or the measures of what was kept. The limits are set before the
first byte is read; a file that exceeds the processor time ends this process.
"""

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

SECONDS = 20  # of processor time
MEMORY = 1024 * 1024 * 1024  # bytes of address space
OUTPUT = 64 * 1024 * 1024  # bytes of a file that is written


def _limit() -> None:
    limits = {
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: OUTPUT,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


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


if __name__ == "__main__":
    _limit()
    print(json.dumps(outcome(Path(sys.argv[1]), Path(sys.argv[2]))))  # noqa: T201
