"""How does an interchange get in by hand? `cadline submit`."""

from pathlib import Path

import click

from cadline.commands.common import FILE, echo_json, json_option, with_house
from cadline.database import writing
from cadline.wiring import House
from ingest.doors import inbound


@click.command("submit")
@click.argument("files", nargs=-1, required=True, type=FILE)
@json_option
@with_house
def submit(house: House, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Put interchanges on the inbound topic, as they are, stamped with the instant of receipt.

    Nothing is read or judged here: even an unreadable file is taken, and answered or quarantined by the
    parse stage. Work it with `cadline run --until-idle`.
    """
    received_at = house.clock.now()
    records = [inbound(file.read_bytes(), received_at) for file in files]
    with writing(house.engine) as connection:
        house.log.publish(connection, records)
    for file, record in zip(files, records, strict=True):
        if as_json:
            echo_json({"file": str(file), "bytes": len(record.value), "received_at": received_at.isoformat()})
        else:
            click.echo(f"{file}: {len(record.value)} bytes received {received_at:%Y-%m-%dT%H:%M:%SZ}")
