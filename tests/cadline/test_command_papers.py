"""What went out can be listed, shown in every form, and sent again: the same bytes under the same number."""

import csv
import io
import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from cadline.cli import cadline
from cadline.database import engine_of, reading, writing
from cadline.errors import Refused
from ingest import tables
from ingest.papers import READERS
from outbound.tables import delivery, outbox


def run(database: str, *arguments: str) -> bytes:
    result = CliRunner().invoke(cadline, [*arguments, "--database", database])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def listed(database: str, *arguments: str) -> list[dict]:
    return [json.loads(line) for line in run(database, "papers", "list", "--json", *arguments).splitlines()]


def ask(database: str, query):
    engine = engine_of(database)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    engine.dispose()
    return rows


def test_the_list_holds_every_paper_in_order_and_goes_on_behind_a_cursor(played_url):
    every = listed(played_url)
    assert [paper["cursor"] for paper in every] == list(range(1, len(every) + 1))
    assert listed(played_url, "--since", "100") == every[100:]
    assert all(paper["deliveries"] >= 1 and not paper["waiting"] for paper in every)
    assert {paper["kind"] for paper in every if paper["deliveries"] == 2} == {
        "contrl",
        "answer",
    }  # to a repeat
    assert len(run(played_url, "papers", "list").splitlines()) == len(every)


def test_the_list_can_be_of_one_recipient_and_kind(played_url):
    every = listed(played_url)
    found = listed(played_url, "--recipient", "MAPLETD", "--kind", "daily-notice")
    assert found
    assert found == [p for p in every if (p["recipient"], p["kind"]) == ("MAPLETD", "daily-notice")]


def test_every_paper_is_shown_byte_for_byte_as_it_went_out(played_url):
    rows = ask(played_url, select(outbox).where(outbox.c.id % 7 == 0))
    assert len(rows) > 20
    for row in rows:
        assert run(played_url, "papers", "show", row.key) == row.payload
        number = str(int(row.control_reference))
        assert run(played_url, "papers", "show", number, "--recipient", row.recipient) == row.payload


@pytest.mark.parametrize("kind", ["daily-notice", "statement", "broker-summary", "answer"])
def test_a_paper_is_shown_in_every_form_that_needs_no_envelope(played_url, kind):
    key = listed(played_url, "--kind", kind)[-1]["key"]
    value = json.loads(run(played_url, "papers", "show", key, "--format", "json"))
    assert value["kind"] == kind
    if kind in READERS:
        [stored] = ask(played_url, select(tables.paper.c.content).where(tables.paper.c.key == key))
        assert value == json.loads(stored.content)
    rows = list(
        csv.DictReader(io.StringIO(run(played_url, "papers", "show", key, "--format", "csv").decode()))
    )
    assert rows
    english, french = (
        run(played_url, "papers", "show", key, "--format", "html", "--language", language).decode()
        for language in ("en", "fr")
    )
    assert '<html lang="en">' in english
    assert '<html lang="fr">' in french


def test_a_notice_is_shown_in_the_other_syntax_under_its_number(played_url):
    paper = next(p for p in listed(played_url, "--kind", "daily-notice") if p["syntax"] == "edifact")
    as_xml = run(played_url, "papers", "show", paper["key"], "--format", "xml").decode()
    assert as_xml.startswith("<?xml")
    assert paper["control_reference"] in as_xml


def test_the_other_syntax_of_a_paper_has_the_same_envelope_as_its_own(played_url):
    """Rendered anew in its own syntax, a stored paper gives its stored bytes: the header is the same."""
    from cadline.commands.papers import _in_form  # noqa: PLC0415 - only this test looks behind the curtain
    from outbound.outbox import papers as stored_papers  # noqa: PLC0415 - as above

    engine = engine_of(played_url)
    with reading(engine) as connection:
        contents = {row.key: row for row in connection.execute(select(tables.paper))}
        for sent in [paper for paper in stored_papers(connection) if paper.key in contents]:
            paper = READERS[sent.kind](contents[sent.key].content)
            assert _in_form(paper, sent, sent.syntax, "en", "CARM") == sent.payload
    engine.dispose()


def test_what_cannot_be_shown_is_refused_in_words(played_url):
    with pytest.raises(Refused, match="name one of them with --recipient"):
        run(played_url, "papers", "show", "1")
    with pytest.raises(Refused, match="neither the key nor a number"):
        run(played_url, "papers", "show", "daily-notice/nobody/2026-03-16")
    acknowledgement = listed(played_url, "--kind", "contrl")[0]
    with pytest.raises(Refused, match="only in the syntax"):
        run(played_url, "papers", "show", acknowledgement["key"], "--format", "html")
    answer = next(p for p in listed(played_url, "--kind", "answer") if p["syntax"] == "edifact")
    with pytest.raises(Refused, match="went out as edifact alone"):
        run(played_url, "papers", "show", answer["key"], "--format", "xml")


