"""Run a command for a worker, and end it when the worker is gone.

Started as a script: `python guard.py COMMAND [ARGUMENT ...]`. The worker holds the other end of standard input and
never writes to it: that it closes means that the worker has died or gives up. All processes of the command are in
the group of this one. They get SIGTERM, and SIGKILL when the command has ended or the grace is over.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

GRACE = 10.0


def main() -> int:
    """Return the exit code of the command, as a shell gives it."""
    # A handler, not SIG_IGN, which the command would inherit.
    signal.signal(signal.SIGTERM, lambda *_: None)
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    alone = threading.Event()
    watcher = threading.Thread(target=_end_with_worker, args=(command, alone), daemon=True)
    watcher.start()
    code = command.wait()
    if alone.is_set():
        watcher.join()
    return code if code >= 0 else 128 - code


def _end_with_worker(command: subprocess.Popen[bytes], alone: threading.Event) -> None:
    os.read(0, 1)
    alone.set()
    os.killpg(0, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        command.wait(GRACE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
