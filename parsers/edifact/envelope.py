"""Is the envelope whole? Service segments by their definition, counts, references, uniqueness."""

from datetime import UTC, datetime

from parsers.edifact.charsets import UTF_8, looks_like_utf8
from parsers.edifact.elements import Fault, Style, check_segment
from parsers.edifact.guide import Use
from parsers.edifact.raw import Setting
from parsers.edifact.service import service_segments
from parsers.edifact.tokens import Elements, split_segment
from schemas.envelope import Envelope

VERSIONS = frozenset("1234X")


def value(elements: Elements, element: int, component: int = 1) -> str:
    """Return the value at a position as CONTRL counts it (the tag is 1), or an empty text."""
    if element > len(elements) or component > len(elements[element - 1][0]):
        return ""
    return elements[element - 1][0][component - 1]


def service_faults(elements: Elements, style: Style) -> list[Fault]:
    """Return what is wrong with a service segment by its definition."""
    use = service_segments(style.version).get(value(elements, 1))
    return list(check_segment(use, elements, style)) if use else []


def text_faults(text: str, setting: Setting, use: Use | None = None) -> list[Fault]:
    """Return a fault for the first character of each value that the declared set does not hold.

    use: the definition of the segment, where it is known, tells composites from single elements.
    """
    use = use or service_segments(setting.style.version).get(text[:3])
    if not _unfit(text, setting):
        name = setting.charset.name
        mistaken = name not in UTF_8 and looks_like_utf8(text)
        return [Fault("SYN-21W", found="UTF-8", expected=name)] if mistaken else []
    return [
        Fault(
            "SYN-21",
            e,
            _place(use, e, c, len(components)),
            found,
            setting.charset.name,
            occurrence=number if len(element) > 1 else None,
        )
        for e, element in enumerate(split_segment(text, setting.characters), start=1)
        for number, components in enumerate(element, start=1)
        for c, component in enumerate(components, start=1)
        if (found := _unfit(component, setting))
    ]


def told_once(found: list[Fault], of_text: list[Fault]) -> list[Fault]:
    """Return both without what is found wrong with a value that holds a character it may not hold."""
    unfit = {_of_value(fault) for fault in of_text if fault.code == "SYN-21"}
    return [fault for fault in found if _of_value(fault) not in unfit] + of_text


def _of_value(fault: Fault) -> tuple[int | None, int | None, int | None]:
    return fault.element, fault.component, fault.occurrence


def _place(use: Use | None, element: int, component: int, components: int) -> int | None:
    definitions = use.elements[element - 2 : element - 1] if use and element > 1 else ()
    composite = any(definition.composite for definition in definitions)
    return component if composite or components > 1 else None


def _unfit(text: str, setting: Setting) -> str:
    """Return, so that one can see it, the first character that the declared set does not hold."""
    if found := setting.charset.forbidden.search(text):
        return found[0] if found[0].isprintable() else f"0x{ord(found[0]):02X}"
    try:
        _ = setting.charset.decode and setting.charset.decode(text)
    except UnicodeDecodeError as error:
        return "0x" + text.encode("latin-1")[error.start : error.end].hex().upper()
    return ""


def read_envelope(elements: Elements) -> Envelope | None:
    """Return what UNB says, or None when it does not say who sent which interchange."""
    sender, reference = value(elements, 3), value(elements, 6)
    if not sender or not reference:
        return None
    return Envelope(
        syntax="edifact",
        syntax_identifier=value(elements, 2, 1),
        syntax_version=value(elements, 2, 2),
        sender=sender,
        sender_qualifier=value(elements, 3, 2),
        sender_routing=value(elements, 3, 3),
        sender_internal=value(elements, 3, 4),
        recipient=value(elements, 4),
        recipient_qualifier=value(elements, 4, 2),
        recipient_routing=value(elements, 4, 3),
        recipient_internal=value(elements, 4, 4),
        prepared=prepared(value(elements, 5, 1), value(elements, 5, 2)),
        control_reference=reference,
        application_reference=value(elements, 8),
        acknowledgement_requested=value(elements, 10) == "1",
        test=value(elements, 12) not in {"", "0"},
    )


def prepared(day: str, time: str) -> datetime | None:
    """Return the instant of S004 (YYMMDD or CCYYMMDD, HHMM), read as UTC; None when it is none."""
    try:
        return datetime.strptime(day + time, "%Y%m%d%H%M" if len(day) > 6 else "%y%m%d%H%M").replace(  # noqa: PLR2004
            tzinfo=UTC
        )
    except ValueError:
        return None


def prepared_fault(elements: Elements) -> Fault | None:
    """Return the fault of a preparation date or time that no calendar knows."""
    day, time = value(elements, 5, 1), value(elements, 5, 2)
    if not (day.isdigit() and time.isdigit()) or prepared(day, time):
        return None
    midnight = prepared(day, "0000")
    component, found = (2, time) if midnight else (1, day)
    return Fault("SYN-12", 5, component, found, "HHMM" if midnight else "YYMMDD", "S004")


def count_fault(elements: Elements, counted: int) -> Fault | None:
    """Return the fault of a trailer's control count; it is compared as a number, zeros in front or not."""
    claimed = value(elements, 2)
    if not claimed.isdigit() or (claimed.lstrip("0") or "0") == str(counted):
        return None
    return Fault("SYN-29", 2, None, claimed, str(counted))


def reference_fault(elements: Elements, expected: str) -> Fault | None:
    """Return the fault of a trailer's reference that differs from its header's, compared as text."""
    found = value(elements, 3)
    if not found or found == expected:
        return None
    return Fault("SYN-28", 3, None, found, expected)
