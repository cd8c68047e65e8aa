"""Is a reference that was used before always noticed, and never another one?"""

from hypothesis import given
from hypothesis import strategies as st

import parsers
from parsers.references import References

REFERENCES = st.lists(st.sampled_from(["0", "1", "2", "3", "4", "01", "02", "10", "A", "", "007", "008"]))


@given(REFERENCES)
def test_it_knows_what_a_set_of_texts_knows(references: list[str]) -> None:
    used, seen = References(), set[str]()
    for reference in references:
        assert used.add(reference) == (reference not in seen)
        seen.add(reference)


def test_counting_references_take_no_room() -> None:
    used = References()
    assert all(used.add(f"{number:06}") for number in range(1, 100_001))
    assert not used.add("050000")
    assert used._others == set()


def test_a_reference_or_count_of_any_length_is_no_obstacle() -> None:
    long = b"1" * 5000
    payload = b"UNB+UNOC:3+A+B+260702:1200+1'UNH+%b+X:D:96A:UN'UNT+%b+1'UNZ+%b+1'" % (long, long, long)
    [interchange] = parsers.read(payload)
    assert "29" in {finding.edifact_code for finding in interchange.findings}
