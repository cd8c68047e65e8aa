"""The parse stage: repeats, conflicts, strangers and rubbish each get their one answer; nothing is lost."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import parsers
from cadline.database import engine_of, reading, upgrade, writing
from cadline.sample_days import SAMPLE_DAYS
from ingest import registry, tables
from ingest.records import INBOUND, RECEIVED_AT, Record
from ingest.stages.parse import Parse
from outbound.tables import outbox
from schemas.registry import Registry
from schemas.registry_files import read_registry

NOW = datetime(2026, 3, 16, 13, tzinfo=UTC)
FIRST = (SAMPLE_DAYS / "days" / "2026-03-16" / "01-agatecb-first.edi").read_bytes()
XML = (SAMPLE_DAYS / "days" / "2026-03-16" / "07-mapletd-own.xml").read_bytes()


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    engine = engine_of(request.getfixturevalue(request.param))
    upgrade(engine)
    with writing(engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
    yield engine
    engine.dispose()


def record(offset, payload):
    return Record(INBOUND, 0, offset, "", payload, {RECEIVED_AT: NOW.isoformat()})


def parse(engine, *records):
    with writing(engine) as connection:
        return Parse("CARM").handle(connection, records, NOW)


def rows(engine, query):
    with reading(engine) as connection:
        return connection.execute(query).all()


def outcomes(engine):
    query = select(tables.receipt.c.outcome).order_by(tables.receipt.c.position, tables.receipt.c.ordinal)
    return [row.outcome for row in rows(engine, query)]


def acknowledgements(engine):
    return rows(engine, select(outbox).where(outbox.c.kind == "contrl").order_by(outbox.c.id))


def test_a_first_interchange_is_acknowledged_and_its_declarations_go_on(engine):
    outgoing = parse(engine, record(0, FIRST))
    assert len(outgoing) == 10
    (contrl,) = acknowledgements(engine)
    assert (contrl.recipient, contrl.control_reference) == ("AGATECB", "00000000000001")
    numbers = [
        row.answer_number for row in rows(engine, select(tables.message).order_by(tables.message.c.position))
    ]
    assert numbers == list(range(2, 12))


def test_the_log_delivering_a_record_again_hands_the_same_declarations_on(engine):
    first = parse(engine, record(0, FIRST))
    again = parse(engine, record(0, FIRST))
    assert again == first
    assert outcomes(engine) == ["first"]
    assert len(acknowledgements(engine)) == 1


def test_a_repeat_gets_the_same_acknowledgement_again_and_nothing_else_happens(engine):
    parse(engine, record(0, FIRST))
    with writing(engine) as connection:
        connection.execute(outbox.update().values(relayed_at=NOW))
    assert parse(engine, record(1, FIRST), record(2, FIRST)) == []
    assert outcomes(engine) == ["first", "repeat", "repeat"]
    (contrl,) = acknowledgements(engine)
    assert contrl.relayed_at is None


def test_a_repeat_in_the_same_batch_is_a_repeat(engine):
    outgoing = parse(engine, record(0, FIRST), record(1, FIRST))
    assert len(outgoing) == 10
    assert outcomes(engine) == ["first", "repeat"]


def test_other_content_under_a_taken_reference_is_refused_with_26_once(engine):
    other = FIRST.replace(b"90101260000010", b"90101260000999")
    assert len(parse(engine, record(0, FIRST))) == 10
    assert parse(engine, record(1, other)) == []
    assert parse(engine, record(2, other)) == []
    assert outcomes(engine) == ["first", "conflict", "conflict"]
    _, refusal = acknowledgements(engine)
    assert b"+4+26" in refusal.payload
    assert len(rows(engine, select(tables.interchange))) == 1


def test_messages_of_a_rejected_group_are_not_handed_on(engine):
    begin, end = FIRST.index(b"UNH+1+"), FIRST.index(b"UNH+2+")
    group = b"UNG+CUSDEC+A+B+260316:0800+%b+UN+D:13A'"
    trailer = FIRST[FIRST.index(b"UNZ") :].replace(b"UNZ+10", b"UNZ+2")
    other = [group % b"8", FIRST[end : FIRST.index(b"UNH+3+")], b"UNE+1+8'"]
    payload = b"".join([FIRST[:begin], group % b"7", FIRST[begin:end], b"UNE+2+7'", *other, trailer])
    (outgoing,) = parse(engine, record(0, payload))
    assert b'"position":2' in outgoing.value
    (contrl,) = acknowledgements(engine)
    assert b"UCF+7+A+B+4+29+UNE+2'UNT" in contrl.payload
    verdicts = rows(engine, select(tables.message.c.accepted).order_by(tables.message.c.position))
    assert [row.accepted for row in verdicts] == [False, True]


def test_messages_of_every_interchange_of_a_record_are_found_in_the_bytes_that_are_kept(engine):
    second = FIRST.replace(b"+26031601", b"+26031699")
    assert second != FIRST
    parse(engine, record(0, FIRST + b"\r\n" + second))
    query = select(tables.interchange.c.payload, tables.message.c.content).join_from(
        tables.message, tables.interchange
    )
    kept = [(row.payload, json.loads(row.content)["byte"]) for row in rows(engine, query)]
    assert len(kept) == 20
    assert all(payload[byte:].startswith(b"UNH+") for payload, byte in kept)


def test_an_unknown_sender_is_answered_with_23_and_a_foreign_recipient_with_7(engine):
    assert parse(engine, record(0, FIRST.replace(b"AGATECB", b"NOBODY1", 1))) == []
    assert parse(engine, record(1, FIRST.replace(b"+CARM+", b"+MARS+", 1))) == []
    stranger, elsewhere = acknowledgements(engine)
    assert b"+4+23" in stranger.payload
    assert b"+4+7" in elsewhere.payload


def test_what_cannot_be_read_is_kept_with_the_reason(engine):
    assert parse(engine, record(0, b"hello"), record(1, b""), record(2, XML)) != []
    kept = rows(engine, select(tables.quarantine).order_by(tables.quarantine.c.position))
    assert [row.payload for row in kept] == [b"hello", b""]
    assert all(json.loads(row.findings) for row in kept)
    assert outcomes(engine) == ["unreadable", "unreadable", "first"]


def test_several_interchanges_in_one_payload_are_each_registered(engine):
    second = FIRST.replace(b"26031601", b"26031699")
    assert len(parse(engine, record(0, FIRST + b"\r\n" + second))) == 20
    assert outcomes(engine) == ["first", "first"]
    stored = rows(engine, select(tables.interchange.c.payload).order_by(tables.interchange.c.key))
    assert [row.payload.strip() for row in stored] == [FIRST.strip(), second.strip()]


def mutated(draw):
    payload = bytearray(draw(st.sampled_from([FIRST[:3000], XML[:3000], FIRST, XML])))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(payload) - 1))
        payload[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(payload)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.one_of(st.binary(max_size=300), st.composite(mutated)()))
def test_any_bytes_at_all_are_registered_or_quarantined(engine, payload):
    """Nothing a partner sends can stop the stage, on either database."""
    with engine.connect() as connection, connection.begin() as transaction:
        Parse("CARM").handle(connection, [record(0, payload)], NOW)
        found = connection.execute(select(tables.receipt.c.outcome)).all()
        transaction.rollback()
    assert len(found) == len(parsers.read(payload))


def test_a_partner_is_read_as_was_agreed_with_it_and_places_are_those_of_the_file(engine):
    broken = b"\r\n".join(FIRST[start : start + 80] for start in range(0, len(FIRST), 80))
    agreed = (
        read_registry(SAMPLE_DAYS / "registry")
        .partners["AGATECB"]
        .model_copy(update={"tolerates": ("utf-8", "hard-wrap")})
    )
    with writing(engine) as connection:
        registry.write(connection, Registry(partners={agreed.id: agreed}))
        assert registry.limits(connection).tolerates("AGATECB") == ("utf-8", "hard-wrap")
        assert registry.limits(connection).tolerates("MAPLETD") == ()
    assert len(parse(engine, record(0, broken))) == 10
    notes = rows(engine, select(tables.message).order_by(tables.message.c.position))
    assert {found["code"] for note in notes for found in json.loads(note.content)["findings"]} == {"SYN-WRAP"}
    places = [json.loads(note.content)["byte"] for note in notes]
    assert [broken[place : place + 6].replace(b"\r\n", b"")[:3] for place in places] == [b"UNH"] * 10
