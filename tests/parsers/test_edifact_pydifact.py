"""Do we read as pydifact does, where that is right? And do our two ways of reading agree?"""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydifact.parser import Parser
from strategies import FULL, declarations

from parsers.edifact import write_interchange
from parsers.edifact.characters import Characters
from parsers.edifact.elements import Style, check_segment
from parsers.edifact.message import values_of
from parsers.edifact.patterns import glances
from parsers.edifact.profiles import all_guides
from parsers.edifact.source import Source
from parsers.edifact.tokens import escape, split_segment
from schemas.cad import Declaration
from schemas.papers import Header

HEADER = Header(
    sender="B", recipient="CARM", control_reference="1", prepared=datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
)
relaxed = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))


def ours(payload: bytes) -> list[list[str | list[str]]]:
    source = Source(payload, 10**6)
    source.begin()
    segments = []
    while (raw := source.next()) is not None:
        elements = split_segment(raw.text, source.characters)
        segments.append([one[0] if len(one) == 1 else one for (one,) in elements])
    return segments


@pytest.mark.filterwarnings("ignore")
@relaxed
@given(declarations())
def test_the_segments_are_those_of_pydifact(cad: Declaration) -> None:
    payload = write_interchange("cusdec_d13a", HEADER, [cad])
    theirs = [
        [segment.tag, *segment.elements]
        for segment in Parser().parse(payload.decode("latin-1"))
        if segment.tag != "UNA"
    ]
    assert ours(payload) == theirs


@given(st.text("?+:'*AB ", max_size=12))
def test_escaping_and_unreleasing_cancel_out(value: str) -> None:
    characters = Characters(repetition="*")
    tagged = f"TAG+{escape(value, characters)}:x"
    assert split_segment(tagged, characters) == [[["TAG"]], [[value, "x"]]]


@relaxed
@given(st.data())
def test_what_passes_at_a_glance_passes_the_full_check(data: st.DataObject) -> None:
    """The patterns are a short cut and nothing else: same values, and never kinder than the rules."""
    guide = all_guides()["cusdec_d13a"]
    style, characters = Style("3", "."), Characters()
    patterns = glances(guide, characters, style)
    payload = write_interchange("cusdec_d13a", HEADER, [FULL]).decode("latin-1")
    segment = data.draw(st.sampled_from(payload.split("'")[2:-4]))
    place = data.draw(st.integers(0, len(segment)))
    damaged = segment[:place] + data.draw(st.text("+:.0-1A ", max_size=2)) + segment[place:]
    for (index, _), glance in patterns.items():
        match = glance.match(damaged)
        if match is None or match.lastindex is None or damaged[:3] != guide.positions[index].tag:
            continue
        use, readings = glance.readings[match.lastindex]
        elements = split_segment(damaged, characters)
        assert list(check_segment(use, elements, style)) == []
        seen = {path: match[group] for group, path, _, _, _ in readings if match[group]}
        texts = {
            component.field.path: elements[e + 1][0][c]
            for e, c, component in use.components()
            if component.field
            and e + 1 < len(elements)
            and c < len(elements[e + 1][0])
            and elements[e + 1][0][c]
        }
        assert seen == texts
        assert len(values_of(use, elements)[0]) <= len(texts)
