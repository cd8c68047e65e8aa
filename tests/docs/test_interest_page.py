"""Does the page on interest tell the truth? Its commands are run, and say what it says that they say."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "interest.md").read_text(encoding="utf-8")
MARKED = re.compile(r"<!-- run -->\n```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)[^)]*\)")


def steps() -> list[tuple[str, str]]:
    parts = re.split(r"^\$ ", "".join(MARKED.findall(PAGE)), flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


@pytest.mark.parametrize(("command", "wanted"), steps())
def test_a_command_says_what_the_page_says(command: str, wanted: str, tmp_path: Path) -> None:
    environment = {
        "CADLINE_CLOCK": "2026-04-02T15:00:00Z",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    found = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    ).stdout
    holds = doctest.OutputChecker().check_output(wanted, found, doctest.ELLIPSIS)
    assert holds, f"the page says:\n{wanted}\nit said:\n{found}"


def test_the_page_links_to_what_is_there() -> None:
    assert [link for link in LINK.findall(PAGE) if not (ROOT / "docs" / link).exists()] == []
