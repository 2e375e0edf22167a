"""Fixtures of the tests of releases."""

import shutil
from pathlib import Path

import pytest

from pipeline.config import load_settings
from pipeline.context import open_context
from pipeline.records import SCHEMAS
from tests.conftest import KEY
from tests.release.made import fill, folder, release, stored

__all__ = ["stored"]

RECIPE = """
name: plan_of_note
config: plans
format: prompt_completion
unit: encounter
needs: [note, condition]
prompt: "{{ notes[0].text }}"
completion: "{{ conditions[0].display }}"
"""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a release with a config of each format, of 37 women and 3 men. It is only read."""
    home = tmp_path_factory.mktemp("published")
    (home / "recipes").mkdir()
    for name in ("note_text", "encounter_chat"):
        shutil.copy(SCHEMAS / "recipes" / f"{name}.yaml", home / "recipes")
    (home / "recipes" / "plan_of_note.yaml").write_text(RECIPE)
    settings = load_settings(KEY, phi=str(home / "phi"), data=str(home / "data"), recipes=home / "recipes")
    context = open_context(settings)
    fill(settings, context, women=37)
    return folder(context, release(settings)["name"])
