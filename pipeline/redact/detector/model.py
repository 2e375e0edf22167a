"""The language models: the compact one, and what a site names beside it, behind Presidio's engine for them.

A file of recognizers lists them: `compact`, `spacy:NAME` for an installed package, `transformers:PATH` for a folder
with a token classification model. None is ever looked for on the network. What they find is put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import spacy
from presidio_analyzer.nlp_engine import NlpArtifacts, NoOpNlpEngine
from spacy.language import Language

from pipeline.errors import ConfigError
from pipeline.redact.detector.compact import Entity, load_compact
from pipeline.redact.detector.windows import windows

# What models call what we redact. Organizations and dates of general models are not used: in notes most of them are
# headings, drugs and durations.
LABELS = {"PERSON": "NAME", "PER": "NAME", "GPE": "ADDRESS", "LOC": "ADDRESS", "FAC": "ADDRESS"}
_SCORE = 0.6
_BATCH = 32
# Not even read from disk. What else a model brings is taken out once it is known what `ner` listens to.
_NEVER_NEEDED = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer", "textcat")
_VECTORS = ("tok2vec", "transformer", "curated_transformer")


class Model(Protocol):
    """Finds names and places in running text."""

    version: str

    def entities(self, texts: Sequence[str]) -> list[list[Entity]]:
        """Return for each text what it holds."""


class SpacyModel:
    """An installed spaCy pipeline; it sees only the sentences that may hold a name."""

    def __init__(self, name: str) -> None:
        self._language = _load_spacy(name)
        self.version = f"{name}-{self._language.meta['version']}"

    def entities(self, texts: Sequence[str]) -> list[list[Entity]]:
        """Return for each text what spaCy finds."""
        seen = [windows(text) for text in texts]
        found = []
        # Words that only these texts have are forgotten afterwards; the vocabulary would grow night by night.
        with self._language.memory_zone():
            for window, doc in zip(seen, self._language.pipe((w.text for w in seen), batch_size=_BATCH), strict=True):
                found.append([
                    Entity(*window.original(one.start_char, one.end_char), LABELS[one.label_], _SCORE)
                    for one in doc.ents
                    if one.label_ in LABELS
                ])  # fmt: skip
        return found


def _load_spacy(name: str) -> Language:
    """Load a model without the components that finding entities does not need."""
    try:
        model = spacy.load(name, exclude=_NEVER_NEEDED)
    except (OSError, ImportError, ValueError):
        raise ConfigError(
            f"the spaCy model {name!r} cannot be loaded: `pip install {name}` into this environment, or name another "
            "under `models` in the file of recognizers"
        ) from None
    if "ner" not in model.pipe_names:
        raise ConfigError(f"the spaCy model {name!r} finds no entities: name one that has `ner`")
    listens = "Listener" in str(model.config["components"]["ner"])
    for component in tuple(model.component_names):
        if component != "ner" and not (listens and component in _VECTORS):
            model.remove_pipe(component)
    return model


class TransformersModel:
    """A token classification model of Hugging Face's `transformers`, from a folder."""

    def __init__(self, path: str) -> None:
        try:
            from transformers import pipeline
        except ImportError:
            raise ConfigError("`transformers:` needs the packages transformers and torch: install them") from None
        if not Path(path).is_dir():
            raise ConfigError(f"transformers:{path}: no such folder; download the model to it beforehand")
        try:
            self._pipeline: Any = pipeline(
                "token-classification", model=path, aggregation_strategy="simple", local_files_only=True, stride=32
            )
        except (OSError, ValueError, KeyError):
            raise ConfigError(f"transformers:{path}: the folder holds no token classification model") from None
        self.version = f"{Path(path).name}-transformers-{metadata.version('transformers')}"

    def entities(self, texts: Sequence[str]) -> list[list[Entity]]:
        """Return for each text what the model finds."""
        return [
            [
                Entity(one["start"], one["end"], LABELS[label], float(one["score"]))
                for one in found
                if (label := one["entity_group"].split("-")[-1].upper()) in LABELS
            ]
            for found in self._pipeline(list(texts))
        ]


def load_model(spec: str) -> Model:
    """Load one model of a file of recognizers.

    Raises `ConfigError`.
    """
    kind, _, name = spec.partition(":")
    if spec == "compact":
        return load_compact()
    if kind == "spacy" and name:
        return SpacyModel(name)
    if kind == "transformers" and name:
        return TransformersModel(name)
    raise ConfigError(f"unknown model {spec!r}: `compact`, `spacy:NAME` or `transformers:FOLDER`")


class Models(NoOpNlpEngine):
    """Presidio's engine around models that are loaded already."""

    def __init__(self, specs: Sequence[str], language: str) -> None:
        super().__init__([{"lang_code": language, "model_name": ""}])
        self._language = language
        self._models = [load_model(spec) for spec in specs]
        self.version = "+".join(model.version for model in self._models) or "none"

    def artifacts(self, texts: Sequence[str]) -> list[NlpArtifacts]:
        """Return what the models find in each text, in order."""
        each = [model.entities(texts) for model in self._models]
        return [self._artifacts(found) for found in zip(*each, strict=True)] or [self._artifacts(()) for _ in texts]

    def _artifacts(self, found: Sequence[Sequence[Entity]]) -> NlpArtifacts:
        return NlpArtifacts(list(chain.from_iterable(found)), [], [], [], None, self._language)  # type: ignore[arg-type]  # ours
