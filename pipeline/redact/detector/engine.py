"""The detector: Presidio's analyzer with our recognizers, in batches, closed when anything fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine, NoOpNlpEngine

from pipeline.errors import RedactionError
from pipeline.redact.detector.limits import TimeIsUp, time_limit
from pipeline.redact.detector.merge import to_spans
from pipeline.redact.detector.model import Models
from pipeline.redact.detector.registry import NER, Registry, outcome_digest
from pipeline.redact.detector.scan import REDACTED, in_one_scan
from pipeline.redact.spans import Span

BATCH = 32
MAX_CHARS = 1_000_000
SECONDS = 60.0

Outcome = tuple[Span, ...] | RedactionError


def quiet() -> None:
    """Keep Presidio's loggers from writing: at lower levels they name what they found."""
    for name in ("presidio-analyzer", "presidio-anonymizer", "decision_process"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _NoContext(ContextAwareEnhancer):
    """Leaves scores alone: our rules look at the context themselves, and lemmas are not made."""

    def __init__(self) -> None:
        super().__init__(0, 0, 0, 0)

    def enhance_using_context(
        self, text: str, raw_results: list[RecognizerResult], *_: Any, **__: Any
    ) -> list[RecognizerResult]:
        return raw_results


class Patterns:
    """The recognizers that need no language model.

    With `again` they look at texts that they have seen before, only where something was redacted since.
    """

    def __init__(
        self,
        registry: Registry,
        nlp: NlpEngine | None = None,
        *,
        again: bool = False,
        max_chars: int = MAX_CHARS,
        seconds: float = SECONDS,
    ) -> None:
        quiet()
        self._language = registry.language
        self._entity_of = registry.entity_of
        kept = registry.recognizers if nlp is not None else registry.without((NER,))
        self._analyzer = AnalyzerEngine(
            registry=RecognizerRegistry(
                recognizers=in_one_scan(kept, again=again), supported_languages=[self._language]
            ),
            nlp_engine=nlp or NoOpNlpEngine([{"lang_code": self._language, "model_name": ""}]),
            context_aware_enhancer=_NoContext(),
            supported_languages=[self._language],
        )
        self._again = again
        self._max_chars = max_chars
        self._seconds = seconds

    def find(self, text: str) -> Outcome:
        """Return the spans of one text, or the error that makes it unsafe."""
        refused = self.refuse(text)
        if refused is not None:
            return refused
        if self._again and not REDACTED.search(text):
            return ()
        return self._closed(lambda: self._analyze(text, None))

    def refuse(self, text: str) -> RedactionError | None:
        """Return why a text is not even looked at."""
        if len(text) > self._max_chars:
            return RedactionError("text_too_long")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return RedactionError("bad_unicode")
        return None

    def _analyze(self, text: str, artifacts: NlpArtifacts | None) -> tuple[Span, ...]:
        results = self._analyzer.analyze(text, self._language, nlp_artifacts=artifacts)
        if not all(0 <= r.start < r.end <= len(text) for r in results):
            raise ValueError("a recognizer gives offsets that are not in the text")
        name = RecognizerResult.RECOGNIZER_NAME_KEY
        return to_spans(text, (
            Span(r.start, r.end, self._entity_of[r.entity_type], r.score, r.recognition_metadata[name]) for r in results
        ))  # fmt: skip

    def _closed(self, work: Callable[[], tuple[Span, ...]]) -> Outcome:
        try:
            with time_limit(self._seconds):
                return work()
        except TimeIsUp:
            return RedactionError("detector_timeout")
        # Whatever a recognizer raises, its message may hold the text: it becomes ours, and the text does not pass.
        except Exception:  # noqa: BLE001
            return RedactionError("detector_error")


class PresidioDetector(Patterns):
    """Finds identifiers with the recognizers and models of a language."""

    def __init__(self, folder: Path, language: str, *, max_chars: int = MAX_CHARS, seconds: float = SECONDS) -> None:
        registry = Registry(folder, language)
        self._nlp = Models(registry.models, language)
        super().__init__(registry, self._nlp, max_chars=max_chars, seconds=seconds)
        self._patterns = Patterns(registry, max_chars=max_chars, seconds=seconds)
        self._again_patterns = Patterns(registry, again=True, max_chars=max_chars, seconds=seconds)
        self._version = f"{language}-{self._nlp.version}+{outcome_digest(folder, language)}"

    @property
    def version(self) -> str:
        """Name the model and the recognizers; it changes when the outcome may."""
        return self._version

    def detect(self, texts: Sequence[str]) -> list[Outcome]:
        """Return for each text its spans, sorted and free of overlap, or the error that makes it unsafe."""
        return _for_distinct(texts, self._detect)

    def pattern_only(self, texts: Sequence[str]) -> list[Outcome]:
        """Do as `detect` without the language model, for short strings such as displays of codes."""
        return _for_distinct(texts, lambda some: [self._patterns.find(text) for text in some])

    def again(self, text: str) -> tuple[Span, ...]:
        """Return what the patterns find in a text that they have seen before, near the tags that it has since.

        Elsewhere they would find what they found before, which is tagged. Raises `RedactionError`.
        """
        outcome = self._again_patterns.find(text)
        if isinstance(outcome, tuple):
            return outcome
        raise outcome

    def _detect(self, texts: list[str]) -> list[Outcome]:
        outcomes: dict[str, Outcome] = {}
        for text in texts:
            refused = self.refuse(text)
            if refused is not None:
                outcomes[text] = refused
        # Texts of like length share a batch.
        rest = sorted((text for text in texts if text not in outcomes), key=len)
        for at in range(0, len(rest), BATCH):
            batch = rest[at : at + BATCH]
            outcomes.update(zip(batch, self._batch(batch), strict=True))
        return [outcomes[text] for text in texts]

    def _batch(self, texts: list[str]) -> list[Outcome]:
        """Run the model over a batch; if that fails, over each text by itself, so that only the guilty one does."""
        found: list[NlpArtifacts] = []

        def run() -> tuple[Span, ...]:
            found.extend(self._model(texts))
            return ()

        if len(texts) > 1 and not isinstance(self._closed(run), RedactionError):
            pairs = zip(texts, found, strict=True)
            return [self._closed(partial(self._analyze, text, artifacts)) for text, artifacts in pairs]
        return [self._closed(partial(self._alone, text)) for text in texts]

    def _alone(self, text: str) -> tuple[Span, ...]:
        return self._analyze(text, self._model([text])[0])

    def _model(self, texts: list[str]) -> list[NlpArtifacts]:
        return self._nlp.artifacts(texts)


def _for_distinct(texts: Sequence[str], work: Callable[[list[str]], list[Outcome]]) -> list[Outcome]:
    distinct = list(dict.fromkeys(texts))
    outcomes = dict(zip(distinct, work(distinct), strict=True))
    return [outcomes[text] for text in texts]
