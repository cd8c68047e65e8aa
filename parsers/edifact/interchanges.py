"""What does a stream of interchanges hold, and does each envelope close as it opened?

    UNA? UNB ( UNG (UNH … UNT)* UNE | UNH … UNT )* UNZ     as often as they come

A message is read when its end is reached and then forgotten: memory does not grow with the stream.
"""

from collections.abc import Callable, Iterator, Sequence

from parsers.edifact.characters import for_version, read_una
from parsers.edifact.charsets import (
    OF_AIRLINES,
    OF_FIRST_VERSIONS,
    OF_VERSION_3,
    UNSUPPORTED,
    charset,
    tolerated_charset,
)
from parsers.edifact.elements import Fault, Style
from parsers.edifact.envelope import (
    VERSIONS,
    count_fault,
    prepared_fault,
    read_envelope,
    reference_fault,
    service_faults,
    text_faults,
    value,
)
from parsers.edifact.opened import OpenInterchange
from parsers.edifact.raw import RawMessage, Setting
from parsers.edifact.reporting import finding
from parsers.edifact.source import BLANKS, BYTE_ORDER_MARK, Raw, Readable, Source
from parsers.edifact.tokens import Elements, split_segment
from parsers.limits import DEFAULT_LIMITS, Limits
from schemas.envelope import Event, Interchange, Message
from schemas.findings import Where
from schemas.tolerance import CHARSETS

MessageReader = Callable[[RawMessage], Message]

PACKAGE_TAGS = frozenset({"UNO", "UNP", "UIB", "UIH", "UIT", "UIZ"})
"""Envelopes of syntax 4 that hold objects or dialogues; with `US?`, those of security."""

INDICATORS = frozenset({10, 12})
"""Acknowledgement request (0031) and test indicator (0035) in UNB: there only when they are set."""

NO_BREAKS = {ord(blank): None for blank in BLANKS}
AGENCY_POSITIONS = frozenset({7, 8})
"""Agency and message version in UNG: each message says for itself what it is."""

FOUND_MAX = 80
"""How much of a stray text a finding shows."""


