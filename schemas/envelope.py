"""What came in, before anyone judged it? An interchange, its messages, and what was found wrong with them."""

from collections.abc import Iterator
from datetime import datetime

from schemas.base import Value
from schemas.cad import Declaration
from schemas.findings import Finding, rejects
from schemas.registry import Syntax


class Envelope(Value):
    """UNB (or the XML header) as it came. `test`: 0035 = 1. All text is as written, untrimmed.

    sender_internal, recipient_internal: 0042 and 0046, which only syntax 4 has.
    """

    syntax: Syntax
    syntax_identifier: str = ""
    syntax_version: str = ""
    sender: str
    sender_qualifier: str = ""
    sender_routing: str = ""
    sender_internal: str = ""
    recipient: str
    recipient_qualifier: str = ""
    recipient_routing: str = ""
    recipient_internal: str = ""
    prepared: datetime | None = None
    control_reference: str
    application_reference: str = ""
    acknowledgement_requested: bool = False
    test: bool = False


class Message(Value):
    """One message: header, place in the payload, what is wrong with its syntax, and the CAD that it carries.

    reference: 0062. type: CUSDEC ... version, release, agency, association: S009.
    group: 0048 of the functional group, empty without one. group_number: which of the interchange's groups
    that is, from 1; 0 without one. byte, length: the slice of the payload, UNH to UNT inclusive. segments: as
    counted. cad: None when it could not be read or is of another type.
    """

    reference: str
    type: str
    version: str = ""
    release: str = ""
    agency: str = ""
    association: str = ""
    group: str = ""
    group_number: int = 0
    byte: int = 0
    length: int = 0
    line: int = 1
    segments: int = 0
    findings: tuple[Finding, ...] = ()
    cad: Declaration | None = None

    @property
    def accepted(self) -> bool:
        """Whether the syntax of the message is good."""
        return not rejects(self.findings)


class Group(Value):
    """A functional group as it came: 0048, S006, S007. A message names its group by reference and number.

    findings: of UNG and UNE. An error among them rejects the group with all its messages, and no other group.
    """

    reference: str
    sender: str = ""
    sender_qualifier: str = ""
    recipient: str = ""
    recipient_qualifier: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the envelope of the group is good."""
        return not rejects(self.findings)


class Interchange(Value):
    """One interchange. findings: of the envelope only; a bad message or group does not reject its neighbours.

    envelope: None when it could not be read; then there is nobody to answer.
    groups: the functional groups, where messages come in groups. byte, length: its slice of the payload.
    line: where it begins, from 1.
    """

    envelope: Envelope | None
    groups: tuple[Group, ...] = ()
    messages: tuple[Message, ...] = ()
    findings: tuple[Finding, ...] = ()
    byte: int = 0
    length: int = 0
    line: int = 1

    @property
    def accepted(self) -> bool:
        """Whether the envelope is good (its groups and messages may still be rejected one by one)."""
        return self.envelope is not None and not rejects(self.findings)

    def accepts(self, message: Message) -> bool:
        """Return whether one of its messages is accepted: by itself, in its group, in the interchange."""
        return self.accepted and self.accepts_group_of(message) and message.accepted

    def accepts_group_of(self, message: Message) -> bool:
        """Return whether the group of a message is good; a message without a group has nothing to fear."""
        return message.group_number == 0 or self.groups[message.group_number - 1].accepted

    def findings_above(self, message: Message) -> tuple[Finding, ...]:
        """Return what was found wrong with the envelope, and with the group of a message."""
        if message.group_number == 0:
            return self.findings
        return self.findings + self.groups[message.group_number - 1].findings

    def every_finding(self) -> Iterator[Finding]:
        """Yield all that was found: of the envelope, of the groups, of the messages."""
        yield from self.findings
        for group in self.groups:
            yield from group.findings
        for message in self.messages:
            yield from message.findings


Event = Envelope | Message | Interchange
"""What a stream gives out: an envelope when it opens, each message when it ends, at last their interchange
without them. Where nobody can be answered, there is no envelope."""
