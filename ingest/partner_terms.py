"""On which terms do partners exchange messages with us? Read and agreed; each change leaves a note."""

from sqlalchemy import Connection, delete, select

from ingest import registry, tables
from ingest.audit import Act, Author, lock, note
from schemas.days import eastern_day
from schemas.partner_terms import GUIDES, Terms


class TermsRefused(Exception):  # noqa: N818 - named as a sentence
    """Terms cannot stand so. The message says everything that stands against them."""


def read(connection: Connection) -> dict[str, Terms]:
    """Return the terms of all partners with whom some were agreed, by partner id."""
    table = tables.partner_terms.c
    contents = connection.scalars(select(table.content).order_by(table.partner))
    return {terms.partner: terms for terms in map(Terms.model_validate_json, contents)}


def agree(connection: Connection, terms: Terms, author: Author, *, certified: bool) -> None:
    """Store the terms of a partner and note the change.

    certified: whether only a certificate for each guide lets a partner be live. Raises TermsRefused, naming
    all faults.
    """
    lock(connection)
    faults = _faults(connection, terms, author, certified=certified)
    if faults:
        raise TermsRefused("\n".join(faults))
    before = read(connection).get(terms.partner)
    if before == terms:
        return
    table = tables.partner_terms
    connection.execute(delete(table).where(table.c.partner == terms.partner))
    row = {"partner": terms.partner, "stage": terms.stage, "content": terms.model_dump_json()}
    connection.execute(table.insert().values(row))
    content = {
        "before": before.model_dump(mode="json") if before else None,
        "after": terms.model_dump(mode="json"),
    }
    note(connection, author, [Act("agree terms", terms.partner, content)])


def _faults(connection: Connection, terms: Terms, author: Author, *, certified: bool) -> list[str]:
    """Return everything that stands against terms."""
    today = eastern_day(author.now)
    faults = []
    if terms.partner not in registry.read(connection, accounts=(), senders={terms.partner}).partners:
        faults.append(f"{terms.partner} is no partner of the registry: register it first")
    for each in terms.speaks:
        if each.guide not in GUIDES:
            faults.append(f"there is no message guide {each.guide}; there are {', '.join(GUIDES)}")
        if each.until is not None and each.until < each.since:
            faults.append(f"{each.guide} would end on {each.until}, before it begins on {each.since}")
    if terms.stage == "test":
        return faults
    if not terms.spoken_on(today):
        faults.append(f"it would be live and speak no message guide on {today}")
    if certified:
        faults += [
            f"nothing certifies {terms.partner} for {guide}: give its certificate"
            for guide in terms.unproven(author.now, today)
        ]
    return faults
