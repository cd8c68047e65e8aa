"""What came in, by what the bank sent? CAMT.054, X12 820 and CSV become one list of payments and returns.

    read_payments(payload)     whatever it is; nothing in it makes this raise

Why 820 and not REMADV: `docs/decisions/0021-remittances-by-x12-820.md`.
"""

from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.remittances.camt054 import read_camt054
from parsers.remittances.table import looks_like_table, read_table
from parsers.remittances.x12 import read_x12
from parsers.xml.clip import clip
from schemas.findings import Finding, Where
from schemas.remittance import BankFile, payment_finding

__all__ = ["read_payments"]

HEAD_BYTES = 200
BOM = b"\xef\xbb\xbf"


def read_payments(payload: bytes, limits: Limits = DEFAULT_LIMITS) -> BankFile:
    """Read a bank's file, told by its first characters. Never raises on what came.

    The file as a whole is good or not: with any error in it nothing of it may be booked.
    """
    if len(payload) > limits.message:
        found, expected = str(len(payload)), str(limits.message)
        return BankFile(format="unknown", findings=(Finding(code="XML-01", found=found, expected=expected),))
    head = payload[:HEAD_BYTES].removeprefix(BOM).lstrip()
    if head.startswith(b"<") or b"\x00" in head:
        return read_camt054(payload, limits)
    if head.startswith(b"ISA"):
        return read_x12(payload)
    if looks_like_table(payload):
        return read_table(payload)
    found = clip(head.decode("utf-8", "replace").partition("\n")[0].strip())
    finding = payment_finding("PAY-001", where=Where(line=1, byte=0), found=found or "nothing")
    return BankFile(format="unknown", findings=(finding,))
