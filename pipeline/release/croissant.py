"""Describe a release in Croissant 1.0, the metadata format of MLCommons.

Source: https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

from __future__ import annotations

from typing import Any

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "recordSet": "cr:recordSet",
    "field": "cr:field",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "source": "cr:source",
    "fileSet": "cr:fileSet",
    "extract": "cr:extract",
    "column": "cr:column",
    "includes": "cr:includes",
}

_TEXTS = {"text": ["id", "text"], "chat": ["id", "messages"], "prompt_completion": ["id", "prompt", "completion"]}


def croissant(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the Croissant description of a release."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": f"chartmill-{manifest['day']}",
        "version": "1.0.0",
        "description": f"De-identified training examples from electronic health records, policy {manifest['policy']}.",
        "distribution": [
            {
                "@type": "cr:FileSet",
                "@id": f"{name}-{split}",
                "name": f"{name}-{split}",
                "encodingFormat": "application/x-parquet",
                "includes": f"{name}/{split}/*.parquet",
            }
            for name, config in manifest["configs"].items()
            for split in config["splits"]
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": f"{name}/{split}",
                "name": f"{name}/{split}",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{name}/{split}/{column}",
                        "name": column,
                        "dataType": "sc:Text",
                        "source": {"fileSet": {"@id": f"{name}-{split}"}, "extract": {"column": column}},
                    }
                    for column in _TEXTS[config["format"]]
                ],
            }
            for name, config in manifest["configs"].items()
            for split in config["splits"]
        ],
    }
