"""Where exactly does each rule begin and end? A patch to a clean declaration, and what is found then."""

from dataclasses import replace
from typing import Any

import pytest
from fake_tariff import FakeTables
from rule_specimens import broken, clean, codes_with, context_of, findings_of, shipped_codes, tariff_of

from schemas.cad import Declaration
from schemas.codes import Codes
from validators import validate

MAPLE = "123456782RM0001"
ATELIER = "135792463RM0001"
NORTHSTAR = "888777661"
REFUND, DEBT = "R2-74-1-TT", "R3-32.2.VFD"
WITHDRAWN = [{"code": "R5-00-COT", "explanation": "Duplicate: filed twice for one shipment"}]

Case = tuple[str, dict[str, Any], list[str]]
"""What it is about, the patch, and the codes found."""


def codes(base: str, patch: dict[str, Any]) -> list[str]:
    """The codes found, warnings in small letters."""
    world, _ = broken({"base": base, "patch": patch})
    return [each.code if each.severity == "error" else each.code.lower() for each in findings_of(world)]


def delegation(since: str, until: str | None = None, importer: str = MAPLE) -> dict[str, Any]:
    return {"importer": importer, "broker": NORTHSTAR, "since": since, "until": until}


def line(number: int, **fields: Any) -> dict[str, Any]:
    lines: list[dict[str, Any]] = clean("change")["cad"]["lines"]
    return {**lines[1], "number": number, **fields}


def reasons(*given: str) -> list[dict[str, str]]:
    return [{"code": code} for code in given]


def zeroed(explanation: str = "", **context: Any) -> dict[str, Any]:
    """Every line brought to zero, for one reason."""
    lines = {f"cad.lines[{index}].{field}": "0" for index in range(2) for field in ("value", "quantity")}
    why = {"code": "R5-00-COT", "pointer": "INV-1001", "explanation": explanation}
    whole = {"cad.invoices[0].total": None, "cad.lines[0].reasons": [], "cad.reasons": [why]}
    return {**lines, **whole, **context}


CONSULTANT: dict[str, Any] = {"registry.partners.NORTHSTAR.role": "consultant"}
AFTER_PAYMENT = {"context.received_day": "2026-04-01"}
DELEGATIONS = "registry.delegations"

NUMBERS: list[Case] = [
    ("taken until yesterday", {"context.transaction_last_used": "2018-12-17"}, []),
    ("taken until tomorrow", {"context.transaction_last_used": "2018-12-18"}, ["TXN-004"]),
    (
        "the importer's own series, filed by its broker",
        {
            "cad.transaction_number": "34567000000018",
            "cad.importer.identifier": ATELIER,
            "registry.delegations": [delegation("2026-01-01", importer=ATELIER)],
        },
        [],
    ),
    ("sent by a service provider for the broker that it names", {"context.sender": "DATAWAY"}, []),
    (
        "sent by a service provider in the broker's series for another broker",
        {"context.sender": "DATAWAY", "cad.broker.identifier": "811111111RM0001"},
        ["TXN-003", "DEL-001"],
    ),
    (
        "an importer for itself",
        {
            "context.sender": "ATELIER",
            "cad.importer.identifier": ATELIER,
            "cad.broker.identifier": "",
            "cad.transaction_number": "34567000000018",
        },
        [],
    ),
    ("no folding of letters into digits", {"cad.transaction_number": "1234500000OO17"}, ["TXN-001"]),
    ("no digits of other scripts", {"cad.transaction_number": "١٢٣٤٥٠٠٠٠٠٠٠١٧"}, ["TXN-001"]),
]

