"""How does a person read a paper? As an HTML page in English or French, to be read on a screen or printed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from outbound.words import dollars, long_date, money, words
from schemas.assessment import CHARGES, AssessedLine, Charge, charge_cents
from schemas.findings import Where, describe
from schemas.identifiers import printed_classification
from schemas.money import Cents
from schemas.papers import ChargeSums, Movement, Paper, PaperKind
from schemas.rules import Language

_EVENTS_AT_ONCE = 1000

TEMPLATES: Mapping[PaperKind, str] = {
    "answer": "answer.html",
    "daily-notice": "daily_notice.html",
    "statement": "statement.html",
    "broker-summary": "broker_summary.html",
}


def page(paper: Paper, language: Language) -> str:
    """Return a paper as one self-contained HTML page: no script, no picture or font from elsewhere."""
    return "".join(page_parts(paper, language))


def page_parts(paper: Paper, language: Language) -> Iterator[str]:
    """Yield the same page in pieces, so that a statement of 100,000 lines never stands in memory whole."""
    stream = _template(TEMPLATES[paper.kind], language).stream(paper=paper)
    stream.enable_buffering(_EVENTS_AT_ONCE)
    return iter(stream)


@cache
def _template(name: str, language: Language) -> Template:
    return _environment(language).get_template(name)


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("outbound"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "money": partial(money, language=language),
        "dollars": partial(dollars, language=language),
        "long_date": partial(long_date, language=language),
        "described": partial(describe, language=language),
        "place": partial(place, language=language),
        "classification": printed_classification,
        "share": share,
        "charge_sums": charge_sums,
        "line_charges": line_charges,
    }
    environment.globals |= {"w": words(language), "language": language}
    return environment


def charge_sums(movements: Iterable[Movement]) -> ChargeSums:
    """Return the sum of each charge over movements, in the order of the charges."""
    sums: Counter[Charge] = Counter()
    for movement in movements:
        sums.update(movement.charges)
    return {charge: sums[charge] for charge in CHARGES if charge in sums}


def line_charges(line: AssessedLine) -> ChargeSums:
    """Return what a line owes of each charge; charges of zero are left out."""
    amounts = {charge: charge_cents(line, charge) for charge in CHARGES}
    return {charge: cents for charge, cents in amounts.items() if cents}


def share(cents: Cents, total: Cents) -> int:
    """Return a part's share of a total in whole percent, from 0 to 100, for the length of a bar."""
    return max(0, min(100, cents * 100 // total)) if total > 0 else 0


def place(where: Where, language: Language) -> str:
    """Say where on the wire a finding was made, such as `lines[2].origin · line 14 · LOC, element 3`.

    >>> place(Where(line=14, segment="LOC", element=3, component=1, field="lines[2].origin"), "en")
    'lines[2].origin · line 14 · LOC, element 3, component 1'
    """
    w = words(language)
    element = f", {w['element']} {where.element}" if where.element else ""
    component = f", {w['component']} {where.component}" if where.component else ""
    parts = (
        where.field,
        f"{w['wire_line']} {where.line}" if where.line else None,
        f"{where.segment}{element}{component}" if where.segment else None,
        where.xpath,
    )
    return " · ".join(part for part in parts if part)
