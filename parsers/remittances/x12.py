"""What does an X12 820 (payment order and remittance advice) say came in? One payment a transaction set.

    ISA ( GS ( ST BPR TRN CUR? DTM* N1* ( ENT ( RMR )* )* SE )* GE )* IEA

BPR has the amount and the day, TRN the reference, N1*PR the payer. Each ENT is one program account's share of
the payment, named in ENT04, each RMR an item that the payer wants paid; without ENT the whole payment is for
the account that N1*PR or a REF quotes. The shares must come to BPR02.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from parsers.remittances.quoted import accounts_in, cents_of, instant_of, noon_of, references_in
from parsers.remittances.segments import Segment, cut, is_whole
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
from schemas.acts import PaymentMethod
from schemas.findings import Finding, Where
from schemas.money import Cents, dollars
from schemas.remittance import BankFile, BankLine, payment_finding

METHODS: dict[str, PaymentMethod] = {"CHK": "cheque", "CCC": "card", "DEB": "debit"}
"""How money came, by BPR04; every other code is a transfer."""

ADVICE_ONLY = "I"
"""BPR01 of an advice without money: the payment itself comes another way."""

DIRECTIONS = {"C": "payment", "D": "return"}
"""What came, by BPR03: a credit; a debit takes a payment back."""

PRODUCTION = "P"
"""ISA15 of a file that tells of money; T is a test."""

ITEM_CENTS_AT, ENTITY_AT = 4, 4
"""Where RMR has the amount paid, and ENT the account."""


def read_x12(payload: bytes) -> BankFile:
    """Read an interchange of 820s. Never raises on what came; everything wrong is a finding."""
    text = payload.decode("latin-1")
    start = text.find("ISA")
    text = text[start:]
    if not is_whole(text):
        finding = payment_finding(
            "PAY-003",
            where=Where(byte=start, segment="ISA"),
            field="ISA",
            found=clip(text[:106]),
            expected="an ISA of 106 characters that ends with three separators of its own",
        )
        return BankFile(format="x12-820", findings=(finding,))
    return _Interchange().read(list(cut(text, start)))


@dataclass(slots=True)
class _Interchange:
    """What was read so far of one interchange."""

    lines: list[BankLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def read(self, segments: list[Segment]) -> BankFile:
        """Read every transaction set, and hold each trailer against its header."""
        self.findings += _test_findings(segments)
        self.findings += _envelope_findings(segments)
        for group in _sets(segments):
            self._set(_Set(group))
        self.findings += double_findings(self.lines)
        return BankFile(
            format="x12-820",
            message=segments[0].at(13),
            lines=tuple(self.lines),
            findings=in_order(self.findings),
        )

    def _set(self, found: "_Set") -> None:
        faults = list(found.findings())
        self.findings += faults
        if not faults:
            self.lines += found.lines(len(self.lines) + 1)


TRAILERS = {"SE": ("ST", 2), "GE": ("GS", 6), "IEA": ("ISA", 13)}
"""The header that a trailer closes, and where that has its control number."""

OUTSIDE = {"ST": "GS", "GS": "ISA", "ISA": ""}
"""In which envelope a header stands."""


@dataclass(slots=True)
class _Open:
    """A header that waits for its trailer. inside: how many envelopes it holds, or a set segments."""

    header: Segment
    inside: int = 0


def _test_findings(segments: list[Segment]) -> Iterator[Finding]:
    """Yield that an interchange is a test, if it is one."""
    for segment in segments:
        if segment.tag == "ISA" and segment.at(15) != PRODUCTION:
            yield misfit(segment.at(15), segment.where, "ISA15", "P: a file of tests brings no money")


def _envelope_findings(segments: list[Segment]) -> Iterator[Finding]:
    """Yield where envelopes do not nest, close and count as they say."""
    opened: list[_Open] = []
    for segment in segments:
        if segment.tag in OUTSIDE:
            outer = opened[-1].header.tag if opened else ""
            if outer != OUTSIDE[segment.tag]:
                expected = OUTSIDE[segment.tag] or "IEA"
                yield _missing(segment, expected, f"{expected} before {segment.tag}")
                return
            if opened:
                opened[-1].inside += 1
            opened.append(_Open(segment))
        elif segment.tag in TRAILERS:
            header, _number_at = TRAILERS[segment.tag]
            if not opened or opened[-1].header.tag != header:
                yield _missing(segment, header, f"{header} before {segment.tag}")
                return
            yield from _trailer_findings(opened.pop(), segment)
    for left in reversed(opened):
        trailer = next(tag for tag, (of, _) in TRAILERS.items() if of == left.header.tag)
        yield _missing(left.header, trailer, f"{trailer}, which ends what {left.header.tag} begins")


def _missing(segment: Segment, tag: str, expected: str) -> Finding:
    return payment_finding("PAY-002", where=segment.where, field=tag, expected=expected)


def _trailer_findings(opened: _Open, trailer: Segment) -> Iterator[Finding]:
    """Yield where a trailer does not count what stands between it and its header, or names another number."""
    header = opened.header
    count = trailer.number - header.number + 1 if trailer.tag == "SE" else opened.inside
    yield from count_findings(trailer.at(1) or "none", count, trailer.where, f"{trailer.tag}01")
    number = header.at(TRAILERS[trailer.tag][1])
    if trailer.at(2) != number:
        field_ = f"{trailer.tag}02"
        yield payment_finding(
            "PAY-026", where=trailer.where, field=field_, found=trailer.at(2) or "none", expected=number
        )


def _sets(segments: list[Segment]) -> Iterator[list[Segment]]:
    """Yield the segments of each transaction set, from ST to before SE."""
    found: list[Segment] = []
    for segment in segments:
        if segment.tag == "ST":
            found = [segment]
        elif segment.tag == "SE":
            if found:
                yield found
            found = []
        elif found:
            found.append(segment)


@dataclass(frozen=True, slots=True)
class _Share:
    """What of a payment is for one account. told: what names it. items: what the payer wants paid."""

    told: tuple[str, ...]
    items: tuple[Segment, ...]

    @property
    def cents(self) -> Cents:
        """What its items come to."""
        return sum(cents_of(item.at(ITEM_CENTS_AT)) or 0 for item in self.items)


class _Set:
    """One 820: a payment."""

    def __init__(self, segments: list[Segment]) -> None:
        self.header = segments[0]
        self.order = _first(segments, "BPR")
        self.trace = _first(segments, "TRN")
        self.currency = _first(segments, "CUR")
        self.payer = next((each for each in segments if each.tag == "N1" and each.at(1) == "PR"), None)
        self.others = [each for each in segments if each.tag in {"REF", "NTE"}]
        self.shares = _shares(segments)

    @property
    def received_at(self) -> datetime | None:
        """Noon of the day on which the money moved (BPR16)."""
        told = self.order.at(16) if self.order else ""
        instant = instant_of(told) if len(told) == len("CCYYMMDD") and told.isdigit() else None
        return noon_of(instant.date()) if instant else None

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with it."""
        if self.header.at(1) != "820":
            found = self.header.at(1) or "none"
            yield payment_finding(
                "PAY-003", where=self.header.where, field="ST01", found=found, expected="820"
            )
        if self.order is None:
            yield payment_finding("PAY-002", where=self.header.where, field="BPR", expected="a payment order")
            return
        where = self.order.where
        yield from amount_findings(self.order.at(2), where, "BPR02")
        yield from self._order_findings(self.order)
        if self.currency is not None:
            yield from currency_findings(self.currency.at(2), self.currency.where, "CUR02")
        place = self.trace.where if self.trace else self.header.where
        yield from reference_findings(self.trace.at(2) if self.trace else "", place, "TRN02")
        yield from self._share_findings(self.order)

    def _order_findings(self, order: Segment) -> Iterator[Finding]:
        if order.at(3) not in DIRECTIONS:
            yield misfit(order.at(3), order.where, "BPR03", "C or D")
        if self.received_at is None:
            yield misfit(order.at(16), order.where, "BPR16", "a day as CCYYMMDD")
        if order.at(1) == ADVICE_ONLY:
            expected = "C, D or another code of a payment: an advice alone brings no money"
            yield payment_finding("PAY-003", where=order.where, field="BPR01", found="I", expected=expected)

    def _share_findings(self, order: Segment) -> Iterator[Finding]:
        items = [item for share in self.shares for item in share.items]
        for item in items:
            if cents_of(item.at(ITEM_CENTS_AT)) is None:
                yield misfit(item.at(ITEM_CENTS_AT), item.where, "RMR04", "an amount in dollars and cents")
        if len(self.shares) > 1:
            for share in self.shares:
                if share.cents <= 0:
                    found = dollars(share.cents)
                    yield payment_finding("PAY-005", where=order.where, field="RMR04", found=found)
        if items:
            cents = sum(share.cents for share in self.shares)
            yield from sum_findings(order.at(2), cents, order.where, "BPR02")

    def lines(self, first: int) -> Iterator[BankLine]:
        """Yield a line for each account's share, or one for the whole, once nothing is wrong with it."""
        order, trace, received_at = self.order, self.trace, self.received_at
        if order is None or trace is None or received_at is None:
            return
        shares = self.shares if len(self.shares) > 1 else [self._whole()]
        for place, share in enumerate(shares):
            accounts = accounts_in(share.told)
            is_return = order.at(3) == "D"
            reference = trace.at(2) if len(shares) == 1 else f"{trace.at(2)}-{place + 1}"
            yield BankLine(
                sort="return" if is_return else "payment",
                number=first + place,
                where=self.header.where,
                reference=reference,
                account=accounts[0] if len(accounts) == 1 else "",
                quoted="" if len(accounts) == 1 else clip(" ".join(share.told)) or "no account",
                cents=(cents_of(order.at(2)) or 0) if len(shares) == 1 else share.cents,
                payer=self.payer.at(2) if self.payer else "",
                method=METHODS.get(order.at(4), "electronic"),
                received_at=received_at,
                requested=references_in(item.at(2) for item in share.items),
                originals=(reference,) if is_return else (),
                reason="returned by the bank" if is_return else "",
            )

    def _whole(self) -> _Share:
        """Return the whole payment as one share: its account may stand in ENT, N1 or REF."""
        items = tuple(item for share in self.shares for item in share.items)
        own = tuple(text for share in self.shares for text in share.told)
        told = own if accounts_in(own) else (*own, *self._told())
        return _Share(told, items)

    def _told(self) -> tuple[str, ...]:
        elements = [each.elements[1:] for each in (self.payer, *self.others) if each]
        return tuple(text.strip() for texts in elements for text in texts if text.strip())


def _first(segments: list[Segment], tag: str) -> Segment | None:
    return next((each for each in segments if each.tag == tag), None)


def _shares(segments: list[Segment]) -> list[_Share]:
    """Return the shares of a payment: one for each ENT, or one for all items where there is none."""
    shares: list[tuple[tuple[str, ...], list[Segment]]] = []
    for segment in segments:
        if segment.tag == "ENT":
            shares.append(((segment.at(ENTITY_AT),) if segment.at(ENTITY_AT) else (), []))
        elif segment.tag == "RMR":
            if not shares:
                shares.append(((), []))
            shares[-1][1].append(segment)
    return [_Share(told, tuple(items)) for told, items in shares]
