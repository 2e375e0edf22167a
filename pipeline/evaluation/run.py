"""Take a set through redaction, and count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from pipeline.errors import RedactionError
from pipeline.evaluation.gold import Document
from pipeline.evaluation.labels import Labels
from pipeline.evaluation.score import Finding, Score
from pipeline.redact.located import redact_located
from pipeline.redact.spans import Detector
from pipeline.redact.vault import NOBODY

_BATCH = 64

# Gets each document with what went wrong in it.
Watch = Callable[[Document, list[Finding]], None]


def evaluate(
    documents: Iterable[Document], detector: Detector, labels: Labels, watch: Watch = lambda document, wrong: None
) -> Score:
    """Redact each text as the redact stage does, with an empty vault, and count what was found and spared.

    Every label of the documents must be known.
    """
    score, rest = Score(), iter(documents)
    while batch := list(islice(rest, _BATCH)):
        outcomes = redact_located(detector, [document.text for document in batch], [NOBODY] * len(batch))
        for document, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, RedactionError):
                score.refuse(document, labels, outcome.code)
            else:
                watch(document, score.add(document, outcome.spans, labels))
    return score
