"""Do the samples that stand in the message guides hold? Each is read again as it is printed."""

import re
from pathlib import Path

import pytest

from parsers import read
from parsers.xml import read_paper, write_xml

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "guides").glob("*/*-*.md"))
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def str_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def samples(path: Path) -> list[bytes]:
    """Return the samples of a page, each in the character set that it declares."""
    texts: list[str] = BLOCK.findall(path.read_text(encoding="utf-8"))
    return [text.encode("latin-1" if "UNB+UNOC" in text else "utf-8") for text in texts]


@pytest.mark.parametrize("path", PAGES, ids=str_of)
def test_every_guide_has_a_sample(path: Path) -> None:
    assert samples(path)


@pytest.mark.parametrize("path", [p for p in PAGES if p.stem.startswith("xml")], ids=str_of)
def test_xml_samples_keep_to_their_schema_and_are_canonical(path: Path) -> None:
    for sample in samples(path):
        paper = read_paper(sample)
        bare = re.sub(rb"  <!--.*?-->", b"", sample)
        language = "fr" if path.parent.name == "fr" else "en"
        assert write_xml(paper.kind, paper.header, paper.documents, language) == bare


@pytest.mark.parametrize("path", [p for p in PAGES if p.stem.startswith("edi")], ids=str_of)
def test_edifact_samples_are_read_without_findings(path: Path) -> None:
    for sample in samples(path):
        [interchange] = read(sample)
        assert interchange.findings == ()
        assert [message.findings for message in interchange.messages] == [()]


def test_guides_stand_in_both_languages() -> None:
    names = {language: [p.name for p in PAGES if p.parent.name == language] for language in ("en", "fr")}
    assert names["en"] == names["fr"] != []
