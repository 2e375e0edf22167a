"""Recipes: how records become examples, as data."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Annotated, Any, Literal

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.config import Settings, load_yaml
from pipeline.errors import ConfigError


class Message(BaseModel):
    """One turn of a conversation; `content` is a template."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["system", "user", "assistant"]
    content: str


class Recipe(BaseModel):
    """The content of `schemas/recipes/<name>.yaml`.

    `config` is the folder of the release that the examples go to; recipes of one config share its format. A unit
    becomes an example if it has records of all kinds in `needs` and of one kind in `needs_any`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    config: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    format: Literal["text", "chat", "prompt_completion"]
    unit: Literal["note", "encounter", "patient"]
    needs: tuple[str, ...] = ()
    needs_any: tuple[str, ...] = ()
    template: str = ""
    messages: tuple[Message, ...] = ()
    prompt: str = ""
    completion: str = ""

    @model_validator(mode="after")
    def _has_its_templates(self) -> Recipe:
        needed = {"text": ("template",), "chat": ("messages",), "prompt_completion": ("prompt", "completion")}
        if not all(getattr(self, name) for name in needed[self.format]):
            raise ValueError("the templates of its format are missing")
        return self

    @property
    def digest(self) -> str:
        """Return the digest of the recipe's content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


def load_recipes(settings: Settings) -> list[Recipe]:
    """Read all recipes, sorted by name.

    Raises `ConfigError` that names the file which is wrong.
    """
    recipes = []
    for path in sorted(settings.recipes.glob("*.yaml")):
        content = load_yaml(path)
        try:
            recipe = Recipe.model_validate(content)
            for template in _templates(recipe):
                environment().parse(template)
        except ValidationError as error:
            where = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors(include_input=False))
            raise ConfigError(f"recipe {path.name} is wrong: {where}") from None
        except jinja2.TemplateSyntaxError as error:
            raise ConfigError(f"recipe {path.name}: template line {error.lineno}: {error.message}") from None
        if recipe.name != path.stem:
            raise ConfigError(f"recipe {path.name} is wrong: its name must be {path.stem!r}, like the file's")
        recipes.append(recipe)
    if not recipes:
        raise ConfigError(f"no recipes in {settings.recipes}: put one there, or set CHARTMILL_RECIPES")
    formats: dict[str, str] = {}
    for recipe in recipes:
        if formats.setdefault(recipe.config, recipe.format) != recipe.format:
            raise ConfigError(f"recipes of config {recipe.config!r} differ in format: give each format its own config")
    return recipes


def _templates(recipe: Recipe) -> list[str]:
    return [t for t in (recipe.template, recipe.prompt, recipe.completion, *(m.content for m in recipe.messages)) if t]


@lru_cache(maxsize=1024)
def _compiled(template: str) -> jinja2.Template:
    return environment().from_string(template)


def environment() -> ImmutableSandboxedEnvironment:
    """Return the sandbox in which templates run; a name that is not there is an error, not an empty text."""
    sandbox = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False)
    sandbox.globals["number"] = _number
    return sandbox


def _number(value: float) -> str:
    return f"{value:.6g}"


def render(recipe: Recipe, view: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of one example that the recipe's templates make of a unit."""

    def text(template: str) -> str:
        return _compiled(template).render(view).strip()

    if recipe.format == "text":
        return {"text": text(recipe.template)}
    if recipe.format == "chat":
        return {"messages": [{"role": m.role, "content": text(m.content)} for m in recipe.messages]}
    return {"prompt": text(recipe.prompt), "completion": text(recipe.completion)}


def written(example: dict[str, Any]) -> list[str]:
    """Return all texts of an example."""
    if "messages" in example:
        return [message["content"] for message in example["messages"]]
    return [example[name] for name in ("text", "prompt", "completion") if name in example]
