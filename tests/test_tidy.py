"""Is the tree tidy? Short functions, one clock, no trace of anybody's machine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON_FOLDERS = (
    "accounting",
    "benchmarks",
    "cadline",
    "docs",
    "ingest",
    "outbound",
    "parsers",
    "schemas",
    "tests",
    "validators",
)
TEXT_SUFFIXES = {
    "",
    ".css",
    ".csv",
    ".html",
    ".ini",
    ".json",
    ".mako",
    ".md",
    ".py",
    ".sh",
    ".toml",
    ".xml",
    ".yaml",
}
PASSING_FOLDERS = {
    ".git",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "out",
}

FUNCTION_LINES_MAX = 70
CLOCK = Path("cadline/clock.py")
CLOCK_READS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.:/-])/(?:home|root|Users|work|workspace)/\.?\w")
PACKAGE_INDEX = re.compile(r"(?:pypi|pythonhosted|repo\w*\.maven\w*)\.(?:org|apache)")


def python_files() -> list[Path]:
    """All Python files of the tree, relative to its root."""
    found = [path for folder in PYTHON_FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in found)


def text_files() -> Iterator[Path]:
    """All files that people write, relative to the root; this one has to name what it looks for."""
    for path in sorted(ROOT.rglob("*")):
        inner = path.relative_to(ROOT)
        if (
            path != Path(__file__)
            and path.is_file()
            and path.suffix in TEXT_SUFFIXES
            and not PASSING_FOLDERS & set(inner.parts)
        ):
            yield inner


def tree_of(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    functions = [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    assert {name: count for name, count in lines.items() if count > FUNCTION_LINES_MAX} == {}


@pytest.mark.parametrize("path", [path for path in python_files() if path != CLOCK], ids=str)
def test_only_the_clock_knows_now(path: Path) -> None:
    names = [
        (node.value.id, node.attr)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    assert [f"{value}.{name}" for value, name in names if (value, name) in CLOCK_READS] == []


@pytest.mark.parametrize("path", [path for path in python_files() if path.parts[0] != "tests"], ids=str)
def test_a_module_says_which_question_it_answers(path: Path) -> None:
    assert ast.get_docstring(tree_of(path))


@pytest.mark.parametrize("unwanted", [SOMEBODYS_FOLDER, PACKAGE_INDEX], ids=["folder", "index"])
def test_no_file_tells_of_anybodys_machine_or_package_index(unwanted: re.Pattern[str]) -> None:
    found = {}
    for path in text_files():
        text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        if match := unwanted.search(text):
            found[str(path)] = match[0]
    assert found == {}


@pytest.mark.parametrize("line", ["see /home/ann/notes", '"/root/.cache"', "cd /workspace/x"])
def test_a_folder_of_somebodys_machine_is_recognised(line: str) -> None:
    assert SOMEBODYS_FOLDER.search(line)


@pytest.mark.parametrize("line", ["https://example.org/work/1", "./home/x", "lines/root/y"])
def test_other_slashes_are_left_alone(line: str) -> None:
    assert not SOMEBODYS_FOLDER.search(line)
