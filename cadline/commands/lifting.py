"""How is a charge lifted by a ruling, and a refusal of it told? What `interest` and `penalties` share."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from accounting.waivers import Manner
from cadline.commands.common import FINDINGS, echo_json
from cadline.database import writing
from cadline.wiring import House
from ingest.audit import Author
from ingest.rulings import RulingRefused, waive
from schemas.money import Cents, dollars


@contextmanager
def refusing() -> Iterator[None]:
    """Say why it cannot be decided so, and leave with exit code 1; nothing is kept."""
    try:
        yield
    except RulingRefused as error:
        click.echo(f"cadline: {error}", err=True)
        raise click.exceptions.Exit(FINDINGS) from None


def take_back(  # noqa: PLR0913 - the words of a decision
    house: House, key: str, manner: Manner, amount: Cents | None, author: Author, *, as_json: bool
) -> None:
    """Lift the charge of the entry `key`, all of it or an amount, and say what was made of it."""
    with refusing(), writing(house.engine) as connection:
        made = waive(connection, key, manner, author, amount)
    cents = sum(item.cents for item in made.items)
    if as_json:
        echo_json({"key": made.key, "entry": key, "manner": manner, "cents": cents})
    else:
        click.echo(f"{made.key}  {dollars(cents)}")
