"""Modules and functions stay small, are named for their subject, and every module says what lives in it.

A function's length is counted without its docstring for the middle and the ninth tenth, whole for the limit.
"""

import ast
import statistics
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_COUNTED = ("tests/", "migrations/")
FORBIDDEN_MODULES = {"utils", "helpers", "common", "services", "repositories"}
FORBIDDEN_WORDS = {"manager", "handler", "helper", "util", "utils", "data", "info", "process"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def our_files(*patterns: str) -> list[Path]:
    """Return the project's files, committed or about to be."""
    listing = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "--"]
    listed = subprocess.run([*listing, *patterns], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = [name for name in listed.split("\n") if name and (ROOT / name).is_file()]
    return [ROOT / name for name in names]


@cache
def modules() -> dict[str, ast.Module]:
    names = {str(path.relative_to(ROOT)): path for path in our_files("*.py")}
    return {name: ast.parse(path.read_text()) for name, path in names.items() if not name.startswith(NOT_COUNTED)}


def module_lines() -> dict[str, int]:
    return {name: len((ROOT / name).read_text().splitlines()) for name in modules() if not name.endswith("__init__.py")}


def functions() -> dict[str, Function]:
    return {
        f"{name}:{node.lineno} {node.name}": node
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    }


def length(function: Function) -> int:
    return function.end_lineno - function.lineno + 1


def length_without_docstring(function: Function) -> int:
    first = function.body[0]
    said = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) is not None else 0
    return length(function) - said


def ninth_tenth(lengths: list[int]) -> float:
    return statistics.quantiles(lengths, n=10)[-1]


def test_no_module_is_over_400_lines():
    assert {name: lines for name, lines in module_lines().items() if lines > 400} == {}


def test_most_modules_are_short():
    lengths = list(module_lines().values())
    assert statistics.median(lengths) <= 100
    assert ninth_tenth(lengths) <= 250


def test_no_function_is_over_60_lines():
    assert {name: length(node) for name, node in functions().items() if length(node) > 60} == {}


def test_most_functions_are_short():
    lengths = [length_without_docstring(node) for node in functions().values()]
    assert statistics.median(lengths) <= 8
    assert ninth_tenth(lengths) <= 20


def test_no_page_is_over_400_lines():
    pages = [path for path in our_files("*.html", "*.js", "*.css", "*.vue", "*.ts") if "static" not in path.parts]
    assert [str(path) for path in pages if len(path.read_text().splitlines()) > 400] == []


def test_every_module_says_what_lives_there():
    silent = [name for name, tree in modules().items() if tree.body and ast.get_docstring(tree) is None]
    assert silent == []


def test_modules_are_named_for_their_subject():
    stems = {name: set(Path(name).stem.split("_")) | set(Path(name).parent.parts) for name in modules()}
    assert {name for name, words in stems.items() if words & (FORBIDDEN_MODULES | FORBIDDEN_WORDS)} == set()


def test_classes_are_named_for_their_subject():
    named = [
        (name, node.name.lower())
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    assert [pair for pair in named if pair[1].endswith(("manager", "handler", "helper", "util", "process"))] == []
