"""How is a message spoilt, to see that its scenario turns red? A segment is dropped, or a code is changed."""

import re

from cadline.certification.model import Scenario, Send

SEGMENT = re.compile(rb"(?<!\?)'")
VALUE = re.compile(rb"\s*<(InvoiceAmount|VersionID|SenderID)>[^<]*</\1>")
MESSAGE_TYPE = re.compile(rb"(UNH\+[^+]*\+)CUSDEC|(<Function)Code>")
FUNCTION = re.compile(rb"(BGM\+929[^']*\+)(\d)'|(<FunctionCode>)(\d)<")
OTHER = {b"9": b"4", b"4": b"9", b"1": b"9"}


def dropped(scenario: Scenario, send: Send, payload: bytes) -> bytes:
    """The scenario's last interchange without one of its segments, or of its elements."""
    if not is_last(scenario, send):
        return payload
    if payload.lstrip().startswith(b"<"):
        return VALUE.sub(b"", payload, count=1)
    segments = SEGMENT.split(payload)
    middle = len(segments) // 2
    return b"'".join([*segments[:middle], *segments[middle + 1 :]])


def changed(scenario: Scenario, send: Send, payload: bytes) -> bytes:
    """The scenario's last interchange with another function code, or where nobody reads it, message type."""
    if not is_last(scenario, send):
        return payload
    if scenario.steps[-1].do in {"expect-acknowledgement", "expect-nothing"}:
        return MESSAGE_TYPE.sub(rb"\1\2CUSDEX", payload, count=1)
    return FUNCTION.sub(_other_function, payload, count=1)


def is_last(scenario: Scenario, send: Send) -> bool:
    return send is [step for step in scenario.steps if isinstance(step, Send)][-1]


def _other_function(found: re.Match[bytes]) -> bytes:
    edifact, code, xml, xml_code = found.groups()
    return edifact + OTHER[code] + b"'" if edifact else xml + OTHER[xml_code] + b"<"


def mended(scenario: Scenario) -> Scenario:
    """The scenario without the damage of its sends, each under a control reference of its own."""
    steps = [
        step.model_copy(update={"damage": (), "reference": ""}) if isinstance(step, Send) else step
        for step in scenario.steps
    ]
    return scenario.model_copy(update={"steps": tuple(steps)})
