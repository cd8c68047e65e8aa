"""Two people who change the same at once: the second waits, and then builds upon what the first did."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from beside import begun_beside, side_by_side
from click.testing import CliRunner
from sqlalchemy import select, update

from accounting.payments import received
from cadline.cli import cadline
from cadline.clock import instant_of
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.sample_days import SAMPLE_DAYS, sample_days
from cadline.settings import Settings
from cadline.wiring import House
from ingest import adjustments, audit, payments, recipients, registry, registry_changes, tables
from ingest.audit import Author
from ingest.doors import inbound
from schemas.identifiers import printed_number
from schemas.recipients import profile_of
from schemas.registry import Registry
from schemas.registry_files import read_registry

NOON = "2026-03-17T16:00:00Z"
AUTHOR = Author("Ann", "a test", instant_of(NOON))
NOTED = ("--by", "Bob", "--why", "a test")


@pytest.fixture
def house(postgres_url: str) -> Iterator[House]:
    house = House(Settings(database=postgres_url, tables=SAMPLE_DAYS / "tables", clock=NOON))
    with writing(house.engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
    yield house
    house.close()


def say(house: House, *arguments: str) -> Any:
    return CliRunner().invoke(
        cadline, [*arguments, *NOTED, "--database", house.settings.database, "--clock", NOON]
    )


def test_two_changes_of_one_profile_both_hold(house):
    with reading(house.engine) as connection:
        partner = registry.read_all(connection).partners["MAPLETD"]
    agreed = profile_of(partner).model_copy(update={"since": date(2026, 3, 17), "part_rows": 77})
    _, second = begun_beside(
        house.engine,
        lambda connection: recipients.agree(connection, agreed, AUTHOR),
        lambda: say(house, "registry", "profile", "MAPLETD", "--language", "fr"),
    )
    assert second.exit_code == 0, second.output
    with reading(house.engine) as connection:
        found = recipients.read(connection, ["MAPLETD"]).agreed["MAPLETD"][-1]
    assert (found.part_rows, found.language) == (77, "fr")


def test_a_partner_that_somebody_registers_meanwhile_is_not_registered_over(house):
    with reading(house.engine) as connection:
        partner = registry.read_all(connection).partners["MAPLETD"]
    new = partner.model_copy(update={"id": "ACME", "name": "Acme"})
    _, second = begun_beside(
        house.engine,
        lambda connection: registry_changes.store(connection, Registry(partners={"ACME": new}), AUTHOR),
        lambda: say(
            house,
            "partner",
            "register",
            "ACME",
            "--name",
            "Other",
            "--account",
            partner.account,
            "--role",
            "importer",
            "--contact",
            "Ann",
        ),
    )
    assert isinstance(second.exception, Refused), second.output
    with reading(house.engine) as connection:
        assert registry.read_all(connection).partners["ACME"].name == "Acme"


def work_a_day(house: House) -> None:
    records = [
        inbound(file.read_bytes(), instant_of("2026-03-16T16:00:00Z")) for file in sample_days()[0].files
    ]
    with writing(house.engine) as connection:
        house.log.publish(connection, records)
    house.shift().until_idle()


def test_of_two_rulings_on_one_adjustment_the_first_stands(house):
    work_a_day(house)
    with writing(house.engine) as connection:
        decided = connection.execute(
            select(tables.decision).where(tables.decision.c.verdict == "accepted")
        ).first()
        is_it = tables.decision.c.transaction_number == decided.transaction_number
        connection.execute(update(tables.decision).where(is_it).values(verdict="pending"))
    number = printed_number(decided.transaction_number, decided.version)
    with pytest.raises(adjustments.NotWaiting, match="was refused by Ann"):
        side_by_side(
            house.engine,
            lambda connection: adjustments.rule(connection, number, "refused", AUTHOR),
            lambda connection: adjustments.rule(connection, number, "approved", AUTHOR),
        )


def test_a_statement_that_two_correct_at_once_has_one_next_version(house):
    work_a_day(house)
    day = date(2026, 3, 25)
    with writing(house.engine) as connection:
        _, account, _ = house.close_of_day(connection).statements(day)[0].split("/")
        act = received(reference="1", payer="P", method="electronic", received_at=instant_of(NOON))
        payments.record(connection, account, 5_000, act, AUTHOR)
    first, second = side_by_side(
        house.engine,
        lambda connection: house.close_of_day(connection).correct(account, day, AUTHOR),
        lambda connection: house.close_of_day(connection).correct(account, day, AUTHOR),
    )
    assert first.version == 2
    assert second is None
    with reading(house.engine) as connection:
        assert audit.verify(connection) == []
