"""What bytes does a send put on the wire? Declarations of the suite, changed in places, by our guides."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cadline.certification.model import Damage, Message, Send
from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.cad import Declaration
from schemas.papers import Header
from schemas.registry import Syntax

EDIFACT_PROFILE = "cusdec_d13a"
WIRE = "latin-1"
"""How damage is applied: each character one byte, whatever the payload's own character set."""

STEP = re.compile(r"\.?([\w-]+)|\[(\d+)\]")

Declarations = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Post:
    """Where a send comes from and goes to. syntax: what it is written in. folder: where its files lie."""

    declarations: Declarations
    syntax: Syntax
    agency: str
    folder: Path

    def payload(self, send: Send, sender: str, reference: str, prepared: datetime) -> bytes:
        """Return the bytes of a send that is no repeat of another."""
        if send.file:
            written = (self.folder / send.file).read_bytes()
        else:
            header = Header(
                sender=sender,
                recipient=send.recipient or self.agency,
                control_reference=reference,
                prepared=prepared,
                test=send.test,
            )
            written = self._written(header, list(self.cads(send)))
        for damage in send.damage:
            written = damaged(written, damage)
        return written

    def cads(self, send: Send) -> Iterator[Declaration]:
        """Yield the declarations that a send says."""
        for message in send.messages:
            yield from copies(self.declarations[message.cad], message)

    def _written(self, header: Header, cads: list[Declaration]) -> bytes:
        if self.syntax == "xml":
            return write_xml("declaration", header, cads)
        return write_interchange(EDIFACT_PROFILE, header, cads)


def copies(base: Mapping[str, Any], message: Message) -> Iterator[Declaration]:
    """Yield a message's declaration, changed in its places, and its copies under the next numbers."""
    content = patched(base, message)
    first = Declaration.model_validate(content)
    yield first
    for further in range(1, message.copies):
        number = f"{int(first.transaction_number) + further:014d}"
        yield first.model_copy(update={"transaction_number": number})


def patched(base: Mapping[str, Any], message: Message) -> dict[str, Any]:
    """Return a declaration with the values of a message's patch put in, and others taken away.

    Raises ValueError for a path that leads nowhere.
    """
    content = deepcopy(dict(base))
    for path, value in message.patch.items():
        place, last = _place(content, path)
        place[last] = value
    for path in message.without:
        place, last = _place(content, path)
        del place[last]
    return content


def damaged(payload: bytes, damage: Damage) -> bytes:
    """Return what arrives of a payload. Raises ValueError when there is nothing of that kind to damage."""
    text = payload.decode(WIRE)
    if damage.find:
        if damage.find not in text:
            raise ValueError(f"the payload holds no {damage.find!r}")
        text = text.replace(damage.find, damage.replace * damage.repeat, damage.times)
    return text[: len(text) * damage.keep_percent // 100].encode(WIRE)


def _place(content: dict[str, Any], path: str) -> tuple[Any, Any]:
    """Return what holds the last step of a path such as `lines[0].origin`, and that step."""
    *way, last = [int(index) if index else name for name, index in STEP.findall(path)]
    place: Any = content
    try:
        for step in way:
            place = place[step] if isinstance(step, int) else place.setdefault(step, {})
    except (IndexError, TypeError, AttributeError):
        raise ValueError(f"there is no {path}") from None
    return place, last
