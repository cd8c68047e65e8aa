"""Who takes part in the samples? Invented brokers, importers, and who may file for whom."""

from datetime import date

from schemas.identifiers import luhn_digit
from schemas.registry import Delegation, Importer, Partner, Registry

AGENCY = "CARM"


def _bn9(serial: int) -> str:
    """Return an invented business number with a good check digit."""
    digits = f"999{serial:05d}"
    return digits + luhn_digit(digits)


def _account(serial: int, program: str = "RM0001") -> str:
    return _bn9(serial) + program


AGATE = Partner(
    id="AGATECB",
    name="Agate Example Customs Brokers Ltd.",
    account=_account(101),
    role="broker",
    account_security_number="90101",
)
BOREAL = Partner(
    id="BOREALCD",
    name="Boréal Exemple, courtiers en douane inc.",
    account=_account(102),
    role="broker",
    account_security_number="90102",
    language="fr",
)
CEDAR = Partner(
    id="CEDARCC",
    name="Cedar Example Customs Clearance Corp.",
    account=_account(103),
    role="broker",
    account_security_number="90103",
    syntax="xml",
)
COURIER = Partner(
    id="SWIFTRC",
    name="Swift Example Courier Ltd.",
    account=_account(104),
    role="broker",
    account_security_number="90104",
)
MAPLE = Partner(
    id="MAPLETD",
    name="Maple Example Tool & Die Ltd.",
    account=_account(208),
    role="importer",
    account_security_number="90208",
    syntax="xml",
)

ORCHARD = Importer(account=_account(201), name="Orchard Example Foods Ltd.", statements_to="AGATECB")
NORTHERN = Importer(account=_account(202), name="Northern Example Hardware Inc.", statements_to="AGATECB")
COUTURE = Importer(
    account=_account(203),
    name="Couture d'Exemple: prêt-à-porter + accessoires inc.",
    statements_to="BOREALCD",
    language="fr",
)
MEUBLES = Importer(
    account=_account(204), name="Meubles Exemple du Fjord inc.", statements_to="BOREALCD", language="fr"
)
PACIFIC = Importer(
    account=_account(205), name="Pacific Example Electronics Ltd.", stream="csa1", statements_to="CEDARCC"
)
PRAIRIE = Importer(account=_account(206), name="Prairie Example Metals Ltd.", statements_to="CEDARCC")
FUNDY = Importer(account=_account(207), name="Fundy Example Sports Co.", statements_to="AGATECB")
TOOL_AND_DIE = Importer(account=MAPLE.account, name=MAPLE.name, statements_to="MAPLETD")
HARBOUR = Importer(account=_account(209), name="Harbour Example Books & Toys Co-op", statements_to="CEDARCC")
CONSOLIDATED = Importer(
    account=COURIER.account,
    name="Swift Example Courier Ltd. (various)",
    stream="clvs",
    statements_to="SWIFTRC",
)
LAKESIDE = Importer(account=_account(210), name="Lakeside Example Toys Inc.")
EXPORTER = Importer(account=_account(201, "RM0002"), name=ORCHARD.name, kind="exporter")

UNREGISTERED = _account(299)
"""A well-formed account that nobody has registered."""

PARTNERS = (AGATE, BOREAL, CEDAR, COURIER, MAPLE)
IMPORTERS = (
    ORCHARD,
    NORTHERN,
    COUTURE,
    MEUBLES,
    PACIFIC,
    PRAIRIE,
    FUNDY,
    TOOL_AND_DIE,
    HARBOUR,
    CONSOLIDATED,
    LAKESIDE,
    EXPORTER,
)


def _delegation(importer: Importer, broker: Partner, until: date | None = None) -> Delegation:
    return Delegation(
        importer=importer.account, broker=broker.account[:9], since=date(2024, 10, 21), until=until
    )


DELEGATIONS = (
    _delegation(ORCHARD, AGATE),
    _delegation(NORTHERN, AGATE),
    _delegation(EXPORTER, AGATE),
    _delegation(FUNDY, AGATE),
    _delegation(FUNDY, CEDAR),
    _delegation(COUTURE, BOREAL),
    _delegation(MEUBLES, BOREAL),
    _delegation(PACIFIC, CEDAR),
    _delegation(PRAIRIE, CEDAR),
    _delegation(HARBOUR, CEDAR),
    _delegation(LAKESIDE, BOREAL, until=date(2026, 2, 28)),
)

REGISTRY = Registry(
    partners={partner.id: partner for partner in PARTNERS},
    importers={importer.account: importer for importer in IMPORTERS},
    delegations=DELEGATIONS,
)
