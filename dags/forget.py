"""The DAG `forget`: take patients out of both zones for good. Started by hand only."""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task
from wiring import DEFAULT_ARGS, airflow_errors, settings

from pipeline import stages

Counts = dict[str, Any]

DOC = """
### What this does
Removes the patients of a file from vault, quarantine, record store, built shards and every release, keeps them out of
runs to come, and searches both zones for what is left. It does what `chartmill forget` does.

The parameter `patients` is the path or URI of a CSV file with the columns `authority` and `id`, in the PHI zone. Never
write an id into a parameter: Airflow stores and shows them. Keep ids out of the file's name too.

```
airflow dags trigger forget --conf '{"patients": "s3://phi-bucket/forget.csv"}'
```

### At 3 a.m., when it is red
- **`StorageError`, runs are under way.** It tries again for some hours. What began after it leaves the patients out.
- **`GateError`, something is left.** The sentence names the places. Mend them, clear the run: it goes on where it was.
- **`ConfigError`.** The file is wrong; the line is named. Nothing was changed.
- Killed: clear the run. A second run finishes the first.

A release that is being made meanwhile stops with a `StorageError`: start it again.
"""

with DAG(
    "forget",
    description="Take patients out of both zones for good",
    doc_md=DOC,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"retries": 16, "execution_timeout": timedelta(hours=12)},
    params={
        # No `format` or `pattern`: Airflow prints the value that it refuses.
        "patients": Param("", type="string", title="File of patients", description="Path or URI. Never an id."),
        "releases": Param("rewrite", type="string", enum=["rewrite", "withdraw"], title="Releases that hold them"),
        "dry_run": Param(False, type="boolean", title="Count only"),
    },
    tags=["chartmill", "forget"],
):

    @task(multiple_outputs=False)
    def forget() -> Counts:
        with airflow_errors():
            params = get_current_context()["params"]
            return stages.forget(settings(), params["patients"], params["releases"], dry_run=params["dry_run"])

    forget()
