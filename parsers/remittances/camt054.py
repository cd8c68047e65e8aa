"""What does a CAMT.054 notification (ISO 20022) say came in? Its booked credits, and its returns.

    BkToCstmrDbtCdtNtfctn ─< Ntfctn ─< Ntry ─< NtryDtls/TxDtls
                               │         └── amount: that of its transactions
                               └── TxsSummry: how many entries, and their sums

Versions 02 to 13 are read by local names. Where a version moved a name, both places are looked at. Every
transaction is a payment of its own; an entry without details is one too, and a batch that is not broken down
waits in suspense as a whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from parsers.limits import Limits
from parsers.remittances.nodes import Node, local
from parsers.remittances.quoted import accounts_in, cents_of, instant_of, references_in
from parsers.remittances.totals import (
    amount_findings,
    count_findings,
    currency_findings,
    double_findings,
    in_order,
    misfit,
    reference_findings,
    sum_findings,
)
from parsers.xml.clip import clip
from parsers.xml.parsing import malformed, parse
from parsers.xml.preflight import depth_fault, refuse_encoding
from schemas.acts import PaymentMethod
from schemas.findings import Finding, Where
from schemas.money import Cents
from schemas.remittance import BankFile, BankLine, payment_finding

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.054\.001\.(\d\d)", re.ASCII)
VERSIONS = range(2, 14)
MESSAGE = "BkToCstmrDbtCdtNtfctn"

DOCTYPE = "XML-04"
BOOKED = "BOOK"
NOT_PROVIDED = "NOTPROVIDED"

FAMILIES: dict[str, PaymentMethod] = {
    "RCHQ": "cheque",
    "ICHQ": "cheque",
    "MCRD": "card",
    "CCRD": "card",
    "RDDT": "pre-authorized",
    "IDDT": "pre-authorized",
}
"""How money came, by the family of the bank transaction code (ISO 20022 external codes); else by transfer."""

REFERENCES = (("TxId",), ("AcctSvcrRef",), ("UETR",), ("EndToEndId",), ("InstrId",), ("ChqNb",))
"""What may name a transaction, the most unique first: a payer may use its own references again."""

PAYERS = (("Dbtr", "Nm"), ("Dbtr", "Pty", "Nm"), ("UltmtDbtr", "Nm"), ("UltmtDbtr", "Pty", "Nm"))
ACCEPTED = (("RltdDts", "AccptncDtTm"),)
BOOKED_ON = (("BookgDt", "DtTm"), ("BookgDt", "Dt"), ("ValDt", "DtTm"), ("ValDt", "Dt"))
AMOUNTS = (("Amt",), ("AmtDtls", "TxAmt", "Amt"))
REMITTED = (
    ("Strd", "CdtrRefInf", "Ref"),
    ("Strd", "RfrdDocInf", "Nb"),
    ("Strd", "AddtlRmtInf"),
    ("Ustrd",),
)


def read_camt054(payload: bytes, limits: Limits) -> BankFile:
    """Read a notification. Never raises on what came; everything wrong is a finding."""
    refusal = _refusal(payload)
    if refusal is not None:
        return BankFile(format="camt.054", findings=(refusal,))
    try:
        root = parse(payload)
    except etree.XMLSyntaxError as error:
        return BankFile(format="camt.054", findings=(malformed(error, payload, 1),))
    faults = (*depth_fault(root, limits, 1), *_version_findings(root))
    if faults:
        return BankFile(format="camt.054", findings=faults)
    return _Notification().read(Node(root, "Document"))


def _refusal(payload: bytes) -> Finding | None:
    """Return why a payload is not even parsed, or None."""
    if b"<!DOCTYPE" in payload:
        return Finding(code=DOCTYPE, where=Where(line=1, byte=payload.find(b"<!DOCTYPE")))
    return refuse_encoding(payload[:1000])


def _version_findings(root: etree._Element) -> Iterator[Finding]:
    namespace = etree.QName(root).namespace or ""
    version = NAMESPACE.fullmatch(namespace)
    known = version is not None and int(version[1]) in VERSIONS
    names = [local(root), *(local(child) for child in root)]
    if not known or names[0] != "Document" or MESSAGE not in names:
        found = clip(f"{'/'.join(names[:2])} of {namespace or 'no namespace'}")
        yield payment_finding(
            "PAY-013", where=Where(line=root.sourceline), found=found, expected="camt.054.001.08"
        )


@dataclass(slots=True)
class _Notification:
    """What was read so far of one file."""

    lines: list[BankLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def read(self, document: Node) -> BankFile:
        """Read every notification of a document."""
        message = document.say(MESSAGE, "GrpHdr", "MsgId")
        for notification in document.all(MESSAGE, "Ntfctn"):
            self._notification(notification)
        self.findings += double_findings(self.lines)
        return BankFile(
            format="camt.054", message=message, lines=tuple(self.lines), findings=in_order(self.findings)
        )

    def _notification(self, notification: Node) -> None:
        currency = notification.first("Acct", "Ccy")
        if currency is not None:
            self.findings += currency_findings(currency.text, currency.where, "Acct/Ccy")
        for entry in notification.all("Ntry"):
            self._entry(entry)
        self.findings += _summary_findings(notification)

    def _entry(self, entry: Node) -> None:
        faults = list(_entry_findings(entry))
        self.findings += faults
        if faults:
            return
        status = entry.said(("Sts", "Cd"), ("Sts",))
        if status != BOOKED:
            found = status or "none"
            self.findings.append(payment_finding("PAY-019", where=entry.where, field="Sts", found=found))
            return
        self.findings += _batch_findings(entry)
        details = list(entry.all("NtryDtls", "TxDtls"))
        for place, detail in enumerate(details or [entry], start=1):
            self._transaction(_Transaction(entry, detail, place if len(details) > 1 else 0))

    def _transaction(self, transaction: "_Transaction") -> None:
        faults = list(transaction.findings())
        self.findings += faults
        received_at = transaction.received_at
        if received_at is not None and not faults:
            self.lines.append(transaction.line(len(self.lines) + 1, received_at))


@dataclass(frozen=True, slots=True)
class _Transaction:
    """One transaction of an entry. detail: the entry itself where it has none. place: 0 for the only one."""

    entry: Node
    detail: Node
    place: int

    @property
    def amount(self) -> Node | None:
        """Where its amount stands; that of the entry for its only transaction."""
        return _own_amount(self.detail) if self.place else _own_amount(self.detail) or self.entry.first("Amt")

    @property
    def direction(self) -> str:
        """CRDT or DBIT: its own, or that of the entry."""
        return self.detail.say("CdtDbtInd") or self.entry.say("CdtDbtInd")

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back an earlier transaction."""
        reversed_ = self.entry.say("RvslInd") in {"true", "1"}
        return reversed_ or self.detail.first("RtrInf") is not None

    @property
    def references(self) -> tuple[str, ...]:
        """What names it, the most unique first."""
        own = [self.detail.say("Refs", *path) for path in REFERENCES]
        entry = [self.entry.say("AcctSvcrRef"), self.entry.say("NtryRef")]
        numbered = [f"{each}/{self.place}" if self.place else each for each in entry if each]
        first, last = own[:3], own[3:]
        return tuple(filter(_is_reference, dict.fromkeys([*first, *numbered[:1], *last, *numbered[1:]])))

    @property
    def received_at(self) -> datetime | None:
        """When the payer's bank took it; without that, when it was booked."""
        return instant_of(self.detail.said(*ACCEPTED) or self.entry.said(*BOOKED_ON))

    @property
    def method(self) -> PaymentMethod:
        """How it came, by the bank's own code."""
        family = ("BkTxCd", "Domn", "Fmly", "Cd")
        code = self.detail.say(*family) or self.entry.say(*family)
        return "cheque" if self.detail.say("Refs", "ChqNb") else FAMILIES.get(code, "electronic")

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with it."""
        amount, where = self.amount, self.detail.where
        yield from amount_findings(amount.text if amount else "", where, "Amt")
        if amount is not None:
            yield from currency_findings(amount.element.get("Ccy", ""), where, "Amt/@Ccy")
        yield from reference_findings(next(iter(self.references), ""), where, "Refs")
        if self.received_at is None:
            found = self.detail.said(*ACCEPTED) or self.entry.said(*BOOKED_ON)
            yield misfit(found, where, "BookgDt", "a day or an instant (ISO 8601)")
        if self.direction == "DBIT" and not self.is_reversal:
            yield payment_finding(
                "PAY-014", where=where, field="CdtDbtInd", found=amount.text if amount else ""
            )

    def line(self, number: int, received_at: datetime) -> BankLine:
        """Return what it says, once nothing is wrong with it."""
        told = [text for path in REMITTED for text in self.detail.texts("RmtInf", *path)]
        accounts = accounts_in(told)
        is_return = self.direction == "DBIT"
        is_ours = len(accounts) == 1 and (is_return or not self.is_reversal)
        return BankLine(
            sort="return" if is_return else "payment",
            number=number,
            where=self.detail.where,
            reference=self.references[0],
            account=accounts[0] if is_ours else "",
            quoted="" if is_ours else clip(" ".join(told)) or "no remittance information",
            cents=_cents(self.amount),
            payer=self.detail.said(*(("RltdPties", *path) for path in PAYERS)),
            method=self.method,
            received_at=received_at,
            requested=references_in(told),
            originals=self.references if is_return else (),
            reason=_reason(self.detail) if is_return else "",
        )


def _is_reference(text: str) -> bool:
    return bool(text) and text.upper() != NOT_PROVIDED


def _reason(detail: Node) -> str:
    said = detail.said(("RtrInf", "Rsn", "Cd"), ("RtrInf", "Rsn", "Prtry"))
    told = " ".join([said, *detail.texts("RtrInf", "AddtlInf")]).strip()
    return told or "returned by the bank"


def _cents(amount: Node | None) -> Cents:
    """Return an amount that was checked, or zero."""
    return (cents_of(amount.text) or 0) if amount is not None else 0


def _entry_findings(entry: Node) -> Iterator[Finding]:
    """Yield what is wrong with an entry itself."""
    amount = entry.first("Amt")
    yield from amount_findings(amount.text if amount else "", entry.where, "Ntry/Amt")
    if amount is not None:
        yield from currency_findings(amount.element.get("Ccy", ""), entry.where, "Ntry/Amt/@Ccy")
    direction = entry.say("CdtDbtInd")
    if direction not in {"CRDT", "DBIT"}:
        yield misfit(direction, entry.where, "CdtDbtInd", "CRDT or DBIT")


def _batch_findings(entry: Node) -> Iterator[Finding]:
    """Yield where an entry or one of its batches does not come to what its transactions are."""
    sums = []
    for details in entry.all("NtryDtls"):
        amounts = [_signed(entry, detail) for detail in details.all("TxDtls")]
        sums += amounts
        batch = details.first("Btch")
        if batch is not None and amounts:
            yield from count_findings(batch.say("NbOfTxs"), len(amounts), batch.where, "Btch/NbOfTxs")
            yield from sum_findings(batch.say("TtlAmt"), sum(amounts), batch.where, "Btch/TtlAmt")
    if len(sums) > 1 or any(sums):
        yield from sum_findings(entry.say("Amt"), sum(sums), entry.where, "Ntry/Amt")


def _signed(entry: Node, detail: Node) -> Cents:
    """Return a transaction's amount as part of its entry: negative when it goes the other way."""
    cents = _cents(_own_amount(detail))
    return cents if detail.say("CdtDbtInd") in {"", entry.say("CdtDbtInd")} else -cents


def _own_amount(detail: Node) -> Node | None:
    return next((node for path in AMOUNTS for node in detail.all(*path)), None)


def _summary_findings(notification: Node) -> Iterator[Finding]:
    """Yield where the summary of transactions is not what the entries come to."""
    summary = notification.first("TxsSummry")
    if summary is None:
        return
    entries = [(entry.say("CdtDbtInd"), _cents(entry.first("Amt"))) for entry in notification.all("Ntry")]
    for name, directions in (
        ("TtlNtries", {"CRDT", "DBIT"}),
        ("TtlCdtNtries", {"CRDT"}),
        ("TtlDbtNtries", {"DBIT"}),
    ):
        amounts = [cents for direction, cents in entries if direction in directions]
        total = summary.first(name)
        if total is not None:
            said = total.say("NbOfNtries")
            yield from count_findings(said, len(amounts), total.where, f"{name}/NbOfNtries")
            yield from sum_findings(total.say("Sum"), sum(amounts), total.where, f"{name}/Sum")
