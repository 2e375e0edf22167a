"""What a release says of itself: card, Croissant, balance."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import pytest
import yaml

from pipeline.records import contract
from pipeline.report.balance import balance


def manifest(published: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((published / "manifest.json").read_text())
    return content


def test_the_manifest_counts_what_is_there(published: Path) -> None:
    configs = manifest(published)["configs"]
    assert {name: config["format"] for name, config in configs.items()} == {
        "chat": "chat", "plans": "prompt_completion", "text": "text",
    }  # fmt: skip
    for name, config in configs.items():
        loaded = datasets.load_dataset(str(published / name), cache_dir=str(published.parent / "cache"))
        for split, entry in config["splits"].items():
            rows = loaded[split]
            assert entry["tokens"] == sum(rows["n_tokens"])
            assert entry["patients"] == len(set(rows["patient_key"]))
            women = {"examples": rows["sex"].count("female"), "patients": rows["sex"].count("female")}
            assert entry["classes"]["sex"]["female"] == women
            assert sum(entry["lengths"].values()) == len(rows)


def front_matter(published: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((published / "README.md").read_text().split("---\n")[1])
    return content


def test_the_card_says_what_is_loaded(published: Path) -> None:
    head = front_matter(published)
    assert head["license"] == "other"
    assert all(kind == "checkbox" for kind in head["extra_gated_fields"].values())
    for info in head["dataset_info"]:
        loaded = datasets.load_dataset(str(published), info["config_name"], cache_dir=str(published.parent / "cards"))
        assert [feature["name"] for feature in info["features"]] == loaded["train"].column_names
        assert {split["name"]: split["num_examples"] for split in info["splits"]} == {s: len(loaded[s]) for s in loaded}


def test_the_card_hides_small_cells(published: Path) -> None:
    balanced = (published / "README.md").read_text().split("## Balance")[1].split("## Where")[0]
    cells = re.findall(r"\| (\w+) \| (\S+) \| (\S+) \|", balanced)
    assert ("male", "hidden", "<11") in cells
    assert ("female", "hidden", "hidden") in cells
    assert "37" not in balanced


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 50, "b": 30}, {"a": "50", "b": "30"}),
        ({"a": 50, "b": 10}, {"a": "hidden", "b": "<11"}),
        ({"a": 50, "b": 10, "c": 20}, {"a": "50", "b": "<11", "c": "hidden"}),
        ({"a": 50, "b": 10, "c": 9}, {"a": "50", "b": "<11", "c": "<11"}),
        ({"a": 11}, {"a": "11"}),
        ({"a": 3}, {"a": "<11"}),
        ({"not_stated": 40}, None),
    ],
)
def test_balance(counts: dict[str, int], shown: dict[str, str] | None) -> None:
    cells = {name: {"examples": count, "patients": count} for name, count in counts.items()}
    empty: dict[str, Any] = {"age_band": {}, "race": {}, "codes": {}}
    found = balance({"splits": {"train": {"classes": {"sex": cells, **empty}}}})
    assert {cell.name: cell.patients for cell in found.get("sex", [])} == (shown or {})
    assert set(found) == ({"sex"} if shown else set())


def croissant(published: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((published / "croissant.json").read_text())
    return content


def test_croissant_has_what_the_specification_demands(published: Path) -> None:
    found = croissant(published)
    required = {
        "@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished",
        "distribution",
    }  # fmt: skip
    assert required <= set(found)
    assert found["@type"] == "sc:Dataset"
    assert "http://mlcommons.org/croissant/1.1" in found["conformsTo"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    documented = {
        "dataCollection", "dataCollectionType", "dataCollectionMissingData", "dataCollectionRawData",
        "dataCollectionTimeframe", "dataManipulationProtocol", "dataPreprocessingProtocol",
        "dataReleaseMaintenancePlan", "personalSensitiveInformation", "dataSocialImpact", "dataBiases",
        "dataLimitations", "dataUseCases",
    }  # fmt: skip
    assert {key.removeprefix("rai:") for key in found if key.startswith("rai:")} == documented


def test_every_prefix_of_croissant_is_in_its_context(published: Path) -> None:
    found = croissant(published)
    prefixes = {key.split(":")[0] for key in _keys({k: v for k, v in found.items() if k != "@context"}) if ":" in key}
    assert prefixes <= set(found["@context"])


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _keys(value)
    elif isinstance(node, list):
        for one in node:
            yield from _keys(one)


def test_croissant_describes_every_column_and_file(published: Path) -> None:
    found, configs = croissant(published), manifest(published)["configs"]
    sets = {one["@id"]: one for one in found["recordSet"]}
    for name, config in configs.items():
        columns = {field["name"] for field in sets[name]["field"]}
        assert columns == {"split", *contract(config["format"])}
    objects = [part for part in found["distribution"] if part["@type"] == "cr:FileObject"]
    assert {part["contentUrl"] for part in objects} == {
        str(path.relative_to(published)) for path in published.rglob("*.parquet")
    }
    for part in objects:
        assert hashlib.sha256((published / part["contentUrl"]).read_bytes()).hexdigest() == part["sha256"]


def test_every_reference_in_croissant_leads_somewhere(published: Path) -> None:
    found = croissant(published)
    ids = [part["@id"] for part in found["distribution"]]
    ids += [one["@id"] for one in found["recordSet"]]
    ids += [field["@id"] for one in found["recordSet"] for field in one["field"]]
    assert len(ids) == len(set(ids))
    for one in found["recordSet"]:
        assert one["key"]["@id"] in ids
        for field in one["field"]:
            if "source" in field:
                assert field["source"]["fileSet"]["@id"] in ids
            if "references" in field:
                assert field["references"]["field"]["@id"] in ids


def test_no_description_names_a_path_or_a_time_of_day(published: Path) -> None:
    for name in ("README.md", "croissant.json", "report.html", "manifest.json"):
        content = (published / name).read_text()
        assert str(published) not in content
        assert not re.search(r"\d\dT\d\d:\d\d|\d\d:\d\d:\d\d", content)
