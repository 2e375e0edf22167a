"""A wrong mapping is refused by the name of its key, and without a value of it."""

from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.ingest.csv.mapping import load_mapping

TABLE: dict[str, Any] = {"files": ["a.csv"], "kind": "note", "columns": {"patient_id": "mrn"}}


def with_column(cell: object) -> dict[str, Any]:
    return {"tables": {"a": TABLE | {"columns": {"patient_id": "mrn", "code": cell}}}}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "tables is missing"),
    "no table": ({"tables": {}}, "tables has a wrong value"),
    "unknown option": ({"tables": {"a": TABLE}, "delimeter": ";"}, "delimeter is not a known key"),
    "unknown key": ({"tables": {"a": TABLE | {"colums": 1}}}, "tables.a.colums is not a known key"),
    "no files": ({"tables": {"a": {"kind": "note"}}}, "tables.a.files is missing"),
    "no kind": ({"tables": {"a": TABLE | {"kind": ""}}}, "tables.a needs a kind"),
    "unknown kind": ({"tables": {"a": TABLE | {"kind": "person"}}}, "tables.a.kind must be one of"),
    "no patient": ({"tables": {"a": TABLE | {"columns": {}}}}, "tables.a needs columns.patient_id"),
    "reason with a blank": ({"tables": {"a": TABLE | {"exclude": "no patient"}}}, "tables.a.exclude has a wrong"),
    "unknown field": (
        {"tables": {"a": TABLE | {"columns": {"patient_id": "mrn", "colour": "c"}}}},
        "tables.a.columns.colour must be one of",
    ),
    "no origin": (with_column({"map": {"a": "b"}}), "tables.a.columns.code needs exactly one of column"),
    "two origins": (with_column({"column": "a", "const": "b"}), "tables.a.columns.code needs exactly one"),
    "when alone": (with_column({"column": "a", "when": {"b": "c"}}), "code when and otherwise need each other"),
    "unknown otherwise": (
        with_column({"column": "a", "when": {"b": "c"}, "otherwise": "colour"}),
        "code when and otherwise need each other",
    ),
    "identity without column": (
        {"tables": {"a": TABLE | {"identity": [{"type": "name"}]}}},
        "tables.a.identity.0 needs exactly one",
    ),
    "identity that needs another column": (
        {"tables": {"a": TABLE | {"identity": [{"type": "name", "column": "a", "needs": "b"}]}}},
        "tables.a.identity.0 needs may only be one of its own columns",
    ),
    "identity that is no expression": (
        {"tables": {"a": TABLE | {"identity": [{"type": "name", "column": "a", "match": "("}]}}},
        "tables.a.identity.0.match is not a regular expression",
    ),
    "unknown identity": (
        {"tables": {"a": TABLE | {"identity": [{"type": "nom", "column": "a"}]}}},
        "tables.a.identity.0.type must be one of",
    ),
    "directory with a kind": (
        {"tables": {"a": {"files": ["a"], "directory": True, "kind": "note"}}},
        "tables.a is a directory",
    ),
    "reference to no directory": (
        {"tables": {"a": TABLE | {"identity": [{"type": "reference", "column": "b", "table": "a"}]}}},
        "whose table is not a directory",
    ),
    "reference without a table": (
        {"tables": {"a": TABLE | {"identity": [{"type": "reference", "column": "b"}]}}},
        "tables.a.identity.0 of type reference needs a table",
    ),
    "kind chosen out of none": (
        {"tables": {"a": TABLE | {"kind": {"column": "b", "map": {"x": "person"}}}}},
        "tables.a.kind must map to one of",
    ),
    "kind chosen in a record": (
        {"tables": {"a": TABLE | {"records": {"b": {"kind": {"column": "b", "map": {"x": "note"}}}}}}},
        "tables.a has a kind chosen by a column within records",
    ),
    "deletion of what": (
        {"tables": {"a": TABLE | {"deleted": {"column": "b", "map": {"1": "all"}}}}},
        "tables.a.deleted must map to one of",
    ),
    "join without columns": (
        {"tables": {"a": TABLE | {"join": {"b": {"files": ["b"], "on": {"x": "y"}}}}}},
        "tables.a.join.b.columns is missing",
    ),
    "encoding": ({"tables": {"a": TABLE}, "encoding": "utf-9"}, "encoding is not an encoding"),
    "delimiter": ({"tables": {"a": TABLE}, "delimiter": '"'}, "delimiter has a wrong value"),
    "mapping that is not there": ({"mapping": "nowhere"}, "option mapping names none of those"),
    "mapping out of the folder": ({"mapping": "../sources/csv"}, "option mapping names none of those"),
}


@pytest.mark.parametrize(("options", "message"), WRONG.values(), ids=WRONG)
def test_wrong_mappings_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_mapping(options)
    assert message in str(caught.value)
    assert "input_value" not in str(caught.value)


def test_options_outweigh_the_mapping_that_they_name() -> None:
    mapping = load_mapping({"mapping": "synthea", "delimiter": ";"})
    assert mapping.delimiter == ";"
    assert "patients" in mapping.tables


def test_a_bare_name_is_a_column() -> None:
    table = load_mapping({"tables": {"a": TABLE}}).tables["a"]
    assert table.columns["patient_id"].column == "mrn"
    assert table.required == ("mrn",)


def test_a_bare_on_is_no_truth_value() -> None:
    join = {"files": ["b.csv"], True: {"x": "y"}, "columns": ["z"]}
    assert load_mapping({"tables": {"a": TABLE | {"join": {"b": join}}}}).tables["a"].join["b"].on == {"x": "y"}


def test_a_table_outweighs_its_source_in_how_files_are_written() -> None:
    mapping = load_mapping({"tables": {"a": TABLE | {"quote": "none"}}, "quote": "'", "delimiter": ";"})
    written = mapping.tables["a"].over(mapping)
    assert (written.quote, written.delimiter) == ("none", ";")
