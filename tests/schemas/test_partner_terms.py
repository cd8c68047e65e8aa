"""What was agreed with a partner: which guides it speaks on a day, and for which no certificate stands."""

from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.partner_terms import Proof, Speech, Terms

NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
TODAY = date(2026, 6, 1)
OLD = Speech(guide="cusdec_d96b", since=date(2025, 1, 1), until=date(2026, 6, 1))
NEW = Speech(guide="cusdec_d13a", since=date(2026, 6, 1))


def proof(expires: datetime | None) -> Proof:
    return Proof(
        guide="cusdec_d13a", suite="own", version="1", issued=NOW, expires=expires, key="k", digest="0" * 64
    )


@pytest.mark.parametrize(
    ("day", "spoken"),
    [
        (date(2024, 12, 31), ()),
        (date(2026, 5, 31), ("cusdec_d96b",)),
        (date(2026, 6, 1), ("cusdec_d96b", "cusdec_d13a")),
        (date(2026, 6, 2), ("cusdec_d13a",)),
    ],
)
def test_guides_are_spoken_from_day_to_day_both_included(day, spoken):
    assert Terms(partner="P", speaks=(OLD, NEW, NEW)).spoken_on(day) == spoken


@pytest.mark.parametrize(
    ("expires", "unproven"),
    [
        (None, ("cusdec_d96b",)),
        (NOW + timedelta(seconds=1), ("cusdec_d96b",)),
        (NOW, ("cusdec_d96b", "cusdec_d13a")),
    ],
)
def test_a_certificate_stands_until_it_expires(expires, unproven):
    terms = Terms(partner="P", speaks=(OLD, NEW), proofs=(proof(expires),))
    assert terms.unproven(NOW, TODAY) == unproven


def test_a_guide_that_is_over_needs_no_certificate_and_one_of_tomorrow_does():
    terms = Terms(partner="P", speaks=(OLD, NEW))
    assert terms.unproven(NOW, date(2026, 6, 2)) == ("cusdec_d13a",)
    assert terms.unproven(NOW, date(2026, 5, 1)) == ("cusdec_d96b", "cusdec_d13a")