AUTHORITY: list[Case] = [
    ("delegated until today", {"registry.delegations": [delegation("2026-01-01", "2026-03-17")]}, []),
    (
        "delegated until yesterday",
        {"registry.delegations": [delegation("2026-01-01", "2026-03-16")]},
        ["DEL-002"],
    ),
    ("delegated from today", {"registry.delegations": [delegation("2026-03-17")]}, []),
    ("delegated from tomorrow", {"registry.delegations": [delegation("2026-03-18")]}, ["DEL-002"]),
    (
        "revoked and delegated again",
        {"registry.delegations": [delegation("2025-01-01", "2025-06-30"), delegation("2026-02-01")]},
        [],
    ),
    (
        "delegated by another account of the importer only",
        {"registry.delegations": [delegation("2025-01-01", importer="123456782RM0002")]},
        ["DEL-001"],
    ),
    ("small letters are no program account", {"cad.importer.identifier": "123456782rm0001"}, ["IMP-002"]),
]

HEAD: list[Case] = [
    ("released today", {"cad.release_date": "2026-03-17"}, []),
    ("type V in the portal", {"cad.type": "V", "context.channel": "portal"}, []),
    (
        "type C in the portal, before release",
        {"cad.type": "C", "context.channel": "portal", "cad.release_date": None},
        [],
    ),
    ("type V by EDI", {"cad.type": "V"}, ["HDR-003"]),
    ("a trusted trader", {"cad.type": "TT", "cad.importer.identifier": "843219874RM0001"}, []),
    ("cargo control numbers of 5 and 25 characters", {"cad.cargo_control_numbers": ["7ABC1", "7" * 25]}, []),
    ("one of 26", {"cad.cargo_control_numbers": ["7ABC1", "7" * 26]}, ["hdr-019"]),
    ("casual goods with a province", {"cad.casual": True, "cad.province": "QC"}, []),
    (
        "four years ago to the day",
        {"cad.release_date": "2022-03-17", "cad.invoices[0].direct_shipment": "2022-03-01"},
        [],
    ),
    (
        "into a warehouse without release",
        {"cad.type": "10", "cad.warehouse": "WH-7", "cad.release_date": None},
        [],
    ),
]

INVOICES: list[Case] = [
    ("shipped and released on one day", {"cad.invoices[0].direct_shipment": "2026-03-13"}, []),
    ("a total with other zeros", {"cad.invoices[0].total": "10300.0"}, []),
    ("no total", {"cad.invoices[0].total": None}, []),
    ("a US port of exit", {"cad.invoices[0].export": "UNY", "cad.invoices[0].us_port_of_exit": "0901"}, []),
    ("from the US by air", {"cad.invoices[0].export": "UNY", "cad.mode_of_transport": "1"}, []),
    ("a vendor with a number only", {"cad.invoices[0].vendor": {"identifier": "V77"}}, []),
]

LINES: list[Case] = [
    ("the largest value", {"cad.lines[0].value": "9999999999999.99", "cad.invoices[0].total": None}, []),
    (
        "one digit more",
        {"cad.lines[0].value": "10000000000000.00", "cad.invoices[0].total": None},
        ["LIN-010"],
    ),
    ("Kosovo", {"cad.lines[1].origin": "XK"}, []),
    ("a US state that is none", {"cad.lines[1].origin": "UXX"}, ["LIN-006"]),
    ("small letters are no country", {"cad.lines[1].origin": "co"}, ["LIN-006"]),
]

TREATMENTS: list[Case] = [
    ("UST for a US state", {"cad.lines[1].origin": "UNY", "cad.lines[1].treatment": "10"}, []),
    ("MFN is open to all", {"cad.lines[1].origin": "XK"}, []),
    ("the General Tariff too", {"cad.lines[1].origin": "KP", "cad.lines[1].treatment": "3"}, []),
    ("North Korea has no MFN", {"cad.lines[1].origin": "KP"}, ["TRT-005"]),
    (
        "Russia keeps it for one tariff item",
        {"cad.lines[1].origin": "RU", "cad.lines[1].classification": "2844430090"},
        [],
    ),
    (
        "North Korea does not",
        {"cad.lines[1].origin": "KP", "cad.lines[1].classification": "2844430090"},
        ["TRT-005"],
    ),
    ("the United Kingdom left the EU's treatment", {"cad.lines[0].origin": "GB"}, ["TRT-004"]),
    ("it has its own", {"cad.lines[0].origin": "GB", "cad.lines[0].treatment": "34"}, []),
    ("a list known in part only warns", {"cad.lines[0].treatment": "9"}, ["trt-004"]),
    ("no leading zeros", {"cad.lines[1].treatment": "02"}, ["TRT-002"]),
    (
        "a treatment whose first day for the country is not sure",
        {
            "cad.lines[0].origin": "BN",
            "cad.lines[0].treatment": "33",
            "cad.release_date": "2023-07-11",
            "cad.invoices[0].direct_shipment": "2023-07-01",
        },
        ["trt-004"],
    ),
]

