"""What may an operator set? One frozen value, read once from `CADLINE_*` variables and command-line options.

Every setting has a default that works on one machine without a server.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from cadline.clock import clock_of
from cadline.errors import SettingsError
from schemas.base import Value
from schemas.security import THRESHOLDS

PREFIX = "CADLINE_"


class Settings(Value):
    """All settings. The variable of each is its name in capitals behind `CADLINE_`.

    database: URL of the ledger database (`sqlite:///FILE` or `postgresql://...`).
    kafka: bootstrap servers, `host:port,host:port`; empty for the log inside the database.
    topic_prefix: put before every topic, so that several systems can share one Kafka.
    agency: our own identification in UNB. clock: `system`, an instant, or `file:PATH`.
    tables: a folder whose files stand in place of the shipped tables of the same name.
    tariff: an imported tariff or a CSV; empty for the shipped sample.
    batch_records: most records worked in one transaction. poll_seconds: longest wait for one.
    retry_seconds_max: how long a worker tries again while a server is away, before it stops.
    security_thresholds: percents of security used of which events tell, as `75,90,100`.
    charge: whether the close of a day posts penalties and interest.
    keys: the folder of public keys (`*.pub`) whose signatures on certificates are believed.
    go_live: `certified`, when only a valid certificate lets a partner go live; or `free`.
    metrics_port: where /metrics is served; 0 for nowhere. log: `json` or `console`.
    """

    database: str = "sqlite:///cadline.sqlite"
    kafka: str = ""
    topic_prefix: str = ""
    agency: str = "CARM"
    clock: str = "system"
    tables: Path | None = None
    tariff: Path | None = None
    batch_records: int = Field(default=200, ge=1, le=10_000)
    poll_seconds: float = Field(default=0.5, gt=0)
    retry_seconds_max: float = Field(default=300.0, ge=0)
    charge: bool = True
    keys: Path = Path("keys")
    go_live: str = Field(default="certified", pattern="^(certified|free)$")
    metrics_port: int = Field(default=0, ge=0, le=65_535)
    security_thresholds: tuple[int, ...] = THRESHOLDS
    log: str = Field(default="console", pattern="^(json|console)$")

    @field_validator("database")
    @classmethod
    def _known_engine(cls, url: str) -> str:
        if not url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise ValueError("expected sqlite:///FILE or postgresql://USER@HOST/NAME")
        return url

    @field_validator("clock")
    @classmethod
    def _known_clock(cls, setting: str) -> str:
        clock_of(setting)
        return setting

    @field_validator("security_thresholds", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        percents = value.split(",") if isinstance(value, str) else value
        if isinstance(percents, list) and not all(each.isdigit() and int(each) for each in percents):
            raise ValueError("expected percents above 0, joined by commas, such as 75,90,100")
        return percents

    @field_validator("tables", "tariff", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return value or None


def read_settings(environment: Mapping[str, str], options: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings; an option that is not None goes before its variable.

    Raises SettingsError naming every setting that is wrong, and every CADLINE_ variable that is unknown.
    """
    found: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    found |= {name: value for name, value in (options or {}).items() if value is not None}
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        raise SettingsError("\n".join(_complaints(error))) from None


def _complaints(error: ValidationError) -> list[str]:
    """Say each wrong setting in a line."""
    known = ", ".join(PREFIX + name.upper() for name in Settings.model_fields)
    complaints = []
    for fault in error.errors():
        name = PREFIX + "_".join(str(part) for part in fault["loc"]).upper()
        if fault["type"] == "extra_forbidden":
            complaints.append(f"{name} is not a setting; there are {known}")
        else:
            complaints.append(
                f"{name}: {fault['msg'].removeprefix('Value error, ')} (found {fault['input']!r})"
            )
    return complaints
