"""Who gets an account's notices and statements by EDI? One recipient at most; a second is refused."""

from collections.abc import Iterator

from sqlalchemy import Connection, update

from ingest import registry, tables
from ingest.audit import Act, Author, lock, note
from ingest.recipients import ProfileRefused
from schemas.registry import Registry


def direct(connection: Connection, account: str, recipient: str, author: Author) -> None:
    """Let a partner get the papers of an account by EDI, or nobody (empty), and note it.

    Raises ProfileRefused, with all reasons, where the account or the partner is unknown, or somebody else
    gets them.
    """
    lock(connection)
    known = registry.read(connection, accounts={account}, senders={recipient} - {""})
    faults = list(_faults(known, account, recipient))
    if faults:
        raise ProfileRefused("\n".join(faults))
    before = known.importers[account].statements_to
    if before == recipient:
        return
    table = tables.importer
    connection.execute(update(table).where(table.c.account == account).values(statements_to=recipient))
    note(connection, author, [Act("direct statements", account, {"before": before, "after": recipient})])


def second_recipient(account: str, held: str, wanted: str) -> str:
    """Say why a second recipient is refused."""
    return (
        f"the notices and statements of {account} go to {held}: an importer may name only one recipient by "
        f"EDI, which sees all of its transactions, so {wanted} cannot get them too; end that first: "
        f"`cadline registry statements-to {account} --nobody`"
    )


def _faults(known: Registry, account: str, recipient: str) -> Iterator[str]:
    importer = known.importers.get(account)
    if importer is None:
        yield f"{account} is no account of the registry: import it first"
    elif recipient and importer.statements_to and importer.statements_to != recipient:
        yield second_recipient(account, importer.statements_to, recipient)
    if recipient and recipient not in known.partners:
        yield f"{recipient} is no partner of the registry: import it first"
