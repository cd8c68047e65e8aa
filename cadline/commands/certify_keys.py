"""Who signed a certificate, and is it to be believed? Verbs of `cadline certify`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from cadline.certification import certificate as certificates
from cadline.certification.certificate import Certificate, doubts, read_certificate, state
from cadline.certification.generating import PROFILES
from cadline.certification.library import Library
from cadline.certification.model import Run, Suite
from cadline.certification.running import read_run
from cadline.certification.signing import make_key, secret_key, trusted_keys
from cadline.clock import clock_of
from cadline.commands.certify_options import profile_option
from cadline.commands.common import FILE, FINDINGS, FOLDER, GOOD, echo_json, json_option, with_settings
from cadline.settings import Settings

keys_option = click.option("--keys", type=FOLDER, help="Folder of trusted keys [CADLINE_KEYS; keys].")


@click.group("keys")
def keys() -> None:
    """Make keys that sign certificates, and list those that are trusted."""


@keys.command("new")
@click.argument("name")
@keys_option
@json_option
@with_settings
def keys_new(settings: Settings, name: str, keys: Path | None, *, as_json: bool) -> None:
    """Make a pair of Ed25519 keys: NAME.key signs and stays secret, NAME.pub verifies.

    \b
    cadline certify keys new agency --keys keys

    Whoever has the .pub file in the folder that CADLINE_KEYS names believes what the .key file signed.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if not name.replace("-", "").replace("_", "").isalnum():
        raise click.BadParameter("letters, digits, - and _ only", param_hint="NAME")
    made = make_key(keys or settings.keys, name)
    if as_json:
        echo_json({"name": made.name, "id": made.id, "folder": str(keys or settings.keys)})
    else:
        click.echo(f"{made.name} {made.id} made in {keys or settings.keys}; keep {made.name}.key to yourself")


@keys.command("list")
@keys_option
@json_option
@with_settings
def keys_list(settings: Settings, keys: Path | None, *, as_json: bool) -> None:
    """List the keys whose signatures are believed: the .pub files of the folder."""
    folder = keys or settings.keys
    found = trusted_keys(folder)
    for key in found:
        if as_json:
            echo_json({"name": key.name, "id": key.id})
        else:
            click.echo(f"{key.id} {key.name}")
    if not found and not as_json:
        click.echo(f"no key is trusted: {folder} holds no .pub file; `cadline certify keys new` makes one")


@click.command("sign")
@click.argument("results", type=click.Path(exists=True, path_type=Path))
@click.option("--partner", required=True, help="Partner id of who is certified.")
@profile_option
@click.option("--key", "key_file", type=FILE, required=True, help="The .key file that signs.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The certificate file.")
@click.option("--days", type=click.IntRange(min=1), help="How long it is valid [without end].")
@json_option
@with_settings
def sign(  # noqa: PLR0913 - one parameter an option
    settings: Settings,
    results: Path,
    *,
    partner: str,
    profile: str,
    key_file: Path,
    out: Path,
    days: int | None,
    as_json: bool,
) -> None:
    """Sign the RESULTS of a run (its folder, or run.json): a certificate for a partner.

    \b
    cadline certify sign results --partner NORTHSTAR --key keys/agency.key --out northstar.json

    Refused unless every scenario passed. Scenarios of another syntax than the profile's are left out.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    run = read_run(results if results.is_dir() else results.parent)
    now = clock_of(settings.clock).now()
    expires = now + timedelta(days=days) if days else None
    spoken = _of_profile(run, profile)
    statement = state(spoken, partner=partner, profile=profile, issued=now, expires=expires)
    signed = certificates.sign(statement, secret_key(key_file))
    out.write_text(signed.model_dump_json(indent=1) + "\n", encoding="utf-8")
    if as_json:
        echo_json({"certificate": str(out), "partner": partner, "scenarios": len(statement.results)})
    else:
        click.echo(f"{out}: {partner} is certified for {profile}, {len(statement.results)} scenarios passed")


def _of_profile(run: Run, profile: str) -> Run:
    """Return a run without the scenarios that are written in another syntax."""
    current = current_suite(run.suite)
    if current is None:
        return run
    others = {scenario.id for scenario in current.scenarios if scenario.syntax != PROFILES[profile]}
    return run.model_copy(
        update={"results": tuple(each for each in run.results if each.scenario not in others)}
    )


@click.command("verify")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@keys_option
@json_option
@with_settings
def verify(settings: Settings, files: tuple[Path, ...], keys: Path | None, *, as_json: bool) -> None:
    """Say whether certificates are to be believed: who signed, what, and whether it holds today.

    \b
    cadline certify verify northstar.json --keys keys

    Exit code 1 when one is not, with every reason.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    trusted = trusted_keys(keys or settings.keys)
    now = clock_of(settings.clock).now()
    good = True
    for file in files:
        found = read_certificate(file)
        reasons = doubts(found, trusted, now, current_suite(found.statement.suite))
        good &= not reasons
        if as_json:
            echo_json(_certificate_json(file, found, reasons))
        else:
            _tell_certificate(file, found, reasons)
    click.get_current_context().exit(GOOD if good else FINDINGS)


def current_suite(suite: str) -> Suite | None:
    """Return a suite as it is today, or None where there is none of that name."""
    library = Library()
    return library.suite(suite) if suite in library.names() else None


def _certificate_json(file: Path, found: Certificate, reasons: tuple[str, ...]) -> dict[str, Any]:
    said = found.statement.model_dump(mode="json", exclude={"results"})
    return {
        "file": str(file),
        "valid": not reasons,
        "reasons": list(reasons),
        "key": found.key,
        **said,
        "scenarios": len(found.statement.results),
    }


def _tell_certificate(file: Path, found: Certificate, reasons: tuple[str, ...]) -> None:
    said = found.statement
    click.echo(f"{file}: {'not valid' if reasons else 'valid'}")
    for reason in reasons:
        click.echo(f"  {reason}")
    until = f"until {said.expires:%Y-%m-%d}" if said.expires else "without end"
    click.echo(
        f"  {said.partner}, {said.profile}, suite {said.suite} {said.version}, "
        f"{len(said.results)} scenarios, issued {said.issued:%Y-%m-%d} {until}, key {found.key}"
    )


VERBS: tuple[click.Command, ...] = (keys, sign, verify)
"""What has to do with certificates, for the group `certify`."""
