"""The spaCy model behind Presidio's engine: only what finds entities, and never from the network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import spacy
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as SpacySpan

from pipeline.errors import ConfigError
from pipeline.redact.detector.windows import Windows, windows

LANGUAGE = "en"
# Not even read from disk. What else a model brings is taken out once it is known what `ner` listens to.
_NEVER_NEEDED = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer", "textcat")
_VECTORS = ("tok2vec", "transformer", "curated_transformer")


class Entity(NamedTuple):
    """An entity of the model; spaCy's own would keep its document alive."""

    start_char: int
    end_char: int
    label_: str


def load_model(name: str) -> Language:
    """Load an installed spaCy model without the components that finding entities does not need.

    Raises `ConfigError`.
    """
    try:
        model = spacy.load(name, exclude=_NEVER_NEEDED)
    except (OSError, ImportError, ValueError):
        raise ConfigError(
            f"the spaCy model {name!r} cannot be loaded: `pip install {name}` into this environment, or set "
            "CHARTMILL_SPACY_MODEL to one that is installed"
        ) from None
    if "ner" not in model.pipe_names:
        raise ConfigError(f"the spaCy model {name!r} finds no entities: set CHARTMILL_SPACY_MODEL to one with `ner`")
    listens = "Listener" in str(model.config["components"]["ner"])
    for component in tuple(model.component_names):
        if component != "ner" and not (listens and component in _VECTORS):
            model.remove_pipe(component)
    return model


class OfflineEngine(SpacyNlpEngine):
    """Presidio's spaCy engine around a model that is loaded already."""

    def __init__(self, model: Language, name: str) -> None:
        # Nothing is left out here, so that the vendor maps and logs no labels: our recognizer picks what it uses.
        super().__init__(
            models=[{"lang_code": LANGUAGE, "model_name": name}], ner_model_configuration=NerModelConfiguration()
        )
        self.nlp = {LANGUAGE: model}  # type: ignore[assignment]  # the vendor types it as what it is before `load`
        self._model = model

    def load(self) -> None:
        """Do nothing: the vendor's would download what is missing."""

    def entities(self, texts: list[str], batch_size: int) -> list[NlpArtifacts]:
        """Return the model's findings for each text, in order."""
        seen = [windows(text) for text in texts]
        # Words that only these texts have are forgotten afterwards; the vocabulary would grow night by night.
        with self._model.memory_zone():
            found = [item[1] for item in self.process_batch([w.text for w in seen], LANGUAGE, batch_size=batch_size)]
        return [_artifacts(self._original(w, one.entities)) for w, one in zip(seen, found, strict=True)]

    @staticmethod
    def _original(seen: Windows, entities: Iterable[Entity | SpacySpan]) -> list[Entity]:
        return [Entity(*seen.original(one.start_char, one.end_char), one.label_) for one in entities]

    def _doc_to_nlp_artifact(self, doc: Doc, language: str) -> NlpArtifacts:
        # The vendor's also makes lemmas and keywords of every token, which none of our recognizers reads.
        return _artifacts([Entity(found.start_char, found.end_char, found.label_) for found in doc.ents])


def _artifacts(entities: list[Entity]) -> NlpArtifacts:
    return NlpArtifacts(entities, [], [], [], None, LANGUAGE)  # type: ignore[arg-type]  # like spaCy's, without tokens
