"""Sets come in several formats; what is not what its format says is refused with its place and without its words."""

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.evaluation.gold import Document, GoldSpan, read_gold, read_terms

I2B2_2014 = """<?xml version="1.0" encoding="UTF-8" ?>
<deIdi2b2>
<TEXT><![CDATA[Seen: Ada Quill
at Millbrook & Sons <3/14>]]></TEXT>
<TAGS>
<NAME id="P0" start="6" end="15" text="Ada Quill" TYPE="PATIENT" comment="" />
<DATE id="P1" start="37" end="41" text="3/14" TYPE="DATE" comment="" />
</TAGS>
</deIdi2b2>
"""
I2B2_2006 = """<ROOT>
<RECORD ID="7"><TEXT>Seen: <PHI TYPE="PATIENT">Ada Quill</PHI> on <PHI TYPE="DATE">3/14</PHI>.</TEXT></RECORD>
<RECORD ID="8"><TEXT>Nobody.</TEXT></RECORD>
</ROOT>
"""
JSONL = '{"id": 1, "text": "Ada\\u00e9", "spans": [{"start": 0, "end": 4, "label": "PERSON", "text": "x"}]}\n\n'


def write(home: Path, name: str, content: str) -> Path:
    (home / name).write_text(content, "utf-8")
    return home / name


def words(documents: list[Document]) -> list[tuple[str, str]]:
    return [(d.text[span.start : span.end], span.label) for d in documents for span in d.spans]


@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_json_lines(tmp_path: Path, before: str) -> None:
    (document,) = read_gold(write(tmp_path, "a.jsonl", before + JSONL))
    assert document == Document("1", "Adaé", (GoldSpan(0, 4, "PERSON"),))


def test_i2b2_with_tags_apart(tmp_path: Path) -> None:
    write(tmp_path, "b.xml", I2B2_2014)
    write(tmp_path, "a.xml", I2B2_2014.replace("Ada Quill", "Eva Quill"))
    documents = list(read_gold(tmp_path, "i2b2"))
    assert [document.id for document in documents] == ["a", "b"]
    assert words(documents[1:]) == [("Ada Quill", "PATIENT"), ("3/14", "DATE")]


def test_i2b2_with_marks_in_the_text(tmp_path: Path) -> None:
    documents = list(read_gold(write(tmp_path, "train.xml", I2B2_2006), "i2b2"))
    assert [(document.id, document.text) for document in documents] == [
        ("train-7", "Seen: Ada Quill on 3/14."),
        ("train-8", "Nobody."),
    ]
    assert words(documents) == [("Ada Quill", "PATIENT"), ("3/14", "DATE")]


BAD = [
    ("jsonl", "Quill"),
    ("jsonl", '{"id": 1, "text": "Quill", "spans": [{"start": 0, "end": 9, "label": "NAME"}]}'),
    ("jsonl", '{"id": 1, "text": "Quill", "spans": [{"start": -2, "end": 2, "label": "NAME"}]}'),
    ("jsonl", '{"id": 1, "text": "Quill", "spans": [{"start": 0, "end": 2, "label": null}]}'),
    ("jsonl", '{"id": 1, "text": null, "spans": []}'),
    ("jsonl", '{"id": 1, "text": "Quill"}'),
    ("i2b2", "<deIdi2b2><TEXT>Quill"),
    ("i2b2", "<deIdi2b2><TEXT>Quill</TEXT></deIdi2b2>"),
    ("i2b2", I2B2_2014.replace('start="37" end="41"', 'start="36" end="40"')),
    ("i2b2", '<!DOCTYPE a [<!ENTITY q "Quill">]><deIdi2b2><TEXT>&q;</TEXT><TAGS/></deIdi2b2>'),
]


@pytest.mark.parametrize(("form", "content"), BAD)
def test_what_is_not_of_the_format_is_refused(tmp_path: Path, form: str, content: str) -> None:
    path = write(tmp_path, "bad.xml" if form == "i2b2" else "bad.jsonl", content)
    with pytest.raises(ConfigError, match=r"bad\.") as caught:
        list(read_gold(path, form))
    assert "Quill" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_absent_or_empty_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        list(read_gold(tmp_path / "none.jsonl"))
    with pytest.raises(ConfigError, match="no files of the format i2b2"):
        list(read_gold(tmp_path, "i2b2"))


@pytest.mark.parametrize(
    ("content", "column", "terms"),
    [
        ("# a list\nataxia\n\n  night sweats \n", "", ["ataxia", "night sweats"]),
        ('# a table\n1,"ataxia, acute"\n2,rash\n', "2", ["ataxia, acute", "rash"]),
        ("code,name\n1,ataxia\n", "name", ["ataxia"]),
    ],
)
def test_terms(tmp_path: Path, content: str, column: str, terms: list[str]) -> None:
    documents = list(read_terms(write(tmp_path, "terms.csv", content), column))
    assert [document.text for document in documents] == terms
    assert words(documents) == [(term, "TERM") for term in terms]


@pytest.mark.parametrize("column", ["3", "0", "name"])
def test_a_column_that_is_not_there_is_refused(tmp_path: Path, column: str) -> None:
    with pytest.raises(ConfigError, match="column"):
        list(read_terms(write(tmp_path, "terms.csv", "1,ataxia\n"), column))
