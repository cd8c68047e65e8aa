"""What did a recipient agree to, on which day? Profiles; a later one takes an earlier one's place.

A profile begins today or later, so that what was sent is never measured by what was agreed afterwards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, select, update

from ingest import tables
from ingest.audit import Act, Author, lock, note
from outbound.tables import outbox, recipient_rest
from schemas.days import eastern_day
from schemas.recipients import Channel, Profile, profile_of
from schemas.registry import Partner


class ProfileRefused(Exception):  # noqa: N818 - named as a sentence
    """A profile cannot stand so. The message says everything that stands against it."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles that were agreed, of each recipient the oldest first."""

    agreed: Mapping[str, tuple[Profile, ...]]

    def on(self, partner: Partner, day: date) -> Profile:
        """Return a partner's profile on an Eastern day; as it is registered, where nothing was agreed."""
        return self.agreed_on(partner.id, day) or profile_of(partner)

    def agreed_on(self, recipient: str, day: date) -> Profile | None:
        """Return what was agreed with a recipient for an Eastern day, None for nothing."""
        held = [each for each in self.agreed.get(recipient, ()) if each.since <= day]
        return held[-1] if held else None


NO_PROFILES = Profiles({})
"""Nothing was agreed with anybody."""


def read(connection: Connection, recipients: Iterable[str] | None = None) -> Profiles:
    """Return the profiles of some recipients; of all, for None."""
    table = tables.recipient.c
    query = select(table.content).order_by(table.recipient, table.since)
    if recipients is not None:
        query = query.where(table.recipient.in_(set(recipients)))
    found: dict[str, tuple[Profile, ...]] = {}
    for content in connection.scalars(query):
        profile = Profile.model_validate_json(content)
        found[profile.recipient] = (*found.get(profile.recipient, ()), profile)
    return Profiles(found)


def channels(connection: Connection, recipients: Iterable[str], day: date) -> dict[str, Channel]:
    """Return by which way recipients get papers on an Eastern day, of those with whom that was agreed."""
    table = tables.recipient.c
    query = (
        select(table.recipient, table.channel)
        .where(table.recipient.in_(set(recipients)), table.since <= day)
        .order_by(table.since)
    )
    return {row.recipient: row.channel for row in connection.execute(query)}


def agree(connection: Connection, profile: Profile, author: Author) -> None:
    """Store a profile and note it; what waits for the recipient is put into its queue anew.

    Raises ProfileRefused, naming all faults.
    """
    lock(connection)
    faults = _faults(connection, profile, eastern_day(author.now))
    if faults:
        raise ProfileRefused("\n".join(faults))
    held = read(connection, [profile.recipient]).agreed.get(profile.recipient, ())
    before = next((each for each in reversed(held) if each.since <= profile.since), None)
    if before == profile:
        return
    table = tables.recipient
    same = (table.c.recipient == profile.recipient) & (table.c.since == profile.since)
    connection.execute(delete(table).where(same))
    row = profile.model_dump(include={"recipient", "since", "channel"})
    connection.execute(table.insert().values(row | {"content": profile.model_dump_json()}))
    requeue(connection, profile.recipient)
    was = before.model_dump(mode="json") if before else None
    content = {"before": was, "after": profile.model_dump(mode="json")}
    note(connection, author, [Act("agree profile", profile.recipient, content)])


def requeue(connection: Connection, recipient: str) -> None:
    """Let what waits for a recipient be queued anew, and try at once."""
    waits = (outbox.c.recipient == recipient) & outbox.c.relayed_at.is_(None)
    connection.execute(update(outbox).where(waits).values(channel=None))
    connection.execute(delete(recipient_rest).where(recipient_rest.c.recipient == recipient))


def _faults(connection: Connection, profile: Profile, today: date) -> list[str]:
    """Return everything that stands against a profile."""
    partner = tables.partner.c
    known = connection.scalar(select(partner.id).where(partner.id == profile.recipient))
    faults = []
    if known is None:
        faults.append(f"{profile.recipient} is no partner of the registry: import it first")
    if profile.since < today:
        faults.append(
            f"it would begin on {profile.since}, before today ({today}): what was sent stays as agreed"
        )
    if len(set(profile.forms)) < len(profile.forms):
        faults.append(f"a form is named twice: {', '.join(profile.forms)}")
    if profile.channel == "folder" and not profile.folder:
        faults.append("papers are to go into a folder, and none is named")
    if profile.channel != "folder" and profile.folder:
        faults.append(f"a folder is named, and papers go by {profile.channel}")
    return faults
