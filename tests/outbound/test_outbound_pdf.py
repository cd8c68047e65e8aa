"""Is a PDF numbered, tagged, complete, the same each time, and does it look as it did when reviewed?"""

import re
import zlib
from itertools import accumulate
from pathlib import Path

import pypdfium2
import pytest
from lxml import html
from paper_specimens import FOLDER, LANGUAGES, names, pictures, specimen
from PIL import Image, ImageChops, ImageStat

from outbound import pdf as pdfs
from outbound.pages import page_parts
from outbound.pdf import PdfUnavailable, pdf, pdf_file, volume_name
from outbound.volumes import volumes
from outbound.words import money
from schemas.papers import Statement

DIFFERENCE_MAX = 2.0
"""Mean difference of two pictures, of 255: other versions of Pango move letters by parts of a point."""


def texts(payload: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(payload)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def plain(payload: bytes) -> bytes:
    """Return the objects of a PDF without compression."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", payload, re.DOTALL)
    return payload + b"".join(map(inflated, packed))


def inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:  # a picture or font in another form
        return b""


def long_statement(lines: int) -> Statement:
    paper = specimen("statement-acts")
    assert isinstance(paper, Statement)
    part = paper.parts[0]
    of = part.movements
    moved = tuple(
        of[at % len(of)].model_copy(update={"transaction_number": f"{at:014d}"}) for at in range(lines)
    )
    longer = part.model_copy(update={"movements": moved, "cents": sum(each.cents for each in moved)})
    return paper.model_copy(update={"parts": (longer, *paper.parts[1:])})


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_look_as_they_were_reviewed(name, language):
    kept = sorted(FOLDER.joinpath(name).glob(f"{language}-*.png"))
    shown = list(pictures(pdf_file(specimen(name), language)))
    assert len(shown) == len(kept)
    for file, picture in zip(kept, shown, strict=True):
        reviewed = Image.open(file).convert("L")
        assert picture.size == reviewed.size
        difference = ImageStat.Stat(ImageChops.difference(picture, reviewed)).mean[0]
        assert difference < DIFFERENCE_MAX, f"{file}: {difference:.2f}"


def test_the_same_paper_is_the_same_bytes():
    paper = specimen("statement-acts")
    assert pdf_file(paper, "fr") == pdf_file(paper, "fr")


@pytest.mark.parametrize(("language", "says"), [("en", "Page {} of {}"), ("fr", "Page {} de {}")])
def test_every_page_has_its_number_and_how_many_there_are(language, says):
    pages = texts(pdf_file(specimen("statement-acts"), language))
    assert len(pages) > 1
    for number, text in enumerate(pages, start=1):
        assert says.format(number, len(pages)) in text


def test_a_pdf_is_tagged_and_names_language_title_and_standard():
    payload = pdf_file(specimen("statement-acts"), "fr")
    document = pypdfium2.PdfDocument(payload)
    assert document.is_tagged()
    assert document.get_metadata_value("Title").startswith("Relevé de compte")
    content = plain(payload)
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=\"1\"", content)
    assert b"/Lang (fr)" in content
    assert content.count(b"/TH") > 20  # cells are told from headings
    assert not document.get_metadata_value("CreationDate")


def test_what_is_carried_over_a_page_is_brought_forward_on_the_next():
    pages = texts(pdf_file(long_statement(60), "en"))
    carried = [re.findall(r"Carried forward (\(?[\d,.]+\)?)", text) for text in pages]
    brought = [re.findall(r"Brought forward (\(?[\d,.]+\)?)", text) for text in pages]
    assert any(carried)
    assert carried[:-1] == brought[1:]


def test_every_line_stands_in_one_volume_and_sums_go_on_from_one_to_the_next():
    paper = long_statement(10)
    found = list(volumes(paper, 4))
    shown = [volume.shown for volume in found]
    assert all(isinstance(each, Statement) for each in shown)
    assert tuple(item for each in shown for item in each.opening_items) == paper.opening_items
    assert tuple(act for each in shown for act in each.activities) == paper.activities
    lines = [movement for each in shown for part in each.parts for movement in part.movements]
    assert lines == [movement for part in paper.parts for movement in part.movements]
    second = found[2]
    assert second.brought == sum(movement.cents for movement in paper.parts[0].movements[:4])
    assert [volume_name(volume) for volume in found[:2]] == ["-1-of-9", "-2-of-9"]


def test_what_a_page_carries_forward_is_the_sum_of_the_lines_above_it_whatever_the_volume():
    paper = long_statement(10).model_copy(update={"activities": ()})
    groups = [paper.opening_items, *(part.movements for part in paper.parts)]
    sums = [cents for group in groups for cents in accumulate(line.cents for line in group)]
    pages = ["".join(page_parts(paper, "en", volume=volume)) for volume in volumes(paper, 4)]
    told = [row for page in pages for row in html.fromstring(page).xpath("//tr/@data-carried")]
    assert told == [f"Carried forward {money(cents, 'en')}" for cents in sums]


def test_a_paper_in_volumes_is_one_file_with_all_of_them_attached():
    paper = long_statement(6)
    cover = pypdfium2.PdfDocument(pdf_file(paper, "en", lines_max=8))
    written = list(pdf(paper, "en", lines_max=8))
    assert cover.count_attachments() == len(written) > 1
    for number, (volume, payload) in enumerate(written):
        attached = cover.get_attachment(number)
        assert attached.get_name() == f"volume{volume_name(volume)}.pdf"
        assert bytes(attached.get_data()) == payload


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch):
    def lacking() -> None:
        raise PdfUnavailable

    monkeypatch.setattr(pdfs, "_weasyprint", lacking)
    with pytest.raises(PdfUnavailable, match=r"apt-get install libpango-1\.0-0"):
        pdf_file(specimen("daily-notice"), "en")


def test_no_reviewed_picture_is_left_over():
    kept = {Path(file).parent.name for file in FOLDER.glob("*/*.png")}
    assert kept == set(names())
