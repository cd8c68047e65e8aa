"""How do declarations and papers travel as XML? By one layout per document kind.

    profiles/xml/<kind>.toml ──► layout ──► read    bytes → Declaration, or a paper again
                                       ├─► check   what is wrong, in plain words
                                       ├─► write   Declaration or paper → bytes
                                       └─► xsd     the schema that partners get

The layouts are cadline's own; the CBSA's message chapters are not public.
"""

from parsers.xml.layout import Kind
from parsers.xml.locate import locate_xml
from parsers.xml.papers import PaperError, PaperInterchange, read_paper
from parsers.xml.reader import read_xml, stream_xml
from parsers.xml.writer import write_xml

__all__ = [
    "Kind",
    "PaperError",
    "PaperInterchange",
    "locate_xml",
    "read_paper",
    "read_xml",
    "stream_xml",
    "write_xml",
]
