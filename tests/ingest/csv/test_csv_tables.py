"""What a mapping can say of a table beyond its columns: joins, directories, choices, several records."""

import io
from collections import Counter
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.csv.connector import CsvConnector
from pipeline.records import Identifier, Person

LABS: dict[str, Any] = {
    "files": ["labs.csv"], "kind": "observation", "key": ["id"], "columns": {"patient_id": "mrn", "display": "name"},
}  # fmt: skip
ITEMS: dict[str, Any] = {"files": ["items*.csv"], "on": {"item": "itemid"}, "columns": ["label", "fluid"]}


def file_of(name: str, data: str, **others: str) -> SourceFile:
    siblings = [
        SourceFile(f"{other}.csv", lambda text=text: io.BytesIO(text.encode())) for other, text in others.items()
    ]
    return SourceFile(name, lambda: io.BytesIO(data.encode()), lambda: siblings)


def read(table: dict[str, Any], data: str, **others: str) -> tuple[list[Unit], Counter[str]]:
    """Read a file of labs and check that counts and batches agree."""
    one = CsvConnector({"tables": {"labs": LABS | table}})
    file = file_of("labs.csv", data, **others)
    units = list(one.read(file))
    assert one.count(file) == len(units)
    findings = Counter(one.findings)
    batches = list(one.batches(file))
    assert sum(batch.accepted for batch in batches) == sum(bool(unit.records) for unit in units)
    assert sum(batch.rows for batch in batches) == sum(len(unit.records) for unit in units)
    assert sum((batch.excluded for batch in batches), Counter()) == Counter(u.excluded for u in units if u.excluded)
    assert [unit for batch in batches for unit in batch.rejected] == [unit for unit in units if unit.rejected]
    return units, findings


def fields(unit: Unit, *names: str) -> tuple[str, ...]:
    (record,) = unit.records
    return tuple(getattr(record, name) for name in names)


JOINED = {"join": {"items": ITEMS}, "columns": {"patient_id": "mrn", "display": "items.label"}}


def test_a_join_brings_columns_of_another_table() -> None:
    units, findings = read(
        JOINED,
        "id,mrn,item\n1,p,7\n2,p,8\n3,p,\n4,p,9\n",
        items_1="ITEMID,label,fluid,unused\n7,Sodium,Blood,x\n7,Second,Blood,x\n",
        items_2='itemid;label;fluid\n8;"Cells; red";Urine\n',
        other="itemid,label,fluid\n9,Wrong,Wrong\n",
    )
    assert [unit.records[0].display for unit in units] == ["Sodium", "Cells; red", "", ""]
    assert units[1].records[0].extras == {"item": "8", "items.fluid": "Urine"}
    assert findings["join_unmatched:items"] == 1
    assert not [name for name in findings if name.startswith("missing_column")]


def test_a_join_on_several_columns() -> None:
    join = {"items": {**ITEMS, "on": {"item": "itemid", "kind": "kind"}, "columns": ["label"]}}
    units, _ = read(
        JOINED | {"join": join}, "id,mrn,item,kind\n1,p,7,b\n2,p,7,a\n", items="itemid,kind,label\n7,a,A\n7,b,B\n"
    )
    assert [unit.records[0].display for unit in units] == ["B", "A"]


@pytest.mark.parametrize(
    "others", [{}, {"items": "itemid,label\n7,x\n"}, {"items": ""}], ids=["none", "no column", "empty"]
)
def test_a_join_without_its_table_is_a_finding(others: dict[str, str]) -> None:
    units, findings = read(JOINED, "id,mrn,item\n1,p,7\n", **others)
    assert units[0].records[0].display == ""
    assert findings["join_missing:items"] == 1


def test_what_a_join_looks_up_is_read_once() -> None:
    opened = 0

    def items() -> io.BytesIO:
        nonlocal opened
        opened += 1
        return io.BytesIO(b"itemid,label,fluid\n7,Sodium,Blood\n")

    one = CsvConnector({"tables": {"labs": LABS | JOINED}})
    sibling = SourceFile("items.csv", items)
    for number in range(3):
        data = f"id,mrn,item\n{number},p,7\n".encode()
        file = SourceFile("labs.csv", lambda data=data: io.BytesIO(data), lambda: [sibling])
        assert [unit.records[0].display for unit in one.read(file)] == ["Sodium"]
        if not number:
            first = opened
    assert opened == first


def test_rows_of_a_directory_are_people_that_others_name() -> None:
    tables = {
        "labs": LABS | {"identity": [{"type": "reference", "column": "by", "table": "staff"}]},
        "staff": {
            "files": ["staff.csv"], "directory": True, "key": ["id"],
            "identity": [{"type": "staff", "columns": ["last", "first"]}, {"type": "phone", "column": "phone"}],
        },
    }  # fmt: skip
    one = CsvConnector({"tables": tables})
    units = list(one.read(file_of("staff.csv", "id,last,first,phone\n17,Testcase,Ann,\n,No,Key,\n\n")))
    assert units[0].excluded == "directory:staff"
    assert units[0].people == (Person((Identifier("staff", "Testcase, Ann"),), reference="staff/17"),)
    assert units[1].rejected == "no_key"
    units = list(one.read(file_of("labs.csv", "id,mrn,name,by\n1,p,x,17\n2,p,x,\n")))
    assert [unit.records[0].identity for unit in units] == [(Identifier("reference", "staff/17"),), ()]


