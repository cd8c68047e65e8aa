"""Changes of the registry: what cannot hold is refused with every reason; every change leaves a note."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from cadline.database import engine_of, reading, upgrade, writing
from cadline.sample_days import SAMPLE_DAYS
from ingest import audit, registry
from ingest.audit import Author
from ingest.registry_changes import ChangeRefused, business_number, delegate, revoke, store
from schemas.registry import Delegation, Registry
from schemas.registry_files import read_registry

ANN = Author("Ann", "a letter of the client", datetime(2026, 3, 16, 13, tzinfo=UTC))
IMPORTER, BROKER = "999002082RM0001", "999001019"
EXPORTER = "999002017RM0002"
ENDED, ENDED_BROKER = "999002108RM0001", "999001027"
SAMPLE = read_registry(SAMPLE_DAYS / "registry")
MARCH = Delegation(importer=IMPORTER, broker=BROKER, since=date(2026, 3, 1), until=date(2026, 3, 31))


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    engine = engine_of(request.getfixturevalue(request.param))
    upgrade(engine)
    with writing(engine) as connection:
        registry.write(connection, SAMPLE)
    yield engine
    engine.dispose()


def change(engine, act, *arguments):
    with writing(engine) as connection:
        return act(connection, *arguments, ANN)


def known(engine):
    with reading(engine) as connection:
        return registry.read_all(connection)


def noted(engine):
    with reading(engine) as connection:
        assert audit.verify(connection) == []
        return [(note.act, note.subject, json.loads(note.content)) for note in audit.notes(connection)]


def test_a_delegation_holds_from_its_first_to_its_last_day_and_is_noted(engine):
    change(engine, delegate, MARCH)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [known(engine).may_file(BROKER, IMPORTER, day) for day in days] == [False, True, True, False]
    assert noted(engine) == [
        ("delegate", IMPORTER, {"before": None, "after": MARCH.model_dump(mode="json")}),
    ]


def test_a_revocation_sets_an_end_and_deletes_nothing(engine):
    change(engine, delegate, MARCH)
    change(engine, revoke, IMPORTER, BROKER + "RM0001", date(2026, 3, 10))
    ended = MARCH.model_copy(update={"until": date(2026, 3, 10)})
    assert ended in known(engine).delegations
    assert known(engine).may_file(BROKER, IMPORTER, date(2026, 3, 10))
    assert not known(engine).may_file(BROKER, IMPORTER, date(2026, 3, 11))
    assert noted(engine)[1] == (
        "revoke",
        IMPORTER,
        {"before": MARCH.model_dump(mode="json"), "after": ended.model_dump(mode="json")},
    )


def test_after_a_revocation_the_same_broker_can_be_trusted_again(engine):
    change(engine, delegate, MARCH)
    change(engine, revoke, IMPORTER, BROKER, date(2026, 3, 10))
    again = MARCH.model_copy(update={"since": date(2026, 3, 11), "until": None})
    change(engine, delegate, again)
    assert [each.since for each in known(engine).delegations if each.importer == IMPORTER] == [
        date(2026, 3, 1),
        date(2026, 3, 11),
    ]


@pytest.mark.parametrize(
    ("delegation", "reasons"),
    [
        (MARCH.model_copy(update={"importer": "999009999RM0001"}), ["is no account of the registry"]),
        (
            MARCH.model_copy(update={"importer": EXPORTER, "broker": ENDED_BROKER}),
            ["is an exporter's account"],
        ),
        (MARCH.model_copy(update={"broker": "999001018"}), ["check digit"]),
        (MARCH.model_copy(update={"broker": IMPORTER[:9]}), ["is no broker or consultant of the registry"]),
        (MARCH.model_copy(update={"until": date(2026, 2, 28)}), ["before it begins"]),
        (MARCH.model_copy(update={"scope": "business"}), ["is no business number"]),
        (MARCH.model_copy(update={"importer": IMPORTER[:9]}), ["or choose scope business"]),
        (
            MARCH.model_copy(update={"scope": "business", "importer": "888777661"}),
            ["is no business number of an account of the registry"],
        ),
        (
            Delegation(importer=ENDED, broker=ENDED_BROKER, since=date(2026, 2, 28)),
            ["from 2024-10-21 until 2026-02-28 holds already"],
        ),
        (
            Delegation(importer="nobody", broker="1", since=date(2026, 3, 2), until=date(2026, 3, 1)),
            ["is no account", "is no business number", "before it begins"],
        ),
    ],
)
def test_a_delegation_that_cannot_hold_is_refused_with_every_reason(engine, delegation, reasons):
    before = known(engine)
    with pytest.raises(ChangeRefused) as refused:
        change(engine, delegate, delegation)
    lines = str(refused.value).splitlines()
    assert len(lines) == len(reasons)
    assert all(reason in line for reason, line in zip(reasons, lines, strict=True))
    assert (known(engine), noted(engine)) == (before, [])


def test_a_delegation_may_begin_the_day_after_another_ended(engine):
    change(engine, delegate, Delegation(importer=ENDED, broker=ENDED_BROKER, since=date(2026, 3, 1)))
    assert known(engine).may_file(ENDED_BROKER, ENDED, date(2026, 3, 1))


@pytest.mark.parametrize("day", [date(2024, 10, 20), date(2026, 3, 1)])
def test_what_does_not_hold_cannot_be_revoked(engine, day):
    with pytest.raises(ChangeRefused, match="there are: from 2024-10-21 until 2026-02-28"):
        change(engine, revoke, ENDED, ENDED_BROKER, day)
    with pytest.raises(ChangeRefused, match="there are: none at all"):
        change(engine, revoke, IMPORTER, ENDED_BROKER, day)
    assert noted(engine) == []


def test_an_import_notes_what_is_new_or_different_and_nothing_else(engine):
    agate = SAMPLE.partners["AGATECB"].model_copy(update={"language": "fr"})
    new = Registry(
        partners=SAMPLE.partners | {"AGATECB": agate},
        importers=SAMPLE.importers,
        delegations=(*SAMPLE.delegations, MARCH),
    )
    assert change(engine, store, SAMPLE) == 0
    assert change(engine, store, new) == 2
    partner, delegation = noted(engine)
    assert partner[:2] == ("import partner", "AGATECB")
    assert (partner[2]["before"]["language"], partner[2]["after"]["language"]) == ("en", "fr")
    assert delegation == (
        "import delegation",
        IMPORTER,
        {"before": None, "after": MARCH.model_dump(mode="json")},
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("999001019RM0001", "999001019"),
        ("999001019", "999001019"),
        ("999001018RM0001", "999001018RM0001"),
        ("999001019-and-more", "999001019-and-more"),
    ],
)
def test_only_a_sound_program_account_stands_for_its_business_number(text, number):
    assert business_number(text) == number


def test_two_at_once_cannot_both_delegate_the_same_days(engine):
    def attempt(_):
        try:
            change(engine, delegate, MARCH)
        except ChangeRefused:
            return "refused"
        return "stored"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["refused"] * 3 + ["stored"]
    assert len(noted(engine)) == 1


def test_a_consultant_is_trusted_with_adjustments_alone(engine):
    adviser = SAMPLE.partners["BOREALCD"].model_copy(
        update={
            "id": "ADVISER",
            "account": "888777661RM0001",
            "role": "consultant",
            "account_security_number": "",
        }
    )
    change(engine, store, Registry(partners={"ADVISER": adviser}))
    given = MARCH.model_copy(update={"broker": "888777661"})
    with pytest.raises(ChangeRefused, match="who only adjusts: not file, correct"):
        change(engine, delegate, given)
    change(engine, delegate, given.model_copy(update={"rights": ("adjust", "view")}))
    assert known(engine).may("adjust", "888777661", IMPORTER, date(2026, 3, 1))
    assert not known(engine).may_file("888777661", IMPORTER, date(2026, 3, 1))


def test_a_business_delegation_reaches_every_account_and_is_read_with_each(engine):
    wide = MARCH.model_copy(update={"scope": "business", "importer": IMPORTER[:9]})
    change(engine, delegate, wide)
    with reading(engine) as connection:
        part = registry.read(connection, accounts={IMPORTER}, senders=())
    assert wide in part.delegations
    assert part.may_file(BROKER, IMPORTER, date(2026, 3, 31))
    assert part.may_file(BROKER, IMPORTER[:-1] + "9", date(2026, 3, 31))


def test_accounts_whose_papers_go_to_nobody_known_are_not_stored(engine):
    lost = SAMPLE.importers[IMPORTER].model_copy(update={"statements_to": "NOBODY"})
    with pytest.raises(ChangeRefused, match="statements_to 'NOBODY' is no partner known"):
        change(engine, store, Registry(importers={IMPORTER: lost}))
    assert known(engine).importers[IMPORTER].statements_to != "NOBODY"
