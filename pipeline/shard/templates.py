"""The templates of recipes: the sandbox in which they run, their filters, and the names that they use."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import jinja2
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import ConfigError
from pipeline.records import KINDS, contract
from pipeline.shard.leakage import without
from pipeline.shard.sections import PREAMBLE, by_name, section_names

PLURALS = {kind: "allergies" if kind == "allergy" else f"{kind}s" for kind in KINDS if kind != "patient"}
# What a template may name. `note` is the first of `notes`; `timeline` has every row, and `visits` views of encounters.
NAMES = frozenset((*PLURALS.values(), "patient", "age", "age_band", "encounter", "note", "timeline", "visits"))
PATIENT = ("sex", "race", "ethnicity")
# Columns that order, count or link records: no reader of an example is to see them.
_INTERNAL = frozenset((
    "file_id", "position", "record_id", "deleted", "patient_key", "encounter_key", "bucket", "version", "sequence",
    "policy", "vault_version", "record_sha", "safe_sha", "flags",
))  # fmt: skip
COLUMNS = frozenset(contract("safe")) - _INTERNAL
# Columns that filters read, beside those that templates name.
_READ = {
    "without": ("display", "code"),
    "value": ("value_number", "comparator", "value_text", "unit", "abnormal"),
    "sections": ("type", "text"),
}  # fmt: skip
_OF_TEXTS = frozenset(("lower", "upper", "strip", "title", "replace", "split", "splitlines", "startswith", "endswith"))
_OF_LOOPS = frozenset((
    "index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem", "changed", "cycle",
))  # fmt: skip
# They would print a row as a whole.
_NO_FILTERS = ("attr", "dictsort", "items", "pprint", "tojson", "xmlattr")
_ERRORS = (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class Uses:
    """What a template names: names of the view, those of each of its `visits`, and columns of its rows."""

    names: frozenset[str]
    of_visits: frozenset[str]
    columns: frozenset[str]


def fill(source: str, view: dict[str, Any], where: str) -> str:
    """Return the text that a template makes of a view.

    Raises `ConfigError` that says in which line of `where` it failed, and nothing of what the view holds.
    """
    template, names = _compiled(source)
    try:
        # As `Template.render` does it, but for copying the names of the environment each time.
        return "".join(template.root_render_func(template.new_context(names | view, shared=True))).strip()
    except _ERRORS as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        line = template.get_corresponding_lineno(frames[-1].lineno or 1) if frames else 1
        raise ConfigError(
            f"{where}, line {line}: the template fails on a record ({type(error).__name__}): a "
            "value may be missing or of another type there; ask for it first, as in {% if o.unit %}"
        ) from None


@lru_cache(maxsize=256)
def uses(source: str) -> Uses:
    """Return what a template names; it must have been checked."""
    tree = environment().parse(source)
    attributes = {node.attr for node in tree.find_all(nodes.Getattr)}
    words = set(attributes)
    words |= {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
    words |= {column for node in tree.find_all(nodes.Filter) for column in _READ.get(node.name, ())}
    return Uses(
        NAMES & meta.find_undeclared_variables(tree),
        NAMES & attributes - {"visits"},
        frozenset(words & {*COLUMNS, "type", "sections"}),
    )


def faults(source: str) -> Iterator[str]:
    """Yield what is wrong with a template: each line, and the name that does not exist."""
    sandbox = environment()
    try:
        tree = sandbox.parse(source)
        sandbox.compile(tree)
    except jinja2.TemplateSyntaxError as error:
        yield f"line {error.lineno}: {error.message}"
        return
    unknown = meta.find_undeclared_variables(tree) - NAMES - set(sandbox.globals)
    own = {node.attr for node in tree.find_all(nodes.NSRef)}
    own |= {pair.key for call in tree.find_all(nodes.Call) for pair in call.kwargs}
    for node in tree.find_all((nodes.Name, nodes.Getattr, nodes.Filter)):
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name in unknown:
            yield f"line {node.lineno}: there is no {node.name!r} (names: {', '.join(sorted(NAMES))})"
        elif isinstance(node, nodes.Getattr) and node.attr not in _of(node.node) | own:
            yield f"line {node.lineno}: nothing has a column or section {node.attr!r}"
        elif isinstance(node, nodes.Filter) and node.name == "sections":
            for argument in node.args:
                if isinstance(argument, nodes.Const) and argument.value not in (PREAMBLE, *section_names()):
                    yield f"line {node.lineno}: there is no section {argument.value!r}"


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which `row.title` is the column, not the method of a dict."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Return the sandbox in which templates run; a name that is not there is an error, not an empty text."""
    sandbox = _Sandbox(
        undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False, finalize=lambda v: "" if v is None else v
    )
    sandbox.globals["number"] = _number
    sandbox.filters |= {"value": _value, "sections": _sections, "without": without}
    for name in _NO_FILTERS:
        del sandbox.filters[name]
    return sandbox


@lru_cache(maxsize=256)
def _compiled(source: str) -> tuple[jinja2.Template, dict[str, Any]]:
    return environment().from_string(source), dict(environment().globals)


def _of(node: nodes.Node) -> frozenset[str]:
    """Return what may follow the point behind an expression."""
    return frozenset(PATIENT) if isinstance(node, nodes.Name) and node.name == "patient" else _attributes()


@cache
def _attributes() -> frozenset[str]:
    return COLUMNS | NAMES | {"type", "sections", PREAMBLE, *section_names()} | _OF_TEXTS | _OF_LOOPS


def _number(value: float) -> str:
    return f"{value:.6g}"


def _value(row: Mapping[str, Any]) -> str:
    """Return what was measured, as one reads it: `<5 mg/dL (L)`."""
    said = row["value_text"] or ""
    if row["value_number"] is not None:
        said = f"{row['comparator'] or ''}{_number(row['value_number'])}{' ' + row['unit'] if row['unit'] else ''}"
    return f"{said} ({row['abnormal']})".lstrip() if row["abnormal"] else said


def _sections(notes: Iterable[Mapping[str, Any]], *names: str, whole: Iterable[str] = ()) -> str:
    """Return these sections of notes, in this order under their names; what two notes say alike stands once.

    A note without a single heading is taken whole, if its type is in `whole`; `other` are those of no known type.
    """
    said: dict[str, None] = {}
    for note in notes:
        found = by_name(note["text"] or "")
        if found[PREAMBLE] and sum(map(bool, found.values())) == 1:
            if note["type"] in whole:
                said.setdefault(found[PREAMBLE])
            continue
        for name in names:
            if found[name]:
                said.setdefault(f"{name.replace('_', ' ').capitalize()}: {found[name]}")
    return "\n".join(said)
