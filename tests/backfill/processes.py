"""Start, watch and stop the processes of a small Airflow, each by its process id and on loopback only."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def until(what: str, probe: Callable[[], T | None], seconds: float, every: float = 0.5) -> T:
    """Poll until the probe answers; raise TimeoutError that says what was waited for."""
    deadline = time.monotonic() + seconds
    while (answer := probe()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)
    return answer


@contextmanager
def running(
    command: Sequence[str],
    log: Path,
    env: Mapping[str, str],
    user: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a session of its own; end it, and what it started, on the way out."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError):
            # Its session holds only its own children; workers may outlive their parent.
            os.killpg(process.pid, signal.SIGKILL)


def postgres_bin() -> Path | None:
    """Return the newest folder with PostgreSQL's server programs, or None."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextmanager
def postgres(log: Path) -> Iterator[str]:
    """Run an empty PostgreSQL for as long as the test takes; yield `user@host:port/database`."""
    programs = postgres_bin()
    if programs is None:
        raise FileNotFoundError("PostgreSQL's server programs: apt-get install postgresql")
    # PostgreSQL refuses to run as root, and its user may not look into pytest's folders.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="chartmill-postgres-") as data:
        if user is not None:
            shutil.chown(data, user, user)
        yield from _serve(programs, data, log, user)


def _serve(programs: Path, data: str, log: Path, user: str | None) -> Iterator[str]:
    port = free_port()
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "airflow", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        env=env,
        cwd="/",
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    settings = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        # The data live as long as the test.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    command = [str(programs / "postgres"), "-D", data]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with running(command, log, env, user, signal.SIGINT):
        ready = [str(programs / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(port)]
        until("PostgreSQL", lambda: True if subprocess.run(ready, env=env).returncode == 0 else None, 30, 0.1)
        yield f"airflow@{LOOPBACK}:{port}/postgres"
