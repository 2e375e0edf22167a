"""What somebody sees who has not installed PyTorch, and what is asked of a job before anything is read."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import training
from pipeline.errors import ConfigError
from pipeline.training import options
from pipeline.training.job import default_output, run
from pipeline.training.options import EXTRA, Options, require_extra
from tests.training.conftest import ROOT

# Nobody finds PyTorch, as where it is not installed.
WITHOUT_TORCH = """
import importlib.util, sys
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = staticmethod(lambda name, *more: None if name.split(".")[0] == "torch" else find(name, *more))
from pipeline.cli import main
main()
"""


def test_it_says_what_to_install(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "find_spec", lambda name: None if name == "torch" else name)
    with pytest.raises(ConfigError, match=r"needs torch.*make setup-train.*pip install 'chartmill\[train\]'"):
        run(release, Options("chat"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_smallest_job_verifies_instead_and_says_why(release: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, "train", release, "--smallest", "--output", tmp_path / "out"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = ran.stdout.splitlines()
    assert said[0].startswith("Verifying only, no training: torch is not installed (`make setup-train` installs it)")
    assert said[1].startswith("The release is complete")
    assert not (tmp_path / "out").exists()


def test_the_commands_import_nothing_of_the_extra() -> None:
    code = f"import sys, pipeline.cli, pipeline.training.job; print([m for m in {EXTRA} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_the_output_lies_beside_the_releases(release: Path) -> None:
    home = release.parents[1]
    assert default_output(release, "chat") == home / "training" / release.name / "chat"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Options("notes"), r"no config 'notes'; it has: chat, symptoms_to_diagnosis, text"),
        (Options("chat", model="/nowhere"), r"no model: it must be a folder with a config.json"),
        (Options("chat", model="/nowhere.gguf"), r"nowhere.gguf is not there"),
    ],
)
def test_wrong_options_are_refused(release: Path, tmp_path: Path, wrong: Options, message: str) -> None:
    _needs_extra()
    with pytest.raises(ConfigError, match=message):
        run(release, wrong, tmp_path)


def test_a_release_is_not_written_to(release: Path) -> None:
    _needs_extra()
    with pytest.raises(ConfigError, match="--output outside it"):
        run(release, Options("chat"), release / "model")
    assert not (release / "model").exists()


def test_what_is_no_release_is_refused(tmp_path: Path) -> None:
    _needs_extra()
    with pytest.raises(ConfigError, match=r"no release: give the folder that has the manifest.json"):
        run(tmp_path, Options("chat"), tmp_path / "out")


def test_a_folder_with_something_else_is_not_written_to(release: Path, tmp_path: Path) -> None:
    _needs_extra()
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(ConfigError, match="holds no job"):
        run(release, Options("chat"), tmp_path, again=True)


def test_config_and_model_must_be_given(release: Path) -> None:
    _needs_extra()
    with pytest.raises(ConfigError, match="give --config and --model"):
        training.train(release, config="chat", model="")


def _needs_extra() -> None:
    try:
        require_extra()
    except ConfigError as error:
        pytest.skip(str(error))
