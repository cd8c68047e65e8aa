"""Do the files for running cadline elsewhere agree with the project, as far as shows without an engine?"""

import json
import re
from pathlib import Path

import pytest

from cadline.settings import PREFIX, Settings
from cadline.wiring import STAGES

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")


def test_compose_runs_one_worker_for_each_stage() -> None:
    assert re.findall(r'command: \["run", "--stage", "(\w+)"', COMPOSE) == list(STAGES)


def test_compose_sets_only_settings_that_exist() -> None:
    names = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"\b{PREFIX}\w+", COMPOSE)) - names == set()


def test_compose_and_the_tests_run_the_same_kafka() -> None:
    version = re.search(r"<kafka.version>(.+)</kafka.version>", (DEPLOY / "kafka" / "pom.xml").read_text())
    assert version is not None
    assert f"image: apache/kafka:{version[1]}\n" in COMPOSE


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.y*ml")), ids=lambda path: path.name)
def test_yaml_is_indented_by_two_blanks(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        assert "\t" not in line
        assert (len(line) - len(line.lstrip())) % 2 == 0, line


@pytest.mark.parametrize("path", sorted((DEPLOY / "grafana").rglob("*.json")), ids=lambda path: path.name)
def test_every_panel_of_a_dashboard_asks_something(path: Path) -> None:
    panels = json.loads(path.read_text(encoding="utf-8"))["panels"]
    assert all(target["expr"] for panel in panels for target in panel["targets"])


def test_dashboards_ask_only_for_metrics_that_are_served() -> None:
    served = set(re.findall(r"\"(cadline_\w+)\"", (ROOT / "cadline" / "metrics.py").read_text("utf-8")))
    endings = ("", "_total", "_bucket", "_sum", "_count")
    asked = set(re.findall(r"\bcadline_\w+", (DEPLOY / "grafana/dashboards/cadline.json").read_text("utf-8")))
    assert asked <= {name + ending for name in served for ending in endings}


def test_the_image_is_given_every_room() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert rooms <= set(re.findall(r"^COPY (\w+) \w+$", dockerfile, re.MULTILINE))
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert rooms <= set(re.findall(r"^!(\w+)$", ignore, re.MULTILINE))
