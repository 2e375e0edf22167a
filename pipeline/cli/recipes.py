"""Commands for who writes recipes: list them, check them, see what they make of the records in the store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.cli.base import app, console
from pipeline.config import load_settings
from pipeline.context import Context, open_context
from pipeline.errors import ConfigError
from pipeline.shard import Recipe, Refiner, load_recipes, make_examples, sorted_rows, split_of
from pipeline.store import RecordStore

recipe_app = typer.Typer(help="Recipes: how records become examples.", no_args_is_help=True)
app.add_typer(recipe_app, name="recipe")

Recipes = Annotated[Path | None, typer.Option(help="Folder of recipe YAML files.")]


@recipe_app.command("list")
def list_recipes(recipes: Recipes = None) -> None:
    """List the recipes: the config and format of their examples, and what they are made of."""
    table = Table("recipe", "config", "format", "unit", "needs", "classes")
    for recipe in load_recipes(load_settings(recipes=recipes)):
        needs = [*recipe.needs, *([f"one of {', '.join(recipe.needs_any)}"] if recipe.needs_any else [])]
        classes = f"{recipe.codes.kind}" if recipe.codes else ""
        table.add_row(recipe.name, recipe.config, recipe.format, recipe.unit, ", ".join(needs), classes)
    console.print(table)


@recipe_app.command()
def check(recipes: Recipes = None) -> None:
    """Check the recipes: fields, filters, and every name in their templates; exit with 2 if one is wrong."""
    found = load_recipes(load_settings(recipes=recipes))
    console.print(f"The recipes are sound: {', '.join(recipe.name for recipe in found)}", highlight=False)


@recipe_app.command()
def preview(
    name: Annotated[str, typer.Argument(help="Name of the recipe.")],
    count: Annotated[int, typer.Option(min=1, help="How many examples.")] = 3,
    recipes: Recipes = None,
) -> None:
    """Show examples that a recipe makes of the record store, and why other units give none. Nothing is written.

    The store is read as it is: identifiers that came since the last sweep may still stand in it.
    """
    settings = load_settings(recipes=recipes)
    known = {recipe.name: recipe for recipe in load_recipes(settings)}
    if name not in known:
        raise ConfigError(f"unknown recipe {name!r} (known: {', '.join(known)})")
    context = open_context(settings)
    examples, total, left_out = _examples(context, known[name], count)
    for number, (split, example) in enumerate(examples, 1):
        _show(number, split, example)
    console.print(f"{total} examples in the store", highlight=False)
    for reason, units_left in sorted(left_out.items()):
        console.print(f"  left out, {reason}: {units_left}", highlight=False)
    if not total + left_out.total():
        console.print("The store has no such unit: run a day first.")


def _examples(
    context: Context, recipe: Recipe, count: int
) -> tuple[list[tuple[str, dict[str, Any]]], int, Counter[str]]:
    """Return the first examples with their splits, the number of all, and of those left out by reason."""
    store, refiner = RecordStore(context), Refiner.open(context.settings)
    found, total, left_out = list[tuple[str, dict[str, Any]]](), 0, Counter[str]()
    for bucket in store.buckets():
        rows = sorted_rows(store.read([bucket]), context.keys, [recipe])
        examples, reasons = make_examples(context.keys, recipe, rows, refiner)
        total, left_out = total + len(examples), left_out + reasons
        found += [(split_of(context.keys, made["patient_key"]), made) for made in examples[: count - len(found)]]
    return found, total, left_out


def _show(number: int, split: str, example: dict[str, Any]) -> None:
    about = [f"{example['n_tokens']} tokens", split]
    about += [f"codes {', '.join(example['codes'])}"] if example["codes"] else []
    about += [f"flags {', '.join(example['flags'])}"] if example["flags"] else []
    console.rule(f"{number}. {example['id']}", align="left")
    console.print("; ".join(about), style="bold", highlight=False)
    turns = [(message["role"], message["content"]) for message in example.get("messages", ())]
    turns += [(part, example[part]) for part in ("text", "prompt", "completion") if part in example]
    for part, text in turns:
        console.print(f"\n[bold]{part}[/bold]\n{escape(text)}", highlight=False, soft_wrap=True)
