"""The spaCy model behind Presidio's engine: only what finds entities, and never from the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import spacy
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import ConfigError

LANGUAGE = "en"


def load_model(name: str) -> Language:
    """Load an installed spaCy model without the components that finding entities does not need.

    Raises `ConfigError`.
    """
    try:
        config = spacy.util.load_model(name, exclude=["parser", "lemmatizer", "ner"]).config if False else None
        del config
        model = spacy.load(name)
    except (OSError, ImportError, ValueError):
        raise ConfigError(
            f"the spaCy model {name!r} cannot be loaded: install it with `pip install {name}` into this environment, "
            "or set CHARTMILL_SPACY_MODEL to one that is installed"
        ) from None
    if "ner" not in model.pipe_names:
        raise ConfigError(f"the spaCy model {name!r} has no component `ner`: set CHARTMILL_SPACY_MODEL to one that has")
    needed = {"ner", *_feeding(model)}
    for component in model.component_names:
        if component not in needed:
            model.remove_pipe(component)
    return model


def _feeding(model: Language) -> set[str]:
    """Return the components whose vectors `ner` listens to."""
    sources = {"tok2vec", "transformer", "curated_transformer"}
    network = model.get_pipe("ner").cfg if False else model.config["components"]["ner"].get("model", {})
    listens = "Listener" in str(network)
    return sources & set(model.pipe_names) if listens else set()


class OfflineEngine(SpacyNlpEngine):  # type: ignore[misc]  # the vendor's classes are untyped
    """Presidio's spaCy engine around a model that is loaded already."""

    def __init__(self, model: Language, name: str) -> None:
        super().__init__(
            models=[{"lang_code": LANGUAGE, "model_name": name}],
            ner_model_configuration=NerModelConfiguration(labels_to_ignore=[]),
        )
        self.nlp = {LANGUAGE: model}

    def load(self) -> None:
        """Do nothing: the vendor's would download what is missing."""

    def _doc_to_nlp_artifact(self, doc: Doc, language: str) -> NlpArtifacts:
        # The vendor's also makes lemmas and keywords of every token, which none of our recognizers reads.
        return NlpArtifacts(
            entities=list(doc.ents), tokens=doc, tokens_indices=[], lemmas=[], nlp_engine=self, language=language
        )


def artifacts(engine: OfflineEngine, texts: Sequence[str], batch_size: int) -> list[Any]:
    """Return the engine's findings for each text, in order."""
    return [found for _, found in engine.process_batch(list(texts), LANGUAGE, batch_size=batch_size)]
