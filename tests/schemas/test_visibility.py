"""Who sees what on which day: a table of days around a delegation that begins, ends and is given again."""

from datetime import date

import pytest

from schemas.registry import Delegation, Importer, Partner, Registry, Visibility
from schemas.visibility import Filed, who_sees_account, who_sees_declaration

OURS, NEXT = "999002017RM0001", "999002025RM0001"
AGATE, CEDAR = "999001019", "999001035"


def partner(name: str, bn9: str) -> Partner:
    return Partner(id=name, name=f"{name} Inc.", account=f"{bn9}RM0001", role="broker")


REGISTRY = Registry(
    partners={"AGATE": partner("AGATE", AGATE), "CEDAR": partner("CEDAR", CEDAR)},
    importers={
        OURS: Importer(account=OURS, name="Ours", statements_to="CEDAR"),
        NEXT: Importer(account=NEXT, name="Next"),
    },
    delegations=(
        Delegation(importer=OURS, broker=AGATE, since=date(2026, 1, 10), until=date(2026, 1, 20)),
        Delegation(importer=OURS, broker=AGATE, since=date(2026, 3, 1)),
        Delegation(importer=NEXT, broker=CEDAR, since=date(2026, 1, 1)),
    ),
)
ALWAYS = [("importer", OURS), ("statements", "CEDAR")]
FILED = ("filed", "AGATE")
DELEGATED = ("delegation", AGATE)


def first(version: int = 1, importer: str = OURS, day: int = 15, *, stands: bool = True) -> Filed:
    return Filed(version=version, importer=importer, filer="AGATE", day=date(2026, 1, day), stands=stands)


@pytest.mark.parametrize(
    ("day", "seen_by"),
    [
        (date(2026, 1, 9), ALWAYS),
        (date(2026, 1, 10), [*ALWAYS, DELEGATED]),
        (date(2026, 1, 15), [*ALWAYS, DELEGATED, FILED]),
        (date(2026, 1, 20), [*ALWAYS, DELEGATED, FILED]),
        (date(2026, 1, 21), [*ALWAYS, FILED]),
        (date(2026, 2, 28), [*ALWAYS, FILED]),
        (date(2026, 3, 1), [*ALWAYS, DELEGATED, FILED]),
    ],
)
def test_an_account_is_seen_by(day: date, seen_by: list[tuple[str, str]]) -> None:
    viewers = who_sees_account(OURS, REGISTRY, day, {"AGATE": date(2026, 1, 15)})
    assert [(viewer.because, viewer.who) for viewer in viewers] == seen_by


@pytest.mark.parametrize(
    ("day", "seen_by"),
    [
        (date(2026, 1, 14), []),
        (date(2026, 1, 15), [*ALWAYS, DELEGATED, FILED]),
        (date(2026, 1, 21), [*ALWAYS, FILED]),
        (date(2026, 3, 1), [*ALWAYS, DELEGATED, FILED]),
    ],
)
def test_a_declaration_is_seen_by(day: date, seen_by: list[tuple[str, str]]) -> None:
    viewers = who_sees_declaration([first()], REGISTRY, day)
    assert [(viewer.because, viewer.who) for viewer in viewers] == seen_by
    assert {viewer.versions for viewer in viewers} <= {(1,)}


def test_a_rejected_filing_is_seen_by_who_filed_it_alone() -> None:
    (viewer,) = who_sees_declaration([first(stands=False)], REGISTRY, date(2026, 1, 15))
    assert (viewer.because, viewer.who, viewer.name) == ("filed", "AGATE", "AGATE Inc.")


def test_each_importer_sees_the_versions_that_name_it() -> None:
    filed = [first(1), first(2, NEXT, 18), first(3, "unknown", 19, stands=False)]
    viewers = who_sees_declaration(filed, REGISTRY, date(2026, 1, 31))
    assert [(viewer.because, viewer.who, viewer.account, viewer.versions) for viewer in viewers] == [
        ("importer", OURS, OURS, (1,)),
        ("statements", "CEDAR", OURS, (1,)),
        ("importer", NEXT, NEXT, (2,)),
        ("delegation", CEDAR, NEXT, (2,)),
        ("filed", "AGATE", OURS, (1,)),
        ("filed", "AGATE", NEXT, (2,)),
        ("filed", "AGATE", "unknown", (3,)),
    ]


def test_a_delegation_is_shown_with_its_days() -> None:
    viewers = who_sees_account(OURS, REGISTRY, date(2026, 1, 12), {})
    assert [(viewer.since, viewer.until) for viewer in viewers if viewer.because == "delegation"] == [
        (date(2026, 1, 10), date(2026, 1, 20))
    ]


@pytest.mark.parametrize(
    ("visibility", "seen"), [("own", []), ("declarations", [DELEGATED]), ("balances", [DELEGATED])]
)
def test_a_delegation_shows_as_much_as_it_says(visibility: Visibility, seen: list[tuple[str, str]]) -> None:
    given = Delegation(importer=OURS[:9], scope="business", broker=AGATE, since=date(2026, 1, 1))
    known = REGISTRY.model_copy(
        update={"delegations": (given.model_copy(update={"visibility": visibility}),)}
    )
    for viewers in (
        who_sees_account(OURS, known, date(2026, 1, 31), {}),
        who_sees_declaration([first(day=2)], known, date(2026, 1, 31))[:-1],
    ):
        assert [(each.because, each.who) for each in viewers] == [*ALWAYS, *seen]
        assert [each.sees for each in viewers[2:]] == [visibility for _ in seen]
