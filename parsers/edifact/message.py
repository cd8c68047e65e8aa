"""What does a message say, and what is wrong with it? One pass over its segments, guided by its guide."""

from collections.abc import Iterator

from parsers.edifact.charsets import looks_like_utf8
from parsers.edifact.elements import Fault, check_segment
from parsers.edifact.envelope import text_faults, told_once, value
from parsers.edifact.guide import Guide, Use
from parsers.edifact.raw import RawMessage
from parsers.edifact.stride import Strides, stride, strides
from parsers.edifact.tokens import Elements, needless_release
from parsers.edifact.walk import Document, NumberedFault, Walk, values_of


class MessageWalk:
    """Reads the segments of one message: at a glance where that will do, in full where it will not."""

    def __init__(self, guide: Guide, raw: RawMessage, texts: list[str]) -> None:
        self.faults: list[NumberedFault] = []
        self._setting = raw.setting
        self._texts = texts
        self._walk = Walk(guide, lambda *fault: self.faults.append(fault))
        text = "".join(self._texts)
        charset = self._setting.charset
        as_declared = text.isascii() or (charset.decode is None and not looks_like_utf8(text))
        self._clean = as_declared and charset.holds(text)
        self._strides: Strides | None = None
        if guide.about.document and self._clean:
            self._strides = strides(guide, self._setting.characters, self._setting.style)

    def read(self) -> Document:
        """Read every segment after UNH, up to the limit of findings; return the document."""
        most = self._setting.limits.findings
        number, texts = 2, self._texts
        while number <= len(texts) and len(self.faults) < most:
            if self._strides is not None:
                number = stride(self._walk, self._strides, texts, number)
            if number <= len(texts):
                self._in_full(number, texts[number - 1])
            number += 1
        return self._walk.document

    def _in_full(self, number: int, text: str) -> None:
        elements = self._setting.split(text)
        tag = value(elements, 1)
        position = self._walk.step(number, tag)
        use = None
        if position is not None and position.uses and tag != "UNT":
            use = self._walk.choose(number, position, elements)
        if use is None or position is None:
            self.faults += [(number, tag, fault) for fault in self._of_text(text, None)]
            return
        found = [*self._too_large(text, elements), *check_segment(use, elements, self._setting.style)]
        found = told_once(found, self._of_text(text, use))
        if needless := needless_release(text, self._setting.characters):
            found.append(Fault("SYN-REL", found=needless))
        values, fault = values_of(use, elements)
        self._walk.take(number, position, use, values)
        if fault and not any((f.element, f.component) == (fault.element, fault.component) for f in found):
            found.append(fault)
        self.faults += [(number, tag, fault) for fault in found]

    def _too_large(self, text: str, elements: Elements) -> Iterator[Fault]:
        limits = self._setting.limits
        if len(text) > limits.segment:
            yield Fault("SYN-18", None, None, str(len(text)), str(limits.segment), "segment")
        if len(text) > limits.element:
            largest = max(len(v) for element in elements for values in element for v in values)
            if largest > limits.element:
                yield Fault("SYN-18", None, None, str(largest), str(limits.element), "element")

    def _of_text(self, text: str, use: Use | None) -> list[Fault]:
        return [] if self._clean else text_faults(text, self._setting, use)


def read_segments(guide: Guide, raw: RawMessage, texts: list[str]) -> tuple[Document, list[NumberedFault]]:
    """Read the segments (`texts`) of one message after UNH; return its document and its faults."""
    walk = MessageWalk(guide, raw, texts)
    return walk.read(), walk.faults
