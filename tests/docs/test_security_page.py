"""Does the page on security tell the truth? Its commands are run in order, and say what it says they say."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
MARKED = re.compile(r"<!-- run -->\n```console\n(.*?)```", re.DOTALL)
BEFORE = (
    "cadline registry import fixtures/demo/registry",
    "cadline submit fixtures/demo/days/2026-03-16/*",
    "cadline run --until-idle",
)
SECONDS_MAX = 60


def steps() -> list[tuple[str, str]]:
    """The marked commands in order, each with its expected output."""
    blocks = "".join(MARKED.findall(PAGE))
    parts = re.split(r"^\$ ", blocks, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the commands say, after the sample day was taken in."""
    folder = tmp_path_factory.mktemp("security")
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    for command in BEFORE:
        run(command, folder)
    return [run(command, folder) for command, _ in steps()]


def run(command: str, folder: Path) -> str:
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CADLINE_CLOCK": "2026-03-16T18:00:00Z",
        "CADLINE_TABLES": "fixtures/demo/tables",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(("place", "step"), list(enumerate(steps())), ids=[command for command, _ in steps()])
def test_a_command_says_what_the_page_says(place: int, step: tuple[str, str], outputs: list[str]) -> None:
    wanted, found = step[1], outputs[place]
    holds = doctest.OutputChecker().check_output(wanted, found, 0)
    assert holds, f"the page says:\n{wanted}\nit said:\n{found}"
