"""Does the page on payments tell the truth? Its commands are run, and say what it says that they say."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from parsers.remittances.table import COLUMNS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "payments.md").read_text(encoding="utf-8")
MARKED = re.compile(r"<!-- run -->\n```console\n(.*?)```", re.DOTALL)
CLOCK = re.compile(r"^\$ export CADLINE_CLOCK=(\S+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)[^)]*\)")


def steps() -> list[tuple[str, str]]:
    blocks = "".join(MARKED.findall(PAGE))
    parts = re.split(r"^\$ ", blocks, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("payments-page")
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    clock = CLOCK.search(PAGE)
    assert clock is not None
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"CADLINE_CLOCK": clock[1], "PATH": programs, "PYTHONPATH": str(ROOT)}
    return [
        subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
        ).stdout
        for command, _ in steps()
    ]


@pytest.mark.parametrize(("place", "step"), list(enumerate(steps())), ids=[command for command, _ in steps()])
def test_a_command_says_what_the_page_says(place: int, step: tuple[str, str], outputs: list[str]) -> None:
    wanted, found = step[1], outputs[place]
    holds = doctest.OutputChecker().check_output(wanted, found, doctest.ELLIPSIS)
    assert holds, f"the page says:\n{wanted}\nit said:\n{found}"


def test_every_column_of_the_csv_is_told() -> None:
    assert f"\n{','.join(COLUMNS)}\n" in PAGE
    assert all(f"| `{column}` |" in PAGE for column in COLUMNS)


def test_the_page_links_to_what_is_there() -> None:
    assert [link for link in LINK.findall(PAGE) if not (ROOT / "docs" / link).exists()] == []
