"""Does the README tell the truth? The commands that it marks are run, and say what it says that they say."""

import re

import pytest
from page_commands import ROOT, Step, broken_links, check, run, steps, with_fixtures

README = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = steps(README)
SETTINGS = re.compile(r"^\$ export (CADLINE_CLOCK=\S+) (CADLINE_TABLES=\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the commands say, run one after the other in a folder of their own."""
    folder = with_fixtures(tmp_path_factory.mktemp("readme"))
    settings = SETTINGS.search(README)
    assert settings is not None
    environment = dict(pair.split("=", 1) for pair in settings.groups())
    return [run(command, folder, **environment) for command, _ in STEPS]


@pytest.mark.parametrize(("place", "step"), list(enumerate(STEPS)), ids=[command for command, _ in STEPS])
def test_a_command_says_what_the_readme_says(place: int, step: Step, outputs: list[str]) -> None:
    check(step[1], outputs[place])


@pytest.mark.parametrize(
    "document", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/GLOSSARY.md", "docs/papers.md"]
)
def test_a_document_links_to_what_is_there(document: str) -> None:
    assert broken_links(ROOT / document) == []


def test_the_readme_names_the_verbs_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"make ([a-z-]+)", README))
    assert named <= set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
