"""Do the sample days stay what their generator makes, and hold everything that they promise?"""

from collections import Counter
from pathlib import Path

import pytest

from cadline.samples.chance import Chance
from cadline.samples.files import sample_files, write_samples
from cadline.samples.parcels import Parcel, numbers_of
from cadline.samples.people import IMPORTERS, PARTNERS, REGISTRY
from cadline.samples.story import parcels
from parsers import read
from schemas.identifiers import is_importer_account

SEED = 20260316
DEMO = Path(__file__).parent.parent.parent / "fixtures" / "demo"


@pytest.fixture(scope="module")
def story() -> list[Parcel]:
    return parcels(SEED)


def test_the_shipped_files_are_what_the_generator_makes(story: list[Parcel]) -> None:
    made = sample_files(story, SEED)
    shipped = {str(path.relative_to(DEMO)): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}
    assert {name for name in made if made[name] != shipped.get(name)} == set()
    assert set(shipped) == set(made)


def test_another_seed_makes_other_days(story: list[Parcel]) -> None:
    assert sample_files(parcels(SEED + 1), SEED + 1) != sample_files(story, SEED)


def test_a_file_of_a_former_run_is_taken_away(tmp_path: Path) -> None:
    stale = tmp_path / "days" / "2026-03-16" / "99-former.edi"
    stale.parent.mkdir(parents=True)
    stale.touch()
    write_samples(tmp_path, {"days/2026-03-16/01-new.edi": b"UNB"})
    assert [path.name for path in stale.parent.iterdir()] == ["01-new.edi"]


def test_chance_is_the_same_for_ever() -> None:
    chance = Chance(1)
    assert [chance.below(1000) for _ in range(4)] == [134, 847, 763, 255]


def test_the_days_are_as_rich_as_they_should_be(story: list[Parcel]) -> None:
    assert sum(partner.role == "broker" for partner in PARTNERS) >= 3
    assert len(IMPORTERS) >= 8
    assert len(numbers_of(story)) >= 80
    assert Counter(parcel.partner.syntax for parcel in story)["edifact"] >= 6
    assert len(story) >= 12
    assert max(len(planned.cad.lines) for parcel in story for planned in parcel.messages) == 300
    currencies = {i.currency for parcel in story for planned in parcel.messages for i in planned.cad.invoices}
    assert currencies >= {"CAD", "USD", "EUR", "CNY"}


def test_every_account_has_a_good_check_digit() -> None:
    assert all(is_importer_account(account) for account in REGISTRY.importers)


def test_the_repeat_is_exact(story: list[Parcel]) -> None:
    first = {(parcel.day, parcel.place): parcel.payload for parcel in story}
    repeats = [parcel for parcel in story if parcel.repeats]
    assert [parcel.payload for parcel in repeats] == [first[parcel.day, parcel.repeats] for parcel in repeats]


def test_what_was_drawn_up_is_read_again(story: list[Parcel]) -> None:
    for parcel in (parcel for parcel in story if not parcel.damage):
        (interchange,) = read(parcel.payload)
        assert interchange.findings == (), parcel.file
        for message, planned in zip(interchange.messages, parcel.messages, strict=True):
            assert message.findings == (), parcel.file
            assert message.cad == planned.cad


def test_damaged_files_are_not_read_as_if_they_were_good(story: list[Parcel]) -> None:
    for parcel in (parcel for parcel in story if parcel.damage):
        (interchange,) = read(parcel.payload)
        found = [finding for message in interchange.messages for finding in message.findings]
        assert parcel.rule in {finding.code for finding in (*found, *interchange.findings)}, parcel.file
        fates = [message.accepted and interchange.accepted for message in interchange.messages]
        planned = [parcel.fate(place)[0] != "unread" for place in range(1, len(fates) + 1)]
        assert fates == planned, parcel.file
