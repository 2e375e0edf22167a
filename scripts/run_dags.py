"""Run a day's DAGs one after the other in this process, without a scheduler."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Before the first import of airflow, which reads them once. Nothing here opens a connection.
ENVIRONMENT = {
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    # The default looks the host name up in DNS.
    "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
    "AIRFLOW__CORE__LAZY_DISCOVER_PROVIDERS": "True",
    "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
}


@contextmanager
def output_to(path: Path) -> Iterator[None]:
    """Send this process's output, loggers' and libraries' too, to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(saved[0], 1)
            os.dup2(saved[1], 2)
            os.close(saved[0])
            os.close(saved[1])


def reasons(log: Path) -> list[str]:
    """Find the sentences of the errors that failed a run's tasks, each once."""
    start = "airflow.sdk.exceptions."
    lines = log.read_text(errors="replace").splitlines()
    return list(dict.fromkeys(line.partition(": ")[2] for line in lines if line.startswith(start)))


def run(day: str, logs: Path) -> bool:
    """Migrate the metadata database, then run each DAG; stop at the first that fails."""
    start = time.monotonic()
    with output_to(logs / "airflow.log"):
        from airflow.dag_processing.dagbag import BundleDagBag
        from airflow.utils.db import upgradedb

        upgradedb()
        folder = ROOT / "dags"
        bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")
    print(f"airflow ready {time.monotonic() - start:6.1f} s", flush=True)
    for file, error in bag.import_errors.items():
        print(f"{file}: {error}", file=sys.stderr)
    if bag.import_errors:
        return False
    for name in [*sorted(n for n in bag.dags if n.startswith("etl_")), "release"]:
        if "approve" in bag.dags[name].task_ids:
            # Without a scheduler nobody can answer it, and answering it here would be no approval.
            print(f"{name} asks for approval (CHARTMILL_APPROVAL): run it under a scheduler", file=sys.stderr)
            return False
        start = time.monotonic()
        log = logs / f"{name}.log"
        with output_to(log):
            result = bag.dags[name].test(run_conf={"day": day})
        print(f"{name:13} {result.state} {time.monotonic() - start:6.1f} s", flush=True)
        if result.state != "success":
            print(f"{name} failed: {'; '.join(reasons(log)) or 'see its log'}\nlog: {log}", file=sys.stderr)
            return False
    return True


def main() -> int:
    """Parse the command line, run the DAGs and show what they did; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--day", required=True, help="the day to process, YYYY-MM-DD")
    parser.add_argument("--home", type=Path, default=ROOT / "var" / "airflow", help="AIRFLOW_HOME of this run")
    options = parser.parse_args()
    os.environ.setdefault("AIRFLOW_HOME", str(options.home))
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)

    from pipeline.cli import configure_logging, latest_release, show_summary
    from pipeline.errors import ChartmillError

    configure_logging()
    try:
        before = latest_release()
        if not run(options.day, options.home / "logs" / options.day):
            return 1
        show_summary(options.day, before)
    except ChartmillError as error:
        print(f"chartmill: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
