"""How do papers get into the folders of their recipients? Each recipient is served on its own.

A portion of papers of one recipient is written in a thread of its own, outside any transaction, and noted
when it is there. A folder that hangs holds one thread and nobody else; one that fails is tried again later,
after growing rests. A file that is written twice is the same file with the same bytes.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

import structlog
from sqlalchemy import Engine

from cadline.clock import Clock
from cadline.database import reading, writing
from cadline.metrics import RECORDS
from ingest import recipients
from outbound import queues
from outbound.export import file_name, write_whole
from outbound.outbox import Stored
from schemas.days import eastern_day

ROUND_SECONDS = 0.05
ROUNDS_MAX = 600
"""A recipient that has not taken a portion after so many rounds, about 30 seconds, is said to be slow."""

logger = structlog.get_logger()


@dataclass
class Push:
    """A portion under way to one recipient. error: why it did not arrive, empty when it did."""

    recipient: str
    folder: Path
    papers: Sequence[Stored]
    error: str = ""
    rounds: int = 0

    @property
    def is_slow(self) -> bool:
        """Return whether it takes longer than anybody waits."""
        return self.rounds >= ROUNDS_MAX

    def work(self, finished: SimpleQueue["Push"]) -> None:
        """Write the files, and say that it is done."""
        try:
            for paper in self.papers:
                write_whole(self.folder / file_name(paper), paper.payload)
        except OSError as error:
            self.error = str(error)
        finished.put(self)


@dataclass
class PushWorker:
    """Serves the recipients whose papers go into folders. start: runs a portion beside us."""

    engine: Engine
    clock: Clock
    batch_papers: int
    name: str = "push"
    under_way: dict[str, Push] = field(default_factory=dict)
    finished: SimpleQueue[Push] = field(default_factory=SimpleQueue)
    start: Callable[[Callable[[], None]], None] = lambda work: threading.Thread(
        target=work, daemon=True
    ).start()

    def step(self) -> int:
        """Begin with every recipient that waits and is not served; note what has arrived. Return how much."""
        for recipient in self._ready():
            self._begin(recipient)
        return sum(self._note(push) for push in self._finished())

    def is_idle(self) -> bool:
        """Return whether nothing waits that could be delivered now; slow recipients are not waited for."""
        return not self._ready() and all(push.is_slow for push in self.under_way.values())

    def close(self) -> None:
        """Nothing is held: what is under way is not noted, and comes again."""

    def _ready(self) -> list[str]:
        with reading(self.engine) as connection:
            found = queues.ready(connection, "folder", self.clock.now())
        return [recipient for recipient in found if recipient not in self.under_way]

    def _begin(self, recipient: str) -> None:
        """Read a portion of a recipient's queue and let it be written."""
        with reading(self.engine) as connection:
            papers = queues.queued(connection, recipient, "folder", self.batch_papers)
            today = eastern_day(self.clock.now())
            agreed = recipients.read(connection, [recipient]).agreed.get(recipient, ())
        folders = [profile.folder for profile in agreed if profile.since <= today and profile.folder]
        if papers and folders:
            push = self.under_way[recipient] = Push(recipient, Path(folders[-1]), papers)
            self.start(lambda: push.work(self.finished))

    def _finished(self) -> list[Push]:
        """Return what is done, after a short wait where something is under way; count who takes long."""
        done: list[Push] = []
        while self.under_way:
            try:
                done.append(self.finished.get(timeout=0 if done else ROUND_SECONDS))
            except Empty:
                break
        for push in self.under_way.values():
            push.rounds += push not in done
            if push.rounds == ROUNDS_MAX:
                self._failed(push, "it takes longer than anybody waits")
        return done

    def _note(self, push: Push) -> int:
        """Note that a portion arrived, or why it did not; return how many papers arrived."""
        del self.under_way[push.recipient]
        if push.error:
            self._failed(push, push.error)
            return 0
        with writing(self.engine) as connection:
            queues.mark_pushed(connection, push.papers, f"folder:{push.folder}", self.clock.now())
        RECORDS.labels(self.name, "worked").inc(len(push.papers))
        return len(push.papers)

    def _failed(self, push: Push, reason: str) -> None:
        with writing(self.engine) as connection:
            retry_at = queues.note_failure(connection, push.recipient, reason, self.clock.now())
        logger.warning("not reached", recipient=push.recipient, reason=reason, retry_at=str(retry_at))
