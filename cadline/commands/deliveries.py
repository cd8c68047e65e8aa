"""What has left, what waits, and who fetches it? Verbs of `cadline papers`."""

from base64 import b64encode
from pathlib import Path

import click
from sqlalchemy import Connection

from cadline.commands.common import FOLDER, echo_json, json_option, with_house
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest import registry
from outbound import outbox, queues
from outbound.export import file_name, write_whole
from outbound.outbox import Stored
from outbound.queues import Delivered, Queue


@click.command("pull")
@click.option("--recipient", required=True, help="Whose papers.")
@click.option(
    "--since",
    "cursor",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="The cursor that the pull before ended with.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=500, show_default=True, help="How many.")
@click.option("--to", "folder", type=FOLDER, help="Write each paper as a file below this folder.")
@json_option
@with_house
def pull(  # noqa: PLR0913 - one parameter an option
    house: House, recipient: str, cursor: int, limit: int, folder: Path | None, *, as_json: bool
) -> None:
    """Fetch a recipient's papers behind a cursor, oldest first; each is noted as delivered.

    \b
    cadline papers pull --recipient MAPLETD --since 480 --to inbox

    An older cursor gives the same papers again, byte for byte, for ever. What was sent again, or was written
    by a transaction that ended late, comes though it lies before the cursor. With --json, an object for each
    paper with its bytes as base64, and then the cursor to go on from.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    with reading(house.engine) as connection:
        _known_recipient(connection, recipient)
        found = queues.behind(connection, recipient, cursor, limit)
    if folder:
        for paper in found:
            write_whole(folder / file_name(paper), paper.payload)
    reached = max([cursor, *(paper.id for paper in found)])
    for paper in found:
        if as_json:
            echo_json(_pulled(paper))
        else:
            click.echo(f"{paper.id:>6}  {paper.control_reference}  {file_name(paper)}  {paper.key}")
    with writing(house.engine) as connection:  # only now: who is killed before gets them again
        queues.mark_pulled(connection, found, house.clock.now())
    if as_json:
        echo_json({"cursor": reached, "papers": len(found)})
    else:
        click.echo(
            f"{len(found)} papers; go on with --since {reached}" if found else f"nothing behind {cursor}"
        )


@click.command("deliveries")
@click.option("--recipient", help="Only deliveries to this partner.")
@click.option("--since", "cursor", type=int, default=0, help="Only deliveries behind this cursor.")
@json_option
@with_house
def deliveries(house: House, recipient: str | None, cursor: int, *, as_json: bool) -> None:
    """List every delivery: when which paper left, under which number, and for where. Oldest first.

    A paper that was sent again, or fetched again, is there again. What waits is listed by `papers queues`.
    """
    with reading(house.engine) as connection:
        for found in queues.deliveries(connection, recipient=recipient, since=cursor):
            if as_json:
                echo_json(found.model_dump(mode="json"))
            else:
                click.echo(_delivery_line(found))


@click.command("queues")
@json_option
@with_house
def queues_(house: House, *, as_json: bool) -> None:
    """List the recipients for which papers wait, how many, and why one cannot be reached.

    Who gets its papers over the topic has no queue. One that cannot be reached is tried again after growing
    rests, half a minute to an hour, and holds up nobody else.
    """
    with reading(house.engine) as connection:
        found = queues.queues(connection)
    for queue in found:
        if as_json:
            echo_json(queue.model_dump(mode="json"))
        else:
            click.echo(queue_line(queue))
    if not found and not as_json:
        click.echo("no paper waits in a queue")


def _known_recipient(connection: Connection, recipient: str) -> None:
    """Raise Refused for somebody that is no partner and was never written to."""
    is_partner = recipient in registry.read(connection, accounts=(), senders={recipient}).partners
    if not is_partner and next(outbox.papers(connection, recipient=recipient), None) is None:
        raise Refused(f"{recipient} is no partner of the registry; `cadline registry show` lists them")


def _pulled(paper: Stored) -> dict[str, object]:
    """Return a fetched paper for a machine."""
    told = paper.model_dump(
        mode="json", include={"control_reference", "kind", "subject", "day", "syntax", "key"}
    )
    payload = b64encode(paper.payload).decode()
    return {"cursor": paper.id, **told, "digest": paper.digest, "payload_base64": payload}


def _delivery_line(found: Delivered) -> str:
    at = f"{found.delivered_at:%Y-%m-%d %H:%M}Z"
    to = f"{found.recipient:<14}  {found.control_reference}  {found.destination}"
    return f"{found.cursor:>6}  {at}  {to}  {found.key}"


def queue_line(queue: Queue) -> str:
    """Say what waits for a recipient, and why."""
    line = f"{queue.recipient:<14}  {queue.channel:<6}  {queue.waiting} wait, from cursor {queue.first} on"
    if queue.retry_at is None:
        return line
    return f"{line}; not reached {queue.failures}x: {queue.reason}; again at {queue.retry_at:%Y-%m-%d %H:%M}Z"


VERBS = (pull, deliveries, queues_)
"""What has to do with deliveries, for the group `papers`."""
