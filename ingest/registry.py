"""Who is who, in the database? Writes the registry, and reads the part that a batch of work needs."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, Table, delete, or_, select

from ingest import tables
from parsers import Limits
from schemas.base import Value
from schemas.identifiers import account_security_number, bn9_of
from schemas.registry import Delegation, Importer, Partner, Registry


def write(connection: Connection, registry: Registry) -> None:
    """Store partners, importers and delegations; what has the same key is replaced, the rest stays."""
    _replace(connection, tables.partner, list(registry.partners.values()))
    _replace(connection, tables.importer, list(registry.importers.values()))
    _replace(connection, tables.delegation, registry.delegations)


def read(
    connection: Connection, *, accounts: Iterable[str], senders: Iterable[str], issued: Iterable[str] = ()
) -> Registry:
    """Return what is known of importer accounts, of senders, and of who issued transaction numbers.

    Delegations of the accounts' business numbers belong to it.
    """
    accounts = set(accounts)
    delegators = accounts | {bn9_of(account) for account in accounts}
    security_numbers = {account_security_number(number) for number in issued}
    partners = connection.execute(
        select(tables.partner).where(
            or_(
                tables.partner.c.id.in_(set(senders)),
                tables.partner.c.account_security_number.in_(security_numbers - {""}),
            )
        )
    )
    importers = connection.execute(select(tables.importer).where(tables.importer.c.account.in_(accounts)))
    delegations = connection.execute(
        select(tables.delegation)
        .where(tables.delegation.c.importer.in_(delegators))
        .order_by(tables.delegation.c.importer, tables.delegation.c.broker, tables.delegation.c.since)
    )
    return Registry(
        partners={row.id: Partner(**row._mapping) for row in partners},
        importers={row.account: Importer(**row._mapping) for row in importers},
        delegations=tuple(Delegation(**row._mapping) for row in delegations),
    )


def read_all(connection: Connection) -> Registry:
    """Return the whole registry."""
    return Registry(
        partners={row.id: Partner(**row._mapping) for row in connection.execute(select(tables.partner))},
        importers={
            row.account: Importer(**row._mapping) for row in connection.execute(select(tables.importer))
        },
        delegations=tuple(
            Delegation(**row._mapping)
            for row in connection.execute(select(tables.delegation).order_by(*tables.delegation.primary_key))
        ),
    )


def read_of(connection: Connection, subjects: Collection[str]) -> Registry:
    """Return what papers of some accounts (BN15), or else brokers (BN9), need: those, and all partners."""
    importer, delegation = tables.importer.c, tables.delegation
    brokers = {subject for subject in subjects if subject == bn9_of(subject)}
    delegators = {*subjects, *map(bn9_of, subjects)}
    # Asked in one question, every delegation would be looked at for each portion of accounts.
    theirs = delegation.c.broker.in_(brokers) if brokers else delegation.c.importer.in_(delegators)
    partners = connection.execute(select(tables.partner))
    importers = connection.execute(select(tables.importer).where(importer.account.in_(subjects)))
    delegations = connection.execute(select(delegation).where(theirs).order_by(*delegation.primary_key))
    return Registry(
        partners={row.id: Partner(**row._mapping) for row in partners},
        importers={row.account: Importer(**row._mapping) for row in importers},
        delegations=tuple(Delegation(**row._mapping) for row in delegations),
    )


def names(connection: Connection, accounts: Collection[str]) -> dict[str, str]:
    """Return the names of those of some accounts (BN15) that are registered."""
    importer = tables.importer.c
    rows = connection.execute(select(importer.account, importer.name).where(importer.account.in_(accounts)))
    return {row.account: row.name for row in rows}


def limits(connection: Connection) -> Limits:
    """Return the limits of reading, with what was agreed with each partner that something was agreed with."""
    table = tables.partner
    agreed = connection.execute(select(table.c.id, table.c.tolerates).where(table.c.tolerates != ""))
    return Limits.model_validate({"tolerated": {row.id: row.tolerates.split() for row in agreed}})


def _replace(connection: Connection, table: Table, values: Sequence[Value]) -> None:
    keys = [column.name for column in table.primary_key.columns]
    for value in values:
        row = value.model_dump()
        same = [table.c[key] == row[key] for key in keys]
        connection.execute(delete(table).where(*same))
        connection.execute(table.insert().values(row))