def test_a_notice_that_goes_to_nobody_is_shown_by_its_key(played_url):
    paper = listed(played_url, "--kind", "daily-notice")[0]
    engine = engine_of(played_url)
    with writing(engine) as connection:
        connection.execute(delivery.delete().where(delivery.c.outbox_id == paper["cursor"]))
        connection.execute(outbox.delete().where(outbox.c.id == paper["cursor"]))
    engine.dispose()
    assert json.loads(run(played_url, "papers", "show", paper["key"]))["account"] == paper["subject"]
    with pytest.raises(Refused, match="goes to nobody"):
        run(played_url, "papers", "show", paper["key"], "--format", "edifact")


def relayed(database: str) -> list[bytes]:
    """What stands on the outbound topic, oldest first."""
    from cadline.logs.tables import log_record  # noqa: PLC0415 - the log of the embedded house

    query = (
        select(log_record).where(log_record.c.topic == "edi.outbound").order_by(log_record.c.record_offset)
    )
    return [row.value for row in ask(database, query)]


def test_a_paper_sent_again_is_the_same_bytes_under_the_same_number_and_every_delivery_is_logged(played_url):
    [row] = ask(played_url, select(outbox).where(outbox.c.kind == "statement").limit(1))
    before = len(relayed(played_url))
    for times in (2, 3):
        assert b"1 papers wait" in run(played_url, "papers", "resend", row.key)
        run(played_url, "run", "--until-idle")
        counting = select(func.count()).where(delivery.c.outbox_id == row.id)
        assert [tuple(found) for found in ask(played_url, counting)] == [(times,)]
    assert relayed(played_url)[before:] == [row.payload] * 2
    [after] = ask(played_url, select(outbox).where(outbox.c.key == row.key))
    assert (after.control_reference, after.digest) == (row.control_reference, row.digest)


def test_a_range_of_numbers_is_sent_again_in_its_order(played_url):
    before = len(relayed(played_url))
    said = run(played_url, "papers", "resend", "--recipient", "AGATECB", "--from", "3", "--to", "5")
    assert b"3 papers wait" in said
    assert sum(paper["waiting"] for paper in listed(played_url)) == 3
    run(played_url, "run", "--until-idle")
    rows = ask(played_url, select(outbox).where(outbox.c.recipient == "AGATECB").order_by(outbox.c.id))
    wanted = [row.payload for row in rows if 3 <= int(row.control_reference) <= 5]
    assert relayed(played_url)[before:] == wanted


def test_nothing_is_sent_again_when_one_of_the_keys_is_unknown(played_url):
    key = listed(played_url)[0]["key"]
    with pytest.raises(Refused, match="no such papers: nothing/like/it"):
        run(played_url, "papers", "resend", key, "nothing/like/it")
    assert not any(paper["waiting"] for paper in listed(played_url))


@pytest.mark.parametrize("arguments", [[], ["--recipient", "AGATECB"], ["key", "--from", "1", "--to", "2"]])
def test_what_to_send_again_is_named_in_one_way(played_url, arguments):
    result = CliRunner().invoke(cadline, ["papers", "resend", *arguments, "--database", played_url])
    assert result.exit_code == 2
    assert "name KEYs, or --recipient with --from and --to" in result.output


def test_a_statement_can_be_had_as_pdf_in_either_language(played_url, tmp_path):
    key = listed(played_url, "--kind", "statement")[0]["key"]
    file = tmp_path / "statement.pdf"
    said = run(played_url, "papers", "show", key, "--as", "pdf", "--language", "fr", "--output", str(file))
    assert said.decode().startswith(f"{file}: ")
    assert file.read_bytes() == run(played_url, "papers", "show", key, "--as", "pdf", "--language", "fr")
    assert file.read_bytes().startswith(b"%PDF-")
    assert file.read_bytes() != run(played_url, "papers", "show", key, "--as", "pdf")


def test_a_line_of_a_page_leads_to_its_declaration_where_one_says_where_those_are(played_url):
    key = listed(played_url, "--kind", "statement")[0]["key"]
    address = "https://portal.example/"
    shown = run(played_url, "papers", "show", key, "--as", "html", "--links", address).decode()
    first = json.loads(run(played_url, "papers", "show", key, "--as", "json"))["parts"][0]["movements"][0]
    where = f"{address}cad/{first['transaction_number']}/{first['version']}"
    assert f'href="{where}"' in shown
    assert f'href="{where}/explanation"' in shown


def test_every_paper_can_be_exported_in_other_forms_beside_its_interchange(played_url, tmp_path):
    run(played_url, "export", "--to", str(tmp_path), "--as", "csv", "--as", "json", "--language", "fr")
    for paper in listed(played_url, "--kind", "statement"):
        name = f"{paper['recipient']}/{paper['control_reference']}-statement"
        assert tmp_path.joinpath(f"{name}.fr.csv").read_bytes().startswith(b"row,entry,")
        shown = run(played_url, "papers", "show", paper["key"], "--as", "json")
        assert tmp_path.joinpath(f"{name}.fr.json").read_bytes() == shown
