"""How far has an interchange come? What its trailer will be held against, and what was found wrong so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.edifact.elements import Fault
from parsers.edifact.envelope import count_fault, reference_fault, value
from parsers.edifact.raw import Setting
from parsers.edifact.reporting import finding
from parsers.edifact.tokens import Elements
from parsers.references import References
from schemas.envelope import Envelope, Group, Message
from schemas.findings import Finding, Where


@dataclass
class OpenInterchange:
    """An interchange that has begun and not ended. astray: the last segments stood outside any message.

    group_messages: of the group that is open; None outside a group.
    """

    setting: Setting
    envelope: Envelope | None
    reference: str
    byte: int
    findings: list[Finding] = field(default_factory=list)
    groups: int = 0
    messages: int = 0
    group_messages: int | None = None
    group_reference: str = ""
    group_type: str = ""
    astray: bool = False
    mixed: bool = False
    group_headers: list[Group] = field(default_factory=list)
    references: dict[tuple[str, ...], References] = field(default_factory=dict)
    group_references: set[str] = field(default_factory=set)

    @property
    def in_group(self) -> bool:
        """Whether a group is open."""
        return self.group_messages is not None

    def report(self, fault: Fault, tag: str, byte: int, line: int | None = None) -> None:
        """Note a fault of the envelope."""
        self.findings.append(finding(fault, Where(byte=byte, line=line, segment=tag)))

    def open_group(self, elements: Elements) -> Iterator[Fault]:
        """Open a functional group (UNG)."""
        if self.in_group:
            yield Fault("SYN-13S", expected="UNE")
        if self.messages and not self.groups:
            yield from self._mix("UNG")
        reference = value(elements, 6)
        if reference in self.group_references:
            yield Fault("SYN-26G", 6, None, reference)
        self.group_references.add(reference)
        self.group_headers.append(
            Group(
                reference=reference,
                sender=value(elements, 3),
                sender_qualifier=value(elements, 3, 2),
                recipient=value(elements, 4),
                recipient_qualifier=value(elements, 4, 2),
            )
        )
        self.groups += 1
        self.group_messages, self.group_reference, self.group_type = 0, reference, value(elements, 2)

    def close_group(self, elements: Elements) -> Iterator[Fault]:
        """Close a functional group (UNE)."""
        if self.group_messages is None:
            yield Fault("SYN-33", found="UNE")
            return
        if self.group_messages == 0:
            yield Fault("SYN-32", found="UNG")
        counted = count_fault(elements, self.group_messages)
        yield from filter(None, (counted, reference_fault(elements, self.group_reference)))
        self.group_messages, self.group_reference = None, ""

    def count(self, message: Message) -> Iterator[Fault]:
        """Count a message in; yield what its place and its reference make wrong."""
        self.astray = False
        self.messages += 1
        if self.group_messages is not None:
            self.group_messages += 1
            if self.setting.style.version != "4" and self.group_type not in {"", message.type}:
                yield Fault("SYN-31", 3, 1, message.type, self.group_type)
        elif self.groups:
            for fault in self._mix("UNH"):
                self.report(fault, "UNH", message.byte, message.line)
        kind = (message.group, message.type, message.version, message.release)
        if not self.references.setdefault(kind, References()).add(message.reference):
            yield Fault("SYN-26M", 2, None, message.reference)

    def _mix(self, found: str) -> Iterator[Fault]:
        if not self.mixed:
            yield Fault("SYN-30", found=found)
        self.mixed = True
