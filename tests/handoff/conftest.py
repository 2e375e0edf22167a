"""A release to hand off, and a clock to turn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.config import Settings, load_settings
from pipeline.context import Context, open_context
from tests.conftest import KEY

NAME = "2026-01-15"
MANIFEST = {"configs": {"text": {"format": "text", "splits": {"train": {"examples": 40}, "test": {"examples": 2}}}}}


@dataclass
class Clock:
    """A clock that stands still until it is turned."""

    time: datetime = datetime(2026, 1, 16, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def turn(self, by: timedelta) -> None:
        self.time += by


def publish(context: Context, name: str = NAME) -> None:
    """Write as much of a release as a hand-off looks at."""
    context.data.write_json(f"releases/{name}/manifest.json", MANIFEST | {"day": name[:10]})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Context]:
    """Open the zones, which hold a release, with other settings, and with a launcher file of some content."""

    def open_with(content: dict[str, Any] | None = None, **fields: Any) -> Context:
        if content:
            file = tmp_path / "launcher.yaml"
            file.write_text(yaml.safe_dump(content))
            fields["launcher"] = file
        zones = {"phi": str(tmp_path / "phi"), "data": str(tmp_path / "data")}
        context = open_context(load_settings(KEY, **(zones | fields)))
        publish(context)
        return context

    return open_with


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where state and logs are, once there is a hand-off."""
    return tmp_path / "data" / "handoff"


def only(folder: Path, pattern: str) -> Path:
    """Return the one file of a pattern."""
    (found,) = folder.glob(pattern)
    return found


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that give another process these settings."""
    names = ("phi", "data", "handoff", "launcher")
    assert settings.key is not None
    key = settings.key.get_secret_value()
    return {"CHARTMILL_KEY": key} | {f"CHARTMILL_{name.upper()}": str(getattr(settings, name)) for name in names}
