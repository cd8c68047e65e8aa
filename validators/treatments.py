"""Is the tariff treatment one that exists, in force on the day, and open to the origin of the goods?"""

from collections.abc import Iterator, Mapping

from validators.case import Case, Commodity, Hit

MFN = "MFN"
CONSOLIDATED = "F"
CONSOLIDATED_ORIGIN = "UNY"
CONSOLIDATED_TREATMENTS = ("2", "10", "12", "13")
"""On a consolidated type F, origin UNY may stand with these treatments (D17-1-10, Appendix J)."""

NOT_MFN_EXCEPTION = "28444300"
"""The tariff item that keeps MFN for Belarus and Russia (SOR/2022-35)."""


def missing(case: Case) -> Iterator[Hit]:
    """TRT-001: every line claims a treatment."""
    for item in case.commodities:
        if not item.line.treatment:
            yield item.hit("treatment", "", _open_to(case, item))


def unknown(case: Case) -> Iterator[Hit]:
    """TRT-002: the treatment exists, or once did."""
    table = case.table("treatments")
    for item in case.commodities:
        if item.line.treatment and not table.history(item.line.treatment):
            doubtful = not table.complete
            yield item.hit("treatment", item.line.treatment, _open_to(case, item), doubtful=doubtful)


def not_in_force(case: Case) -> Iterator[Hit]:
    """TRT-003: the treatment is in force on the day of the goods."""
    table = case.table("treatments")
    for item in case.commodities:
        rows = table.history(item.line.treatment)
        if rows and table.row(item.line.treatment, case.day) is None:
            periods = ", ".join(f"{row['since']}/{row['until']}" for row in rows)
            yield item.hit(
                "treatment", item.line.treatment, periods, treatment=rows[-1]["abbr"], day=str(case.day)
            )


def not_open_to_origin(case: Case) -> Iterator[Hit]:
    """TRT-004: the treatment is open to the country of origin."""
    for item in case.commodities:
        row = case.table("treatments").row(item.line.treatment, case.day)
        if row is None or row["countries"] == "all" or not _known_origin(case, item):
            continue
        if not _is_open(case, row, item) and not _is_consolidated(case, item):
            doubtful = row["countries"] == "partial" or _dates_uncertain(case, row, item)
            yield item.hit(
                "treatment",
                item.line.treatment,
                _open_to(case, item),
                doubtful=doubtful,
                treatment=row["abbr"],
                origin=item.line.origin,
            )


def mfn_withdrawn(case: Case) -> Iterator[Hit]:
    """TRT-005: a few countries have lost MFN; their goods bear the General Tariff."""
    for item in case.commodities:
        row = case.table("treatments").row(item.line.treatment, case.day)
        if row and row["abbr"] == MFN and _has_lost_mfn(case, item):
            yield item.hit("treatment", item.line.treatment, "3", origin=item.line.origin)


def _known_origin(case: Case, item: Commodity) -> bool:
    return bool(item.line.origin) and not case.lacks("countries", item.line.origin)


def _is_open(case: Case, treatment: Mapping[str, str], item: Commodity) -> bool:
    pair = f"{treatment['abbr']}/{case.country_of(item.line.origin)}"
    return case.table("treatment_countries").row(pair, case.day) is not None


def _dates_uncertain(case: Case, treatment: Mapping[str, str], item: Commodity) -> bool:
    """Whether the country has the treatment on other days, and those days are not well known."""
    pair = f"{treatment['abbr']}/{case.country_of(item.line.origin)}"
    return any(row["evidence"] == "inferred" for row in case.table("treatment_countries").history(pair))


def _is_consolidated(case: Case, item: Commodity) -> bool:
    """Whether the courier's consolidation shows its usual origin, which stands for many."""
    usual = case.cad.type == CONSOLIDATED and item.line.origin == CONSOLIDATED_ORIGIN
    return usual and item.line.treatment in CONSOLIDATED_TREATMENTS


def _has_lost_mfn(case: Case, item: Commodity) -> bool:
    country = case.country_of(item.line.origin)
    lost = case.table("treatment_countries").row(f"NOT-MFN/{country}", case.day) is not None
    return lost and not (country != "KP" and item.line.classification.startswith(NOT_MFN_EXCEPTION))


def _open_to(case: Case, item: Commodity) -> str:
    """Name the treatments that are open to the origin on the day, by code; without one, those open to all."""
    table = case.table("treatments")
    rows = [row for code in table.codes(case.day) if (row := table.row(code, case.day))]
    lost = _has_lost_mfn(case, item)
    usable = (row for row in rows if row["countries"] == "all" or _is_open(case, row, item))
    return ", ".join(row["code"] for row in usable if not (lost and row["abbr"] == MFN))
