"""What can one ask of cadline? The command line: verbs, exit codes, and errors that a person can read."""

import importlib
import sys
from typing import Any

import click

from cadline.commands.common import AWAY, WRONG_USE
from cadline.errors import CadlineError, Unavailable

MODULES = {"notices": "closing", "statements": "closing", "summaries": "closing"}
"""The module of a verb, where it is not named like the verb."""

VERBS: dict[str, str] = {
    "account": "What an account owes and has free; its open items and history.",
    "adjustments": "Approve or refuse changes after the payment due date.",
    "assess": "Duties and taxes of the declarations in a file, every cent explained.",
    "audit": "Who changed what, when and why; and the proof of it.",
    "cad": "Show what happened to a declaration, stage by stage.",
    "calculate": "Duties and taxes of goods that you describe.",
    "calendar": "When to account, which statement, when to pay.",
    "certify": "Run certification suites; coverage and reports.",
    "check": "Parse and validate files; post nothing.",
    "clear": "Which credit pays which debt: preview, run, choose, trace.",
    "db": "Migrate the ledger database.",
    "demo": "Run the sample days from end to end.",
    "export": "Write outbound interchanges as files.",
    "interest": "Interest: work it out, charge it, allow another rate, waive it.",
    "ledger": "Look into the book, and prove it.",
    "notices": "Build and send the daily notices of a day.",
    "papers": "Show what went out, send it again, prove that nothing is missing.",
    "partner": "Register partners: what they speak from when; tested or live.",
    "payments": "Record, import, list, take back and pay out.",
    "opening": "Items from before the book: import and list them.",
    "penalties": "Penalties for lateness: work them out, raise, waive or reverse them.",
    "registry": "Partners, importers and delegations of authority.",
    "run": "Work the stages: parse, validate, post, notify.",
    "security": "Security for release prior to payment: required, given, used, demanded.",
    "statements": "Build and send the statements of a statement day.",
    "submit": "Put interchanges on the inbound topic.",
    "summaries": "Build and send the customs broker summaries of a day.",
    "tables": "List, show, compare and import the code tables.",
    "tariff": "Import, show and search the tariff.",
    "topics": "Create the topics on Kafka.",
    "verify": "Prove that everything is answered, once.",
}


class Verbs(click.Group):
    """Loads a verb's module when it is asked for: `cadline --help` must not load a database driver."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Return a verb's command, or None for an unknown verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"cadline.commands.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List the verbs without loading them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cadline")
def cadline() -> None:
    """The agency side of CARM in a box: declarations come in as EDIFACT or XML; acknowledgements, answers,
    daily notices, statements of account and customs broker summaries go out; a double-entry book stands
    behind them.

    Start with `cadline demo`. State lies in the SQLite file cadline.sqlite of the working folder unless
    --database or CADLINE_DATABASE says otherwise.

    Exit codes: 0 good, 1 the input has findings or is rejected, 2 wrong use or settings, 3 a server is away.
    """  # noqa: D205 - shown as the help's first paragraph


def _said(error: OSError) -> str:
    """Say where what went wrong, as the system has it."""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code; errors meant for people are said in a line."""
    try:
        code: Any = cadline.main(args=arguments, prog_name="cadline", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = WRONG_USE
    except click.Abort:
        click.echo("cadline: stopped", err=True)
        code = WRONG_USE
    except Unavailable as error:
        click.echo(f"cadline: {error}", err=True)
        code = AWAY
    except CadlineError as error:
        click.echo(f"cadline: {error}", err=True)
        code = WRONG_USE
    except OSError as error:  # a file or folder that was named cannot be read or written
        click.echo(f"cadline: {_said(error)}", err=True)
        code = WRONG_USE
    except OverflowError as error:  # days end with the year 9999, the database's numbers with 64 bits
        click.echo(f"cadline: a day or a number lies beyond what can be counted: {error}", err=True)
        code = WRONG_USE
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
