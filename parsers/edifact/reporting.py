"""How does a fault on the wire become a finding? It gets its place, its severity and its 0085 code."""

from collections.abc import Mapping

from parsers.edifact.elements import Fault
from schemas.findings import Finding, Where
from schemas.rules import all_rules


def finding(fault: Fault, where: Where, values: Mapping[str, str] | None = None) -> Finding:
    """Return the finding for a fault at a place; element and component come from the fault.

    The rule's text may use {found}, {expected}, {name}, {segment}, {position}, {element}, {component}.
    """
    rule = all_rules()[fault.code]
    inner = {"element": fault.element, "component": fault.component, "occurrence": fault.occurrence}
    place = where.model_copy(update=inner)
    words = {
        "name": fault.name,
        "segment": where.segment or "",
        "position": _text(where.segment_position),
        "element": _text(fault.element),
        "component": _text(fault.component),
    }
    return Finding(
        code=fault.code,
        severity=rule.severity,
        where=place,
        found=fault.found or None,
        expected=fault.expected or None,
        edifact_code=rule.edifact_code,
        values=words | dict(values or {}),
    )


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
