"""How does a paper travel? As EDIFACT or as XML, in the recipient's language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from outbound import documents
from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.papers import Answer, BrokerSummary, DailyNotice, Header, Paper, Statement
from schemas.registry import Syntax
from schemas.rules import Language


def render(paper: Paper, header: Header, syntax: Syntax, language: Language) -> bytes:
    """Write a paper as one interchange. language: of the words of an answer; the other papers are figures."""
    return RENDERERS[syntax](paper, header, language)


def _edifact(paper: Paper, header: Header, language: Language) -> bytes:
    profile, messages = _messages(paper, language)
    return write_interchange(profile, header, messages)


def _messages(paper: Paper, language: Language) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """Return the profile that writes a paper, and the content of its messages."""
    match paper:
        case Answer():
            return "cusres_d13a", [documents.answer(paper, language)]
        case DailyNotice():
            return "statac_d13a", documents.daily_notice(paper)
        case Statement():
            return "statac_d13a", documents.statement(paper)
        case BrokerSummary():
            return "statac_d13a", documents.broker_summary(paper)


def _xml(paper: Paper, header: Header, language: Language) -> bytes:
    return write_xml(paper.kind, header, [paper], language)


RENDERERS: Mapping[Syntax, Callable[[Paper, Header, Language], bytes]] = {"edifact": _edifact, "xml": _xml}
