"""Does what comes back to a tester's own messages agree with what is expected beside them?"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import islice

from cadline.certification.certificate import OWN
from cadline.certification.desk import BATCH, desk
from cadline.certification.evidence import Seen
from cadline.certification.fixtures import Fixture, Folder
from cadline.certification.judging import judge
from cadline.certification.model import Result, Run, Words

Progress = Callable[[int], None]
"""Is told how many messages were done since it was last told."""


def replay(folder: Folder, release: str, started: datetime, progress: Progress) -> Run:
    """Send every message of a folder, in a house of its own, and judge what comes back."""
    fixtures = folder.fixtures()
    results: list[Result] = []
    with desk(folder.registry(), folder.tables, folder.text.clock) as opened:
        answered = opened.take([fixture.payload for fixture in fixtures])
        for some in _portions(zip(fixtures, answered, strict=True)):
            results += [_judged(fixture, seen) for fixture, seen in some]
            progress(len(some))
        tables = opened.own.house.tables.version
    title = folder.text.title or folder.path.name
    return Run(
        suite=OWN,
        title=Words(en=title, fr=title),
        version="",
        digest=digest_of(fixtures),
        release=release,
        tables=tables,
        started=started,
        results=tuple(results),
    )


def digest_of(fixtures: tuple[Fixture, ...]) -> str:
    """Return the SHA-256 over the names, bytes and expectations of fixtures."""
    whole = sha256()
    for fixture in fixtures:
        expected = "".join(each.model_dump_json() for each in fixture.expectations)
        whole.update(f"{fixture.payload.name} {len(fixture.payload.content)}\n{expected}\n".encode())
        whole.update(fixture.payload.content)
    return whole.hexdigest()


def _judged(fixture: Fixture, seen: Seen) -> Result:
    checks = tuple(check for expectation in fixture.expectations for check in judge(expectation, seen))
    name = fixture.payload.name
    return Result(
        suite=OWN,
        group=OWN,
        scenario=name,
        title=Words(en=name, fr=name),
        requirements=(OWN,),
        status="passed" if all(check.passed for check in checks) else "failed",
        checks=checks,
        exchanges=(*(sent.exchange for sent in seen.sent), *(got.exchange for got in seen.got)),
    )


def _portions(pairs: Iterator[tuple[Fixture, Seen]]) -> Iterator[list[tuple[Fixture, Seen]]]:
    while some := list(islice(pairs, BATCH)):
        yield some
