"""What does a certificate say, and is it to be believed? A statement in JSON, signed with Ed25519.

    { "format": ..., "statement": { suite, version, profile, partner, results ... },
      "key": which key signed, "signature": over the statement in one form of its JSON }

The statement names each scenario with its status and a digest of all that travelled and was checked, so that
results which are kept beside it can be held against it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from cadline.certification.generating import PROFILES
from cadline.certification.model import Result, Run, Status, Suite
from cadline.certification.signing import PublicKey, SecretKey
from cadline.errors import Refused
from schemas.base import Value

OWN = "own"
"""The suite of what a tester brings."""

FORMAT: Literal["cadline-certificate-1"] = "cadline-certificate-1"


class Proven(Value):
    """What came of one scenario. digest: SHA-256 over its exchanges and checks."""

    scenario: str
    status: Status
    digest: str


class Statement(Value):
    """What is signed. profile: the message guide that was spoken. digest: of the suite's files.

    partner: partner id of who is certified. issued, expires: UTC instants; without `expires` it does not end.
    """

    partner: str
    profile: str
    suite: str
    version: str
    digest: str
    release: str
    tables: str
    started: datetime
    issued: datetime
    expires: datetime | None = None
    results: tuple[Proven, ...]

    @property
    def text(self) -> bytes:
        """The one form of its JSON that is signed: keys in order, no blanks, UTF-8."""
        content = self.model_dump(mode="json")
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def not_passed(self) -> tuple[str, ...]:
        """Name the scenarios that did not pass."""
        return tuple(each.scenario for each in self.results if each.status != "passed")


class Certificate(Value):
    """A statement with its signature in base64. key: the id of the key that signed."""

    format: Literal["cadline-certificate-1"] = FORMAT
    statement: Statement
    key: str
    signature: str


def state(
    run: Run, *, partner: str, profile: str, issued: datetime, expires: datetime | None = None
) -> Statement:
    """Return what a certificate says of a run."""
    return Statement(
        partner=partner,
        profile=profile,
        suite=run.suite,
        version=run.version,
        digest=run.digest,
        release=run.release,
        tables=run.tables,
        started=run.started,
        issued=issued,
        expires=expires,
        results=tuple(
            Proven(scenario=result.scenario, status=result.status, digest=digest_of(result))
            for result in run.results
        ),
    )


def digest_of(result: Result) -> str:
    """Return the SHA-256 over everything that a result says, except how long it took."""
    content = result.model_dump(mode="json", exclude={"milliseconds"})
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def sign(statement: Statement, key: SecretKey) -> Certificate:
    """Return the certificate of a statement. Raises Refused where a scenario did not pass."""
    if statement.suite == OWN:
        raise Refused("not certified: these are results of a tester's own folder; run a suite")
    if missing := statement.not_passed():
        raise Refused(
            f"not certified: {len(missing)} of {len(statement.results)} scenarios have not passed: "
            f"{_some(missing)}"
        )
    if not statement.results:
        raise Refused("not certified: the results hold no scenario")
    signature = b64encode(key.sign(statement.text)).decode()
    return Certificate(statement=statement, key=key.public.id, signature=signature)


def read_certificate(file: Path) -> Certificate:
    """Read a certificate. Raises Refused for a file that is none."""
    try:
        return Certificate.model_validate_json(file.read_bytes())
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(step) for step in fault["loc"]) or "the whole file"
        raise Refused(f"{file} is no certificate: {place}: {fault['msg']}") from None


def doubts(
    certificate: Certificate, keys: Sequence[PublicKey], now: datetime, current: Suite | None
) -> tuple[str, ...]:
    """Return every reason not to believe a certificate; none means that it is valid.

    keys: those whose signatures are believed. current: the suite of that name as it is today.
    """
    statement = certificate.statement
    found = [_doubt_of_signature(certificate, keys)]
    if missing := statement.not_passed():
        found.append(f"{len(missing)} scenarios have not passed: {_some(missing)}")
    if not statement.results:
        found.append("it names no scenario")
    if statement.expires is not None and statement.expires <= now:
        found.append(f"it ended on {statement.expires:%Y-%m-%dT%H:%MZ}; certify again")
    found.append(_doubt_of_suite(statement, current))
    return tuple(doubt for doubt in found if doubt)


def _doubt_of_signature(certificate: Certificate, keys: Sequence[PublicKey]) -> str:
    key = next((key for key in keys if key.id == certificate.key), None)
    if key is None:
        known = ", ".join(f"{key.name} {key.id}" for key in keys) or "none"
        return f"it is signed with key {certificate.key}, which is not trusted here (trusted: {known})"
    try:
        signature = b64decode(certificate.signature, validate=True)
    except ValueError:
        return "its signature is no base64: the file was changed"
    if not key.signed(certificate.statement.text, signature):
        return "its signature does not fit what it says: the file was changed after it was signed"
    return ""


def _doubt_of_suite(statement: Statement, current: Suite | None) -> str:
    if current is None:
        return f"there is no suite {statement.suite!r} here"
    if current.version != statement.version:
        return (
            f"suite {statement.suite} is of version {current.version} today, and was {statement.version}; "
            "certify again"
        )
    if current.digest != statement.digest:
        return f"suite {statement.suite} {statement.version} has other files here than when it was run"
    if statement.profile not in PROFILES:
        return f"there is no profile {statement.profile!r}; there are {', '.join(PROFILES)}"
    spoken = PROFILES[statement.profile]
    asked = {scenario.id for scenario in current.scenarios if scenario.syntax == spoken}
    if missing := asked - {each.scenario for each in statement.results}:
        return f"{len(missing)} scenarios of the suite were not run: {_some(sorted(missing))}"
    return ""


NAMED = 5
"""How many scenarios are named in a message."""


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
