"""Do the samples in docs/papers.md say what we really write?"""

import re
from pathlib import Path

import pytest
from paper_specimens import FOLDER

TEXT = (Path(__file__).parents[2] / "docs" / "papers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
SAMPLES = [text for language, text in BLOCKS if not language]
WRITTEN = [file.read_bytes().decode("latin-1") for file in sorted(FOLDER.glob("*/en.edi"))]


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if "UCI" not in sample])
def test_a_sample_stands_in_a_specimen(sample):
    assert any(sample.replace("\n", "") in written for written in WRITTEN)


def test_there_are_samples():
    assert len(SAMPLES) == 5
