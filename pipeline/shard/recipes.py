"""Recipes: how records become examples, as data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pipeline.config import Settings, load_yaml
from pipeline.errors import ConfigError
from pipeline.records import KINDS, SCHEMAS
from pipeline.shard.augment.config import Augment
from pipeline.shard.balance import Balance
from pipeline.shard.note_types import note_types
from pipeline.shard.templates import Uses, faults, fill, uses
from pipeline.vocabulary import canonical_system, code_systems

_STRICT = ConfigDict(frozen=True, extra="forbid")
# What examples depend on beside their recipe: if one changes, they are made anew.
_TABLES = ("note_types", "sections", "diagnosis_words", "plausibility")


def _known(name: str) -> str:
    if name not in (*KINDS, *note_types()):
        raise ValueError(f"neither a kind of record nor a type of note (note types: {', '.join(note_types())})")
    return name


def _note_type(name: str) -> str:
    if name not in note_types():
        raise ValueError(f"no type of note (types: {', '.join(note_types())})")
    return name


def _system(name: str) -> str:
    uri = canonical_system(name)
    if uri not in code_systems():
        raise ValueError("no code system that schemas/code_systems.yaml has")
    return uri


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Kind = Annotated[str, AfterValidator(_known)]
System = Annotated[str, AfterValidator(_system)]


class Range(BaseModel):
    """From `min` to `max`, both included."""

    model_config = _STRICT

    min: int | None = None
    max: int | None = None

    def holds(self, value: int | None) -> bool:
        """Tell whether a value is in the range; one that is not known is not."""
        return value is not None and (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


class Where(BaseModel):
    """Which records and units a recipe takes; what is not given does not matter, and words are compared without case.

    `source` are the sources whose records count at all. `note_type`, `title` (part of it), `min_chars` and `max_chars`
    say which notes count. `category` is the encounter's, `sex`, `race` and `age` (in years, 90 is 90 and over) the
    patient's, `year` that of the last thing that happened, `code` how a code in the unit begins.
    """

    model_config = _STRICT

    source: tuple[str, ...] = ()
    note_type: tuple[Annotated[str, AfterValidator(_note_type)], ...] = ()
    title: tuple[str, ...] = ()
    min_chars: Annotated[int, Field(ge=0)] = 0
    max_chars: Annotated[int, Field(ge=1)] | None = None
    category: tuple[str, ...] = ()
    sex: tuple[Literal["female", "male", "other", "unknown"], ...] = ()
    race: tuple[str, ...] = ()
    age: Range | None = None
    year: Range | None = None
    code: tuple[str, ...] = ()

    @property
    def judges_notes(self) -> bool:
        """Tell whether some notes do not count."""
        return bool(self.note_type or self.title or self.min_chars or self.max_chars is not None)


class Codes(BaseModel):
    """Which coded facts are the classes of an example: those of a kind and of these systems.

    They are cut to `digits` characters, the point not counted: with three I21.4 is I21, with four I21.4.
    """

    model_config = _STRICT

    kind: Literal["condition", "observation", "medication", "procedure", "allergy", "immunization", "note"]
    system: Annotated[tuple[System, ...], BeforeValidator(_listed)]
    digits: Annotated[int, Field(ge=1)] | None = None

    def classes(self, rows: Iterable[dict[str, Any]]) -> list[str]:
        """Return the classes of an example with these facts, sorted."""
        return sorted({
            self._cut(row["code"])
            for row in rows
            if row["kind"] == self.kind and row["code"] and row["code_system"] in self.system
        })  # fmt: skip

    def _cut(self, code: str) -> str:
        if self.digits is None:
            return code
        point = code.find(".")
        return code[: self.digits + (0 <= point < self.digits)]


class Message(BaseModel):
    """One turn of a conversation; `content` is a template."""

    model_config = _STRICT

    role: Literal["system", "user", "assistant"]
    content: str


class Recipe(BaseModel):
    """The content of `schemas/recipes/<name>.yaml`.

    `config` is the folder of the release that the examples go to; recipes of one config share its format. A unit
    becomes an example if it passes `where`, and has records of all kinds, or notes of all types, in `needs` and of one
    in `needs_any`. `codes` names its classes. A text of more than `max_tokens` is cut, an example of another format
    dropped. `near_duplicates` is the similarity from which on only one of a patient's examples stays.
    """

    model_config = _STRICT

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    config: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    format: Literal["text", "chat", "prompt_completion"]
    unit: Literal["note", "encounter", "patient"]
    needs: tuple[Kind, ...] = ()
    needs_any: tuple[Kind, ...] = ()
    where: Where = Where()
    codes: Codes | None = None
    template: str = ""
    messages: tuple[Message, ...] = ()
    prompt: str = ""
    completion: str = ""
    max_tokens: Annotated[int | None, Field(ge=32)] = None
    near_duplicates: Annotated[float | None, Field(ge=0.5, le=1)] = None
    balance: Balance | None = None
    augment: Augment | None = None

    @model_validator(mode="after")
    def _has_its_templates(self) -> Recipe:
        needed = {"text": ("template",), "chat": ("messages",), "prompt_completion": ("prompt", "completion")}
        if not all(getattr(self, name) for name in needed[self.format]):
            raise ValueError("the templates of its format are missing")
        if self.augment and self.augment.synthetic and (self.unit == "note" or "note" in self.needs):
            raise ValueError("augment.synthetic: a synthetic example has no notes; take a unit that can do without")
        return self

    @property
    def digest(self) -> str:
        """Return the digest of the recipe's content, and of the tables that it reads."""
        augmenting = self.augment.tables() if self.augment else b""
        return hashlib.sha256(self.model_dump_json().encode() + _tables() + augmenting).hexdigest()[:12]

    @cached_property
    def templates(self) -> dict[str, str]:
        """Return its templates by where they stand."""
        turns = {f"messages.{number}": message.content for number, message in enumerate(self.messages)}
        single = {"template": self.template, "prompt": self.prompt, "completion": self.completion}
        return {name: text for name, text in (single | turns).items() if text}

    @cached_property
    def uses(self) -> Uses:
        """Return what its templates name."""
        of = [uses(text) for text in self.templates.values()]
        return Uses(
            *(
                frozenset[str]().union(*sets)
                for sets in zip(*((u.names, u.of_visits, u.columns) for u in of), strict=True)
            )
        )

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns of records that it needs beside those of every unit."""
        synthetic = self.augment is not None and self.augment.synthetic is not None
        return self.uses.columns | ({"reference_low", "reference_high"} if synthetic else set())

    @property
    def faults(self) -> Iterator[str]:
        """Yield what is wrong with its templates."""
        for name, text in self.templates.items():
            yield from (f"{name}, {fault}" for fault in faults(text))


@cache
def _tables() -> bytes:
    return b"\0".join((SCHEMAS / f"{name}.yaml").read_bytes() for name in _TABLES)


def load_recipes(settings: Settings) -> list[Recipe]:
    """Read all recipes, sorted by name.

    Raises `ConfigError` that names each file which is wrong, and of a template the line and the name.
    """
    recipes, wrong = [], []
    for path in sorted(settings.recipes.glob("*.yaml")):
        try:
            recipes.append(_read(path, path.stat().st_mtime_ns))
        except ConfigError as error:
            wrong.append(str(error))
    if wrong:
        raise ConfigError("\n".join(wrong))
    if not recipes:
        raise ConfigError(f"no recipes in {settings.recipes}: put one there, or set CHARTMILL_RECIPES")
    formats: dict[str, str] = {}
    for recipe in recipes:
        if formats.setdefault(recipe.config, recipe.format) != recipe.format:
            raise ConfigError(f"recipes of config {recipe.config!r} differ in format: give each format its own config")
    return recipes


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> Recipe:
    """Read and check a recipe; once for many buckets, for that takes longer than the examples of a small one."""
    try:
        recipe = Recipe.model_validate(load_yaml(path))
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors(include_input=False))
        raise ConfigError(f"recipe {path.name} is wrong: {where}") from None
    if found := list(recipe.faults):
        raise ConfigError(f"recipe {path.name} is wrong: {'; '.join(found)}")
    if recipe.name != path.stem:
        raise ConfigError(f"recipe {path.name} is wrong: its name must be {path.stem!r}, like the file's")
    return recipe


def render(recipe: Recipe, view: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of one example that the recipe's templates make of a unit.

    Raises `ConfigError` for a template that fails; it names the line and no value.
    """
    texts = {name: fill(text, view, f"recipe {recipe.name}: {name}") for name, text in recipe.templates.items()}
    if recipe.format == "text":
        return {"text": texts["template"]}
    if recipe.format == "chat":
        return {
            "messages": [
                {"role": m.role, "content": texts.get(f"messages.{i}", "")} for i, m in enumerate(recipe.messages)
            ]
        }
    return {"prompt": texts["prompt"], "completion": texts["completion"]}


def written(example: dict[str, Any]) -> list[str]:
    """Return all texts of an example."""
    if "messages" in example:
        return [message["content"] for message in example["messages"]]
    return [example[name] for name in ("text", "prompt", "completion") if name in example]


def is_empty(example: dict[str, Any]) -> bool:
    """Tell whether one of its texts says nothing: a question without an answer is no example."""
    return not all(text.strip() for text in written(example))
