"""A time limit that also stops a regular expression that runs away."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeIsUp(BaseException):
    """Raised by the timer; no `Exception`, so that no library's handler takes it for one of its own."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeIsUp` when the block takes longer.

    In the main thread on Unix a timer interrupts it. Elsewhere, or where a shorter timer of somebody else is
    running, the block runs to its end and is judged then.
    """
    started = time.monotonic()
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        _judge(started, seconds)
        return
    theirs = signal.getitimer(signal.ITIMER_REAL)
    if 0 < theirs[0] <= seconds:
        yield
        _judge(started, seconds)
        return
    handler = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if theirs[0]:
            # The task runner's own timer goes on with what is left of it.
            left = theirs[0] - (time.monotonic() - started)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001), theirs[1])


def _judge(started: float, seconds: float) -> None:
    if time.monotonic() - started > seconds:
        raise TimeIsUp


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise TimeIsUp
