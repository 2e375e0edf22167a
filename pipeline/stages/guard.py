"""What makes a function a stage."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pipeline.errors import ChartmillError, StageError, StorageError

Counts = dict[str, Any]
P = ParamSpec("P")
R = TypeVar("R")


def stage(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function a stage: whatever else it raises becomes an error of ours, without the values in it.

    The message of an error of another library may hold what it choked on, and so may the name of a file.
    """

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ChartmillError:
            raise
        except OSError as error:
            raise StorageError(f"{function.__name__}: {type(error).__name__} {_where(error)}; run this again") from None
        except Exception as error:  # noqa: BLE001 - the one place for what nobody foresaw
            raise StageError(
                f"{function.__name__}: {type(error).__name__} {_where(error)}; please report it with this line"
            ) from None

    return guarded


def _where(error: BaseException) -> str:
    """Say at which lines of our code an error arose."""
    home = Path(__file__).parent.parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(home)]
    return "at " + " > ".join(f"{Path(f.filename).relative_to(home)}:{f.lineno}" for f in frames[1:])
