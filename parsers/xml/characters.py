r"""Which characters may XML carry, and how are they written?

>>> escape("A & B <C>\r\x01")
'A &amp; B &lt;C&gt;&#13;\ufffd'
"""

import re

REPLACEMENT = "\ufffd"

MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
"""A carriage return must be written by number: a reader would turn a bare one into a line feed."""

SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """Write text so that XML may carry it. What XML 1.0 has no character for becomes U+FFFD."""
    return SPECIAL.sub(lambda found: MARKUP.get(found[0], REPLACEMENT), text)
