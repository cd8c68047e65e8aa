"""Who sees an account or a declaration on a day? Its importer, who gets its papers, its brokers, its filers.

While a delegation holds, its holder sees as much as the delegation says: balances and statements, or
declarations whoever filed them, or no more than it filed itself. What somebody filed stays visible to it
after the delegation has ended; a rejected filing is seen by who filed it and by nobody else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from schemas.base import Value
from schemas.registry import Delegation, Registry, Right, Visibility

Because = Literal["importer", "statements", "delegation", "filed"]
"""Why somebody sees. statements: it gets the account's notices and statements by EDI."""


class Filed(Value):
    """A version of a declaration as it was filed. importer: the account that it names. filer: partner id.

    day: the Eastern day from which there is something to see. stands: whether it was not rejected.
    """

    version: int
    importer: str
    filer: str
    day: date
    stands: bool


class Viewer(Value):
    """Somebody who sees, and why. who: account (BN15) of an importer, BN9 of a broker, or partner id.

    account: the program account through which it sees. sees: how much of it. rights: what a delegation allows
    besides. since, until: Eastern days of a delegation, both included; since of a filer is the day of its
    first filing. versions: those that it sees of a declaration; empty where an account is asked about.
    """

    who: str
    name: str
    because: Because
    account: str
    sees: Visibility = "balances"
    rights: tuple[Right, ...] = ()
    since: date | None = None
    until: date | None = None
    versions: tuple[int, ...] = ()


def who_sees_account(
    account: str, registry: Registry, day: date, filers: Mapping[str, date]
) -> tuple[Viewer, ...]:
    """Return who sees an account on an Eastern day. filers: partner ids, and the day of their first filing.

    A filer sees no more than what it filed itself. Who gets the papers is told as it is registered now.
    """
    filed = (
        Viewer(
            who=filer,
            name=_name(registry, filer),
            because="filed",
            account=account,
            sees="own",
            since=since,
        )
        for filer, since in sorted(filers.items())
        if since <= day
    )
    return (*_through(account, registry, day), *filed)


def who_sees_declaration(filed: Sequence[Filed], registry: Registry, day: date) -> tuple[Viewer, ...]:
    """Return who sees a declaration on an Eastern day; nobody before it was filed."""
    known = [each for each in filed if each.day <= day]
    viewers = []
    for account in sorted({each.importer for each in known if each.stands}):
        versions = _versions(each for each in known if each.stands and each.importer == account)
        viewers += [
            viewer.model_copy(update={"versions": versions}) for viewer in _through(account, registry, day)
        ]
    return (*viewers, *_filers(known, registry))


def _through(account: str, registry: Registry, day: date) -> Iterator[Viewer]:
    """Yield who sees everything of an account: the importer, who gets its papers, brokers of the day."""
    importer = registry.importers.get(account)
    if importer is not None:
        yield Viewer(who=account, name=importer.name, because="importer", account=account)
    if importer is not None and importer.statements_to:
        name = _name(registry, importer.statements_to)
        yield Viewer(who=importer.statements_to, name=name, because="statements", account=account)
    for delegation in sorted(registry.delegations, key=lambda each: (each.broker, each.since, each.scope)):
        if delegation.covers(account) and delegation.holds_on(day) and delegation.visibility != "own":
            yield _holder(delegation, account, registry)


def _holder(delegation: Delegation, account: str, registry: Registry) -> Viewer:
    broker = registry.partner_of(delegation.broker)
    return Viewer(
        who=delegation.broker,
        name=broker.name if broker else "",
        because="delegation",
        account=account,
        sees=delegation.visibility,
        rights=delegation.rights,
        since=delegation.since,
        until=delegation.until,
    )


def _filers(filed: Sequence[Filed], registry: Registry) -> Iterator[Viewer]:
    """Yield who filed, through each account that its filings name."""
    for filer, account in sorted({(each.filer, each.importer) for each in filed}):
        own = [each for each in filed if (each.filer, each.importer) == (filer, account)]
        yield Viewer(
            who=filer,
            name=_name(registry, filer),
            because="filed",
            account=account,
            sees="own",
            since=min(each.day for each in own),
            versions=_versions(own),
        )


def _versions(filed: Iterable[Filed]) -> tuple[int, ...]:
    return tuple(sorted({each.version for each in filed}))


def _name(registry: Registry, partner: str) -> str:
    found = registry.partners.get(partner)
    return found.name if found else ""
