"""How far has an interchange come? What its trailer will be held against, and what was found wrong so far."""

from collections.abc import Iterable, Iterator
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
class OpenGroup:
    """A functional group that has begun and not ended. type: 0038. number: of its interchange's, from 1."""

    header: Group
    type: str
    number: int
    messages: int = 0
    findings: list[Finding] = field(default_factory=list)

    def closed(self) -> Group:
        """Return the group with what was found wrong with it."""
        return self.header.model_copy(update={"findings": tuple(self.findings)})


@dataclass
class OpenInterchange:
    """An interchange that has begun and not ended. astray: the last segments stood outside any message.

    group: the one that is open. groups: those that have ended.
    """

    setting: Setting
    envelope: Envelope | None
    reference: str
    byte: int
    line: int
    findings: list[Finding] = field(default_factory=list)
    messages: int = 0
    group: OpenGroup | None = None
    groups: list[Group] = field(default_factory=list)
    astray: bool = False
    mixed: bool = False
    references: dict[tuple[str, ...], References] = field(default_factory=dict)
    group_references: set[str] = field(default_factory=set)

    def report(self, faults: Iterable[Fault], where: Where) -> None:
        """Note faults of the envelope, which reject the whole interchange."""
        self.findings += [finding(fault, where) for fault in faults]

    def report_in_group(self, faults: Iterable[Fault], where: Where) -> None:
        """Note faults of the group that is open, which reject it alone; outside a group, of the envelope."""
        found = self.findings if self.group is None else self.group.findings
        found += [finding(fault, where) for fault in faults]

    def open_group(self, elements: Elements, faults: Iterable[Fault], where: Where) -> None:
        """Open a functional group (UNG). faults: what is wrong with the segment itself."""
        self.leave_group(where)
        if self.messages and not self.groups:
            self.report(self._mix("UNG"), where)
        reference = value(elements, 6)
        header = Group(
            reference=reference,
            sender=value(elements, 3),
            sender_qualifier=value(elements, 3, 2),
            recipient=value(elements, 4),
            recipient_qualifier=value(elements, 4, 2),
        )
        self.group = OpenGroup(header, value(elements, 2), len(self.groups) + 1)
        self.report_in_group(faults, where)
        if reference in self.group_references:
            self.report_in_group([Fault("SYN-26G", 6, None, reference)], where)
        self.group_references.add(reference)

    def close_group(self, elements: Elements, faults: Iterable[Fault], where: Where) -> None:
        """Close a functional group (UNE). faults: what is wrong with the segment itself."""
        self.report_in_group(faults, where)
        if self.group is None:
            self.report([Fault("SYN-33", found="UNE")], where)
            return
        if self.group.messages == 0:
            self.report_in_group([Fault("SYN-32", found="UNG")], where)
        counted = count_fault(elements, self.group.messages)
        referred = reference_fault(elements, self.group.header.reference)
        self.report_in_group(filter(None, (counted, referred)), where)
        self.end_group()

    def leave_group(self, where: Where) -> None:
        """End the group that is open, if any, because something stands where its UNE should have."""
        if self.group is not None:
            where = where.model_copy(update={"segment": "UNE"})
            self.report_in_group([Fault("SYN-13S", expected="UNE")], where)
            self.end_group()

    def end_group(self) -> None:
        """End the group that is open, if any."""
        if self.group is not None:
            self.groups.append(self.group.closed())
        self.group = None

    def count(self, message: Message) -> Iterator[Fault]:
        """Count a message in; yield what its place and its reference make wrong."""
        self.astray = False
        self.messages += 1
        if self.group is not None:
            self.group.messages += 1
            if self.setting.style.version != "4" and self.group.type not in {"", message.type}:
                yield Fault("SYN-31", 3, 1, message.type, self.group.type)
        elif self.groups:
            self.report(self._mix("UNH"), Where(byte=message.byte, line=message.line, segment="UNH"))
        kind = (message.group, message.type, message.version, message.release)
        if not self.references.setdefault(kind, References()).add(message.reference):
            yield Fault("SYN-26M", 2, None, message.reference)

    def _mix(self, found: str) -> Iterator[Fault]:
        if not self.mixed:
            yield Fault("SYN-30", found=found)
        self.mixed = True
