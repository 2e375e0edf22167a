"""What the README and the docs say is so: commands, links, settings and snippets."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
import typer
import yaml

from pipeline import stages
from pipeline.cli import app
from pipeline.config import Settings, SourceConfig
from pipeline.ingest.csv.mapping import load_mapping
from pipeline.ingest.registry import load_connector
from pipeline.records import SCHEMAS
from pipeline.redact.policy import read_policy
from pipeline.redact.review import markdown
from pipeline.shard.plausibility import all_flags
from pipeline.shard.recipes import Recipe, Where, load_recipes
from pipeline.shard.templates import COLUMNS, NAMES, PATIENT
from pipeline.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[2]
DESIGN = ROOT / "docs" / "design.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# The design page speaks of the product as a whole.
GUIDES = [page for page in PAGES if page != DESIGN]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What one design stage consists of, where it is not one function of the same name.
PARTS = {
    "shard": {"examples", "select", "shard"}, "release": {"gate", "publish"}, "hand-off": {"handoff"},
}  # fmt: skip
# Commands that have commands of their own.
GROUPS = "audit|policy|recipe"
BEFORE_OR_BESIDE = {"plan", "index", "purge", "sweep", "plan_shards", "replan_shards", "forget", "allow"}


def text(page: Path) -> str:
    return page.read_text("utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(text(page)) if name == language]


def code(page: Path) -> str:
    """Return what stands in code, inline or in blocks."""
    body = text(page)
    rest = FENCE.sub("", body)
    return "\n".join([*(block for _, block in FENCE.findall(body)), *re.findall(r"`([^`]+)`", rest)])


def stage_names() -> set[str]:
    functions = {name: value for name, value in vars(stages).items() if isinstance(value, FunctionType)}
    return {
        name
        for name, value in functions.items()
        if value.__module__.startswith(stages.__name__) and hasattr(value, "__wrapped__")
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|[`\s])make ([a-z][a-z-]*)", code(page)))
    assert named <= targets


def test_the_pages_name_make_targets() -> None:
    assert {"run", "test"} <= set(re.findall(r"make ([a-z-]+)", code(ROOT / "README.md")))


def commands() -> Iterator[tuple[str, str, str]]:
    for page in PAGES:
        for line in code(page).splitlines():
            for match in re.finditer(rf"(?:^|[\s/])chartmill ((?:(?:{GROUPS}) )?[a-z-]+)((?: [^#|;]*)?)", " " + line):
                yield page.name, match[1], match[2]


def test_commands_and_their_options_exist() -> None:
    top: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    known = top | {f"{group} {name}": one for group in GROUPS.split("|") for name, one in top[group].commands.items()}
    found = list(commands())
    assert {"run", "verify", "summary", "quarantine", "keygen"} <= {name for _, name, _ in found}
    for page, name, rest in found:
        assert name in known, f"{page}: chartmill {name}"
        options = {flag for parameter in known[name].params for flag in parameter.opts}
        for flag in re.findall(r"--[a-z-]+", rest):
            assert flag in options, f"{page}: chartmill {name} {flag}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_images_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text(page))):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", text(file), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, target


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    folders = "schemas|pipeline|dags|docs|tests|scripts|data/sample"
    for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", text(page)):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_variables_are_settings(page: Path) -> None:
    known = {f"CHARTMILL_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"CHARTMILL_[A-Z][A-Z_]*[A-Z]", text(page))) <= known


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = dict(
        re.findall(r"^\| `CHARTMILL_(\w+)` \| ([^|]+) \|", text(ROOT / "docs" / "configuration.md"), re.MULTILINE)
    )
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default is None:
            continue
        written = str(field.default).removeprefix(f"{ROOT}/")
        written = written.lower() if isinstance(field.default, bool) else written
        assert rows[name.upper()].strip() == f"`{written}`"


def snippets(key: str) -> list[Any]:
    found = []
    for page in GUIDES:
        for number, block in enumerate(blocks(page, "yaml"), 1):
            content = yaml.safe_load(block)
            if key in content:
                found.append(pytest.param(content, id=f"{page.name}-{number}"))
    return found


@pytest.mark.parametrize("content", snippets("connector"))
def test_source_snippets_are_sources(content: dict[str, Any]) -> None:
    load_connector(SourceConfig.model_validate(content))


@pytest.mark.parametrize("content", snippets("tables"))
def test_mapping_snippets_are_mappings(content: dict[str, Any]) -> None:
    mapping = load_mapping(content)
    assert mapping.na_values == {"NULL", "N/A"}


@pytest.mark.parametrize("content", snippets("unit"))
def test_recipe_snippets_are_recipes(content: dict[str, Any]) -> None:
    assert list(Recipe.model_validate(content).faults) == []


def test_every_yaml_snippet_is_checked() -> None:
    checked = sum(len(snippets(key)) for key in ("connector", "tables", "unit"))
    assert sum(len(blocks(page, "yaml")) for page in GUIDES) == checked


def test_the_page_of_examples_names_all_that_a_recipe_can() -> None:
    page = ROOT / "docs" / "examples.md"
    named = set(re.findall(r"\w+", code(page)))
    filters = {"value", "sections", "without", "number"}
    assert named >= NAMES | COLUMNS - {*PATIENT, "birth_date", "death_date", "postal_code", "state"} | filters
    assert named >= set(Where.model_fields) | all_flags() | set(vocabulary("flags"))
    headings = re.findall(r"^### (\w+)$", text(page), re.MULTILINE)
    assert set(headings) >= {recipe.name for recipe in load_recipes(Settings())}


def test_the_design_names_the_stages_that_there_are() -> None:
    rows = re.findall(r"^\| ([a-z-]+) \| [^|]*→[^|]* \|", text(DESIGN), re.MULTILINE)
    named = set().union(*(PARTS.get(row, {row}) for row in rows if row != "stage"))
    assert named | BEFORE_OR_BESIDE == stage_names()


def test_the_page_of_policies_is_what_the_command_prints() -> None:
    policies = [read_policy(SCHEMAS / "policies" / f"{name}.yaml") for name in ("safe_harbor", "date_shift")]
    assert text(ROOT / "docs" / "policies.md").endswith("\n\n" + "\n".join(map(markdown, policies)))


def test_the_readme_is_short() -> None:
    assert len(text(ROOT / "README.md").splitlines()) <= 130
