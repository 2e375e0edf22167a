"""The command `chartmill`.

base.py       what all commands share
runs.py       plan, run, summary, quarantine, keygen
sources.py    new-source, preview, records
recipes.py    recipe list, preview, check
releases.py   releases, withdraw, diff, rebuild, verify
policy.py     policy check
audit.py      audit verify, audit show
redaction.py  redact, evaluate
handoff.py    handoff, handoffs
forget.py     forget
training.py   train
"""

from __future__ import annotations

import logging
import sys

import structlog

from pipeline.cli import audit, forget, handoff, policy, recipes, redaction, releases, runs, sources, training
from pipeline.cli.base import app
from pipeline.cli.runs import latest_release, show_summary
from pipeline.errors import ChartmillError, ConfigError

__all__ = [
    "app", "audit", "configure_logging", "forget", "handoff", "latest_release", "main", "policy", "recipes",
    "redaction", "releases", "runs", "show_summary", "sources", "training",
]  # fmt: skip


def configure_logging() -> None:
    """Send our log lines to standard error, without values of local variables in tracebacks."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback, colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main() -> None:
    """Run the command; an error that a person can mend is one sentence on standard error.

    Exit codes: 0 well, 1 a check refused or storage failed, 2 something is configured wrongly.
    """
    configure_logging()
    try:
        app()
    except ChartmillError as error:
        print(f"chartmill: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, ConfigError) else 1)
