"""How is UN/EDIFACT read and written? As a stream, by guides that are data; all faults reported at once."""

from parsers.edifact.directory import Directories, DirectoryError, load_directories
from parsers.edifact.locate import locate_edifact
from parsers.edifact.reading import check_syntax, read_edifact, stream_edifact, stream_syntax
from parsers.edifact.writer import write_interchange

__all__ = [
    "Directories",
    "DirectoryError",
    "check_syntax",
    "load_directories",
    "locate_edifact",
    "read_edifact",
    "stream_edifact",
    "stream_syntax",
    "write_interchange",
]
