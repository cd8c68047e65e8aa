"""Which papers do we keep specimens of, and what should each look like? Values in, every form out.

`python tests/outbound/paper_specimens.py` writes every form anew; look at the difference before you keep it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
from PIL import Image
from pydantic import TypeAdapter

from outbound.pages import page
from outbound.pdf import pdf_file
from outbound.plain import as_csv, as_json
from outbound.render import render
from schemas.papers import Header, Paper
from schemas.rules import Language

FOLDER = Path(__file__).parents[2] / "fixtures" / "papers"
LANGUAGES: tuple[Language, ...] = ("en", "fr")

PIXELS_PER_POINT = 0.6
"""How large pictures of pages are: small, and still to be read."""

HEADER = Header(
    sender="CARM",
    recipient="BROKER1",
    control_reference="00000000000007",
    prepared=datetime(2026, 11, 17, 5, 30, tzinfo=UTC),
)

READER: TypeAdapter[Paper] = TypeAdapter(Paper)


def names() -> list[str]:
    """The specimens: a folder for each, with the value in `paper.json`."""
    return sorted(file.parent.name for file in FOLDER.glob("*/paper.json"))


def specimen(name: str) -> Paper:
    """Read the value of a specimen."""
    return READER.validate_json((FOLDER / name / "paper.json").read_bytes())


def forms(paper: Paper, language: Language) -> Iterator[tuple[str, bytes]]:
    """Yield every form of a paper, by the name of its file."""
    yield f"{language}.edi", render(paper, HEADER, "edifact", language)
    yield f"{language}.xml", render(paper, HEADER, "xml", language)
    yield f"{language}.html", page(paper, language).encode()
    yield f"{language}.json", as_json(paper, language)
    yield f"{language}.csv", as_csv(paper, language)


def pictures(payload: bytes) -> Iterator[Image.Image]:
    """Yield the pages of a PDF as small grey pictures."""
    for sheet in pypdfium2.PdfDocument(payload):
        yield sheet.render(scale=PIXELS_PER_POINT, grayscale=True).to_pil().convert("L")


def write() -> None:
    """Write every form of every specimen, and pictures of the pages of its PDF."""
    for name in names():
        for language in LANGUAGES:
            for file, payload in forms(specimen(name), language):
                (FOLDER / name / file).write_bytes(payload)
            _write_pictures(name, language)


def _write_pictures(name: str, language: Language) -> None:
    for file in FOLDER.joinpath(name).glob(f"{language}-*.png"):
        file.unlink()
    for number, picture in enumerate(pictures(pdf_file(specimen(name), language)), start=1):
        picture.quantize(16).save(FOLDER / name / f"{language}-{number}.png", optimize=True)


if __name__ == "__main__":
    write()