CODES: list[Case] = [
    ("a tariff code that names no headings", {"cad.lines[0].tariff_code": "9948"}, []),
    ("a tariff code whose text names the section", {"cad.lines[0].tariff_code": "9969"}, []),
    ("a tariff code that leaves other goods out", {"cad.lines[0].tariff_code": "9973"}, []),
    ("a tariff code whose text was seen in part", {"cad.lines[0].tariff_code": "9919"}, ["trf-004"]),
    ("no excise", {"cad.lines[0].excise_code": "E00"}, []),
    ("subject with its code", {"cad.lines[0].surtax_subject": True, "cad.lines[0].surtax_code": "X"}, []),
    ("not subject, said so", {"cad.lines[0].surtax_subject": False}, []),
    (
        "not subject, with a code",
        {"cad.lines[0].surtax_subject": False, "cad.lines[0].surtax_code": "X"},
        ["SUR-002"],
    ),
    ("not subject to a measure", {"cad.lines[0].sima": {"subject": "non-subject"}}, []),
    (
        "an undertaking needs all fields too",
        {"cad.lines[0].sima": {"subject": "undertaking"}},
        ["SIM-001", "SIM-002", "SIM-003", "sim-006", "sim-007"],
    ),
]

COURIER: list[Case] = [
    ("at the limit", {"cad.lines[1].value": "3300.00", "cad.lines[1].special_authority": ""}, []),
    ("remission -2 up to 40", {"cad.lines[0].value": "40.00"}, []),
    ("remission -3 from 40.01", {"cad.lines[1].value": "40.01"}, []),
    ("remission -3 below that", {"cad.lines[1].value": "40.00"}, ["CIR-002"]),
    ("remission -3 up to 150", {"cad.lines[1].value": "150.00"}, []),
    ("above that", {"cad.lines[1].value": "150.01"}, ["CIR-002"]),
    (
        "remission -1 from elsewhere",
        {
            "cad.lines[0].value": "20.00",
            "cad.lines[0].origin": "DE",
            "cad.lines[0].treatment": "31",
            "cad.lines[0].special_authority": "85-2955-1",
        },
        [],
    ),
    (
        "in a foreign currency the declared value for duty counts",
        {"cad.invoices[0].currency": "USD", "cad.lines[0].declared": {"value_for_duty_cents": 4001}},
        ["clv-003", "CIR-002"],
    ),
    ("the usual origin stands for many", {"cad.lines[1].treatment": "13"}, []),
    ("but not under every treatment", {"cad.lines[1].treatment": "31"}, ["TRT-004"]),
]

