"""What do implementers need to know? Writes `docs/guides`, or with --check names the stale."""  # noqa: INP001 - a script

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from generator.edifact_guide import edifact_guide
from generator.markdown import page, table
from generator.settle import settle
from generator.words import WORDS
from generator.xml_guide import xml_guide

from parsers import DEFAULT_LIMITS
from parsers.edifact.profiles import all_guides
from parsers.xml import Kind
from schemas.rules import Language

FOLDER = Path(__file__).parent / "guides"


def guides(language: Language) -> Iterator[tuple[str, str, bytes]]:
    """Yield the name, the title and the page of every guide."""
    for name in all_guides():
        yield f"edifact-{name}", *edifact_guide(name, language)
    for kind in get_args(Kind):
        yield f"xml-{kind}", *xml_guide(kind, language)


def pages(language: Language) -> dict[Path, bytes]:
    """Return every page of one language, with its index."""
    words = WORDS[language]
    made = list(guides(language))
    index = [f"# {words['index']}", "", words["own"], "", words["index_text"], ""]
    index += table([words["guide"]], [[f"[{title}]({name}.md)"] for name, title, _ in made])
    index += [f"## {words['formats']}", "", words["formats_text"], ""]
    index += [f"## {words['limits']}", "", words["limits_text"], ""]
    limits = [
        [words["limit_names"][name], f"{value:_}".replace("_", " ")]
        for name, value in DEFAULT_LIMITS
        if name in words["limit_names"]
    ]
    index += table([words["limit"], words["default"]], limits)
    folder = FOLDER / language
    return {folder / f"{name}.md": text for name, _, text in made} | {folder / "README.md": page(index)}


if __name__ == "__main__":
    sys.exit(settle({**pages("en"), **pages("fr")}, sys.argv[1:]))
