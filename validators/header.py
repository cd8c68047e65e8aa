"""Does the head of the declaration hold: type, office, transport, release, cargo control, counts?"""

from collections.abc import Iterator

from validators.case import CUSTOMS_TARIFF_BEGINS, Case, Hit
from validators.spans import months_later

CSA_STREAMS = ("csa1", "csa2")
MARINE = "9"
AFTER_RELEASE = ("release", "courier")
NEED_RELEASE = ("release", "courier", "ex-warehouse")
IN_WAREHOUSE = ("into-warehouse", "warehouse", "ex-warehouse")
OLD_RELEASE_MONTHS = 48
CARGO_CONTROL_LENGTHS = range(5, 26)


def type_missing(case: Case) -> Iterator[Hit]:
    """HDR-001: the declaration says of which type it is."""
    if not case.cad.type:
        yield Hit("type", "", _types(case, case.context.channel))


def type_unknown(case: Case) -> Iterator[Hit]:
    """HDR-002: the type exists."""
    if case.cad.type and case.type_row is None:
        yield Hit("type", case.cad.type, _types(case, case.context.channel))


def type_of_another_channel(case: Case) -> Iterator[Hit]:
    """HDR-003: the type may come through this channel; the portal takes every type."""
    if case.type_row and case.type_row["channel"] == "portal" and case.context.channel == "edi":
        yield Hit("type", case.cad.type, _types(case, "edi"))


def trusted_trader_without_csa(case: Case) -> Iterator[Hit]:
    """HDR-004: type TT is for importers in the Customs Self-Assessment program."""
    if case.cad.type == "TT" and case.importer and case.importer.stream not in CSA_STREAMS:
        yield Hit("type", "TT", "AB", {"importer": case.importer.name})


def cash_entry_of_csa_importer(case: Case) -> Iterator[Hit]:
    """HDR-005: CSA importers do not use type C."""
    if case.cad.type == "C" and case.importer and case.importer.stream in CSA_STREAMS:
        yield Hit("type", "C", "TT", {"importer": case.importer.name})


def standard_entry_of_csa_importer(case: Case) -> Iterator[Hit]:
    """HDR-006: CSA importers account by type TT."""
    if case.cad.type == "AB" and case.importer and case.importer.stream in CSA_STREAMS:
        yield Hit("type", "AB", "TT", {"importer": case.importer.name})


def office_missing(case: Case) -> Iterator[Hit]:
    """HDR-007: the office of release is named."""
    if not case.cad.office and case.goods in AFTER_RELEASE:
        yield Hit("office", "", "n4")


def office_unknown(case: Case) -> Iterator[Hit]:
    """HDR-008: the office is in the table."""
    if case.lacks("offices", case.cad.office):
        yield Hit("office", case.cad.office, doubtful=not case.table("offices").complete)


def mode_missing(case: Case) -> Iterator[Hit]:
    """HDR-009: the mode of transport is named."""
    if not case.cad.mode_of_transport and case.goods in AFTER_RELEASE:
        yield Hit("mode_of_transport", "", _modes(case))


def mode_unknown(case: Case) -> Iterator[Hit]:
    """HDR-010: the mode of transport is in the table."""
    if case.lacks("modes", case.cad.mode_of_transport):
        doubtful = not case.table("modes").complete
        yield Hit("mode_of_transport", case.cad.mode_of_transport, _modes(case), doubtful=doubtful)


def port_of_unlading_missing(case: Case) -> Iterator[Hit]:
    """HDR-011: goods that come by sea were unladen at a port."""
    if case.cad.mode_of_transport == MARINE and not case.cad.port_of_unlading:
        yield Hit("port_of_unlading", "", "n4")


def warehouse_missing(case: Case) -> Iterator[Hit]:
    """HDR-012: a warehouse type names its warehouse."""
    if case.goods in IN_WAREHOUSE and not case.cad.warehouse:
        yield Hit("warehouse", "", values={"type": case.cad.type})


def province_missing(case: Case) -> Iterator[Hit]:
    """HDR-013: goods not for commerce are taxed by the province that they go to."""
    if case.cad.casual and not case.cad.province:
        yield Hit("province", "", ", ".join(case.table("provinces").codes(case.day)))


def province_unknown(case: Case) -> Iterator[Hit]:
    """HDR-014: the province exists."""
    if case.lacks("provinces", case.cad.province):
        yield Hit("province", case.cad.province, ", ".join(case.table("provinces").codes(case.day)))


def release_missing(case: Case) -> Iterator[Hit]:
    """HDR-015: the time to account and to pay is counted from release."""
    if case.cad.release_date is None and case.goods in NEED_RELEASE:
        yield Hit("release_date", "", values={"type": case.cad.type})


def release_in_the_future(case: Case) -> Iterator[Hit]:
    """HDR-016: a declaration after release cannot name a day to come."""
    released, today = case.cad.release_date, case.context.received_day
    if released and released > today and case.goods in AFTER_RELEASE:
        yield Hit("release_date", str(released), values={"day": str(today)})


def release_before_the_tariff(case: Case) -> Iterator[Hit]:
    """HDR-017: the Customs Tariff came into force on 1998-01-01."""
    released = case.cad.release_date
    if released and released < CUSTOMS_TARIFF_BEGINS:
        yield Hit("release_date", str(released), values={"begins": str(CUSTOMS_TARIFF_BEGINS)})


def release_long_ago(case: Case) -> Iterator[Hit]:
    """HDR-018: a first accounting years after release is most likely a slip of the pen."""
    released, today = case.cad.release_date, case.context.received_day
    if (
        case.first
        and released
        and CUSTOMS_TARIFF_BEGINS <= released < months_later(today, -OLD_RELEASE_MONTHS)
    ):
        yield Hit("release_date", str(released), values={"day": str(today)})


def cargo_control_length(case: Case) -> Iterator[Hit]:
    """HDR-019: a cargo control number has 5 to 25 characters."""
    for index, number in enumerate(case.cad.cargo_control_numbers):
        if len(number) not in CARGO_CONTROL_LENGTHS:
            yield Hit(f"cargo_control_numbers[{index}]", number, "an5..25", {"length": str(len(number))})


def control_count(case: Case) -> Iterator[Hit]:
    """HDR-020: the message carries as many lines as it claims."""
    claimed, carried = case.cad.control_lines, len(case.cad.lines)
    if claimed is not None and claimed != carried:
        yield Hit("control_lines", str(claimed), str(carried))


def _types(case: Case, channel: str) -> str:
    """Name the types that a channel takes."""
    table, day = case.table("cad_types"), case.context.received_day
    codes = table.codes(day)
    if channel == "portal":
        return ", ".join(codes)
    rows = {code: table.row(code, day) for code in codes}
    return ", ".join(code for code, row in rows.items() if row and row["channel"] == channel)


def _modes(case: Case) -> str:
    return ", ".join(case.table("modes").codes(case.day))
