"""Do rules and assessment speak with one voice? Nothing is said twice about a field."""

from datetime import date

import pytest

import parsers
from cadline.sample_days import SAMPLE_DAYS, sample_days
from ingest.judging import Bench, examine
from schemas.registry_files import read_registry
from schemas.tables import load_tables


@pytest.fixture(scope="module")
def bench():
    return Bench(load_tables(SAMPLE_DAYS / "tables"), read_registry(SAMPLE_DAYS / "registry"))


@pytest.mark.parametrize(
    ("field", "code", "found"),
    [
        ("gst_code", "D9", [("GST-001", "warning")]),
        ("special_authority", "no number", [("SPA-001", "warning")]),
        ("tariff_code", "9902", [("TRF-002", "warning")]),
        ("excise_code", "Q99", [("EXC-002", "warning"), ("ASM-061", "error")]),
    ],
)
def test_an_unknown_code_is_told_once_and_again_only_where_it_is_worse(bench, field, code, found):
    cad = parsers.read(sample_days()[0].files[0].read_bytes())[0].messages[1].cad
    line = cad.lines[0].model_copy(update={field: code})
    findings, _ = examine(cad.model_copy(update={"lines": (line,)}), "AGATECB", date(2026, 3, 16), bench)
    told = [(each.code, each.severity) for each in findings if each.where.field == f"lines[0].{field}"]
    assert told == found
