"""Agreements per second, first document, size, memory, against naive fpdf2 and typst: `-m benchmarks.agreement_pdf`."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.table import Row, at_least, at_most, report

ROUNDS = 7
DOCUMENTS = {"ours": 40, "typst": 20, "naive": 1, "naive, one weight": 1}
WORKER_LIMIT_MB = 200.0


def _renderer(name: str) -> Callable[..., bytes]:
    """A side by name; imports only what that side needs."""
    if name == "ours":
        from pdf.agreement import render

        return render
    from benchmarks import agreement_rivals

    if name == "typst":
        return agreement_rivals.typeset()
    return agreement_rivals.naive(bold=name == "naive")


def _agreements() -> Iterator[object]:
    """Ordinary agreements, no two alike."""
    from pdf.samples import three_party

    plain = three_party()
    names = "王伟李娜张敏刘洋陈静杨帆赵磊黄丽周强吴艳"
    for number in range(100_000):
        code = f"7K3M9QZX4TB{number:05d}"
        graduate = replace(plain.graduate, name=names[number % 20] + names[(number // 20) % 20])
        yield replace(
            plain,
            number=f"2026110002{number:08d}",
            code=code,
            verification_url=f"HTTPS://QY.EXAMPLE.EDU.CN/V/{code}",
            graduate=graduate,
        )


def _paired_rounds() -> tuple[dict[str, float], dict[str, int]]:
    """Median seconds a document and bytes a document, the sides taking turns in every round."""
    sides = {name: _renderer(name) for name in DOCUMENTS}
    agreements = _agreements()
    sizes = {name: len(render(next(agreements))) for name, render in sides.items()}
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, render in sides.items():
            batch = [next(agreements) for _ in range(DOCUMENTS[name])]
            started = time.perf_counter()
            for agreement in batch:
                render(agreement)
            seconds[name].append((time.perf_counter() - started) / len(batch))
    return {name: median(taken) for name, taken in seconds.items()}, sizes


def _alone(name: str) -> tuple[float, float]:
    """Seconds to the first document and peak memory in MB after 30, in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.agreement_pdf", "--alone", name], capture_output=True, text=True, check=True
    )
    first, memory = answer.stdout.split()
    return float(first), float(memory)


def _first_document(name: str) -> None:
    started = time.perf_counter()
    render, agreements = _renderer(name), _agreements()
    render(next(agreements))
    first = time.perf_counter() - started
    for _ in range(29 if name in ("ours", "typst") else 4):
        render(next(agreements))
    print(first, _peak_memory())


def _peak_memory() -> float:
    """This process's largest resident size in MB; getrusage would answer the parent's where that is larger."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def _rows() -> list[Row]:
    seconds, sizes = _paired_rounds()
    rate = {name: 1 / taken for name, taken in seconds.items()}
    runs_alone = [{name: _alone(name) for name in DOCUMENTS} for _ in range(5)]
    alone = {name: [run[name] for run in runs_alone] for name in DOCUMENTS}
    first = {name: median(run[0] for run in runs) for name, runs in alone.items()}
    memory = {name: median(run[1] for run in runs) for name, runs in alone.items()}
    return [
        at_least("documents/s against naive fpdf2", rate["ours"], rate["naive"], 25),
        at_least("documents/s against naive fpdf2 spared the bold", rate["ours"], rate["naive, one weight"], 25),
        at_least("documents/s against typst", rate["ours"], rate["typst"], 1),
        at_most("bytes a document against naive fpdf2", sizes["ours"], sizes["naive"], 1.15),
        at_most("bytes a document against typst", sizes["ours"], sizes["typst"], 1.15),
        at_most("first document of a process, s, against naive fpdf2", first["ours"], first["naive"], 0.75),
        at_most("first document, s, against naive spared the bold", first["ours"], first["naive, one weight"], 0.75),
        at_most("peak memory, MB, against naive fpdf2", memory["ours"], memory["naive"], 1),
        at_most("peak memory, MB, against a worker's limit", memory["ours"], WORKER_LIMIT_MB, 1),
    ]


def main() -> bool:
    """Measure, print, write var/bench/agreement_pdf.json; True when every target was met."""
    return report("agreement_pdf", _rows())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        _first_document(sys.argv[2])
    else:
        sys.exit(0 if main() else 1)
