"""Is a generated document up to date? Writes it, or with --check only tells."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def settle(documents: Mapping[Path, bytes], arguments: Sequence[str]) -> int:
    """Write documents, or with `--check` name those that differ. Returns an exit code."""
    stale = [path for path, text in documents.items() if not path.exists() or path.read_bytes() != text]
    if "--check" in arguments:
        sys.stdout.writelines(f"stale: {path} (make docs writes it again)\n" for path in stale)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(documents[path])
    sys.stdout.writelines(f"written: {path}\n" for path in stale)
    return 0
