"""The order of the days and the number of workers do not show in the final release, in no byte of any file."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.context import open_context
from pipeline.release import read_manifest, releases
from tests.chain.chain import CONNECTORS, contents, cut_sample, run, zones

# Seen on several days, some with a correction or a duplicate.
PATIENTS = ("52484385", "51866206", "70886061", "31006956", "75201762", "84638105")
DAYS = ("2026-01-15", "2026-01-16", "2026-01-17")


def final_release(home: Path, sources: Path, days: Sequence[str], workers: int) -> dict[str, bytes]:
    """Run the days in the order given; return the files of the last release."""
    settings = zones(home, sources)
    for day in days:
        run(settings, CONNECTORS, day, workers)
    context = open_context(settings)
    name = releases(context)[-1]
    assert read_manifest(context, name)["day"] == DAYS[-1]
    return contents(Path(settings.data, "releases", name))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return sources over what three days of the sample hold of some patients."""
    return cut_sample(tmp_path, days=DAYS, patients=PATIENTS)


def test_neither_order_nor_workers_show(tmp_path: Path, sources: Path) -> None:
    forward = final_release(tmp_path / "forward", sources, DAYS, workers=2)
    backward = final_release(tmp_path / "backward", sources, DAYS[::-1], workers=1)
    assert sorted(forward) == sorted(backward)
    assert [path for path in forward if forward[path] != backward[path]] == []
