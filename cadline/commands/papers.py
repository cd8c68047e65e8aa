"""Which papers went out, and is any missing? `cadline papers`."""

from pathlib import Path
from typing import get_args

import click
from sqlalchemy import Connection

from accounting.verify import Problem
from cadline.commands.common import FINDINGS, GOOD, echo_json, json_option, with_house
from cadline.commands.deliveries import VERBS, queue_line
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest.closed_days import Due
from ingest.papers import Listing, listed, value_of
from ingest.tieout import TieOut
from outbound import outbox, queues
from outbound.completeness import Completeness
from outbound.export import write_whole
from outbound.forms import PLAIN, SYNTAXES, WRITABLE
from outbound.outbox import Stored
from outbound.pages import page
from outbound.pdf import PdfUnavailable, pdf, volume_name
from outbound.render import render
from schemas.papers import Answer, Header, Paper, PaperKind
from schemas.rules import Language

OUTPUT = click.Path(dir_okay=False, path_type=Path)


@click.group("papers")
def papers() -> None:
    """Look at what went out, fetch it, send it again, and prove that nothing is missing."""


for _verb in VERBS:
    papers.add_command(_verb)


@papers.command("list")
@click.option("--recipient", help="Only papers for this partner.")
@click.option("--kind", type=click.Choice(get_args(PaperKind)), help="Only papers of this kind.")
@click.option("--since", "cursor", type=int, default=0, help="Only papers behind this cursor.")
@json_option
@with_house
def list_(house: House, recipient: str | None, kind: str | None, cursor: int, *, as_json: bool) -> None:
    """List the papers in the order in which they were written.

    Each begins with its cursor: give the last one as --since to see only what came after it.
    """
    with reading(house.engine) as connection:
        for found in listed(connection, recipient=recipient, kind=kind, since=cursor):
            if as_json:
                echo_json(found.model_dump(mode="json"))
            else:
                click.echo(_in_a_line(found))


@papers.command("show")
@click.argument("name", metavar="KEY|NUMBER")
@click.option("--recipient", help="Whose control reference NUMBER is.")
@click.option(
    "--as", "--format", "form", type=click.Choice(WRITABLE), help="A form other than it went out in."
)
@click.option("--language", type=click.Choice(get_args(Language)), default="en", show_default=True)
@click.option("--links", default="", help="Address below which declarations are shown: lines lead there.")
@click.option("--output", type=OUTPUT, help="File to write to, instead of standard output.")
@with_house
def show(  # noqa: PLR0913 - one parameter an option
    house: House,
    name: str,
    recipient: str | None,
    form: str | None,
    *,
    language: Language,
    links: str,
    output: Path | None,
) -> None:
    """Show a paper by its KEY or by its control reference NUMBER, byte for byte as it went out.

    \b
    cadline papers show statement/999002017RM0001/2026-03-25 --as pdf --output statement.pdf
    cadline papers show 12 --recipient MAPLETD --as html --language fr --output notice.html

    With --as, the same paper in another form. A notice or statement that goes to nobody by EDI has no number
    and is shown by its key, as JSON. A PDF of very many lines is written in volumes, each a file.

    With --links https://portal.example/, a line of a page or PDF leads to https://portal.example/cad/NUMBER/VERSION
    and to the /explanation below that.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    with reading(house.engine) as connection:
        sent = _sent(connection, name, recipient)
        if sent is not None and form in {None, sent.syntax}:
            content = sent.payload
        else:
            paper = _value(connection, (sent.paper or sent.key) if sent else name)
            if form == "pdf" and output:
                _write_volumes(paper, language, links, output)
                return
            if form == "html":
                content = page(paper, language, links).encode()
            else:
                content = _in_form(paper, sent, form or "json", language, house.settings.agency)
    if output:
        write_whole(output, content)
    else:
        click.echo(content, nl=False)


@papers.command("resend")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--recipient", help="Send papers of this partner again, by control reference.")
@click.option("--from", "first", type=click.IntRange(1), help="The first control reference.")
@click.option("--to", "last", type=click.IntRange(1), help="The last control reference.")
@click.option("--since", "cursor", type=click.IntRange(0), help="Everything behind this cursor.")
@json_option
@with_house
def resend(  # noqa: PLR0913 - one parameter an option
    house: House,
    keys: tuple[str, ...],
    recipient: str | None,
    first: int | None,
    last: int | None,
    *,
    cursor: int | None,
    as_json: bool,
) -> None:
    """Send papers again: the same bytes under the same number.

    \b
    cadline papers resend statement/999002017RM0001/2026-03-25
    cadline papers resend --recipient MAPLETD --from 12 --to 15
    cadline papers resend --recipient MAPLETD --since 480

    They wait in the outbox, and `cadline run` delivers them; who fetches its papers fetches them again. Every
    delivery is noted: `cadline papers deliveries`.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    with writing(house.engine) as connection:
        if keys and not (recipient or first or last or cursor is not None):
            wanted = _known(connection, keys)
        elif recipient and first and last and cursor is None and not keys:
            wanted = list(outbox.numbered(connection, recipient, first, last).values())
        elif recipient and cursor is not None and not (first or last or keys):
            wanted = [paper.key for paper in listed(connection, recipient=recipient, since=cursor)]
        else:
            raise click.UsageError("name KEYs, or --recipient with --from and --to, or with --since")
        outbox.resend(connection, wanted)
    if as_json:
        echo_json({"resent": wanted})
        return
    for key in wanted:
        click.echo(key)
    click.echo(f"{len(wanted)} papers wait to be delivered again")


