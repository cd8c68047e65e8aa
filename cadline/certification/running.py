"""How is a suite run? Each scenario by itself, on several processors; what is done is kept as it is done.

A run's folder holds `progress.jsonl`, a line for each result as it comes. A run that was interrupted goes on
behind its last line, as long as suite and cadline are the same; `run.json` takes its place at the end.
"""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from cadline.certification.errors import SuiteError, Trouble
from cadline.certification.library import Library
from cadline.certification.model import Group, Result, Run, Scenario, Suite, Words
from cadline.certification.playing import Mutate, Player, unchanged
from cadline.certification.stage import Stage
from cadline.settings import Settings
from cadline.telling import set_up_log

PROGRESS, FINISHED = "progress.jsonl", "run.json"

Place = tuple[Group, Scenario]


@dataclass(frozen=True)
class Keeping:
    """Where a run's results are kept. mark: names suite and release; results of another are not believed."""

    folder: Path
    mark: str

    def begun(self) -> dict[str, Result]:
        """Return the results of a run that was interrupted, by scenario; none when it was another's."""
        return {result.scenario: result for result in self._lines()}

    def start(self, kept: Iterable[Result]) -> None:
        """Begin a run with the results that it keeps."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [self.mark, *(result.model_dump_json() for result in kept)]
        (self.folder / PROGRESS).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def note(self, result: Result) -> None:
        """Keep one more result."""
        with (self.folder / PROGRESS).open("a", encoding="utf-8") as file:
            file.write(result.model_dump_json() + "\n")

    def finish(self, run: Run) -> None:
        """Keep the whole run; nothing is left to be resumed."""
        (self.folder / FINISHED).write_text(run.model_dump_json(indent=1) + "\n", encoding="utf-8")
        (self.folder / PROGRESS).unlink(missing_ok=True)

    def finished(self) -> Run | None:
        """Return the run that was finished last; None without one. Raises SuiteError for a broken file."""
        return read_run(self.folder) if (self.folder / FINISHED).exists() else None

    def _lines(self) -> Iterator[Result]:
        file = self.folder / PROGRESS
        mark, *lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else [""]
        for line in lines if mark == self.mark else []:
            try:
                yield Result.model_validate_json(line)
            except ValidationError:
                return  # the line that was being written when the run was interrupted


@dataclass(frozen=True)
class Runner:
    """Runs a suite. jobs: how many processes. tell: is given every result as it comes."""

    library: Library
    suite: Suite
    jobs: int = 1
    mutate: Mutate = unchanged
    tell: Callable[[Result], None] = field(default=lambda _result: None)

    def run(self, chosen: Sequence[Place], done: dict[str, Result]) -> dict[str, Result]:
        """Play the chosen scenarios, and return all results by scenario, those that were `done` among them.

        A scenario is played when what it needs has passed, else it is blocked.
        """
        results = dict(done)
        waiting = [place for place in chosen if place[1].id not in results]
        names = {scenario.id for _, scenario in waiting}
        with TemporaryDirectory(prefix="cadline-certify-") as folder:
            Stage.built(self.library, Path(folder))
            while waiting:
                ready = [place for place in waiting if not (set(place[1].needs) & names - results.keys())]
                for result in self._played(ready, results, Path(folder)):
                    results[result.scenario] = result
                    self.tell(result)
                waiting = [place for place in waiting if place[1].id not in results]
        return results

    def _played(self, ready: Sequence[Place], results: dict[str, Result], folder: Path) -> Iterator[Result]:
        """Yield a result for each scenario, in their order."""
        playable = [place for place in ready if not _blocker(place[1], results)]
        blocked = [self._blocked(place, results) for place in ready if _blocker(place[1], results)]
        play = partial(_play, self.library.folder, self.suite.id, folder, self.mutate)
        names = [scenario.id for _, scenario in playable]
        if self.jobs == 1:
            yield from chain(blocked, map(play, names))
            return
        with ProcessPoolExecutor(self.jobs, initializer=_leave_interrupts_to_the_parent) as pool:
            yield from chain(blocked, pool.map(play, names))

    def _blocked(self, place: Place, results: dict[str, Result]) -> Result:
        group, scenario = place
        needed = _blocker(scenario, results)
        return Result(
            suite=self.suite.id,
            group=group.id,
            scenario=scenario.id,
            title=scenario.title,
            requirements=scenario.requirements,
            rules=tuple(sorted(scenario.shown)),
            status="blocked",
            why=Words(en=f"needs {needed}, which has not passed", fr=f"exige {needed}, qui n'est pas réussi"),
        )


def places(suite: Suite) -> list[Place]:
    """Return the scenarios of a suite with their groups, in order."""
    return [(group, scenario) for group in suite.groups for scenario in group.scenarios]


def in_order(suite: Suite, results: dict[str, Result]) -> tuple[Result, ...]:
    """Return the results in the order of the suite."""
    return tuple(results[scenario.id] for scenario in suite.scenarios if scenario.id in results)


def read_run(folder: Path) -> Run:
    """Read the run that a folder keeps. Raises SuiteError when there is none, or it cannot be read."""
    file = folder / FINISHED
    try:
        return Run.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        remedy = "Run the suite first: cadline certify run SUITE."
        raise SuiteError(Trouble(file, None, "", "there is no finished run", remedy)) from None
    except ValidationError as error:
        remedy = "Run the suite again: cadline certify run SUITE --anew."
        raise SuiteError(
            Trouble(file, None, "", f"no run of this version: {error.error_count()} faults", remedy)
        ) from None


def _blocker(scenario: Scenario, results: dict[str, Result]) -> str:
    """Return what a scenario needs and has not passed; empty when nothing is in its way."""
    return next((need for need in scenario.needs if need in results and results[need].status != "passed"), "")


@lru_cache(maxsize=1)
def _player(library: Path, suite: str, folder: Path, mutate: Mutate) -> Player:
    """Return the player of this process: it reads suite and tables once."""
    set_up_log(Settings(log="json"))
    shelf = Library(library)
    return Player(Stage.built(shelf, folder), shelf.suite(suite), mutate)


def _play(library: Path, suite: str, folder: Path, mutate: Mutate, name: str) -> Result:
    """Play one scenario by its id."""
    player = _player(library, suite, folder, mutate)
    group, scenario = next(place for place in places(player.suite) if place[1].id == name)
    return player.play(group, scenario)


def _leave_interrupts_to_the_parent() -> None:
    """Let Control-C stop the run once, not every process of it with a stack trace of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
