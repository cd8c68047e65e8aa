"""How is UN/EDIFACT read and written? Streaming, by guides that are data, everything wrong reported at once."""

from parsers.edifact.locate import locate_edifact
from parsers.edifact.reading import read_edifact
from parsers.edifact.writer import write_interchange

__all__ = ["locate_edifact", "read_edifact", "write_interchange"]
