"""How is a sample declaration drawn up? A partner's desk buys goods of the catalogue for an importer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cadline.samples.chance import Chance
from cadline.samples.goods import EXCHANGE_RATES, GOODS, Good
from schemas.cad import ChangeReason, Declaration, Invoice, Line, Party, Sima
from schemas.money import to_cents
from schemas.registry import Importer, Partner

UNRELATED_PRICE_PAID = "13"
HIGHWAY, MARINE, AIR = "2", "9", "1"
WINDSOR, TORONTO = "0453", "0495"
US_PORT_OF_EXIT = "3801"
PORT_OF_UNLADING = "0809"
SHIPPED_DAYS_MAX = 12
SERIAL_FIRST = 260_000_001
LOW_VALUE_MIN, LOW_VALUE_MAX = 12, 260
SIMA_SHARE = Decimal("0.40")
COURIER_CARRIER, ROAD_CARRIER = "9SWF", "9EXA"


@dataclass
class Desk:
    """Where a partner draws up declarations; numbers them one after the other."""

    partner: Partner
    chance: Chance
    serial: int = SERIAL_FIRST

    def declare(
        self, importer: Importer, kinds: Sequence[str], *, released: date, lines: int, type_: str = "AB"
    ) -> Declaration:
        """Declare some lines of goods, of which the `kinds` come in turn."""
        goods = sorted((GOODS[kinds[n % len(kinds)]] for n in range(lines)), key=lambda good: good.vendor)
        number = self._next_number()
        invoices = {
            vendor: f"{number[-4:]}-{letter}"
            for letter, vendor in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _distinct(goods), strict=False)
        }
        drawn = tuple(
            self._line(place, good, invoices[good.vendor]) for place, good in enumerate(goods, start=1)
        )
        return self._declaration(
            number,
            importer,
            drawn,
            tuple(self._invoice(invoices, good, drawn, importer, released) for good in _firsts(goods)),
            released,
        ).model_copy(update={"type": type_})

    def several(
        self, count: int, importer: Importer, kinds: Sequence[str], *, released: date, type_: str = "AB"
    ) -> tuple[Declaration, ...]:
        """Declare `count` times for an importer, one to six lines each."""
        return tuple(
            self.declare(
                importer, kinds[n % 2 :], released=released, lines=self.chance.between(1, 6), type_=type_
            )
            for n in range(count)
        )

    def consolidate(
        self, importer: Importer, kinds: Sequence[str], *, released: date, lines: int, casual_in: str = ""
    ) -> Declaration:
        """Declare low-value shipments together (type F), in Canadian dollars; casual goods for a province."""
        number = self._next_number()
        invoice = Invoice(
            number=f"{number[-4:]}-F",
            issued=released,
            vendor=Party(name="Various", country="US"),
            export="UNY",
            direct_shipment=released - timedelta(days=1),
            currency="CAD",
        )
        drawn = tuple(
            self._parcel(place, GOODS[self.chance.pick(kinds)], invoice.number)
            for place in range(1, lines + 1)
        )
        return self._declaration(number, importer, drawn, (invoice,), released).model_copy(
            update={
                "type": "F",
                "office": TORONTO,
                "mode_of_transport": HIGHWAY,
                "port_of_unlading": "",
                "carrier_code": COURIER_CARRIER,
                "casual": bool(casual_in),
                "province": casual_in,
            }
        )

    def _next_number(self) -> str:
        number = f"{self.partner.account_security_number}{self.serial:09d}"
        self.serial += 1
        return number

    def _declaration(
        self,
        number: str,
        importer: Importer,
        lines: tuple[Line, ...],
        invoices: tuple[Invoice, ...],
        released: date,
    ) -> Declaration:
        by_road = all(invoice.export == "MX" or invoice.export.startswith("U") for invoice in invoices)
        mode = HIGHWAY if by_road else self.chance.pick((MARINE, AIR))
        is_broker = self.partner.role == "broker"
        return Declaration(
            transaction_number=number,
            version=1,
            function="original",
            type="AB",
            importer=Party(identifier=importer.account, name=importer.name),
            broker=Party(identifier=self.partner.account, name=self.partner.name) if is_broker else Party(),
            office=WINDSOR if by_road else TORONTO,
            release_date=released,
            mode_of_transport=mode,
            port_of_unlading=PORT_OF_UNLADING if mode == MARINE else "",
            carrier_code=ROAD_CARRIER,
            cargo_control_numbers=(f"{ROAD_CARRIER}{number[-9:]}",),
            gross_weight_kg=Decimal(self.chance.between(200, 18_000)),
            control_lines=len(lines),
            invoices=invoices,
            lines=lines,
        )

    def _invoice(
        self, numbers: dict[str, str], good: Good, lines: tuple[Line, ...], importer: Importer, released: date
    ) -> Invoice:
        number = numbers[good.vendor]
        shipped = released - timedelta(days=self.chance.between(1, SHIPPED_DAYS_MAX))
        return Invoice(
            number=number,
            issued=shipped,
            vendor=Party(name=good.vendor, country=_country(good.export)),
            purchaser=Party(name=importer.name, country="CA"),
            export=good.export,
            us_port_of_exit=US_PORT_OF_EXIT if good.export.startswith("U") else "",
            direct_shipment=shipped,
            currency=good.currency,
            total=sum((line.value or Decimal(0) for line in lines if line.invoice == number), Decimal(0)),
            freight_cents=self.chance.between(20_000, 260_000),
        )

    def _line(self, number: int, good: Good, invoice: str) -> Line:
        quantity = Decimal(self.chance.between(good.quantity_min, good.quantity_max))
        price = self.chance.price(good.price_min, good.price_max)
        return _goods_line(number, good, invoice).model_copy(
            update={
                "quantity": quantity if good.unit else None,
                "value": quantity * price,
                "sima": _sima(good, quantity, price),
            }
        )

    def _parcel(self, number: int, good: Good, invoice: str) -> Line:
        """Draw a line of low value: a few pieces, priced in whole Canadian dollars."""
        quantity = Decimal(self.chance.between(1, 4)) if good.unit else None
        value = Decimal(self.chance.between(LOW_VALUE_MIN, LOW_VALUE_MAX))
        return _goods_line(number, good, invoice).model_copy(update={"quantity": quantity, "value": value})


def changed(cad: Declaration, *, reason: ChangeReason, value_times: Decimal, line: int = 1) -> Declaration:
    """Return the next version, in which one line's value is corrected and its invoice's total follows."""
    old = cad.lines[line - 1]
    value = ((old.value or Decimal(0)) * value_times).quantize(Decimal("0.01"))
    new = old.model_copy(update={"value": value, "reasons": (reason,)})
    lines = (*cad.lines[: line - 1], new, *cad.lines[line:])
    invoices = tuple(_with_total(invoice, lines) for invoice in cad.invoices)
    update = {"version": cad.version + 1, "function": "change", "lines": lines, "invoices": invoices}
    return cad.model_copy(update=update)


def _with_total(invoice: Invoice, lines: Sequence[Line]) -> Invoice:
    total = sum((line.value or Decimal(0) for line in lines if line.invoice == invoice.number), Decimal(0))
    return invoice.model_copy(update={"total": total})


def _goods_line(number: int, good: Good, invoice: str) -> Line:
    return Line(
        number=number,
        invoice=invoice,
        classification=good.classification,
        description=good.description,
        origin=good.origin,
        treatment=good.treatment,
        unit=good.unit,
        value_for_duty_code=UNRELATED_PRICE_PAID,
        surtax_subject=True if good.surtax_code else None,
        surtax_code=good.surtax_code,
    )


def _sima(good: Good, quantity: Decimal, price: Decimal) -> Sima | None:
    """Return what is declared under SIMA; the filer states a duty, since no table ships normal values."""
    if good.sima != "subject":
        return Sima(subject=good.sima) if good.sima else None
    duty = quantity * price * EXCHANGE_RATES[good.currency] * SIMA_SHARE
    return Sima(
        subject=good.sima,
        measure=good.sima_measure,
        exporter=good.vendor,
        model=good.key.upper(),
        invoice_price=price,
        currency=good.currency,
        duty_cents=to_cents(duty),
    )


def _country(place: str) -> str:
    """Return the country of a place: three letters are U and a US state."""
    return place if len(place) == len("CA") else "US"


def _distinct(goods: Sequence[Good]) -> list[str]:
    return list(dict.fromkeys(good.vendor for good in goods))


def _firsts(goods: Sequence[Good]) -> list[Good]:
    """Return the first good of each vendor: one invoice a vendor."""
    return list({good.vendor: good for good in reversed(goods)}.values())[::-1]
