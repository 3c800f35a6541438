"""Run the suite by tiers, print what each took and, at the end, what was left out: `python -m tests.tiers`."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass

SLOW = "e2e or faults or races"
TIERS = {
    "fast": f"not database and not ({SLOW})",
    "database": f"database and not ({SLOW})",
    "e2e": "e2e",
    "faults": "faults and not e2e",
    "races": "races and not (e2e or faults)",
}
PARALLEL = ("fast", "database", "e2e", "faults")
NO_TESTS = 5  # pytest's exit status


@dataclass(frozen=True)
class Outcome:
    """What one tier said: exit status, seconds, pytest's closing line, the lines about what was left out."""

    tier: str
    status: int
    seconds: float
    closing: str
    left_out: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """A tier without a test is a failure only where everything must run."""
        return self.status not in (0, NO_TESTS) or (self.status == NO_TESTS and bool(os.environ.get("NO_SKIPS")))


def main(names: list[str]) -> int:
    """Run the named tiers, or all; return 1 when one failed or when no test ran at all."""
    unknown = set(names) - set(TIERS)
    if unknown:
        print(f"no such tier: {', '.join(sorted(unknown))}; there are {', '.join(TIERS)}")
        return 2
    began = time.monotonic()
    outcomes = [run(tier) for tier in names or TIERS]
    print("\n== the tiers ==")
    for outcome in outcomes:
        print(f"{outcome.tier:<9} {outcome.seconds:6.1f} s  {outcome.closing}")
    for line in dict.fromkeys(line for outcome in outcomes for line in outcome.left_out):
        print(line)
    ran = any(outcome.status != NO_TESTS for outcome in outcomes)
    failed = not ran or any(outcome.failed for outcome in outcomes)
    print(f"{'FAILED' if failed else 'passed'} in {time.monotonic() - began:.0f} s{'' if ran else ': no test ran'}")
    return int(failed)


def run(tier: str) -> Outcome:
    """Run one tier in a pytest of its own, passing on what it prints."""
    print(f"\n== {tier} ==", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", "--durations-min=1", "-m", TIERS[tier]]
    command += ["-n", str(min(os.cpu_count() or 1, 8))] if tier in PARALLEL else []
    command += ["--color=yes"] if sys.stdout.isatty() else []
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        said = b""
        while piece := os.read(running.stdout.fileno(), 65536):
            said += piece
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    left_out = tuple(line for line in lines if "LEFT OUT: " in line)
    return Outcome(tier, running.returncode, time.monotonic() - began, lines[-1] if lines else "", left_out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
