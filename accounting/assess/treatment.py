"""Under which tariff treatment do the goods enter? The one claimed, where it is open to their origin.

Goods of every country may have the Most-Favoured-Nation Tariff, save those of the few countries to which
it is closed: they bear the General Tariff (Customs Tariff s.24, s.29). A claimed treatment that is not
open is a finding; what follows is then worked out under the tariff that the goods are entitled to.
"""

from dataclasses import dataclass
from datetime import date

from accounting.assess.working import Working
from schemas.codes import Codes

MFN = "MFN"
GENERAL = "GT"
UNITED_STATES = "UST"
NOT_MFN = "NOT-MFN"


@dataclass(frozen=True, slots=True)
class Treatment:
    """A tariff treatment: the code that is reported, and the abbreviation that heads its column."""

    code: str
    abbr: str


MOST_FAVOURED_NATION = Treatment("2", MFN)
GENERAL_TARIFF = Treatment("3", GENERAL)


def treatment_of(working: Working, day: date) -> Treatment:
    """Return the treatment that applies to a line; whatever is wrong with the claim becomes a finding."""
    case = working.case
    codes, entitled = case.tables.codes, entitlement(working, day)
    claimed = case.line.treatment.lstrip("0")
    if not claimed:
        working.find("ASM-010", field="treatment", applied=entitled.code, country=case.country)
        return entitled
    row = codes.table("treatments").row(claimed, day)
    if row is None:
        working.find(
            "ASM-011", field="treatment", found=case.line.treatment, day=f"{day}", applied=entitled.code
        )
        return entitled
    treatment = Treatment(claimed, row["abbr"])
    if _is_open(codes, treatment, entitled, case.country, day):
        return treatment
    return _closed(working, treatment, entitled, day, in_part=row["countries"] == "partial")


def entitlement(working: Working, day: date) -> Treatment:
    """Return what goods of the line's origin have without claiming any preference."""
    case = working.case
    closed = case.tables.codes.table("treatment_countries").row(f"{NOT_MFN}/{case.country}", day)
    excepted = case.tables.rates.mfn_exceptions.has(case.line.classification, case.country, day)
    return GENERAL_TARIFF if closed and not excepted else MOST_FAVOURED_NATION


def _is_open(codes: Codes, treatment: Treatment, entitled: Treatment, country: str, day: date) -> bool:
    if treatment.abbr in (MFN, GENERAL):
        return treatment in (entitled, GENERAL_TARIFF)
    return codes.table("treatment_countries").row(f"{treatment.abbr}/{country}", day) is not None


def _closed(
    working: Working, treatment: Treatment, entitled: Treatment, day: date, *, in_part: bool
) -> Treatment:
    """Say that a treatment is not open; trust the claim only where our list proves nothing.

    in_part: the list is known in part only. A country that was once on it has left it, unless its days are
    only recalled.
    """
    country, countries = working.case.country, working.case.tables.codes.table("treatment_countries")
    listed = countries.history(f"{treatment.abbr}/{country}")
    doubtful = all(row["evidence"] == "inferred" for row in listed) if listed else in_part
    working.find(
        "ASM-013" if doubtful else "ASM-012",
        field="treatment",
        found=treatment.code,
        abbr=treatment.abbr,
        country=country,
        day=f"{day}",
        applied=entitled.code,
    )
    return treatment if doubtful else entitled
