"""The model card, whose front matter is that of Hugging Face, and the page of attributions.

Source: https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from pipeline.training.fairness import MEANINGS

if TYPE_CHECKING:
    from pipeline.training.attributions import Attributions

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = Path(__file__).parents[1] / "report" / "templates"


def model_card(metrics: dict[str, Any], model: str) -> str:
    """Return the card of a model as Markdown with YAML front matter; `model` is the name of the one trained from."""
    return _environment().get_template("card.md").render(m=metrics, model=model, meanings=MEANINGS)


def attributions_page(metrics: dict[str, Any], found: Sequence[Attributions]) -> str:
    """Return the page. It holds de-identified text of the release."""
    return (
        _environment()
        .get_template("attributions.html")
        .render(m=metrics, found=found, shade=_shade, sum_of=lambda one: sum(value for _, value in one.context))
    )


def _shade(value: float, one: Attributions) -> str:
    """Return the colour behind a token: teal for what spoke for the prediction, red for what spoke against it.

    Its depth is the root of the share, for mostly one token has far more than all others.
    """
    most = max((abs(other) for _, other in one.context), default=0) or 1
    colour = "47, 125, 140" if value > 0 else "200, 70, 40"
    return f"rgba({colour}, {math.sqrt(abs(value) / most):.2f})"


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([_TEMPLATES, _STYLE]), trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=jinja2.select_autoescape(["html"]),
    )  # fmt: skip
