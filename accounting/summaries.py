"""What did a broker file, client by client? The broker summary: information only, the importers owe."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from accounting.movements import AccountMovement, add_charges, by_account
from schemas.papers import BrokerSummary, ClientGroup

NO_REJECTIONS: Mapping[str, int] = MappingProxyType({})
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def broker_summary(  # noqa: PLR0913, PLR0917 - the words of a paper's head, each named by the caller
    broker: str,
    name: str,
    first_day: date,
    last_day: date,
    issued: date,
    number: int,
    movements: Sequence[AccountMovement],
    rejected: Mapping[str, int] = NO_REJECTIONS,
    names: Mapping[str, str] = NO_NAMES,
    *,
    supplement: int = 0,
) -> BrokerSummary:
    """Return what a broker (BN9) filed in a span of Eastern days, both included.

    movements: those that the broker filed and no earlier summary of the span shows. rejected: how many
    declarations were rejected, by client account; a client with rejections alone is listed too. names: of
    clients, by account. number: counts the summaries of the broker.
    """
    filed = by_account(movements)
    clients = tuple(
        _client(account, names.get(account, ""), filed.get(account, ()), rejected.get(account, 0))
        for account in sorted({*filed, *(account for account, count in rejected.items() if count)})
    )
    return BrokerSummary(
        number=number,
        broker=broker,
        name=name,
        first_day=first_day,
        last_day=last_day,
        issued=issued,
        clients=clients,
        accepted=sum(client.accepted for client in clients),
        rejected=sum(client.rejected for client in clients),
        charges=add_charges(client.charges for client in clients),
        cents=sum(client.cents for client in clients),
        supplement=supplement,
    )


def _client(account: str, name: str, filed: Sequence[AccountMovement], rejected: int) -> ClientGroup:
    """Return the group of a client."""
    movements = tuple(each.movement for each in filed)
    return ClientGroup(
        account=account,
        name=name,
        accepted=len(movements),
        rejected=rejected,
        late=sum(movement.late for movement in movements),
        charges=add_charges(movement.charges for movement in movements),
        cents=sum(movement.cents for movement in movements),
        movements=movements,
    )
