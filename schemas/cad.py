"""What does a Commercial Accounting Declaration say? The canonical CAD, whatever format it came in.

    Declaration
    ├── header: numbers, parties, dates, transport
    ├── invoices: vendor, currency, direct shipment      (one or more)
    └── lines: goods, treatment, value, special measures (each names its invoice)

Three levels, declaration / invoice / commodity, each commercial-invoice line a line of its own (trade:
broker guides on the CAD). Values stand as the filer declared them; amounts that CARM computes are in
`schemas.assessment`. A field that the message did not carry is None or "", never a default.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

from schemas.base import Value
from schemas.money import Cents

Function = Literal["original", "change", "cancellation"]
"""What the message asks for: a first version, a later one, or the end of the declaration."""

SimaSubject = Literal["subject", "non-subject", "undertaking"]


class Party(Value):
    """Somebody named on the declaration. `identifier` is a BN15 where one applies, as it came."""

    identifier: str = ""
    name: str = ""
    country: str = ""
    region: str = ""


class ChangeReason(Value):
    """Why a line or the header was changed: a reason code, in the order given, and what was changed."""

    code: str
    pointer: str = ""
    explanation: str = ""


class Sima(Value):
    """What the filer declares under the Special Import Measures Act. The SIMA code is output, never input.

    duty_cents: an amount declared by the filer; only one higher than the computed one counts.
    """

    subject: SimaSubject
    measure: str = ""
    exporter: str = ""
    model: str = ""
    invoice_price: Decimal | None = None
    currency: str = ""
    duty_cents: Cents | None = None


class Declared(Value):
    """Amounts that the filer put on a line, for comparison; all in cents, all optional."""

    value_for_duty_cents: Cents | None = None
    customs_duty_cents: Cents | None = None
    sima_cents: Cents | None = None
    surtax_cents: Cents | None = None
    excise_cents: Cents | None = None
    gst_cents: Cents | None = None


class Line(Value):
    """One commodity line: one line of one commercial invoice.

    number: from 1, without gaps. invoice: the number of an invoice of the declaration.
    value: value for currency conversion, in the invoice's currency, for the whole line.
    quantity, unit: in the unit that the tariff asks for. excise_quantity, excise_unit: for specific excise.
    origin, export: country, or U + US state. classification: 10 digits without points.
    time_limit_months: for goods imported for a time.
    """

    number: int
    invoice: str
    classification: str
    description: str = ""
    origin: str = ""
    export: str = ""
    treatment: str = ""
    tariff_code: str = ""
    special_authority: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    value: Decimal | None = None
    value_for_duty_code: str = ""
    excise_code: str = ""
    excise_quantity: Decimal | None = None
    excise_unit: str = ""
    gst_code: str = ""
    surtax_subject: bool | None = None
    surtax_code: str = ""
    sima: Sima | None = None
    time_limit_months: int | None = None
    previous_transaction_number: str = ""
    previous_line: int | None = None
    reasons: tuple[ChangeReason, ...] = ()
    declared: Declared = Declared()


class Invoice(Value):
    """A commercial invoice, or the part of one that the declaration covers.

    direct_shipment: the day on which the goods began their direct journey to Canada; it fixes the
    exchange rate. freight: charges in Canadian dollars.
    """

    number: str
    issued: date | None = None
    vendor: Party = Party()
    purchaser: Party = Party()
    export: str = ""
    us_port_of_exit: str = ""
    direct_shipment: date | None = None
    currency: str = ""
    total: Decimal | None = None
    freight_cents: Cents | None = None


class Declaration(Value):
    """A Commercial Accounting Declaration, one version of it.

    transaction_number: 14 digits. version: 1 for the first. type: AB, TT, F, 10 ... (see `codes/cad_types`).
    importer: a BN15. broker: BN15 of who filed, empty when the importer did. office: 4 digits.
    gross_weight_kg: kilograms. casual: goods not for commerce, taxed by `province` of destination.
    control_lines: the number of lines that the message claims to carry.
    """

    transaction_number: str
    version: int
    function: Function
    type: str
    importer: Party
    broker: Party = Party()
    office: str = ""
    release_date: date | None = None
    mode_of_transport: str = ""
    port_of_unlading: str = ""
    carrier_code: str = ""
    cargo_control_numbers: tuple[str, ...] = ()
    warehouse: str = ""
    gross_weight_kg: Decimal | None = None
    freight_cents: Cents | None = None
    casual: bool = False
    province: str = ""
    payment_code: str = ""
    reasons: tuple[ChangeReason, ...] = ()
    related_transaction_number: str = ""
    control_lines: int | None = None
    invoices: tuple[Invoice, ...]
    lines: tuple[Line, ...]

    def invoice_of(self, line: Line) -> Invoice | None:
        """Return the invoice that a line names, or None when the declaration has none of that number."""
        return next((invoice for invoice in self.invoices if invoice.number == line.invoice), None)
