"""How does a person read a paper? As an HTML page in English or French, to be read on a screen or printed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from outbound.told import cleared, difference_of, grouped, remarks, stated
from outbound.volumes import Volume, whole
from outbound.words import NARROW_SPACE, dollars, long_date, money, words
from schemas.assessment import CHARGES, AssessedLine, Charge, charge_cents
from schemas.findings import Where, describe
from schemas.identifiers import printed_classification
from schemas.money import Cents
from schemas.papers import (
    ChargeSums,
    DailyNotice,
    Movement,
    OpeningItem,
    Paper,
    PaperKind,
    Statement,
)
from schemas.rules import Language

_EVENTS_AT_ONCE = 1000

TEMPLATES: Mapping[PaperKind, str] = {
    "answer": "answer.html",
    "daily-notice": "daily_notice.html",
    "statement": "statement.html",
    "broker-summary": "broker_summary.html",
}


def page(paper: Paper, language: Language, links: str = "") -> str:
    """Return a paper as one self-contained HTML page: no script, no picture or font from elsewhere.

    links: the address below which declarations are shown, such as `https://portal.example/`; then each line
    leads to `<links>cad/<transaction number>/<version>` and to the `/explanation` below that.
    """
    return "".join(page_parts(paper, language, links))


def page_parts(
    paper: Paper, language: Language, links: str = "", volume: Volume | None = None
) -> Iterator[str]:
    """Yield the same page in pieces, so that a statement of 100,000 lines never stands in memory whole.

    volume: the part of the paper that is shown; without one, the whole, to be read on a screen.
    """
    said = volume or whole(paper)
    stream = _template(TEMPLATES[paper.kind], language).stream(
        paper=paper, shown=said.shown, volume=said, places=places(said.shown), links=links
    )
    stream.enable_buffering(_EVENTS_AT_ONCE)
    return iter(stream)


def cover_parts(paper: Paper, language: Language, volumes: Sequence[Volume]) -> Iterator[str]:
    """Yield the cover of a paper that is printed in several volumes."""
    template = _template("cover.html", language)
    return iter([template.render(paper=paper, volume=replace(volumes[0], count=1), volumes=volumes)])


def places(paper: Paper) -> Mapping[str, str]:
    """Return where on its page each debt and credit stands that a clearing can name."""
    found: dict[str, str] = {}
    if isinstance(paper, DailyNotice | Statement) and paper.activities:
        groups = paper.sections if isinstance(paper, DailyNotice) else paper.parts
        for group in groups:
            found |= {each.transaction_number: anchor(each.entry) for each in group.movements}
        for activity in paper.activities:
            name = activity.reference or activity.key
            found |= {name: anchor(activity.key), activity.key: anchor(activity.key)}
    if isinstance(paper, Statement):
        found |= {key: f"opening/{anchor(key)}" for key in map(opening_key, paper.opening_items)}
    return found


def opening_key(item: OpeningItem) -> str:
    """Return what names an opening item."""
    return item.reference or item.transaction_number


def anchor(key: str) -> str:
    """Write a key so that it can name a place on a page."""
    return quote(key)


def exact(number: Decimal, language: Language) -> str:
    """Write an exact number without an exponent and without zeros at its end; thousands are set apart.

    >>> exact(Decimal("8.60"), "fr"), exact(Decimal("1E+3"), "en")
    ('8,6', '1,000')
    """
    whole, _, rest = f"{number:,f}".partition(".")
    rest = rest.rstrip("0")
    if language == "en":
        return f"{whole}.{rest}" if rest else whole
    whole = whole.replace(",", NARROW_SPACE)
    return f"{whole},{rest}" if rest else whole


def most(sums: Mapping[Charge, Cents]) -> Cents:
    """Return the largest amount: the length of the longest bar."""
    return max(sums.values(), default=0)


def css(text: str) -> str:
    r"""Write a text so that it can stand in a string of a style sheet, and never end it.

    An escape takes the blank behind it with it, so each has one of its own.

    >>> css('No. 9 · "A"')
    'No. 9 \\b7  \\22 A\\22 '
    """
    return "".join(c if c.isalnum() or c in " .,-" else f"\\{ord(c):x} " for c in text)


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
        "anchor": anchor,
        "opening_key": opening_key,
        "exact": partial(exact, language=language),
        "most": most,
        "css": css,
        "difference_of": partial(difference_of, language=language),
        "stated": partial(stated, language=language),
        "grouped": grouped,
        "cleared": cleared,
        "remarks": partial(remarks, language=language),
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
