"""Describe a release in Croissant 1.1, the metadata format of MLCommons, with its vocabulary for responsible AI.

Sources: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html,
https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipeline.records import contract

# The context is that of the specification's appendix 1, with what provenance and terms of use need.
_FIXED = yaml.safe_load((Path(__file__).parent / "croissant.yaml").read_text("utf-8"))
_TYPES = {"int64": "cr:Int64", "double": "cr:Float64"}
# Not the registered name (application/vnd.apache.parquet): mlcroissant knows only this one.
_PARQUET = "application/x-parquet"
_SPLITS = {"train": "cr:TrainingSplit", "validation": "cr:ValidationSplit", "test": "cr:TestSplit"}


def croissant(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the Croissant description of a release."""
    day, configs = manifest["day"], manifest["configs"]
    return {
        **_FIXED["dataset"],
        "@context": _FIXED["context"],
        "name": f"chartmill-{day}",
        "version": f"{day[:4]}.{int(day[5:7])}.{int(day[8:])}",
        "description": f"De-identified training examples from electronic health records, policy {manifest['policy']}.",
        "citeAs": f"chartmill release of {day}, policy {manifest['policy']}, key {manifest['key_fingerprint']}",
        # Whoever holds the data published it: the specification wants both, and a release names no one and no time.
        "datePublished": day,
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:label": f"chartmill {manifest['chartmill']}, policy {manifest['policy']}",
        },
        "prov:wasDerivedFrom": [
            {"@id": f"urn:chartmill:{source['source']}:{source['day']}"}
            for source in manifest["sources"]
            if not source["refused"]
        ],
        "rai:dataCollectionTimeframe": _timeframe(manifest),
        "distribution": [part for name in configs for part in _distribution(name, configs[name])],
        "recordSet": [_splits(configs), *(_record_set(name, config) for name, config in configs.items())],
    }


def _timeframe(manifest: dict[str, Any]) -> list[str]:
    days = sorted(source["day"] for source in manifest["sources"] if not source["refused"])
    return [days[0], days[-1]]


def _distribution(name: str, config: dict[str, Any]) -> list[dict[str, Any]]:
    files = [file for split in config["splits"].values() for file in split["files"]]
    return [
        {
            "@type": "cr:FileSet",
            "@id": f"{name}-files",
            "name": f"{name}-files",
            "description": f"All shards of the config {name}.",
            "encodingFormat": _PARQUET,
            "includes": f"{name}/*/*.parquet",
        },
        *(
            {
                "@type": "cr:FileObject",
                "@id": file["path"],
                "name": file["path"].rsplit("/", 1)[-1],
                "contentUrl": file["path"],
                "contentSize": f"{file['bytes']} B",
                "encodingFormat": _PARQUET,
                "sha256": file["sha256"],
            }
            for file in files
        ),
    ]


def _splits(configs: dict[str, Any]) -> dict[str, Any]:
    present = [name for name in _SPLITS if any(name in config["splits"] for config in configs.values())]
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            {"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"},
            {"@type": "cr:Field", "@id": "splits/url", "name": "url", "dataType": "sc:URL"},
        ],
        "data": [{"splits/name": name, "splits/url": _SPLITS[name]} for name in present],
    }


def _record_set(name: str, config: dict[str, Any]) -> dict[str, Any]:
    source = {"fileSet": {"@id": f"{name}-files"}}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"Examples of format {config['format']}.",
        "key": {"@id": f"{name}/id"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/split",
                "name": "split",
                "description": "the split that the example's patient is in",
                "dataType": "sc:Text",
                "references": {"field": {"@id": "splits/name"}},
                "source": source
                | {"extract": {"fileProperty": "fullpath"}, "transform": {"regex": f"(?:^|/){name}/([a-z]+)/"}},
            },
            *(_field(name, column, rules, source) for column, rules in contract(config["format"]).items()),
        ],
    }


def _field(name: str, column: str, rules: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    kind = rules.get("type", "string")
    here = source | {"extract": {"column": column}}
    field = {
        "@type": "cr:Field",
        "@id": f"{name}/{column}",
        "name": column,
        "description": rules["about"],
        "source": here,
    }
    if kind == "messages":
        return field | {
            "isArray": True,
            "arrayShape": "-1",
            "subField": [
                {
                    "@type": "cr:Field",
                    "@id": f"{name}/{column}/{part}",
                    "name": part,
                    "dataType": "sc:Text",
                    "source": here | {"transform": {"jsonPath": part}},
                }
                for part in ("role", "content")
            ],
        }
    array = {"isArray": True, "arrayShape": "-1"} if kind == "strings" else {}
    return field | {"dataType": _TYPES.get(kind, "sc:Text")} | array
