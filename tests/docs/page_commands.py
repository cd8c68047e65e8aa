"""Does a page do what it says? Its marked commands are run, and must say what it says that they say."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARKED = re.compile(r"<!-- run -->\n```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SECONDS_MAX = 60

Step = tuple[str, str]
"""A command, and what the page says that it says; three points stand for anything."""


def steps(page: str) -> list[Step]:
    """Return the marked commands of a page in their order."""
    parts = re.split(r"^\$ ", "".join(MARKED.findall(page)), flags=re.MULTILINE)[1:]
    return [(command, wanted) for command, _, wanted in (part.partition("\n") for part in parts)]


def with_fixtures(folder: Path) -> Path:
    """Put the fixtures into a folder, where a reader who follows a page finds them."""
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    return folder


def run(command: str, folder: Path, **settings: str) -> str:
    """Run a command in a folder, with these settings and no others; return all that it says."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={"PATH": programs, "PYTHONPATH": str(ROOT), **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    return done.stdout


def check(wanted: str, found: str) -> None:
    """Fail unless a command said what the page says."""
    holds = doctest.OutputChecker().check_output(wanted, found, doctest.ELLIPSIS)
    assert holds, f"the page says:\n{wanted}\nit said:\n{found}"


def broken_links(path: Path) -> list[str]:
    """Return what a page links to that is not there."""
    links = LINK.findall(path.read_text(encoding="utf-8"))
    return [link for link in links if not (path.parent / link).exists()]
