"""How does a person print or file a paper? As PDF made from its page: numbered, tagged, the same each time.

The letters come with the project (Source Sans Pro, a wheel), so that no machine's fonts change a page. Pango
lays them out; it is a library of the system. A paper of very many lines comes in volumes, each a file of its
own with pages x of y, and is never in memory whole.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from outbound.pages import cover_parts, page_parts
from outbound.volumes import Volume, volumes
from schemas.papers import Paper
from schemas.rules import Language

LINES_MAX = 1_000
"""Lines of one volume: some forty pages, and about 400 MB of memory while they are laid out."""

VARIANT = "pdf/ua-1"
"""The standard for documents that everybody can read: tagged, with its language, title and reading order."""

BETWEEN_TAGS = re.compile(r">\s*\n\s*<")
"""Line ends between elements: they show nothing, and take time to lay out."""

FONT = "font_source_sans_pro"
FACES = {"Regular": (400, "normal"), "Semibold": (600, "normal")}

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When every attachment was made: nothing in a paper depends on the clock."""

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
"""Debian's packages that hold what WeasyPrint lays out text with."""


class PdfUnavailable(Exception):  # noqa: N818 - it names what is the matter
    """This machine lacks the libraries with which text is laid out; the message names their packages."""

    def __init__(self) -> None:
        super().__init__(
            f"PDF needs Pango, which this machine lacks (Debian: apt-get install {' '.join(PACKAGES)})"
        )


def pdf(
    paper: Paper, language: Language, lines_max: int = LINES_MAX, links: str = ""
) -> Iterator[tuple[Volume, bytes]]:
    """Yield each volume of a paper with its PDF; most papers have one. links: as of `pages.page`.

    Raises PdfUnavailable when Pango is missing.
    """
    for volume in volumes(paper, lines_max):
        page = "".join(page_parts(paper, language, links, volume))
        yield volume, _written(BETWEEN_TAGS.sub("><", page))


def pdf_file(paper: Paper, language: Language, lines_max: int = LINES_MAX, links: str = "") -> bytes:
    """Return a paper as one PDF. One of several volumes is a cover with the volumes attached to it.

    Raises PdfUnavailable when Pango is missing.
    """
    written = list(pdf(paper, language, lines_max, links))
    if len(written) == 1:
        return written[0][1]
    cover = "".join(cover_parts(paper, language, [volume for volume, _ in written]))
    return _written(cover, [_attached(volume, payload) for volume, payload in written])


def volume_name(volume: Volume) -> str:
    """Return what the file of a volume is called after the name of its paper, such as `-03-of-12`."""
    return f"-{volume.number:0{len(str(volume.count))}}-of-{volume.count}" if volume.count > 1 else ""


def _attached(volume: Volume, payload: bytes) -> Any:
    return _weasyprint().Attachment(
        string=payload,
        name=f"volume{volume_name(volume)}.pdf",
        description=f"{volume.number}/{volume.count}",
        created=EPOCH,
        modified=EPOCH,
    )


def _written(page: str, attachments: Sequence[Any] = ()) -> bytes:
    """Lay out a page; the same page always gives the same bytes."""
    weasyprint = _weasyprint()
    fonts = weasyprint.text.fonts.FontConfiguration()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"file"})
    style = weasyprint.CSS(string=_faces(), font_config=fonts, url_fetcher=fetcher)
    written: bytes = weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf(
        stylesheets=[style],
        font_config=fonts,
        attachments=attachments,
        pdf_variant=VARIANT,
        pdf_identifier=sha256(page.encode()).digest()[:16],
    )
    return written


@cache
def _weasyprint() -> Any:
    """Load WeasyPrint when it is first needed: it takes a second, and the libraries of the system."""
    try:
        import weasyprint  # noqa: PLC0415 - see above
        import weasyprint.text.fonts  # noqa: PLC0415
        import weasyprint.urls  # noqa: PLC0415
    except OSError as error:
        raise PdfUnavailable from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of each style that is for screens
    return weasyprint


@cache
def _faces() -> str:
    """Return the style sheet that names our letters."""
    folder = resources.files(FONT) / "files"
    return "\n".join(
        f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {weight}; font-style: {style}; '
        f'src: url("file://{folder / f"SourceSansPro-{face}.ttf"}"); }}'
        for face, (weight, style) in FACES.items()
    )
