"""Is a fault in a repeated element told with its occurrence? Only syntax 4 repeats elements."""

from parsers.edifact.elements import Style, check_segment
from parsers.edifact.formats import read_format
from parsers.edifact.guide import Component, Element, Use

CODE = Element("4451", True, 2, False, (Component("4451", read_format("a3"), True),))
USE = Use("FTX", (CODE,))


def faults(*occurrences: str) -> list[tuple[str, int | None, int | None]]:
    elements = [[["FTX"]], [[value] for value in occurrences]]
    found = check_segment(USE, elements, Style("4", ".,"))
    return [(fault.code, fault.element, fault.occurrence) for fault in found]


def test_a_single_value_has_no_occurrence() -> None:
    assert faults("AB") == [("SYN-40", 2, None)]


def test_each_occurrence_is_checked_and_counted_from_one() -> None:
    assert faults("ABC", "ABCD") == [("SYN-39", 2, 2)]


def test_one_too_many_is_the_first_beyond_what_may_stand() -> None:
    assert faults("ABC", "DEF", "GHI") == [("SYN-35E", 2, 3)]
