"""Does the README tell the truth? The commands that it marks are run, and say what it says that they say."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MARKED = re.compile(r"<!-- run -->\n```console\n(.*?)```", re.DOTALL)
SETTINGS = re.compile(r"^\$ export (CADLINE_CLOCK=\S+) (CADLINE_TABLES=\S+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)\)")
SECONDS_MAX = 60


def steps() -> list[tuple[str, str]]:
    """The marked commands in order, each with its expected output."""
    blocks = "".join(MARKED.findall(README))
    return [
        (step.partition("\n")[0], step.partition("\n")[2])
        for step in re.split(r"^\$ ", blocks, flags=re.MULTILINE)[1:]
    ]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the commands say, run one after the other in a folder of their own."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    settings = SETTINGS.search(README)
    assert settings is not None
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = dict(pair.split("=", 1) for pair in settings.groups()) | {"PATH": programs}
    return [run(command, folder, environment) for command, _ in steps()]


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
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
def test_a_command_says_what_the_readme_says(place: int, step: tuple[str, str], outputs: list[str]) -> None:
    wanted, found = step[1], outputs[place]
    holds = doctest.OutputChecker().check_output(wanted, found, doctest.ELLIPSIS)
    assert holds, f"the README says:\n{wanted}\nit said:\n{found}"


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/GLOSSARY.md"])
def test_a_document_links_to_what_is_there(document: str) -> None:
    path = ROOT / document
    missing = [link for link in LINK.findall(path.read_text("utf-8")) if not (path.parent / link).exists()]
    assert missing == []


def test_the_readme_names_the_verbs_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"make ([a-z-]+)", README))
    assert named <= set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
