"""How does a paper travel? As EDIFACT or as XML, in the recipient's language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from outbound import documents
from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.papers import Answer, BrokerSummary, DailyNotice, Header, Paper, Statement
from schemas.registry import Syntax
from schemas.rules import Language


def render(
    paper: Paper, header: Header, syntax: Syntax, language: Language, rows_max: int = documents.ROWS_MAX
) -> bytes:
    """Write a paper as one interchange. language: of the words of an answer; the other papers are figures.

    rows_max: how many rows a message of EDIFACT holds before the paper is split.
    """
    return RENDERERS[syntax](paper, header, language, rows_max)


def _edifact(paper: Paper, header: Header, language: Language, rows_max: int) -> bytes:
    profile, messages = _messages(paper, language, rows_max)
    return write_interchange(profile, header, messages)


def _messages(paper: Paper, language: Language, rows_max: int) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """Return the profile that writes a paper, and the content of its messages."""
    match paper:
        case Answer():
            return "cusres_d13a", [documents.answer(paper, language)]
        case DailyNotice():
            return "statac_d13a", documents.daily_notice(paper, rows_max)
        case Statement():
            return "statac_d13a", documents.statement(paper, rows_max)
        case BrokerSummary():
            return "statac_d13a", documents.broker_summary(paper, rows_max)


def _xml(paper: Paper, header: Header, language: Language, _rows_max: int) -> bytes:
    return write_xml(paper.kind, header, [paper], language)


RENDERERS: Mapping[Syntax, Callable[[Paper, Header, Language, int], bytes]] = {
    "edifact": _edifact,
    "xml": _xml,
}
