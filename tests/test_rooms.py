"""Do the top-level rooms resolve into this tree, and does nobody else own their names?"""

from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("accounting", "cadline", "ingest", "outbound", "parsers", "schemas", "validators")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_the_folder_of_this_tree(room: str) -> None:
    origin = import_module(room).__file__
    assert origin is not None
    assert Path(origin) == ROOT / room / "__init__.py"


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_owns_the_name_of_a_room(room: str) -> None:
    assert set(packages_distributions().get(room, ["cadline"])) == {"cadline"}


@pytest.mark.parametrize("folder", sorted(path.name for path in (ROOT / "tests").iterdir() if path.is_dir()))
def test_every_folder_of_tests_mirrors_a_folder_of_the_tree(folder: str) -> None:
    assert folder == "__pycache__" or (ROOT / folder).is_dir()


def test_fixtures_hold_no_python() -> None:
    assert list((ROOT / "fixtures").rglob("*.py")) == []
