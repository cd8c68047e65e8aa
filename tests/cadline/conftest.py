"""The sample days, played once for all tests of the verbs; whoever changes something works on a copy."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cadline.cli import cadline


@pytest.fixture(scope="session")
def played_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the sample days; to be read only."""
    folder = tmp_path_factory.mktemp("played")
    result = CliRunner().invoke(cadline, ["demo", "--out", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    return folder / "cadline.sqlite"


@pytest.fixture
def played_url(played_file: Path, tmp_path: Path) -> str:
    """The URL of a copy of that database, of this test's own."""
    copy = shutil.copyfile(played_file, tmp_path / "played.sqlite")
    return f"sqlite:///{copy}"
