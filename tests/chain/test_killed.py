"""A run that was killed anywhere, and then run again, gives the release of a run that nothing disturbed."""

import os
import signal
import time
from pathlib import Path

import pytest

from pipeline.config import Settings
from pipeline.context import open_context
from pipeline.release import releases
from tests.chain.chain import DAY, contents, cut_sample, environment, run, started, zones

SOURCE = "hl7v2"
WORK = f"phi/work/{SOURCE}/{DAY}/local"
# Where the run is when the path appears; the release lacks its manifest then.
POINTS = {
    "planned": f"{WORK}/plan.json",
    "raw": f"{WORK}/raw-0000.parquet",
    "record": f"{WORK}/record-0000.parquet",
    "vault": "phi/vault/_delta_log/00000000000000000000.json",
    "safe": f"{WORK}/safe-0000.parquet",
    "accepted": f"{WORK}/accepted-0000.parquet",
    "record store begun": "data/records",
    "record store": "data/records/_delta_log/00000000000000000000.json",
    "shards": "data/shards",
    "release begun": f"data/releases/{DAY}",
}
TRIES = 3


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one small source."""
    return cut_sample(tmp_path_factory.mktemp("input"), [SOURCE])


@pytest.fixture(scope="module")
def undisturbed(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a release that nothing disturbed."""
    return contents(run(zones(tmp_path_factory.mktemp("undisturbed"), sources), [SOURCE]))


def kill_when(path: Path, settings: Settings) -> None:
    """Start a run, and kill its process group as soon as `path` appears."""
    with started("run", "--day", DAY, "--workers", "1", env=environment(settings)) as process:
        deadline = time.monotonic() + 60
        while not path.exists():
            assert process.poll() is None, f"the run ended without {path.name}"
            assert time.monotonic() < deadline, f"{path.name} did not appear"
            time.sleep(0.0005)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize("point", POINTS)
def test_the_release_is_the_same(tmp_path: Path, point: str, sources: Path, undisturbed: dict[str, bytes]) -> None:
    for attempt in range(TRIES):
        home = tmp_path / str(attempt)
        settings = zones(home, sources)
        kill_when(home / POINTS[point], settings)
        if not releases(open_context(settings)):
            break
    else:
        pytest.fail("the release was complete before the run could be killed")
    assert contents(run(settings, [SOURCE])) == undisturbed
    assert not list((home / WORK).parent.iterdir()), "work files are left"
