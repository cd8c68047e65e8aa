"""Is only that certificate believed which a trusted key signed, over results that all passed?"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cadline.certification.certificate import Certificate, digest_of, doubts, sign, state
from cadline.certification.library import Library
from cadline.certification.model import Check, Exchange, Result, Run, Suite, Words
from cadline.certification.signing import PublicKey, SecretKey, make_key, secret_key, trusted_keys
from cadline.cli import main
from cadline.errors import Refused

NOW = datetime(2026, 3, 17, 14, tzinfo=UTC)
TITLE = Words(en="t", fr="t")


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Library().suite("cad")


def run_of(suite: Suite, status: str = "passed") -> Run:
    results = [
        Result.model_validate(
            {
                "suite": suite.id,
                "group": "g",
                "scenario": scenario.id,
                "title": TITLE,
                "requirements": ("r",),
                "status": status,
            }
        )
        for scenario in suite.scenarios
        if scenario.syntax == "edifact"
    ]
    return Run(
        suite=suite.id,
        title=TITLE,
        version=suite.version,
        digest=suite.digest,
        release="1",
        started=NOW,
        results=tuple(results),
    )


def keys(folder: Path) -> tuple[SecretKey, tuple[PublicKey, ...]]:
    make_key(folder, "agency")
    return secret_key(folder / "agency.key"), trusted_keys(folder)


def certified(suite: Suite, key: SecretKey, expires: datetime | None = None) -> Certificate:
    statement = state(run_of(suite), partner="ACME", profile="cusdec_d13a", issued=NOW, expires=expires)
    return sign(statement, key)


def test_what_a_trusted_key_signed_is_believed(suite: Suite, tmp_path: Path) -> None:
    key, trusted = keys(tmp_path)
    assert doubts(certified(suite, key), trusted, NOW, suite) == ()


def test_the_digest_of_a_result_is_over_what_travelled_and_was_checked(suite: Suite) -> None:
    result = run_of(suite).results[0]
    check = Check(what=TITLE, expected="accepted", found="accepted", passed=True)
    sent = Exchange(
        direction="sent",
        name="a",
        partner="ACME",
        kind="declaration",
        syntax="edifact",
        at=NOW,
        text="UNB",
        digest="0",
    )
    others = ({"checks": (check,)}, {"exchanges": (sent,)}, {"status": "failed"})
    digests = {digest_of(result.model_copy(update=other)) for other in others}
    assert len(digests | {digest_of(result)}) == len(others) + 1
    assert digest_of(result.model_copy(update={"milliseconds": 7})) == digest_of(result)


@pytest.mark.parametrize("field", ["partner", "profile", "release", "issued", "started"])
def test_any_word_that_was_changed_shows(suite: Suite, tmp_path: Path, field: str) -> None:
    key, trusted = keys(tmp_path)
    content = json.loads(certified(suite, key).model_dump_json())
    content["statement"][field] = {
        "issued": "2026-03-18T14:00:00Z",
        "started": "2026-03-18T14:00:00Z",
        "profile": "cusdec_d96b",
    }.get(field, "OTHER")
    (found,) = doubts(Certificate.model_validate(content), trusted, NOW, suite)
    assert "changed after it was signed" in found


def test_a_key_that_nobody_trusts_is_no_proof(suite: Suite, tmp_path: Path) -> None:
    key, _ = keys(tmp_path / "theirs")
    _, trusted = keys(tmp_path / "ours")
    (found,) = doubts(certified(suite, key), trusted, NOW, suite)
    assert key.public.id in found


def test_a_certificate_ends_on_its_day(suite: Suite, tmp_path: Path) -> None:
    key, trusted = keys(tmp_path)
    signed = certified(suite, key, NOW + timedelta(days=1))
    assert doubts(signed, trusted, NOW + timedelta(hours=23), suite) == ()
    (found,) = doubts(signed, trusted, NOW + timedelta(days=1), suite)
    assert "2026-03-18" in found


def test_a_certificate_of_another_version_of_the_suite_is_not_enough(suite: Suite, tmp_path: Path) -> None:
    key, trusted = keys(tmp_path)
    newer = suite.model_copy(update={"version": "2027.1"})
    (found,) = doubts(certified(suite, key), trusted, NOW, newer)
    assert "2027.1" in found


def test_a_part_of_the_suite_is_not_enough(suite: Suite, tmp_path: Path) -> None:
    key, trusted = keys(tmp_path)
    run = run_of(suite)
    some = run.model_copy(update={"results": run.results[1:]})
    signed = sign(state(some, partner="ACME", profile="cusdec_d13a", issued=NOW), key)
    (found,) = doubts(signed, trusted, NOW, suite)
    assert run.results[0].scenario in found


@pytest.mark.parametrize("status", ["failed", "blocked", "waiting"])
def test_what_did_not_pass_is_not_signed(suite: Suite, tmp_path: Path, status: str) -> None:
    key, _ = keys(tmp_path)
    statement = state(run_of(suite, status), partner="ACME", profile="cusdec_d13a", issued=NOW)
    with pytest.raises(Refused, match="have not passed"):
        sign(statement, key)


def test_a_key_is_never_overwritten_and_is_its_owners_alone(tmp_path: Path) -> None:
    make_key(tmp_path, "agency")
    assert (tmp_path / "agency.key").stat().st_mode & 0o077 == 0
    with pytest.raises(Refused, match="already"):
        make_key(tmp_path, "agency")


@pytest.mark.parametrize("content", [b"", b"{}", b"not json", b'{"format": "other"}'])
def test_a_file_that_is_no_certificate_is_said_to_be_none(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.json"
    file.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        main(["certify", "verify", str(file), "--keys", str(tmp_path)])
    assert ended.value.code == 2
    assert "is no certificate" in capsys.readouterr().err


def test_signed_results_are_verified_from_the_command_line(
    suite: Suite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys(tmp_path)
    (tmp_path / "run.json").write_text(run_of(suite).model_dump_json())
    out = tmp_path / "acme.json"
    signing = ["certify", "sign", str(tmp_path), "--partner", "ACME", "--key", str(tmp_path / "agency.key")]
    for arguments, code in (
        ([*signing, "--out", str(out)], 0),
        (["certify", "verify", str(out), "--keys", str(tmp_path)], 0),
        (["certify", "verify", str(out), "--keys", str(tmp_path / "none")], 1),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == code
    assert "not trusted here" in capsys.readouterr().out
