"""Do classification, quantity, unit and tariff code fit the tariff of the day?"""

from collections.abc import Iterator, Mapping
from datetime import date

from schemas.identifiers import CLASSIFICATION, printed_classification
from validators.case import Case, Commodity, Hit

RELIEF_CHAPTER = "99"
SPECIAL_CHAPTER = "98"
TARIFF_CODE_DIGITS = 4


def missing(case: Case) -> Iterator[Hit]:
    """CLS-001: every line has a classification number."""
    for item in case.commodities:
        if not item.line.classification:
            yield item.hit("classification", "", "n10")


def malformed(case: Case) -> Iterator[Hit]:
    """CLS-002: a classification number has 10 digits, without points."""
    for item in case.commodities:
        number = item.line.classification
        if number and not CLASSIFICATION.fullmatch(number):
            digits = number.replace(".", "").replace(" ", "")
            yield item.hit("classification", number, digits if CLASSIFICATION.fullmatch(digits) else "n10")


def not_in_the_tariff(case: Case) -> Iterator[Hit]:
    """CLS-003: the number is, or once was, in the tariff."""
    for item in _unlisted(case):
        number = item.line.classification
        if not case.context.tables.tariff.history(number):
            doubtful = case.day < case.context.tables.tariff.since
            yield item.hit(
                "classification", number, doubtful=doubtful, printed=printed_classification(number)
            )


def not_in_force(case: Case) -> Iterator[Hit]:
    """CLS-004: the number is in force on the day of the goods."""
    for item in _unlisted(case):
        number = item.line.classification
        periods = [(line.since, line.until) for line in case.context.tables.tariff.history(number)]
        if periods:
            doubtful = case.day < case.context.tables.tariff.since
            printed = printed_classification(number)
            yield item.hit(
                "classification",
                number,
                _periods(periods),
                doubtful=doubtful,
                printed=printed,
                day=str(case.day),
            )


def relief_chapter(case: Case) -> Iterator[Hit]:
    """CLS-005: chapter 99 gives relief to goods classified elsewhere; it classifies nothing itself."""
    for item in case.commodities:
        if item.line.classification.startswith(RELIEF_CHAPTER):
            code = item.line.classification[:TARIFF_CODE_DIGITS]
            yield item.hit("classification", item.line.classification, code=code)


def quantity_missing(case: Case) -> Iterator[Hit]:
    """QTY-001: where the tariff has a unit, the quantity is declared."""
    for item in case.commodities:
        if item.tariff and item.tariff.unit and item.line.quantity is None:
            yield item.hit("quantity", "", unit=item.tariff.unit)


def unit_missing(case: Case) -> Iterator[Hit]:
    """QTY-002: where the tariff has a unit, the unit is declared."""
    for item in case.commodities:
        if item.tariff and item.tariff.unit and not item.line.unit:
            yield item.hit("unit", "", item.tariff.unit)


def unit_not_of_the_tariff(case: Case) -> Iterator[Hit]:
    """QTY-003: the unit is the one that the tariff asks for."""
    for item in case.commodities:
        if item.tariff and item.tariff.unit and item.line.unit not in {"", item.tariff.unit}:
            printed = printed_classification(item.line.classification)
            yield item.hit("unit", item.line.unit, item.tariff.unit, printed=printed)


def unit_unknown(case: Case) -> Iterator[Hit]:
    """QTY-004: the unit exists; where the tariff names one, QTY-003 speaks."""
    for item in case.commodities:
        if not (item.tariff and item.tariff.unit) and case.lacks("units", item.line.unit):
            yield item.hit("unit", item.line.unit)


def quantity_not_asked_for(case: Case) -> Iterator[Hit]:
    """QTY-005: where the tariff has no unit, quantity and unit stay blank, unless excise needs them."""
    for item in case.commodities:
        asked_for = item.tariff is None or item.tariff.unit or item.line.excise_code
        if item.line.quantity is not None and not asked_for:
            yield item.hit("quantity", str(item.line.quantity))


def quantity_negative(case: Case) -> Iterator[Hit]:
    """QTY-006: there is no less than nothing of any goods."""
    for item in case.commodities:
        if item.line.quantity is not None and item.line.quantity < 0:
            yield item.hit("quantity", str(item.line.quantity))


def quantity_zero(case: Case) -> Iterator[Hit]:
    """QTY-007: goods that are worth something come in some quantity."""
    for item in case.commodities:
        if item.line.quantity == 0 and item.line.value:
            yield item.hit("quantity", str(item.line.quantity), value=str(item.line.value))


def tariff_code_malformed(case: Case) -> Iterator[Hit]:
    """TRF-001: a tariff code has four digits and stands in chapter 99."""
    for item in case.commodities:
        if item.line.tariff_code and not _is_tariff_code(item.line.tariff_code):
            yield item.hit("tariff_code", item.line.tariff_code, "99nn")


def tariff_code_unknown(case: Case) -> Iterator[Hit]:
    """TRF-002: the tariff code is in the table."""
    for item in case.commodities:
        if _is_tariff_code(item.line.tariff_code) and case.lacks("tariff_codes", item.line.tariff_code):
            doubtful = not case.table("tariff_codes").complete
            yield item.hit("tariff_code", item.line.tariff_code, doubtful=doubtful)


def tariff_code_with_chapter_98(case: Case) -> Iterator[Hit]:
    """TRF-003: chapter 99 is for goods classified in chapters 1 to 97."""
    for item in case.commodities:
        if item.line.tariff_code and item.line.classification.startswith(SPECIAL_CHAPTER):
            yield item.hit("tariff_code", item.line.tariff_code, classification=item.line.classification)


def tariff_code_outside_its_scope(case: Case) -> Iterator[Hit]:
    """TRF-004: the text of the tariff code takes the classification in."""
    for item in case.commodities:
        number, code = item.line.classification, item.line.tariff_code
        row = case.table("tariff_code_scopes").row(code, case.day) if code else None
        if row and CLASSIFICATION.fullmatch(number) and not _within_scope(number, row):
            doubtful = row["evidence"] == "inferred"
            printed, scope = printed_classification(number), _scope(row)
            yield item.hit("tariff_code", code, doubtful=doubtful, printed=printed, scope=scope)


def _within_scope(classification: str, row: Mapping[str, str]) -> bool:
    only, left_out = tuple(row["only"].split()), tuple(row["except"].split())
    return (not only or classification.startswith(only)) and not classification.startswith(left_out)


def _scope(row: Mapping[str, str]) -> str:
    """Say what a tariff code takes in, by the beginnings of classification numbers."""
    return row["only"].replace(" ", ", ") or f"01-97 - {row['except'].replace(' ', ', ')}"


def _is_tariff_code(text: str) -> bool:
    return len(text) == TARIFF_CODE_DIGITS and text.isascii() and text.isdigit() and text.startswith("99")


def _unlisted(case: Case) -> Iterator[Commodity]:
    """Yield the lines whose number is well formed, of chapters 1 to 98, and not in the tariff of the day."""
    for item in case.commodities:
        number = item.line.classification
        if item.tariff is None and CLASSIFICATION.fullmatch(number) and not number.startswith(RELIEF_CHAPTER):
            yield item


def _periods(periods: list[tuple[date, date | None]]) -> str:
    return ", ".join(f"{since}/{until or ''}" for since, until in periods)
