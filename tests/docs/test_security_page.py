"""Does the page on security tell the truth? Its commands are run in order, and say what it says they say."""

import pytest
from page_commands import ROOT, Step, check, run, steps, with_fixtures

STEPS = steps((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
BEFORE = (
    "cadline registry import fixtures/demo/registry",
    "cadline submit fixtures/demo/days/2026-03-16/*",
    "cadline run --until-idle",
)
SETTINGS = {"CADLINE_CLOCK": "2026-03-16T18:00:00Z", "CADLINE_TABLES": "fixtures/demo/tables"}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the commands say, after the sample day was taken in."""
    folder = with_fixtures(tmp_path_factory.mktemp("security"))
    commands = [*BEFORE, *(command for command, _ in STEPS)]
    return [run(command, folder, **SETTINGS) for command in commands][len(BEFORE) :]


@pytest.mark.slow
@pytest.mark.parametrize(("place", "step"), list(enumerate(STEPS)), ids=[command for command, _ in STEPS])
def test_a_command_says_what_the_page_says(place: int, step: Step, outputs: list[str]) -> None:
    check(step[1], outputs[place])
