"""Does the page on interest tell the truth? Its commands are run, and say what it says that they say."""

from pathlib import Path

import pytest
from page_commands import ROOT, broken_links, check, run, steps

PATH = ROOT / "docs" / "interest.md"


@pytest.mark.parametrize(("command", "wanted"), steps(PATH.read_text(encoding="utf-8")))
def test_a_command_says_what_the_page_says(command: str, wanted: str, tmp_path: Path) -> None:
    check(wanted, run(command, tmp_path, CADLINE_CLOCK="2026-04-02T15:00:00Z"))


def test_the_page_links_to_what_is_there() -> None:
    assert broken_links(PATH) == []
