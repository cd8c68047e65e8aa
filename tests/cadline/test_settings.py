"""Settings: defaults without a server, options before variables, and complaints that name the key."""

from datetime import UTC, datetime

import pytest

from cadline.clock import FileClock, FixedClock, SystemClock, clock_of
from cadline.errors import SettingsError
from cadline.settings import read_settings


def test_without_variables_everything_is_embedded():
    settings = read_settings({})
    assert settings.database == "sqlite:///cadline.sqlite"
    assert settings.kafka == ""


def test_an_option_goes_before_its_variable_and_none_is_no_option():
    environment = {"CADLINE_AGENCY": "CARMTEST", "CADLINE_KAFKA": "one:9092", "HOME": "/elsewhere"}
    settings = read_settings(environment, {"kafka": "two:9092", "agency": None})
    assert (settings.kafka, settings.agency) == ("two:9092", "CARMTEST")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CADLINE_DATABASE", "mysql://x", "expected sqlite:///FILE or postgresql://"),
        ("CADLINE_CLOCK", "2026-03-16T21:00:00", "names no zone"),
        ("CADLINE_BATCH_RECORDS", "0", "greater than or equal to 1"),
        ("CADLINE_LOG", "loud", "String should match pattern"),
        ("CADLINE_BATCHSIZE", "5", "is not a setting; there are CADLINE_DATABASE"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(name, value, said):
    with pytest.raises(SettingsError, match=said) as raised:
        read_settings({name: value})
    assert name in str(raised.value)


def test_the_three_clocks(tmp_path):
    file = tmp_path / "clock"
    file.write_text("2026-03-17T00:30:00-04:00\n", encoding="utf-8")
    assert isinstance(clock_of("system"), SystemClock)
    assert clock_of("2026-03-16T21:00:00Z") == FixedClock(datetime(2026, 3, 16, 21, tzinfo=UTC))
    assert clock_of(f"file:{file}") == FileClock(file)
    assert clock_of(f"file:{file}").now() == datetime(2026, 3, 17, 4, 30, tzinfo=UTC)
