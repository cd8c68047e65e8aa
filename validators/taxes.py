"""Do the codes for value, excise, GST and surtax hold?"""

import re
from collections.abc import Iterator

from validators.case import Case, Hit

SEVERAL_CODES = re.compile(r"[^\s,;/+]+[\s,;/+]+[^\s,;/+]+")


def value_code_missing(case: Case) -> Iterator[Hit]:
    """VFD-001: a code says how the value for duty was found."""
    for item in case.commodities:
        if not item.line.value_for_duty_code:
            yield item.hit("value_for_duty_code", "", _value_codes(case))


def value_code_unknown(case: Case) -> Iterator[Hit]:
    """VFD-002: the value-for-duty code is in the table."""
    for item in case.commodities:
        if case.lacks("vfd_codes", item.line.value_for_duty_code):
            doubtful = not case.table("vfd_codes").complete
            yield item.hit(
                "value_for_duty_code", item.line.value_for_duty_code, _value_codes(case), doubtful=doubtful
            )


def several_excise_codes(case: Case) -> Iterator[Hit]:
    """EXC-001: a line has one excise code; a combined code covers several charges."""
    for item in case.commodities:
        if SEVERAL_CODES.search(item.line.excise_code):
            yield item.hit("excise_code", item.line.excise_code)


def excise_code_unknown(case: Case) -> Iterator[Hit]:
    """EXC-002: the excise code is, or once was, in the table."""
    table = case.table("excise_codes")
    for item in case.commodities:
        code = item.line.excise_code
        if code and not table.history(code) and not SEVERAL_CODES.search(code):
            yield item.hit("excise_code", code, doubtful=not table.complete)


def excise_code_withdrawn(case: Case) -> Iterator[Hit]:
    """EXC-003: the excise code has not been withdrawn before the day of receipt."""
    table = case.table("excise_codes")
    for item in case.commodities:
        code = item.line.excise_code
        rows = table.history(code)
        if rows and table.row(code, case.context.received_day) is None:
            yield item.hit("excise_code", code, until=rows[-1]["until"])


def excise_quantity_negative(case: Case) -> Iterator[Hit]:
    """EXC-004: a quantity for excise is not negative."""
    for item in case.commodities:
        if item.line.excise_quantity is not None and item.line.excise_quantity < 0:
            yield item.hit("excise_quantity", str(item.line.excise_quantity))


def excise_unit_unknown(case: Case) -> Iterator[Hit]:
    """EXC-005: the unit of the quantity for excise exists."""
    for item in case.commodities:
        if case.lacks("units", item.line.excise_unit):
            yield item.hit("excise_unit", item.line.excise_unit)


def gst_code_unknown(case: Case) -> Iterator[Hit]:
    """GST-001: the GST code is, or once was, in the table."""
    table = case.table("gst_codes")
    for item in case.commodities:
        if item.line.gst_code and not table.history(item.line.gst_code):
            yield item.hit("gst_code", item.line.gst_code, doubtful=not table.complete)


def gst_code_of_the_b3(case: Case) -> Iterator[Hit]:
    """GST-002: the status codes of the B3 were replaced with the CAD."""
    table = case.table("gst_codes")
    for item in case.commodities:
        rows = table.history(item.line.gst_code)
        if rows and table.row(item.line.gst_code, case.context.received_day) is None:
            yield item.hit("gst_code", item.line.gst_code, until=rows[-1]["until"])


def surtax_code_missing(case: Case) -> Iterator[Hit]:
    """SUR-001: goods declared subject to surtax name the surtax code."""
    for item in case.commodities:
        if item.line.surtax_subject and not item.line.surtax_code:
            yield item.hit("surtax_code", "")


def surtax_indicator_missing(case: Case) -> Iterator[Hit]:
    """SUR-002: a surtax code goes with the indicator that the goods are subject."""
    for item in case.commodities:
        if item.line.surtax_code and not item.line.surtax_subject:
            found = {None: "", False: "N", True: "Y"}[item.line.surtax_subject]
            yield item.hit("surtax_subject", found, "Y", code=item.line.surtax_code)


def _value_codes(case: Case) -> str:
    return ", ".join(case.table("vfd_codes").codes(case.day))
