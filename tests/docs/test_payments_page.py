"""Does the page on payments tell the truth? Its commands are run, and say what it says that they say."""

import re

import pytest
from page_commands import ROOT, Step, broken_links, check, run, steps, with_fixtures

from parsers.remittances.table import COLUMNS

PATH = ROOT / "docs" / "payments.md"
PAGE = PATH.read_text(encoding="utf-8")
STEPS = steps(PAGE)
CLOCK = re.compile(r"^\$ export CADLINE_CLOCK=(\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = with_fixtures(tmp_path_factory.mktemp("payments-page"))
    clock = CLOCK.search(PAGE)
    assert clock is not None
    return [run(command, folder, CADLINE_CLOCK=clock[1]) for command, _ in STEPS]


@pytest.mark.slow
@pytest.mark.parametrize(("place", "step"), list(enumerate(STEPS)), ids=[command for command, _ in STEPS])
def test_a_command_says_what_the_page_says(place: int, step: Step, outputs: list[str]) -> None:
    check(step[1], outputs[place])


def test_every_column_of_the_csv_is_told() -> None:
    assert f"\n{','.join(COLUMNS)}\n" in PAGE
    assert all(f"| `{column}` |" in PAGE for column in COLUMNS)


def test_the_page_links_to_what_is_there() -> None:
    assert broken_links(PATH) == []
