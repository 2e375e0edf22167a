"""Kubernetes and Slurm: what is rendered, and that it is submitted once."""

import json
import shlex
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.context import Context
from pipeline.errors import ConfigError, HandoffError
from pipeline.handoff import submit
from pipeline.handoff.attempts import claim
from pipeline.handoff.registry import LAUNCHERS, load_launcher
from pipeline.records import SCHEMAS
from pipeline.release import manifest_sha
from tests.handoff.conftest import NAME, Clock, only

Opened = Callable[..., Context]
SHIPPED = SCHEMAS / "handoff"


def shipped(name: str, **fields: Any) -> dict[str, Any]:
    """Return a launcher that comes with the project, with other entries; None takes one away."""
    content = yaml.safe_load((SHIPPED / f"{name}.yaml").read_text())
    content["template"] = str(SHIPPED / content["template"])
    return {key: value for key, value in (content | fields).items() if value is not None}


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    """Return a program that stands in for `kubectl`, `sbatch` and `squeue`.

    It keeps the file that it gets in `got-N`, says what stands in `said`, and exits with what stands in `code`.
    """
    program = tmp_path / "cluster"
    program.write_text(
        f'#!/bin/sh\ncd {tmp_path}\necho "$@" >> calls\ncp "$1" got-$(wc -l < calls) 2>/dev/null\n'
        "cat said 2>/dev/null\nexit $(cat code 2>/dev/null || echo 0)\n"
    )
    program.chmod(0o755)
    return program


def calls(cluster: Path) -> list[str]:
    file = cluster.parent / "calls"
    return file.read_text().splitlines() if file.exists() else []


def test_all_launchers_are_shipped_and_sound(opened: Opened) -> None:
    files = sorted(SHIPPED.glob("*.yaml"))
    assert {path.stem for path in files} == set(LAUNCHERS)
    for path in files:
        assert load_launcher(opened(launcher=path).settings).launcher == path.stem


def test_a_job_manifest_is_rendered(opened: Opened, clock: Clock, folder: Path) -> None:
    context = opened(shipped("kubernetes", submit_command=None))
    done = submit(context, NAME, clock)
    assert (done.status, done.external_id) == ("rendered", None)
    sha = manifest_sha(context, NAME)
    job = yaml.safe_load((folder / sha / "job.yaml").read_text())
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    assert job["metadata"]["name"] == f"chartmill-{sha[:20]}"
    assert job["metadata"]["annotations"] == {"chartmill/manifest-sha256": sha}
    labels = job["metadata"]["labels"] | job["spec"]["template"]["metadata"]["labels"]
    assert labels["chartmill/release"] == NAME
    assert all(len(str(value)) <= 63 for value in labels.values())
    pod = job["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    (container,) = pod["containers"]
    assert container["command"][:3] == ["chartmill", "train", "$(RELEASE)"]
    assert {one["name"]: one["value"] for one in container["env"]} == {
        "RELEASE": context.data.path("releases", NAME), "MANIFEST_SHA256": sha,
    }  # fmt: skip
    assert container["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert {mount["name"]: mount.get("readOnly", False) for mount in container["volumeMounts"]} == {
        "data": True, "output": False,
    }  # fmt: skip


def test_a_batch_script_is_rendered(opened: Opened, clock: Clock, folder: Path) -> None:
    context = opened(shipped("slurm", submit_command=None))
    assert submit(context, NAME, clock).status == "rendered"
    sha = manifest_sha(context, NAME)
    script = folder / sha / "job.sbatch"
    subprocess.run(["bash", "-n", script], check=True)
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/bin/bash"
    assert f"#SBATCH --job-name=chartmill-{sha[:20]}" in lines
    assert "#SBATCH --time=24:00:00" in lines
    # Slurm reads no directive behind the first command.
    assert max(n for n, line in enumerate(lines) if line.startswith("#SBATCH")) < lines.index("set -euo pipefail")
    assert lines[-1].startswith('srun --export=ALL chartmill train "$RELEASE" --config ')


def test_an_odd_folder_stays_a_folder(opened: Opened, clock: Clock, tmp_path: Path) -> None:
    odd = tmp_path / "a'b\" $(touch x); {{ 1 }}: # &c"
    address = str(odd / "releases" / NAME)
    submit(opened(shipped("kubernetes", submit_command=None), data=str(odd)), NAME, clock)
    job = yaml.safe_load(only(odd, "handoff/*/job.yaml").read_text())
    assert job["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] == address
    values = shipped("slurm")["values"] | {"command": 'printf %s "$RELEASE"'}
    submit(opened(shipped("slurm", submit_command=None, values=values), data=str(odd)), NAME, clock, force=True)
    script = only(odd, "handoff/*/job.sbatch")
    assert subprocess.run(["bash", script], check=True, capture_output=True, text=True, cwd=tmp_path).stdout == address
    assert not (tmp_path / "x").exists()


def test_a_job_is_applied_and_found_by_its_name(opened: Opened, clock: Clock, cluster: Path, folder: Path) -> None:
    (cluster.parent / "said").write_text("job.batch/x created\n")
    context = opened(shipped("kubernetes", submit_command=f"{cluster} {{file}}"))
    done = submit(context, NAME, clock)
    sha = manifest_sha(context, NAME)
    assert (done.status, done.external_id) == ("submitted", f"job/chartmill-{sha[:20]}")
    assert (cluster.parent / "got-1").read_text() == (folder / sha / "job.yaml").read_text()
    assert Path(done.log).read_text() == "job.batch/x created\n"
    assert not submit(context, NAME, clock).new
    assert len(calls(cluster)) == 1
    forced = submit(context, NAME, clock, force=True)
    assert forced.external_id == f"job/chartmill-{sha[:20]}-2", "the first Job is there still: this one is another"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("4711\n", "4711"), ("4711;gpu-cluster\n", "4711"), ("Submitted batch job 4711\n", "4711"),
        ("Submitted batch job 4711 on cluster gpu\n", "4711"), ("sbatch: warning: 2 nodes\n4711\n", "4711"),
        ("ok\n", None),
    ],
)  # fmt: skip
def test_the_number_of_a_slurm_job_is_kept(
    opened: Opened, clock: Clock, cluster: Path, folder: Path, said: str, number: str | None
) -> None:
    (cluster.parent / "said").write_text(said)
    context = opened(shipped("slurm", submit_command=f"{cluster} {{file}}"))
    assert submit(context, NAME, clock).external_id == number
    assert json.loads(only(folder, "*/state.json").read_text())["external_id"] == number