CHANGES: list[Case] = [
    (
        "a delegation to correct is enough until the payment is due",
        {DELEGATIONS: [{**delegation("2025-01-01"), "rights": "correct"}]},
        [],
    ),
    (
        "and no more than that",
        {**AFTER_PAYMENT, DELEGATIONS: [{**delegation("2025-01-01"), "rights": "correct"}]},
        ["DEL-005", "chg-014"],
    ),
    (
        "to view is not to correct",
        {DELEGATIONS: [{**delegation("2025-01-01"), "rights": "view"}]},
        ["DEL-005"],
    ),
    (
        "two delegations together allow what either does",
        {
            **AFTER_PAYMENT,
            DELEGATIONS: [
                {**delegation("2025-01-01"), "rights": "correct"},
                {**delegation("2025-01-01", importer=MAPLE[:9]), "scope": "business", "rights": "adjust"},
            ],
        },
        ["chg-014"],
    ),
    (
        "one that has ended allows nothing",
        {
            DELEGATIONS: [
                delegation("2025-01-01", "2025-12-31"),
                {**delegation("2026-01-01"), "rights": "view"},
            ]
        },
        ["DEL-005"],
    ),
    (
        "a consultant adjusts what a broker filed",
        {**CONSULTANT, **AFTER_PAYMENT, "cad.broker.identifier": "811111111RM0001"},
        ["chg-014"],
    ),
    ("but does not correct", CONSULTANT, ["DEL-006"]),
    (
        "the importer does not move by who may adjust for one of them only",
        {
            **AFTER_PAYMENT,
            "cad.importer.identifier": ATELIER,
            DELEGATIONS: [
                {**delegation("2025-01-01"), "rights": "file correct"},
                delegation("2026-01-01", importer=ATELIER),
            ],
        },
        ["CHG-011", "chg-014"],
    ),
    ("zeroed without a word", zeroed(), ["chg-016"]),
    ("zeroed for a declaration that is quoted", zeroed("V 12345000000025 filed instead"), []),
    ("zeroed for one as it is printed", zeroed("see 1234500000002500001"), []),
    ("zeroed quoting nothing but itself", zeroed("12345000000017 was wrong"), ["chg-016"]),
    (
        "zeroed for a related declaration",
        zeroed(**{"cad.related_transaction_number": "12345000000025"}),
        [],
    ),
    (
        "a withdrawal four years after, too late as well",
        {
            "context.first_accounted": "2022-03-26",
            "cad.function": "cancellation",
            "cad.lines[0].reasons": [],
            "cad.reasons": WITHDRAWN,
        },
        ["CHG-013"],
    ),
    (
        "a line taken back stays, with nothing on it",
        {"cad.lines[0].value": "0", "cad.lines[0].quantity": "0", "cad.invoices[0].total": None},
        [],
    ),
    (
        "one reason for the whole",
        {"cad.lines[0].reasons": [], "cad.reasons": [{"code": DEBT, "pointer": "INV-1001"}]},
        [],
    ),
    (
        "a further line says why",
        {
            "cad.lines": [*clean("change")["cad"]["lines"], line(3)],
            "cad.control_lines": 3,
            "cad.invoices[0].total": None,
        },
        ["CHG-007"],
    ),
    ("changed on the day that payment is due", {"context.received_day": "2026-03-31"}, []),
    (
        "the last day of four years",
        {
            "context.first_accounted": "2022-03-27",
            "cad.invoices[0].issued": "2022-03-01",
        },
        [],
    ),
    ("the day after", {"context.first_accounted": "2022-03-26"}, ["CHG-013"]),
    (
        "the importer moves by who is authorized for both",
        {
            "cad.importer.identifier": ATELIER,
            "registry.delegations": [delegation("2025-01-01"), delegation("2026-01-01", importer=ATELIER)],
        },
        [],
    ),
    (
        "a broker that took the client over changes the other's declaration",
        {"previous.transaction_number": "23456000000017", "cad.transaction_number": "23456000000017"},
        [],
    ),
    (
        "a number that another importer's declaration has taken",
        {
            "cad.function": "original",
            "cad.version": 1,
            "cad.importer.identifier": ATELIER,
            "cad.lines[0].reasons": [],
            "registry.delegations": [delegation("2026-01-01", importer=ATELIER)],
            "context.transaction_last_used": "2026-03-17",
        },
        ["TXN-004", "CHG-002"],
    ),
    (
        "a number that the importer's own declaration has taken",
        {
            "cad.function": "original",
            "cad.version": 1,
            "cad.lines[0].reasons": [],
            "context.transaction_last_used": "2026-03-17",
        },
        ["CHG-002"],
    ),
    (
        "withdrawn, with the case in words",
        {
            "cad.function": "cancellation",
            "cad.lines[0].reasons": [],
            "cad.reasons": WITHDRAWN,
        },
        [],
    ),
    *(
        (
            f"withdrawn for a correction, written {code}",
            {
                "cad.function": "cancellation",
                "cad.lines[0].reasons": [],
                "cad.reasons": [{**WITHDRAWN[0], "code": code}],
            },
            ["CAN-002"],
        )
        for code in ("R3-32.2.VFD", "R3-32-2-VFD")
    ),
    (
        "withdrawn after the payment due date, which waits like any adjustment",
        {
            "context.received_day": "2026-04-01",
            "cad.function": "cancellation",
            "cad.lines[0].reasons": [],
            "cad.reasons": WITHDRAWN,
        },
        ["chg-014"],
    ),
    (
        "withdrawn in the name of another importer",
        {
            "cad.function": "cancellation",
            "cad.importer.identifier": ATELIER,
            "cad.lines[0].reasons": [],
            "cad.reasons": WITHDRAWN,
            "registry.delegations": [delegation("2026-01-01", importer=ATELIER)],
        },
        ["CHG-011"],
    ),
    ("after a refused adjustment", {"context.last_version": 2, "cad.version": 3}, []),
    ("under the number of a refused adjustment", {"context.last_version": 2}, ["CHG-003"]),
]

