"""Can each scenario fail? Its message loses a segment or has a code changed, and the scenario turns red."""

import certification_mutations as spoil
import pytest

from cadline.certification.library import Library
from cadline.certification.playing import Player
from cadline.certification.running import Runner, places
from cadline.certification.stage import Stage

pytestmark = pytest.mark.slow

LIBRARY = Library()

UNREADABLE = {"SYN-SYN13U", "SYN-SYN22U", "SYN-SYN47", "SYN-XML02", "SYN-XML04", "SYN-XML06"}
"""Nobody reads far enough to notice; they must turn red when their fault is mended."""

BROKEN_BEFORE = {"SYN-SYN18", "SYN-SYN30", "DUP-CONFLICT-E"}
"""Broken before the segment that is dropped, or refused whatever the bytes are."""

WITHOUT_A_TYPE = {
    "SYN-SYN14T",
    "SYN-SYN32",
    "SYN-XML05",
    "SYN-XML10",
    "SYN-XML18",
    "DUP-CONFLICT-E",
    "DUP-CONFLICT-X",
}
"""The message's type is the fault itself, or is not read for a graver fault."""


def not_red(suite, mutate, chosen):
    results = Runner(LIBRARY, suite, 2, mutate).run([p for p in places(suite) if chosen(p[1].id)], {})
    assert results
    return {name for name, result in results.items() if result.status != "failed"}


@pytest.mark.parametrize("name", LIBRARY.names())
def test_a_scenario_turns_red_without_a_segment(name):
    """In EDIFACT, where a scenario is run in both syntaxes; its twin in XML has a code changed."""
    still_green = not_red(LIBRARY.suite(name), spoil.dropped, lambda each: not each.endswith("-X"))
    assert still_green - UNREADABLE - BROKEN_BEFORE == set()


@pytest.mark.parametrize("name", LIBRARY.names())
def test_a_scenario_turns_red_with_another_code(name):
    still_green = not_red(LIBRARY.suite(name), spoil.changed, lambda each: not each.endswith("-E"))
    assert still_green - UNREADABLE - WITHOUT_A_TYPE == set()


def test_a_scenario_of_a_fault_turns_red_when_the_fault_is_mended(tmp_path):
    suite = LIBRARY.suite("cad")
    player = Player(Stage.built(LIBRARY, tmp_path), suite)
    hidden = [each for each in places(suite) if each[1].id in UNREADABLE | BROKEN_BEFORE | WITHOUT_A_TYPE]
    mended = {scenario.id: player.play(group, spoil.mended(scenario)).status for group, scenario in hidden}
    green = {name for name, status in mended.items() if status != "failed"}
    assert green == {"SYN-SYN32", "SYN-XML10"}  # an interchange without messages has nothing to mend
