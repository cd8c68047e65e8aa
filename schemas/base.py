"""What do all our values have in common? They are frozen, and they refuse fields that they do not know."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value. Two values with the same fields are equal; nobody can change one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def is_empty(value: object) -> bool:
    """Whether a field says nothing: then a text that lies in the book for ever leaves it out."""
    return not value