REASONS: list[Case] = [
    ("points and hyphens are the same", {"cad.lines[0].reasons": reasons("R3-32-2-VFD")}, []),
    ("small letters are not", {"cad.lines[0].reasons": reasons("R3-32.2.vfd")}, ["rea-002"]),
    (
        "refund first for a refund",
        {"cad.lines[0].reasons": reasons(REFUND, DEBT), "context.line_changes_cents": {"1": -1}},
        ["chg-015"],
    ),
    (
        "debt first for a nil result",
        {"cad.lines[0].reasons": reasons(REFUND, DEBT), "context.line_changes_cents": {"1": 0}},
        ["REA-005"],
    ),
    (
        "without amounts nothing is said of order",
        {"cad.lines[0].reasons": reasons(REFUND, DEBT), "context.line_changes_cents": None},
        [],
    ),
    (
        "a reason of unknown effect in front is no wrong order",
        {"cad.lines[0].reasons": reasons("R5-00-COT", REFUND), "context.line_changes_cents": {"1": -1}},
        ["chg-015"],
    ),
    ("a refund's reason for what is owed", {"cad.lines[0].reasons": reasons(REFUND)}, ["rea-007"]),
    (
        "a refund under 74 and a correction under 32.2 together",
        {"cad.lines[0].reasons": reasons(DEBT, REFUND), "context.line_changes_cents": {"1": -1, "2": 1}},
        ["REA-004"],
    ),
]


TABLES = {
    "release": [*NUMBERS, *AUTHORITY, *HEAD, *INVOICES, *LINES, *TREATMENTS, *CODES],
    "courier": COURIER,
    "change": [*CHANGES, *REASONS],
}
CASES = [
    pytest.param(base, patch, expected, id=name)
    for base, table in TABLES.items()
    for name, patch, expected in table
]


@pytest.mark.parametrize(("base", "patch", "expected"), CASES)
def test_boundary(base: str, patch: dict[str, Any], expected: list[str]) -> None:
    assert codes(base, patch) == expected


def test_a_complete_table_rejects_what_an_incomplete_one_doubts() -> None:
    world, _ = broken({"base": "release", "patch": {"cad.office": "9999"}})
    assert [finding.severity for finding in findings_of(world)] == ["warning"]
    offices = {**codes_with({})._tables, "offices": replace(shipped_codes().table("offices"), complete=True)}
    context = context_of(world)
    tables = FakeTables(codes=Codes("known", offices), tariff=tariff_of(world["tariff"]))
    findings = validate(Declaration.model_validate(world["cad"]), replace(context, tables=tables))
    assert [(finding.code, finding.severity) for finding in findings] == [("HDR-008", "error")]
