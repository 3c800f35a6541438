"""All benchmarks one after the other: `python -m benchmarks [NAME …]`; exit status 1 when a target was missed."""

import importlib
import sys

NAMES = ("agreement_pdf", "accept", "jobs", "statistics", "lists")


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; each prints its table and writes `var/bench/<name>.json`."""
    met = True
    for name in names or NAMES:
        print(f"\n== {name} ==", flush=True)
        met = importlib.import_module(f"benchmarks.{name}").main() and met
    print("\nall targets met" if met else "\na target was missed: see the tables above")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