@papers.command("verify")
@click.option("--recipient", help="What this partner was sent, and the accounts whose papers it gets.")
@click.option("--all", "everybody", is_flag=True, help="Everything that was sent to anybody.")
@json_option
@with_house
def verify(house: House, recipient: str | None, *, everybody: bool, as_json: bool) -> None:
    """Prove that no paper is missing, and that papers and book agree. Exit code 1 lists the exceptions.

    \b
    For closed days: each account that has something has its notice, and each version in the book
    is on exactly one. For closed statement days, the same of statements; their totals are the
    ledger's postings. Numbers have no gaps; what was sent is stored unchanged. With --json, the
    completeness digest of every day, which a recipient can compute for itself.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if everybody == bool(recipient):
        raise click.UsageError("say --recipient, or --all")
    with reading(house.engine) as connection:
        tie_out = TieOut(connection, recipient)
        problems, sent = list(tie_out.problems()), list(tie_out.sent())
        still_open = tie_out.open_days(house.clock.now())
        waiting = [queue for queue in queues.queues(connection) if recipient in {None, queue.recipient}]
    if as_json:
        told = [queue.model_dump(mode="json") for queue in waiting]
        echo_json({**_proof(problems, sent, still_open), "waiting": told})
    else:
        for queue in waiting:
            click.echo(f"to be delivered yet: {queue_line(queue)}")
        _tell(problems, sent, still_open)
    click.get_current_context().exit(FINDINGS if problems else GOOD)


def _proof(problems: list[Problem], sent: list[Completeness], still_open: list[Due]) -> dict[str, object]:
    return {
        "holds": not problems,
        "sent": [day.model_dump(mode="json") for day in sent],
        "not_closed": [{"kind": due.kind, "day": due.day.isoformat()} for due in still_open],
        "exceptions": [
            {"check": found.invariant, "where": found.where, "message": found.message} for found in problems
        ],
    }


def _tell(problems: list[Problem], sent: list[Completeness], still_open: list[Due]) -> None:
    for day in sent:
        counts = ", ".join(f"{count} {kind}" for kind, count in day.counts.items())
        click.echo(f"{day.recipient:<14}  {day.day}  {day.digest[:16]}  {counts}")
    for kind in sorted({due.kind for due in still_open}):
        days = [due.day for due in still_open if due.kind == kind]
        click.echo(f"not closed yet: {kind} of {len(days)} days, the first is {days[0]}")
    for problem in problems:
        click.echo(str(problem))
    click.echo(f"{len(problems)} exceptions" if problems else "Nothing is missing; papers and book agree.")


def _sent(connection: Connection, name: str, recipient: str | None) -> Stored | None:
    """Return the interchange of a name, None when there is none. Raises Refused when there are several."""
    found = outbox.named(connection, name, recipient)
    if len(found) > 1:
        recipients = ", ".join(paper.recipient for paper in found)
        raise Refused(f"{name} is a number of {recipients}: name one of them with --recipient")
    return found[0] if found else None


def _value(connection: Connection, key: str) -> Paper:
    """Return what a paper says. Raises Refused for a paper that we do not have, or have only as bytes."""
    paper = value_of(connection, key)
    if paper is not None:
        return paper
    if outbox.stored_keys(connection, [key]):
        raise Refused(f"{key} exists only in the syntax in which it went out: leave out --format")
    raise Refused(f"{key} is neither the key nor a number of a paper; `cadline papers list` names them")


def _in_form(paper: Paper, sent: Stored | None, form: str, language: Language, agency: str) -> bytes:
    if write := PLAIN.get(form):
        try:
            return write(paper, language)
        except PdfUnavailable as error:
            raise Refused(str(error)) from error
    if sent is None:
        raise Refused(f"the paper goes to nobody by EDI: there is no {form} of it")
    if isinstance(paper, Answer):
        raise Refused(f"{sent.key} is an answer, and went out as {sent.syntax} alone")
    header = Header(
        sender=agency,
        recipient=sent.recipient,
        control_reference=sent.control_reference,
        prepared=sent.created_at,
    )
    return render(paper, header, SYNTAXES[form], language)


def _write_volumes(paper: Paper, language: Language, links: str, output: Path) -> None:
    """Write a PDF, each volume into a file of its own as it is made, and name the files."""
    try:
        for volume, content in pdf(paper, language, links=links):
            file = output.with_stem(f"{output.stem}{volume_name(volume)}")
            write_whole(file, content)
            click.echo(f"{file}: {len(content):,} bytes")
    except PdfUnavailable as error:
        raise Refused(str(error)) from error


def _known(connection: Connection, keys: tuple[str, ...]) -> list[str]:
    """Return keys when all are known. Raises Refused naming those that are not: then nothing is sent."""
    if unknown := sorted(set(keys) - outbox.stored_keys(connection, keys)):
        raise Refused(f"no such papers: {', '.join(unknown)}; `cadline papers list` names them")
    return list(keys)


def _in_a_line(paper: Listing) -> str:
    state = "waits" if paper.waiting else f"sent {paper.deliveries}x"
    head = f"{paper.cursor:>6}  {paper.recipient:<14}  {paper.control_reference}"
    return f"{head}  {paper.created_at:%Y-%m-%d %H:%M}Z  {state:<8}  {paper.key}"
