"""What does one message say? Header and trailer, then its segments by the guide that UNH names."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from pydantic import ValidationError

from parsers.edifact.directory import Directories
from parsers.edifact.elements import Fault
from parsers.edifact.envelope import count_fault, reference_fault, service_faults, text_faults, value
from parsers.edifact.guide import Guide, Identity
from parsers.edifact.interchanges import InterchangeReader
from parsers.edifact.message import read_segments
from parsers.edifact.patterns import service_glances
from parsers.edifact.profiles import guides_by_identity
from parsers.edifact.raw import RawMessage
from parsers.edifact.reporting import finding
from parsers.edifact.tokens import Elements
from parsers.edifact.walk import Document, NumberedFault
from parsers.edifact.wrapped import Unwrapped, in_file, is_wrapped
from parsers.limits import DEFAULT_LIMITS, Limits
from schemas.cad import Declaration
from schemas.envelope import Event, Interchange, Message
from schemas.rules import all_rules

Guides = Callable[[Identity, str], Guide | None]
"""Gives the guide for what UNH says under a syntax version, or None."""


S009_POSITION = 3
"""The message identifier in UNH."""


class MessageReader:
    """Reads raw messages by the guides it is given. document: what the last one said, as a nested dict.

    unknown: the rule for a message type without a guide: an error, or for mere checking a warning.
    """

    def __init__(self, guides: Guides, unknown: str = "SYN-14T") -> None:
        self._guides = guides
        self._unknown = unknown
        self.document: Document | None = None

    def __call__(self, raw: RawMessage) -> Message:
        """Read one message; whatever is wrong with it stands in its findings."""
        texts = raw.texts
        header = raw.setting.split(texts[0])
        identity = Identity(*(value(header, 3, component) for component in range(1, 6)))
        guide = self._guides(identity, raw.setting.style.version)
        faults = list(_envelope_faults(raw, texts, header))
        document: Document | None = None
        if guide is None:
            faults = [fault for fault in faults if not _is_of_an_agency(fault)]
            faults.append((1, "UNH", Fault(self._unknown, 3, 1, ":".join(identity).rstrip(":"))))
        else:
            document, inner = read_segments(guide, raw, texts)
            faults += inner
        cad = None
        if document is not None and guide is not None and guide.about.document == "declaration":
            cad, missing = _declaration(document)
            broken = any(all_rules()[fault.code].severity == "error" for _, _, fault in faults)
            faults += [] if broken else missing
        self.document = document
        if faults:
            faults.sort(key=lambda fault: fault[0])
        findings = tuple(finding(fault, raw.where(number, tag)) for number, tag, fault in faults)
        return Message(
            reference=value(header, 2),
            type=identity.type,
            version=identity.version,
            release=identity.release,
            agency=identity.agency,
            association=identity.association,
            group=raw.group,
            group_number=raw.group_number,
            byte=raw.byte,
            length=raw.length,
            line=raw.line,
            segments=len(texts),
            findings=findings,
            cad=cad,
        )


def _declaration(document: Document) -> tuple[Declaration | None, list[NumberedFault]]:
    """Return the declaration, or what it lacks. A message at fault already lacks what the faults name."""
    try:
        return Declaration.model_validate(document), []
    except ValidationError as error:
        return None, [(1, "UNH", Fault("SYN-13D", name=_path(e["loc"]))) for e in error.errors()]


def _envelope_faults(raw: RawMessage, texts: list[str], header: Elements) -> Iterator[NumberedFault]:
    """Yield what is wrong with UNH and UNT: by their definition, and whether they agree."""
    setting, count = raw.setting, len(texts)
    if raw.length > setting.limits.message:
        yield 1, "UNH", Fault("SYN-18", None, None, str(raw.length), str(setting.limits.message), "message")
        return
    known = service_glances(setting.characters, setting.style)
    if not (texts[0].isascii() and known["UNH"](texts[0]) and setting.charset.holds(texts[0])):
        for fault in (*service_faults(header, setting.style), *text_faults(texts[0], setting)):
            yield 1, "UNH", fault
    if not texts[-1].startswith("UNT"):
        yield count, "UNT", Fault("SYN-13S", expected="UNT")
        return
    trailer = setting.split(texts[-1])
    if not known["UNT"](texts[-1]):
        for fault in service_faults(trailer, setting.style):
            yield count, "UNT", fault
    for fault in filter(None, (count_fault(trailer, count), reference_fault(trailer, value(header, 2)))):
        yield count, "UNT", fault


def _is_of_an_agency(numbered: NumberedFault) -> bool:
    """Whether a fault is that S009 has codes of another agency than the UN: its types are its own."""
    _, tag, fault = numbered
    return tag == "UNH" and fault.code == "SYN-12" and fault.element == S009_POSITION


def _path(location: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).lstrip(".")


def our_guides(identity: Identity, _version: str = "") -> Guide | None:
    """Return our guide for what UNH says, or None."""
    return guides_by_identity().get(identity)


def read_edifact(payload: BinaryIO | bytes, limits: Limits = DEFAULT_LIMITS) -> list[Interchange]:
    """Read every interchange of a payload with our guides. Never raises on what it reads."""
    return list(collect(stream_edifact(payload, limits)))


def stream_edifact(payload: BinaryIO | bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[Event]:
    """Read a payload with our guides, giving out each message as it ends; memory does not grow with it."""
    return _events(payload, MessageReader(our_guides), limits)


def _events(payload: BinaryIO | bytes, reader: MessageReader, limits: Limits) -> Iterator[Event]:
    """Read a payload, without its line breaks where its sender may break lines anywhere."""
    if not is_wrapped(payload, limits):
        return iter(InterchangeReader(payload, reader, limits))
    unwrapped = Unwrapped(payload)
    return in_file(InterchangeReader(unwrapped, reader, limits), unwrapped)


def collect(stream: Iterable[Event]) -> Iterator[Interchange]:
    """Put messages into the interchange that follows them."""
    messages: list[Message] = []
    for item in stream:
        if isinstance(item, Interchange):
            yield item.model_copy(update={"messages": tuple(messages)})
            messages.clear()
        elif isinstance(item, Message):
            messages.append(item)


class Read(NamedTuple):
    """A message and the document that it carries; None without a guide."""

    message: Message
    document: Document | None


def read_documents(payload: BinaryIO | bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[Read]:
    """Yield every message of a payload that our guides know, with its document as a nested dict."""
    reader = MessageReader(our_guides)
    for item in InterchangeReader(payload, reader, limits):
        if isinstance(item, Message):
            yield Read(item, reader.document)


def check_syntax(
    payload: BinaryIO | bytes, directories: Directories | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Interchange]:
    """Yield every interchange of a payload, checked for syntax alone, with its messages."""
    return collect(stream_syntax(payload, directories, limits))


def stream_syntax(
    payload: BinaryIO | bytes, directories: Directories | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Event]:
    """Check the syntax of a payload, as a stream: envelope, structure, elements.

    A message is checked by our guide when it names our association code, else by the directory that has
    its type, else by our guide of that type; a type that none of them knows gets a warning (0085: 14).
    """
    directories = directories or Directories(())

    def guides(identity: Identity, version: str) -> Guide | None:
        named = guides_by_identity().get(identity) if identity.association else None
        return named or directories.guide(identity, version) or our_guides(identity)

    return _events(payload, MessageReader(guides, unknown="SYN-14"), limits)
