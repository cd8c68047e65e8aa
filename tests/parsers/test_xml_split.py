"""Are documents found at the same places however the bytes arrive, and is nothing else taken for one?"""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.limits import Limits
from parsers.xml import read_xml, split, stream_xml

CLEAN = (Path(__file__).parents[2] / "fixtures/xml/clean/two-declarations.xml").read_bytes()
LARGE = 10**9
LONG = b"p" * 300

PARTS = [
    b"<D>",
    b"</D>",
    b"<D/>",
    b"<x:D a='>'>",
    b"</x:D >",
    b'<D b="</D>">',
    b"<!-- <D> -->",
    b"<![CDATA[</D>]]>",
    b"<?p <D> ?>",
    b"<E>",
    b"<DD>",
    b" text\n",
    b"<",
    b"<!--",
    b"<D",
    b"'",
]


class Trickle(BytesIO):
    """A stream that gives a few bytes at a time, whatever it is asked for."""

    def __init__(self, payload: bytes, step: int) -> None:
        super().__init__(payload)
        self.step = step

    def read(self, _size: int | None = -1) -> bytes:
        return super().read(self.step)


def pieces(payload: bytes, step: int, most: int = LARGE) -> list[split.Piece]:
    return list(split.split(Trickle(payload, step), "D", most))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=12).map(b"".join), st.integers(1, 9))
def test_splitting_the_input_anywhere_gives_the_same_pieces(payload: bytes, step: int) -> None:
    whole = pieces(payload, LARGE)
    assert pieces(payload, step) == whole
    assert b"".join(piece.data or b"" for piece in whole) == payload
    assert whole[-1].line + whole[-1].lines == payload.count(b"\n") + 1


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PARTS), max_size=12).map(b"".join), st.integers(1, 9), st.integers(0, 30))
def test_pieces_over_the_limit_keep_their_places(payload: bytes, step: int, most: int) -> None:
    def places(found: list[split.Piece]) -> list[tuple[int, int, int, int, bool]]:
        return [(p.start, p.end, p.line, p.lines, p.document) for p in found]

    limited = pieces(payload, step, most)
    assert places(limited) == places(pieces(payload, LARGE))
    assert [p.data is None for p in limited] == [p.end - p.start > most for p in limited]


@pytest.mark.parametrize(
    ("payload", "documents"),
    [
        (b"<R><D>1</D> <D>2</D></R>", [b"<D>1</D>", b"<D>2</D>"]),
        (b"<R><D/><x:D></x:D ></R>", [b"<D/>", b"<x:D></x:D >"]),
        (b"<R><D a='/>' b=\">\" >1</D></R>", [b"<D a='/>' b=\">\" >1</D>"]),
        (b"<R><D><D>1</D></D></R>", [b"<D><D>1</D></D>"]),
        (b"<R>D <D>:D /D <DD>D</DD></D></R>", [b"<D>:D /D <DD>D</DD></D>"]),
        (b"<R><D>1</D><%b:D>2</%b:D></R>" % (LONG, LONG), [b"<D>1</D>", b"<%b:D>2</%b:D>" % (LONG, LONG)]),
        (b"<R><!--<D>--><DD/><xD/></D><D>1</D></R>", [b"<D>1</D>"]),
    ],
)
def test_documents_are_told_from_what_only_looks_like_them(payload: bytes, documents: list[bytes]) -> None:
    for step in (1, LARGE):
        assert [piece.data for piece in pieces(payload, step) if piece.document] == documents


@pytest.mark.parametrize("step", [1, 7, 100, 4096])
def test_a_trickling_stream_is_read_like_a_payload(step: int) -> None:
    head, rest = CLEAN[:200], CLEAN[200:]
    envelope, *messages, interchange = stream_xml(Joined(head, Trickle(rest, step)))
    [whole] = read_xml(CLEAN)
    assert envelope == whole.envelope
    assert tuple(messages) == whole.messages
    assert interchange == whole.model_copy(update={"messages": ()})


class Joined(BytesIO):
    """A stream that gives its head first, then what another stream gives."""

    def __init__(self, head: bytes, rest: BytesIO) -> None:
        super().__init__(head)
        self.rest = rest

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size) or self.rest.read(size)


def test_an_unclosed_comment_larger_than_the_limit_ends_the_reading() -> None:
    payload = CLEAN.replace(b"</Header>", b"</Header><!--") + b"x" * 2_000_000
    [interchange] = read_xml(payload, Limits(message=100_000))
    assert not interchange.accepted
    assert [finding.code for finding in interchange.findings] == ["XML-12"]
