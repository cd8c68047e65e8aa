"""What do the verbs of security share? Amounts and shares as options, and how a refusal is told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from cadline.commands.common import FINDINGS, as_day, echo_json
from ingest.security import SecurityRefused
from schemas.amounts import cents_of
from schemas.money import Cents
from schemas.security import Share
from schemas.security_files import shares_of
from schemas.table_errors import TableError

DAY = click.DateTime(["%Y-%m-%d"])
MONTHS_MAX = 12


def as_cents(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Cents | None:
    """Read an amount in dollars, or say what one looks like."""
    if text is None:
        return None
    cents = cents_of(text)
    if cents is None:
        raise click.BadParameter(f"{text!r} is no amount: expected dollars, such as 1200 or 1200.50")
    return cents


def as_months(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> tuple[Cents, ...] | None:
    """Read the receivables of months, joined by commas, or say which cannot be read."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    amounts = [cents_of(part) for part in parts]
    wrong = [repr(part) for part, cents in zip(parts, amounts, strict=True) if cents is None]
    if wrong:
        raise click.BadParameter(
            f"{', '.join(wrong)}: expected dollars joined by commas, such as 1200.00,3400.50"
        )
    if len(amounts) > MONTHS_MAX:
        raise click.BadParameter(f"{len(amounts)} amounts: expected those of twelve months at most")
    return tuple(cents for cents in amounts if cents is not None)


def as_shares(
    _context: click.Context, _parameter: click.Parameter, texts: Sequence[str]
) -> tuple[Share, ...]:
    """Read shares, each BN15=AMOUNT, or say what one looks like."""
    shares = shares_of(" ".join(texts))
    if shares is None:
        raise click.BadParameter("expected BN15=AMOUNT, such as 123456782RM0001=5000.00")
    return shares


def amount_option(name: str, said: str, **more: Any) -> Callable[..., Any]:
    """Return an option for an amount in dollars; the command gets cents."""
    return click.option(name, metavar="DOLLARS", callback=as_cents, help=said, **more)


def date_option(name: str, said: str, *, to: str, **more: Any) -> Callable[..., Any]:
    """Return an option for an Eastern day."""
    return click.option(name, to, type=DAY, callback=as_day, help=said, **more)


share_option = click.option(
    "--share",
    "shares",
    metavar="BN15=DOLLARS",
    multiple=True,
    callback=as_shares,
    help="How much covers which account; one option for each.",
)
by_option = click.option("--by", "name", required=True, help="Who makes the change.")
why_option = click.option("--why", "reason", required=True, help="Why; kept with the change.")


@contextmanager
def refusing(*, as_json: bool) -> Iterator[None]:
    """Tell a person everything that stands against what was asked; nothing is stored then. Exit code 1."""
    try:
        yield
    except (SecurityRefused, TableError) as error:
        faults = str(error).splitlines()
        if as_json:
            echo_json({"stored": False, "faults": faults})
        else:
            click.echo("cadline: nothing was stored:", err=True)
            for fault in faults:
                click.echo(fault, err=True)
        raise click.exceptions.Exit(FINDINGS) from None