def test_a_column_chooses_the_kind() -> None:
    table = {"kind": {"column": "type", "map": {"lab": "observation", "drug": "medication"}}}
    units, _ = read(table, "id,mrn,type\n1,p,lab\n2,p,drug\n3,p,bill\n4,,drug\n")
    assert [unit.records[0].kind if unit.records else unit.excluded or unit.rejected for unit in units] == [
        "observation", "medication", "kind_not_mapped", "no_patient",
    ]  # fmt: skip


def test_rows_are_left_out_by_value() -> None:
    table = {"exclude_when": {"voided": {"state": ["V", "X"], "final": "0"}, "test_patient": {"mrn": "TEST"}}}
    units, _ = read(table, "id,mrn,state,final\n1,p,V,0\n2,p,V,1\n3,TEST,X,0\n4,TEST,A,1\n")
    assert [unit.excluded for unit in units] == ["voided", "", "voided", "test_patient"]
    assert units[1].records[0].extras == {"state": "V", "final": "1"}


def test_a_column_says_what_was_deleted() -> None:
    table = {"deleted": {"column": "gone", "map": {"1": "record"}}}
    units, _ = read(table, "id,mrn,gone\n1,p,0\n2,,1\n3,,0\n")
    assert [unit.rejected or unit.records[0].deleted for unit in units] == ["", "record", "no_patient"]
    assert units[1].records[0].key == "2"


WIDE = {
    "columns": {"patient_id": "mrn", "start": "at"},
    "records": {
        "pulse": {"columns": {"code": {"const": "8867-4"}, "value_number": "hr"}},
        "pressure": {"columns": {"value_number": "sys"}, "identity": [{"type": "staff", "column": "by"}]},
        "remark": {"kind": "note", "columns": {"text": "remark"}},
    },
}


def test_a_row_makes_several_records() -> None:
    units, findings = read(
        WIDE, "id,mrn,at,hr,sys,by,remark,x\n1,p,2026,70,120,Ann,ok,y\n2,p,2026,,,,,\n3,p,2026,60,,,,\n"
    )
    records = units[0].records
    assert [(one.kind, one.key, one.value_number or one.text) for one in records] == [
        ("observation", "1|pulse", "70"), ("observation", "1|pressure", "120"), ("note", "1|remark", "ok"),
    ]  # fmt: skip
    assert [one.identity for one in records] == [(), (Identifier("staff", "Ann"),), ()]
    assert all(one.extras == {"x": "y"} and one.start == "2026" for one in records)
    assert (units[1].excluded, len(units[2].records)) == ("no_values", 1)
    assert findings == {"unmapped_column": 1}


CELLS: dict[str, tuple[dict[str, Any], str, str]] = {
    "first": ({"first": ["a", "b"]}, "x,y", "x"),
    "first that is empty": ({"first": ["a", "b"]}, ",y", "y"),
    "first of none": ({"first": ["a", "b"]}, ",", ""),
    "first of cells": (
        {"first": [{"column": "a", "map": {"x": ""}}, {"columns": ["a", "b"], "join": "-"}]},
        "x,y",
        "x-y",
    ),
    "words for nothing in a column": ({"first": ["a", "b"]}, "none,none", "none"),
}


@pytest.mark.parametrize(("cell", "cells", "expected"), CELLS.values(), ids=CELLS)
def test_cells(cell: dict[str, Any], cells: str, expected: str) -> None:
    table = {"columns": {"patient_id": "mrn", "display": cell}, "na_values": {"A": ["none"]}}
    units, _ = read(table, f"id,mrn,a,b\n1,p,{cells}\n")
    assert units[0].records[0].display == expected


def test_what_first_leaves_is_not_lost() -> None:
    units, findings = read(
        {"columns": {"patient_id": "mrn", "display": {"first": ["a", "b"]}}}, "id,mrn,a,b\n1,p,x,y\n"
    )
    assert units[0].records[0].extras == {"a": "x", "b": "y"}
    assert not findings


def test_a_key_prefix() -> None:
    units, _ = read({"key_prefix": "lab"}, "id,mrn\n1,p\n,p\n")
    assert [unit.records[0].key for unit in units] == ["lab|1", ""]


def test_a_map_from_a_file(tmp_path: Any) -> None:
    path = tmp_path / "codes.csv"
    path.write_text('K,Potassium\n"N,a",Sodium\n')
    cell = {"column": "name", "map_file": str(path), "map": {"X": "Other"}}
    units, _ = read(
        {"columns": {"patient_id": "mrn", "display": cell}}, 'id,mrn,name\n1,p,K\n2,p,"N,a"\n3,p,X\n4,p,Z\n'
    )
    assert [unit.records[0].display for unit in units] == ["Potassium", "Sodium", "Other", "Z"]
    with pytest.raises(ConfigError, match="map_file that is not there"):
        read({"columns": {"patient_id": "mrn", "display": {"column": "name", "map_file": "nowhere.csv"}}}, "")
