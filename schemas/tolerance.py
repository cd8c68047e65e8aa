"""What do we put up with from a partner whose system cannot do better? Nothing, unless it was agreed.

The words stand in the registry with the partner, joined by blanks; each is read with a warning.
"""

from typing import Literal

Toleration = Literal["latin-1", "windows-1252", "utf-8", "hard-wrap"]
"""latin-1, windows-1252, utf-8: the character set that is sent in truth, whatever UNB declares.
hard-wrap: lines are broken anywhere, such as after every 80 bytes."""

TOLERATIONS: tuple[Toleration, ...] = ("latin-1", "windows-1252", "utf-8", "hard-wrap")
CHARSETS: tuple[Toleration, ...] = ("latin-1", "windows-1252", "utf-8")
