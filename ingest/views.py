"""What does a broker see of the daily notices of its clients? As much as the delegation of the day says."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from accounting.shown import Posted
from ingest.recipients import Profiles
from schemas.identifiers import bn9_of
from schemas.recipients import Profile
from schemas.registry import Registry, Visibility

WIDTH: dict[Visibility, int] = {"own": 0, "declarations": 1, "balances": 2}
"""How much is seen; of two delegations the wider one counts."""


class View(NamedTuple):
    """A broker (BN9) that gets its view of an account's notices, and how much it sees."""

    broker: str
    profile: Profile
    sees: Visibility


def views_by_account(registry: Registry, profiles: Profiles, day: date) -> Callable[[str], Sequence[View]]:
    """Return what tells the views of an account (BN15) on an Eastern day, by broker.

    Only brokers whose profile asks for the notices of their clients get any.
    """
    wanting: dict[str, Profile] = {}
    for key in sorted(registry.partners, reverse=True):
        partner = registry.partners[key]
        profile = profiles.on(partner, day)
        if partner.role == "broker" and profile.client_notices:
            wanting[bn9_of(partner.account)] = profile
    held: dict[str, dict[str, Visibility]] = defaultdict(dict)
    for each in registry.delegations:
        if each.broker in wanting and each.holds_on(day):
            before = held[each.importer].get(each.broker, "own")
            held[each.importer][each.broker] = max(before, each.visibility, key=WIDTH.__getitem__)

    def views(account: str) -> Sequence[View]:
        seen_by: dict[str, Visibility] = {}
        for delegator in (account, bn9_of(account)):
            for broker, sees in held.get(delegator, {}).items():
                seen_by[broker] = max(seen_by.get(broker, "own"), sees, key=WIDTH.__getitem__)
        return [View(broker, wanting[broker], sees) for broker, sees in sorted(seen_by.items())]

    return views


def seen(view: View, posted: Posted) -> Posted:
    """Return what a broker sees of what was posted to an account.

    What it filed; all declarations; or everything, payments and balances too.
    """
    if view.sees == "balances":
        return posted
    if view.sees == "declarations":
        return Posted(posted.movements)
    return Posted(tuple(each for each in posted.movements if bn9_of(each.movement.broker) == view.broker))
