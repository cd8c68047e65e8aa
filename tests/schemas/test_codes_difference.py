"""What differs between two sets of code tables?"""

from pathlib import Path

from schemas.codes import load_codes
from schemas.codes.difference import Difference, differences

HEADER = "code,name_en,name_fr,since,until,source,evidence\n"


def test_the_same_tables_do_not_differ() -> None:
    assert list(differences(load_codes(), load_codes())) == []


def test_rows_come_go_and_change(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    (old / "modes.csv").write_text(
        HEADER + "1,air,aérien,2020-01-01,,A,cbsa\n2,road,route,2020-01-01,,A,cbsa\n"
    )
    (new / "modes.csv").write_text(
        HEADER + "1,air,avion,2020-01-01,,B,cbsa\n2,road,route,2021-01-01,,A,cbsa\n"
    )
    road = {
        "code": "2",
        "name_en": "road",
        "name_fr": "route",
        "until": "",
        "source": "A",
        "evidence": "cbsa",
    }
    assert list(differences(load_codes(old), load_codes(new))) == [
        Difference(
            "modes",
            "1",
            "2020-01-01",
            {"name_fr": "aérien", "source": "A"},
            {"name_fr": "avion", "source": "B"},
        ),
        Difference("modes", "2", "2020-01-01", {**road, "since": "2020-01-01"}, None),
        Difference("modes", "2", "2021-01-01", None, {**road, "since": "2021-01-01"}),
    ]


def test_a_table_that_only_one_side_has_comes_whole(tmp_path: Path) -> None:
    (tmp_path / "tables.toml").write_text("[ports]\ncomplete = false\ncolumns = []\n")
    (tmp_path / "ports.csv").write_text("code,since,until,source,evidence\n0101,2020-01-01,,A,cbsa\n")
    come = list(differences(load_codes(), load_codes(tmp_path)))
    assert [(each.table, each.code, each.before) for each in come] == [("ports", "0101", None)]
