"""Run the stages without Airflow: a process pool over the partitions, and progress bars."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline import stages
from pipeline.config import Settings

# Work files of runs without Airflow; a run that was killed leaves them, and the next one starts by removing them.
RUN = "local"


def read_part(settings: Settings, source: str, day: str, part: int) -> None:
    """Take a partition from files to typed records."""
    stages.ingest(settings, source, day, RUN, part)
    stages.normalize(settings, source, day, RUN, part)


def redact_part(settings: Settings, source: str, day: str, part: int) -> None:
    """Take a partition from typed records to accepted ones."""
    stages.redact(settings, source, day, RUN, part)
    stages.validate(settings, source, day, RUN, part)


def run(settings: Settings, sources: Sequence[str], day: str, *, workers: int, console: Console) -> str:
    """Run a day of some sources from files to the hand-off; return the release's name.

    The work files are purged at the end, after a failure too. Raises whatever a stage raises.
    """
    with _Runner(workers, console) as runner:
        try:
            parts = [(source, part) for source in sources for part in stages.plan(settings, source, day, RUN)]
            runner.all("ingest, normalize", read_part, [(settings, source, day, part) for source, part in parts])
            runner.each("index", stages.index, [(settings, source, day, RUN) for source in sources])
            runner.all("redact, validate", redact_part, [(settings, source, day, part) for source, part in parts])
            runner.each("commit", stages.commit, [(settings, source, day, RUN) for source in sources])
        finally:
            for source in sources:
                stages.purge(settings, source, day, RUN)
        runner.each("sweep", stages.sweep, [(settings, day)])
        name = _release(runner, settings, day)
        runner.each("hand-off", stages.handoff, [(settings, name)])
    return name


def release(settings: Settings, day: str, *, workers: int, console: Console) -> str:
    """Make a release of the record store as it is; return its name."""
    with _Runner(workers, console) as runner:
        return _release(runner, settings, day)


def _release(runner: _Runner, settings: Settings, day: str) -> str:
    runner.all("examples", stages.examples, [(settings, bucket) for bucket in stages.plan_shards(settings)])
    runner.all("shard", stages.shard, [(settings, bucket) for bucket in stages.select(settings)])
    runner.each("gate", stages.gate, [(settings, day)])
    name: str = runner.each("publish", stages.publish, [(settings, day)])[0]["name"]
    return name


class _Runner:
    """Calls stages one by one or in the pool, and shows how far they are."""

    def __init__(self, workers: int, console: Console) -> None:
        # Not fork: pyarrow and spaCy have threads by then.
        self._pool = (
            ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) if workers > 1 else None
        )
        self._progress = Progress(
            TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=console, disable=not console.is_terminal,
        )  # fmt: skip

    def __enter__(self) -> _Runner:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def each(self, name: str, stage: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call a stage here, one call after the other."""
        with self._bar(name, len(calls)) as advance:
            return [advance(stage(*call)) for call in calls]

    def all(self, name: str, stage: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> None:
        """Call a stage in the pool; the first error stops what has not begun."""
        if self._pool is None:
            self.each(name, stage, calls)
            return
        with self._bar(name, len(calls)) as advance:
            futures = [self._pool.submit(stage, *call) for call in calls]
            try:
                for future in as_completed(futures):
                    advance(future.result())
            finally:
                for future in futures:
                    future.cancel()

    @contextmanager
    def _bar(self, name: str, total: int) -> Iterator[Callable[[Any], Any]]:
        task = self._progress.add_task(name, total=total)

        def advance(outcome: Any) -> Any:
            self._progress.advance(task)
            return outcome

        yield advance
