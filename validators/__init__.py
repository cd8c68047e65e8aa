"""Which rules does a declaration break? A CAD and its context go in, findings come out; all at once.

This room is pure: it knows tables and values, no clock, no database. `validate` never raises.
"""

from validators.context import Context
from validators.engine import validate

__all__ = ["Context", "validate"]
