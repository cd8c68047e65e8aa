"""How is a paper written in each of the forms that a recipient can ask for?"""

from collections.abc import Callable, Mapping
from functools import partial

from outbound.pages import page
from outbound.pdf import pdf_file
from outbound.plain import as_csv, as_json
from outbound.render import RENDERERS, render
from schemas.papers import Header, Paper
from schemas.recipients import Form, Profile
from schemas.registry import Syntax
from schemas.rules import Language

SYNTAXES: Mapping[str, Syntax] = {syntax: syntax for syntax in RENDERERS}
"""The forms that travel in an envelope."""

PLAIN: Mapping[str, Callable[[Paper, Language], bytes]] = {
    "json": as_json,
    "csv": as_csv,
    "html": lambda paper, language: page(paper, language).encode(),
    "pdf": pdf_file,
}
"""The forms for people, programs and spreadsheets; they need no envelope."""

WRITABLE = (*SYNTAXES, *PLAIN)
"""The forms in which a paper can be had."""


def writer(form: Form, profile: Profile) -> Callable[[Paper, Header], bytes]:
    """Return what writes papers in one of the forms of a recipient, in its language and size of parts."""
    if syntax := SYNTAXES.get(form):
        return partial(render, syntax=syntax, language=profile.language, rows_max=profile.part_rows)
    plain = PLAIN[form]
    return lambda paper, _header: plain(paper, profile.language)
