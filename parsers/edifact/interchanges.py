"""What does a stream of interchanges hold, and does each envelope close as it opened?

    UNA? UNB ( UNG (UNH … UNT)* UNE | UNH … UNT )* UNZ     as often as they come

A message is read when its end is reached and then forgotten: memory does not grow with the stream.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from parsers.edifact.characters import for_version
from parsers.edifact.charsets import charset
from parsers.edifact.elements import Fault, Style
from parsers.edifact.envelope import (
    VERSIONS,
    count_fault,
    prepared_fault,
    read_envelope,
    reference_fault,
    service_faults,
    value,
)
from parsers.edifact.raw import Raw, RawMessage, Setting
from parsers.edifact.reporting import finding
from parsers.edifact.source import BLANKS, Source
from parsers.edifact.tokens import Elements, split_segment
from parsers.limits import DEFAULT_LIMITS, Limits
from schemas.envelope import Envelope, Interchange, Message
from schemas.findings import Finding, Where

ENVELOPE_TAGS = frozenset({"UNB", "UNG", "UNH", "UNE", "UNZ"})


MessageReader = Callable[[RawMessage], Message]


@dataclass
class Open:
    """An interchange that has begun and not ended."""

    setting: Setting
    envelope: Envelope | None
    reference: str
    byte: int
    findings: list[Finding]
    groups: int = 0
    messages: int = 0
    group_messages: int | None = None
    group_reference: str = ""
    group_type: str = ""
    references: set[tuple[str, ...]] = field(default_factory=set)
    group_references: set[str] = field(default_factory=set)


class InterchangeReader:
    """Reads a stream, giving out each message when it ends, and each interchange after its messages."""

    def __init__(
        self, stream: BinaryIO | bytes, read_message: MessageReader, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self._source = Source(stream, limits.segment)
        self._read_message = read_message
        self._limits = limits
        self._held: Raw | None = None

    def __iter__(self) -> Iterator[Message | Interchange]:
        """Yield messages, each interchange (without its messages) after them."""
        while True:
            stray = "" if self._held else self._source.begin()
            first = self._next()
            if first is None:
                if stray:
                    yield self._unreadable(stray, 0)
                return
            if first.tag == "UNB":
                yield from self._interchange(first, stray)
            else:
                yield self._skip(first)

    def _next(self) -> Raw | None:
        if self._held:
            held, self._held = self._held, None
            return held
        source = self._source
        while True:
            byte, line = source.byte, source.line
            text = source.next_segment()
            if text is None:
                return None
            stripped = text.lstrip(BLANKS)
            if stripped:
                blanks = text[: len(text) - len(stripped)]
                return Raw(stripped, byte + len(blanks), line + blanks.count("\n"))

    def _unreadable(self, found: str, byte: int) -> Interchange:
        where = Where(byte=byte, segment="UNB")
        return Interchange(
            envelope=None, findings=(finding(Fault("SYN-13U", found=found[:80]), where),), byte=byte
        )

    def _skip(self, first: Raw) -> Interchange:
        raw: Raw | None = first
        while raw is not None and raw.tag != "UNB":
            raw = self._next()
        self._held = raw
        return self._unreadable(first.text, first.byte)

    def _interchange(self, first: Raw, stray: str) -> Iterator[Message | Interchange]:
        state = self._open(first, stray)
        while True:
            raw = self._next()
            if raw is None or raw.tag == "UNB":
                self._held = raw
                self._report(state, Fault("SYN-13S", expected="UNZ"), "UNZ", self._source.byte)
                break
            if raw.tag == "UNH":
                yield self._message(raw, state)
            elif raw.tag == "UNZ":
                self._close(raw, state)
                break
            else:
                self._between(raw, state)
        yield Interchange(
            envelope=state.envelope,
            findings=tuple(state.findings),
            byte=state.byte,
            length=(self._held.byte if self._held else self._source.byte) - state.byte,
        )

    def _open(self, raw: Raw, stray: str) -> Open:
        source = self._source
        advised = bool(source.una)
        elements = split_segment(raw.text, source.characters)
        version = value(elements, 2, 2)
        characters = for_version(source.characters, version, advised=advised)
        marks = characters.decimal if advised and version != "4" else ".,"
        charset_name = charset(value(elements, 2, 1), characters.separators)
        setting = Setting(characters, Style(version, marks), charset_name, self._limits)
        start = raw.byte - (len(source.una) if advised else 0)
        state = Open(setting, read_envelope(elements), value(elements, 6), start, [])
        for fault in self._open_faults(elements, setting.style, stray):
            self._report(state, fault, "UNB", raw.byte, raw.line)
        return state

    def _open_faults(self, elements: Elements, style: Style, stray: str) -> Iterator[Fault]:
        if stray:
            yield Fault("SYN-33", found=stray[:80])
        for character in self._source.characters.faults():
            yield Fault("SYN-20", found=character)
        if style.version and style.version not in VERSIONS:
            yield Fault("SYN-2", 2, 2, style.version, "1, 2, 3, 4")
        yield from (
            f for f in service_faults(elements, style) if (f.element, f.component) != (2, 2) or not f.found
        )
        if (fault := prepared_fault(elements)) is not None:
            yield fault

    def _report(self, state: Open, fault: Fault, tag: str, byte: int, line: int | None = None) -> None:
        state.findings.append(finding(fault, Where(byte=byte, line=line, segment=tag)))

    def _between(self, raw: Raw, state: Open) -> None:
        """Handle a segment that stands outside any message."""
        elements = state.setting.split(raw)
        faults = service_faults(elements, state.setting.style)
        if raw.tag == "UNG":
            faults += self._open_group(elements, state)
        elif raw.tag == "UNE":
            faults += self._close_group(elements, state)
        else:
            faults = [Fault("SYN-33", found=raw.text[:80])]
        for fault in faults:
            self._report(state, fault, raw.tag, raw.byte, raw.line)

    def _open_group(self, elements: Elements, state: Open) -> Iterator[Fault]:
        if state.group_messages is not None:
            yield Fault("SYN-13S", expected="UNE")
        if state.messages and not state.groups:
            yield Fault("SYN-30", found="UNG")
        reference = value(elements, 6)
        if reference in state.group_references:
            yield Fault("SYN-26G", 6, None, reference)
        state.group_references.add(reference)
        state.groups += 1
        state.group_messages, state.group_reference, state.group_type = 0, reference, value(elements, 2)

    def _close_group(self, elements: Elements, state: Open) -> Iterator[Fault]:
        if state.group_messages is None:
            yield Fault("SYN-33", found="UNE")
            return
        if state.group_messages == 0:
            yield Fault("SYN-32", found="UNG")
        faults = (
            count_fault(elements, state.group_messages),
            reference_fault(elements, state.group_reference),
        )
        yield from filter(None, faults)
        state.group_messages, state.group_reference = None, ""

    def _close(self, raw: Raw, state: Open) -> None:
        elements = state.setting.split(raw)
        faults = service_faults(elements, state.setting.style)
        if state.group_messages is not None:
            faults.append(Fault("SYN-13S", expected="UNE"))
        if not state.messages and not state.groups:
            faults.append(Fault("SYN-32", found="UNB"))
        counted = state.groups or state.messages
        faults += filter(None, (count_fault(elements, counted), reference_fault(elements, state.reference)))
        if not self._source.ended:
            faults.append(Fault("SYN-13T", expected=state.setting.characters.terminator))
        for fault in faults:
            self._report(state, fault, "UNZ", raw.byte, raw.line)

    def _message(self, first: Raw, state: Open) -> Message:
        segments = [first]
        while (raw := self._next()) is not None:
            if raw.tag in ENVELOPE_TAGS:
                self._held = raw
                break
            segments.append(raw)
            if raw.tag == "UNT":
                break
        end = self._held.byte if self._held else self._source.byte
        message = self._read_message(RawMessage(segments, end, state.group_reference, state.setting))
        return self._count_message(message, first, state)

    def _count_message(self, message: Message, first: Raw, state: Open) -> Message:
        faults: list[Fault] = []
        if state.groups and state.group_messages is None:
            faults.append(Fault("SYN-30", found="UNH"))
        state.messages += 1
        if state.group_messages is not None:
            state.group_messages += 1
        key = (message.group, message.reference, message.type, message.version, message.release)
        if key in state.references:
            faults.append(Fault("SYN-26M", 2, None, message.reference))
        state.references.add(key)
        where = Where(byte=first.byte, line=first.line, segment="UNH", segment_position=1)
        found = tuple(finding(fault, where) for fault in faults)
        return message.model_copy(update={"findings": found + message.findings}) if found else message
