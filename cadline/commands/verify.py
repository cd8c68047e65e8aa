"""Does the house keep its promises? `cadline verify`."""

import click

from cadline.commands.common import FINDINGS, GOOD, echo_json, json_option, with_house
from cadline.database import reading
from cadline.wiring import House
from ingest.proofs import prove_answers

COUNTED = {
    "interchanges": "interchanges to be acknowledged",
    "acknowledgements": "acknowledgements",
    "refusals": "refusals of other content under a taken reference",
    "declarations": "messages that carry a declaration",
    "answers": "answers",
    "recipients": "recipients with numbers of their own",
    "papers": "notices, statements and summaries",
    "unreadable": "unreadable payloads in quarantine, nobody to be answered",
}


@click.group("verify")
def verify() -> None:
    """Prove, from what is stored, that nothing was left out and nothing was done twice."""


@verify.command("answers")
@json_option
@with_house
def answers(house: House, *, as_json: bool) -> None:
    """Prove that everything received has exactly one answer, and that no number is missing.

    Each interchange has its acknowledgement, each message that carries a declaration its answer, and the
    numbers of each recipient and of its papers run without gaps. Exit code 1 when something does not hold;
    what is still being worked is not answered yet, so run it when the stages are idle.
    """
    with reading(house.engine) as connection:
        proof = prove_answers(connection)
    if as_json:
        problems = [
            {"invariant": found.invariant, "where": found.where, "message": found.message}
            for found in proof.problems
        ]
        counts = {name: proof.counts[name] for name in COUNTED}
        echo_json({"holds": not problems, "counts": counts, "problems": problems})
    else:
        for name, words in COUNTED.items():
            click.echo(f"{proof.counts[name]:>10,}  {words}")
        for found in proof.problems:
            click.echo(str(found))
        click.echo(
            f"Not everything is answered: {len(proof.problems)} exceptions."
            if proof.problems
            else "Everything has exactly one answer, and no number is missing."
        )
    click.get_current_context().exit(FINDINGS if proof.problems else GOOD)
