"""Does what the filer declared agree with what was assessed? A difference is a warning, line by line.

CARM computes the amounts; what the filer declares does not change them.
"""

from accounting.assess.working import Working
from schemas.money import dollars

PARTS = {"excise": ("excise_duty", "excise_tax")}
"""A declared amount that is made of several figures."""


def compare_declared(working: Working) -> None:
    """Warn of each declared amount that differs from the assessed one; leave out what is undetermined."""
    for field, declared in working.case.line.declared:
        if declared is None:
            continue
        figure = field.removesuffix("_cents")
        parts = PARTS.get(figure, (figure,))
        if any(part in working.undetermined for part in parts):
            continue
        assessed = sum(working.cents.get(part, 0) for part in parts)
        if assessed != declared:
            values = {"figure": figure.replace("_", " ")}
            working.find(
                "ASM-080",
                field=f"declared.{field}",
                found=dollars(declared),
                expected=dollars(assessed),
                **values,
            )
