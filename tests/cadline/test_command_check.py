"""Does `cadline check` say what is wrong with a file, however large, and no more than was asked for?"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from strategies import FULL

from cadline.commands.check import check
from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.papers import Header

HEADER = Header(
    sender="B", recipient="CARM", control_reference="1", prepared=datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
)
GOOD = write_interchange("cusdec_d13a", HEADER, [FULL, FULL, FULL])
BAD = GOOD.replace(b"NAD+IM", b"NAD+XX")
XML = write_xml("declaration", HEADER, [FULL])


def checked(tmp_path: Path, *payloads: bytes, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    files = [tmp_path / f"{number}.edi" for number in range(len(payloads))]
    for file, payload in zip(files, payloads, strict=True):
        file.write_bytes(payload)
    database = f"sqlite:///{tmp_path}/none.sqlite"
    command = ["--json", "--database", database, *options, *map(str, files)]
    result = CliRunner().invoke(check, command)
    assert result.exit_code in {0, 1}, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_every_file_is_one_object_on_a_line(tmp_path: Path) -> None:
    found = checked(tmp_path, GOOD, BAD, b"", options=("--syntax-only",))
    assert [each["verdict"] for each in found] == ["accepted", "rejected", "rejected"]
    assert [each["syntax"] for each in found] == ["edifact", "edifact", "unknown"]
    assert [len(each["messages"]) for each in found] == [3, 3, 0]
    assert found[2]["findings"][0]["edifact_code"] == "13"


def test_a_copy_of_an_interchange_in_one_file_is_told(tmp_path: Path) -> None:
    other = GOOD.replace(b"0497", b"0495")
    files = (GOOD + b"\n" + GOOD, GOOD + b"\n" + other, GOOD + GOOD.replace(b"+B+", b"+C+"))
    repeat, taken, another = checked(tmp_path, *files, options=("--syntax-only",))
    [found] = repeat["findings"]
    assert (repeat["verdict"], found["code"], found["severity"]) == ("accepted", "SYN-26R", "warning")
    assert found["where"] == {"byte": len(GOOD) + 1, "line": 2, "segment": "UNB", "element": 6}
    [found] = taken["findings"]
    assert (taken["verdict"], found["edifact_code"], found["found"]) == ("rejected", "26", "1")
    assert [message["verdict"] for message in taken["messages"]] == ["accepted"] * 3 + ["rejected"] * 3
    assert another["findings"] == []


@pytest.mark.parametrize("options", [(), ("--syntax-only",)])
def test_what_is_agreed_can_be_tried(tmp_path: Path, options: tuple[str, ...]) -> None:
    payload = GOOD.replace(b"UNB+UNOC", b"UNB+UNOA")
    [strict] = checked(tmp_path, payload, options=options)
    [tolerant] = checked(tmp_path, payload, options=(*options, "--tolerate", "latin-1"))
    assert "SYN-21" in {finding["code"] for finding in strict["findings"]}
    assert "SYN-21T" in {finding["code"] for finding in tolerant["findings"]}
    assert "SYN-21" not in {finding["code"] for finding in tolerant["findings"]}


def test_all_is_counted_and_the_first_is_shown(tmp_path: Path) -> None:
    [found] = checked(tmp_path, BAD, options=("--syntax-only", "--most", "1"))
    assert found["counts"]["messages"] == 3
    assert found["counts"]["messages_rejected"] == 3
    assert len(found["messages"]) == 1
    assert [finding["code"] for finding in found["findings"]][1:] == ["SYN-MORE"]


@pytest.mark.parametrize("payload", [GOOD, XML], ids=["edifact", "xml"])
def test_a_rule_points_into_the_file(tmp_path: Path, payload: bytes) -> None:
    [found] = checked(tmp_path, payload.replace(b"0497", b"9999"))
    [wrong, *_] = [each for each in found["findings"] if each["where"].get("field") == "office"]
    if "byte" in wrong["where"]:
        assert payload[wrong["where"]["byte"] :].startswith(b"LOC+41")
    else:
        line = payload.splitlines()[wrong["where"]["line"] - 1]
        assert b"0497" in line
