"""One training job, from a release to a model: verify, encode, evaluate, train, evaluate, explain, write."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from pipeline.errors import ConfigError
from pipeline.release import verify_release
from pipeline.storage import whole_file
from pipeline.training.data import Encoder, classes_of, encode, load_splits, written
from pipeline.training.fairness import by_group, scores
from pipeline.training.options import EXTRA, TINY, Options, require_extra
from pipeline.training.pages import attributions_page, model_card

_JOB, _METRICS, _UNTRAINED = "job.json", "metrics.json", "untrained.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job came to; `new` tells whether this call trained anything."""

    output: Path
    metrics: dict[str, Any]
    new: bool


class Release(NamedTuple):
    """A release as a folder on this machine."""

    folder: Path
    manifest: dict[str, Any]
    sha: str

    @property
    def name(self) -> str:
        """Return its name, which is its folder's."""
        return self.folder.name


def read_release(folder: Path) -> Release:
    """Read the manifest of a release.

    Raises `ConfigError` if there is none.
    """
    folder = folder.resolve()
    try:
        content = (folder / "manifest.json").read_bytes()
        return Release(folder, orjson.loads(content), hashlib.sha256(content).hexdigest())
    except (OSError, ValueError):
        raise ConfigError(f"{folder} is no release: give the folder that has the manifest.json") from None


def evaluation_split(manifest: dict[str, Any], config: str) -> str | None:
    """Return the split that a config is tested with: `validation` if `test` has no example, None if neither has."""
    splits = manifest["configs"][config]["splits"]
    return next((name for name in ("test", "validation") if splits.get(name, {}).get("examples")), None)


def trainable(manifest: dict[str, Any], config: str) -> bool:
    """Tell whether a config has examples to train on, and to test with."""
    train = manifest["configs"][config]["splits"].get("train", {})
    return bool(train.get("examples") and evaluation_split(manifest, config))


def default_output(release: Path, name: str) -> Path:
    """Return where a job writes if nobody says: `training/<release>/<name>`, beside the folder `releases`."""
    folder = release.resolve()
    home = folder.parent.parent if folder.parent.name == "releases" else folder.parent
    return home / "training" / folder.name / name


def run(folder: Path, options: Options, output: Path, *, again: bool = False) -> Outcome:
    """Train a model on one config of a release, and write it to a folder with its metrics, card and attributions.

    A job that was killed goes on from its last checkpoint; one that is finished does nothing, unless `again`.
    Raises `ConfigError` before anything is read, `GateError` if the release is damaged, `HandoffError` if the machine
    is too small.
    """
    require_extra()
    release, options, output = read_release(folder), options.resolved(), output.resolve()
    _check(release, options, output)
    job = _identity(release, options)
    found = _found(output, job, again=again)
    if found == "done":
        return Outcome(output, orjson.loads((output / _METRICS).read_bytes()), new=False)
    verify_release(release.folder)
    from pipeline.training.machine import too_small

    _write(output / _JOB, {**job, "status": "started"})
    with too_small(output):
        metrics = _Job(release, options, output).run()
    _write(output / _JOB, {**job, "status": "done"})
    return Outcome(output, metrics, new=True)