def test_a_submission_that_failed_is_made_again(opened: Opened, clock: Clock, cluster: Path) -> None:
    (cluster.parent / "code").write_text("1")
    (cluster.parent / "said").write_text("Invalid partition")
    content = shipped("kubernetes", submit_command=f"{cluster} {{file}}")
    with pytest.raises(HandoffError, match="submit_command ended with exit code 1") as caught:
        submit(opened(content), NAME, clock)
    assert "partition" not in str(caught.value)
    (cluster.parent / "code").write_text("0")
    assert submit(opened(content), NAME, clock).attempt == 2


@pytest.mark.parametrize(
    ("said", "submitted"), [("4711\n", False), ("4711\n4712\n", False), ("", True), ("slurm is odd today\n", True)]
)
def test_slurm_is_asked_before_a_second_try(
    opened: Opened, clock: Clock, cluster: Path, said: str, submitted: bool
) -> None:
    find = f"sh -c {shlex.quote(f'echo find >> {cluster.parent}/calls; cat {cluster.parent}/found')} {{name}}"
    context = opened(shipped("slurm", submit_command=f"{cluster} {{file}}", find_command=find))
    (cluster.parent / "found").write_text(said)
    (cluster.parent / "said").write_text("9\n")
    # Whether this one got through before it was killed, nobody knows.
    claim(context.data, NAME, manifest_sha(context, NAME), "slurm", clock, force=False)
    clock.turn(timedelta(minutes=5))
    done = submit(context, NAME, clock)
    assert done.external_id == ("9" if submitted else "4711")
    assert len(calls(cluster)) == 1 + submitted


def test_if_slurm_cannot_be_asked_nothing_is_submitted(opened: Opened, clock: Clock, cluster: Path) -> None:
    context = opened(shipped("slurm", submit_command=f"{cluster} {{file}}", find_command="false"))
    claim(context.data, NAME, manifest_sha(context, NAME), "slurm", clock, force=False)
    clock.turn(timedelta(minutes=5))
    with pytest.raises(HandoffError, match="find_command ended with exit code 1"):
        submit(context, NAME, clock)
    assert calls(cluster) == []


@pytest.mark.parametrize(
    ("name", "template", "says"),
    [
        ("kubernetes", "kind: Job\nmetadata: {name: mine}\n", "metadata.name is"),
        ("kubernetes", "kind: Pod\nmetadata: {name: {{ name }}}\n", "metadata.name is"),
        ("kubernetes", "kind: Job\n---\nkind: Job\n", "one Job in YAML"), ("kubernetes", "- a\n", "one Job in YAML"),
        ("kubernetes", "", "one Job in YAML"), ("kubernetes", "a: [", "one Job in YAML"),
        ("slurm", "#!/bin/sh\n#SBATCH --job-name=mine\n", "--job-name"), ("slurm", "echo\n", "begins with #!"),
        ("slurm", "{{ values.queue }}", "'queue': give it in `values`"), ("slurm", "\n{% if %}", "line 2 is no Jinja"),
        ("slurm", "{{ values.__class__.__mro__ }}", "cannot be rendered|give it in"),
        ("slurm", "{{ 'a' + 1 }}", "cannot be rendered"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_work_is_refused(
    opened: Opened, clock: Clock, tmp_path: Path, cluster: Path, name: str, template: str, says: str
) -> None:
    (tmp_path / "own.jinja").write_text(template)
    context = opened(shipped(name, template="own.jinja", submit_command=f"{cluster} {{file}}"))
    with pytest.raises(ConfigError, match=says):
        submit(context, NAME, clock)
    assert calls(cluster) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"launcher": "hunter2"}, "`launcher` must be one of command, webhook"),
        ({"url": "https://a.example.org"}, "`launcher` must be one of"),
        ({"launcher": "command", "command": "hunter2"}, "command: Extra inputs"),
        ({"launcher": "webhook"}, "url: Field required"),
        ({"launcher": "webhook", "url": "https://a.example.org", "timeout_seconds": 600}, "timeout_seconds: "),
        ({"launcher": "slurm", "template": "a", "values": {"partition": "hunter2\n#SBATCH"}}, "one line of printable"),
        ({"launcher": "slurm", "template": "a", "values": {"partition": {"hunter2": 1}}}, "values.partition"),
        ({"launcher": "kubernetes", "template": "none-there.jinja"}, "cannot be read"),
    ],
)  # fmt: skip
def test_a_wrong_file_says_which_entry_without_its_value(
    opened: Opened, clock: Clock, content: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        submit(opened(content), NAME, clock)
    assert "hunter2" not in str(caught.value)


def test_a_launcher_file_that_is_not_there_is_named(opened: Opened, clock: Clock, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml cannot be read"):
        submit(opened(launcher=tmp_path / "gone.yaml"), NAME, clock)