class InterchangeReader:
    """Reads a stream: gives out each envelope, its messages as they end, and then their interchange."""

    def __init__(
        self, stream: Readable | bytes, read_message: MessageReader, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self._source = Source(stream, limits.segment)
        self._read_message = read_message
        self._limits = limits
        self._held: Raw | None = None

    def __iter__(self) -> Iterator[Event]:
        """Yield envelopes, messages, and each interchange (without its messages) after them."""
        while True:
            stray = "" if self._held else self._source.begin()
            first = self._next()
            if first is None:
                if stray:
                    yield _unreadable(Fault("SYN-13U", found=stray[:FOUND_MAX]), 0)
                return
            if first.tag == "UNB":
                yield from self._interchange(first, stray)
            else:
                yield self._skip(first)

    def _next(self) -> Raw | None:
        if self._held:
            held, self._held = self._held, None
            return held
        return self._source.next()

    def _skip(self, first: Raw) -> Interchange:
        """Pass over what is no interchange, to the next one that begins."""
        raw: Raw | None = first
        while raw is not None and raw.tag != "UNB":
            raw = self._next()
        self._held = raw
        code, tag = ("SYN-47", first.tag) if first.tag in PACKAGE_TAGS else ("SYN-13U", "UNB")
        return _unreadable(Fault(code, found=first.text[:FOUND_MAX]), first.byte, tag)

    def _interchange(self, first: Raw, stray: str) -> Iterator[Event]:
        opened = self._open(first, stray)
        if opened.envelope is not None:
            yield opened.envelope
        while True:
            raw = self._next()
            if raw is None or raw.tag == "UNB":
                self._held = raw
                opened.report([self._unfinished()], Where(byte=self._source.byte, segment="UNZ"))
                break
            if raw.tag == "UNH":
                yield self._message(raw, opened)
            elif raw.tag == "UNZ":
                self._close(raw, opened)
                break
            else:
                _between(raw, opened)
            if self._beyond_limits(opened):
                break
        end = self._held.byte if self._held else self._source.byte
        opened.end_group()
        yield Interchange(
            envelope=opened.envelope,
            groups=tuple(opened.groups),
            findings=tuple(opened.findings),
            byte=opened.byte,
            length=end - opened.byte,
            line=opened.line,
        )

    def _unfinished(self) -> Fault:
        if self._source.overlong:
            return Fault("SYN-18", found="…", expected=str(self._limits.segment), name="segment")
        return Fault("SYN-13S", expected="UNZ")

    def _beyond_limits(self, opened: OpenInterchange) -> bool:
        """Give an interchange up when it is larger than the limits allow; nothing after it is read."""
        size = self._source.byte - opened.byte
        for found, most, name in (
            (size, self._limits.interchange, "interchange"),
            (opened.messages, self._limits.messages, "messages"),
        ):
            if found > most:
                fault = Fault("SYN-18", found=str(found), expected=str(most), name=name)
                opened.report([fault], Where(byte=opened.byte, segment="UNB"))
                self._source.give_up()
                return True
        return False

    def _open(self, raw: Raw, stray: str) -> OpenInterchange:
        source = self._source
        elements = split_segment(raw.text, source.characters)
        version = value(elements, 2, 2)
        characters = for_version(source.characters, version, advised=bool(source.una))
        marks = characters.decimal if source.una and version != "4" else ".,"
        declared = charset(value(elements, 2, 1), characters.separators)
        setting = Setting(characters, Style(version, marks), declared, self._limits)
        for sent in CHARSETS:
            if sent in self._limits.tolerates(value(elements, 3)):
                tolerated = tolerated_charset(sent, characters.separators)
                setting = setting._replace(charset=tolerated, declared=declared)
        start = raw.byte - len(source.una)
        opened = OpenInterchange(setting, read_envelope(elements), value(elements, 6), start, raw.line)
        opened.report(self._una_faults(version), Where(byte=start, line=raw.line, segment="UNA"))
        if stray:
            code = "SYN-BOM" if stray == BYTE_ORDER_MARK else "SYN-33"
            opened.report([Fault(code, found=stray[:FOUND_MAX])], _place(raw))
        opened.report(_header_faults(raw, elements, setting), _place(raw))
        return opened

    def _una_faults(self, version: str) -> Iterator[Fault]:
        if self._source.una:
            characters = for_version(read_una(self._source.una), version, advised=True)
            if version == "4":  # which ignores the decimal mark of UNA
                characters = characters._replace(decimal=",")
            for character in characters.faults():
                yield Fault("SYN-20", found=character)

    def _message(self, first: Raw, opened: OpenInterchange) -> Message:
        parts = [first.text, *self._source.rest_of_message(self._limits.message)]
        length = self._source.byte - first.byte
        group = opened.group
        group_reference, group_number = (group.header.reference, group.number) if group else ("", 0)
        message = self._read_message(
            RawMessage(parts, first.byte, first.line, length, group_reference, group_number, opened.setting)
        )
        faults = list(opened.count(message)) + _tolerated(parts, opened.setting)
        if not faults:
            return message
        where = Where(byte=first.byte, line=first.line, segment="UNH", segment_position=1)
        found = tuple(finding(fault, where) for fault in faults)
        return message.model_copy(update={"findings": found + message.findings})

    def _close(self, raw: Raw, opened: OpenInterchange) -> None:
        elements = opened.setting.split(raw.text)
        faults = service_faults(elements, opened.setting.style)
        faults += text_faults(raw.text, opened.setting)
        opened.leave_group(_place(raw))
        if not opened.messages and not opened.groups:
            faults.append(Fault("SYN-32", found="UNB"))
        counted = len(opened.groups) or opened.messages
        faults += filter(None, (count_fault(elements, counted), reference_fault(elements, opened.reference)))
        if not self._source.ended:
            faults.append(Fault("SYN-13T", expected=opened.setting.characters.terminator))
        opened.report(faults, _place(raw))


def _tolerated(parts: Sequence[str], setting: Setting) -> list[Fault]:
    """Return a warning for a message that the declared set does not hold, and the one agreed upon does."""
    if setting.declared is None or setting.declared.holds(text := "".join(parts).translate(NO_BREAKS)):
        return []
    sent = setting.charset
    return [Fault("SYN-21T", found=sent.name, expected=setting.declared.name)] if sent.holds(text) else []


def _unreadable(fault: Fault, byte: int, tag: str = "UNB") -> Interchange:
    return Interchange(envelope=None, findings=(finding(fault, Where(byte=byte, segment=tag)),), byte=byte)


def _header_faults(raw: Raw, elements: Elements, setting: Setting) -> Iterator[Fault]:
    separator = setting.characters.element
    if raw.text[3:4] != separator:
        yield Fault("SYN-22U", found=raw.text[3:4], expected=separator)
        return
    version, level = setting.style.version, setting.charset.name
    if version and version not in VERSIONS:
        yield Fault("SYN-2", 2, 2, version, ", ".join(sorted(VERSIONS)))
    if level in UNSUPPORTED:
        yield Fault("SYN-46", 2, 1, level, "UNOA … UNOL, UNOW, UNOY")
    if level in OF_AIRLINES:
        yield Fault("SYN-14C", 2, 1, level, "UNOA … UNOL, UNOW, UNOY")
    if version in {"1", "2"} and level in OF_VERSION_3:
        yield Fault("SYN-46V", 2, 1, level, ", ".join(OF_FIRST_VERSIONS), version)
    unknown_version = (2, 2)
    for fault in (*service_faults(elements, setting.style), *text_faults(raw.text, setting)):
        if fault.element in INDICATORS and fault.found == "0":
            yield fault._replace(code="SYN-12Z")
        elif (fault.element, fault.component) != unknown_version or not fault.found:
            yield fault
    yield from filter(None, [prepared_fault(elements)])


def _between(raw: Raw, opened: OpenInterchange) -> None:
    """Handle a segment that stands outside any message."""
    if raw.tag not in {"UNG", "UNE"}:
        opened.report_in_group(_stray_faults(raw, opened), _place(raw))
        return
    elements = opened.setting.split(raw.text)
    faults = [f for f in service_faults(elements, opened.setting.style) if not _is_of_an_agency(f)]
    faults += text_faults(raw.text, opened.setting)
    opened.astray = False
    change = opened.open_group if raw.tag == "UNG" else opened.close_group
    change(elements, faults, _place(raw))


def _place(raw: Raw) -> Where:
    return Where(byte=raw.byte, line=raw.line, segment=raw.tag)


def _is_of_an_agency(fault: Fault) -> bool:
    """Whether a fault is that UNG has codes of another agency than those of the UN."""
    return fault.code == "SYN-12" and fault.element in AGENCY_POSITIONS


def _stray_faults(raw: Raw, opened: OpenInterchange) -> Iterator[Fault]:
    """Report the first of several segments outside a message; the others follow from it."""
    if not opened.astray:
        envelope = raw.tag in PACKAGE_TAGS or raw.tag.startswith("US")
        code = "SYN-47" if envelope and opened.setting.style.version == "4" else "SYN-33"
        yield Fault(code, found=raw.text[:FOUND_MAX])
    opened.astray = True