class _Job:
    """What the steps of a job share."""

    def __init__(self, release: Release, options: Options, output: Path) -> None:
        from pipeline.training import model

        model.quieten()
        self.release, self.options, self.output = release, options, output
        self.cache = output / "cache"
        shutil.rmtree(self.cache, ignore_errors=True)
        self.format = release.manifest["configs"][options.config]["format"]
        self.split = evaluation_split(release.manifest, options.config) or ""
        splits = load_splits(release.folder, release.manifest, options.config, self.cache)
        self.rows = {
            "train": _first(splits["train"], options.max_train_samples),
            self.split: _first(splits[self.split], options.max_eval_samples),
        }
        texts = (text for row in self.rows["train"] for text in written(row))
        self.base = model.base_folder(options, output, texts)
        self.tokenizer = model.load_tokenizer(self.base, simple_template=options.simple_template)
        self.model = model.load_model(self.base, options)
        limit = model.context_length(self.model, self.tokenizer)
        self.options = replace(options, max_length=min(options.max_length or limit, limit))
        self.encoder = Encoder(self.tokenizer, self.format, self.options.max_length, release.manifest["day"])
        self.pad = self.tokenizer.pad_token_id or self.tokenizer.eos_token_id or 0

    def run(self) -> dict[str, Any]:
        from pipeline.training import loop, machine
        from pipeline.training.model import save

        train, counts = encode(self.rows["train"], self.encoder, self.cache / "train.arrow")
        test, test_counts = encode(self.rows[self.split], self.encoder, self.cache / f"{self.split}.arrow")
        if not len(train) or not len(test):
            raise ConfigError(
                f"no example of config {self.options.config!r} is left to learn from or to test with: all are cut "
                f"before what the loss is of; give a --max-length above {self.options.max_length}"
            )
        machine.check_space(self.model, self.output)
        before = self.output / _UNTRAINED
        if not before.exists():
            _write(before, self._evaluate(test))
        losses = loop.train(self.model, train, self.pad, self.options, self.output / "checkpoints")
        metrics = self._metrics(counts, test_counts, losses, loop.steps(self.options, len(train)))
        metrics |= {"untrained": orjson.loads(before.read_bytes()), "trained": self._evaluate(test)}
        save(self.model, self.tokenizer, self.base, self.output)
        self._explain(test, metrics)
        name = self.options.model if self.options.model == TINY else Path(self.options.model).name
        (self.output / "README.md").write_text(model_card(metrics, name), "utf-8")
        _write(self.output / _METRICS, metrics)
        for done in ("checkpoints", "cache"):
            shutil.rmtree(self.output / done)
        before.unlink()
        return metrics

    def _evaluate(self, encoded: Any) -> dict[str, Any]:
        from pipeline.training.evaluate import diagnosed, loss_and_perplexity

        size = self.options.per_device_train_batch_size
        found = loss_and_perplexity(self.model, encoded, self.pad, size)
        if self.format == "prompt_completion":
            room = min(self.options.max_new_tokens, self.options.max_length // 2)
            rows, classes = self.rows[self.split], classes_of(self.rows.values())
            if outcomes := diagnosed(self.model, self.tokenizer, rows, self.encoder, classes, room, size):
                found |= {"codes": scores(outcomes), "groups": by_group(outcomes, self.options.min_group)}
        return {"codes": None, "groups": None, **found}

    def _explain(self, encoded: Any, metrics: dict[str, Any]) -> None:
        from pipeline.training.attributions import attribute

        first = encoded.select(range(min(self.options.attributions, len(encoded)))).to_list()
        found = [attribute(self.model, self.tokenizer, row) for row in first]
        (self.output / "attributions.html").write_text(attributions_page(metrics, found), "utf-8")

    def _metrics(
        self, train: dict[str, int], test: dict[str, int], losses: list[float], steps: int
    ) -> dict[str, Any]:  # fmt: skip
        return {
            "release": self.release.name,
            "manifest_sha256": self.release.sha,
            "policy": self.release.manifest["policy"],
            "config": self.options.config,
            "format": self.format,
            "split": self.split,
            "model": Path(self.options.model).name,
            "method": self.options.method,
            "hyperparameters": self.options.hyperparameters(),
            "max_length": self.options.max_length,
            "min_group": self.options.min_group,
            "train": {**train, "steps": steps, "loss": losses[-1]},
            "evaluation": test,
            "versions": {name: version(name) for name in ("chartmill", *EXTRA)},
        }


def _check(release: Release, options: Options, output: Path) -> None:
    configs = release.manifest["configs"]
    if options.config not in configs:
        raise ConfigError(f"release {release.name} has no config {options.config!r}; it has: {', '.join(configs)}")
    if not trainable(release.manifest, options.config):
        raise ConfigError(
            f"config {options.config!r} of release {release.name} has too few examples: one to train on is needed, and "
            "one to test with in its split test or validation"
        )
    if output.is_relative_to(release.folder):
        raise ConfigError("a release is never changed: give an --output outside it")


def _identity(release: Release, options: Options) -> dict[str, Any]:
    path = Path(options.model)
    config = path / "config.json"
    model = hashlib.sha256(config.read_bytes()).hexdigest() if config.is_file() else path.name
    return {**asdict(options), "model": path.name, "model_config": model, "manifest_sha256": release.sha}


def _found(output: Path, job: dict[str, Any], *, again: bool) -> str:
    """Return the status of the job that a folder holds: `none`, `started` or `done`.

    Raises `ConfigError` if it holds anything else.
    """
    if not output.exists() or not any(output.iterdir()):
        output.mkdir(parents=True, exist_ok=True)
        return "none"
    if not (output / _JOB).exists():
        raise ConfigError(f"{output} is not empty, and holds no job: give another --output")
    before = orjson.loads((output / _JOB).read_bytes())
    if again:
        shutil.rmtree(output)
        output.mkdir()
        return "none"
    if differing := sorted(name for name, value in job.items() if before.get(name) != value):
        raise ConfigError(
            f"{output} holds another job, which differs in {', '.join(differing)}: give another --output, or --again "
            "to replace it"
        )
    return str(before["status"])


def _first(rows: Any, most: int) -> Any:
    return rows.select(range(min(most, len(rows)))) if most else rows


def _write(path: Path, content: Any) -> None:
    with whole_file(path) as sink:
        sink.write(orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n")
