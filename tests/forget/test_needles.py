"""What is searched for of a patient, and where it is found."""

import pyarrow as pa
import pytest

from pipeline.forget.needles import Search, needles
from pipeline.records import Identifier


@pytest.mark.parametrize(
    ("kind", "value", "found", "passed_over"),
    [
        ("name", "Vorkalind, Ada Marie", ["seen ADA VORKALIND.", "Vorkalind, Ada", "Ada M Vorkalind"],
         ["Ada", "Mrs. Vorkalind", "Ada Vorkalinder", "Ada and Bea Vorkalind were"]),
        ("name", "Ada Marie Vorkalind", ["Vorkalind, Ada"], ["Ada Marie"]),
        ("name", "O'Vork-Lind, Ada", ["Ada O'Vork-Lind"], ["Ada O'Vork"]),
        ("name", "Ada", [], ["Ada"]),
        ("phone", "+1 (617) 222-0134", ["call 617.222.0134", "6172220134"], ["617-222-01345", "222-0134"]),
        ("ssn", "912-45-6789", ["912456789", "912 45 6789"], ["9124567890"]),
        ("email", "a.vork@clinic.example", ["<A.Vork@clinic.example>"], ["a-vork@clinic.example"]),
        ("id", "48213377", ["MRN48213377 is not, 48213377 is"], ["482133770", "MRN48213377"]),
        ("id", "1001", [], ["1001"]),
        ("city", "Quistville", [], ["Quistville"]),
    ],
)  # fmt: skip
def test_what_is_strong_is_found_as_whole_words(
    kind: str, value: str, found: list[str], passed_over: list[str]
) -> None:  # fmt: skip
    search = Search(needles([Identifier(kind, value)]))
    assert search.column(pa.array(found + passed_over, pa.string())).to_pylist() == [
        *[True] * len(found), *[False] * len(passed_over)
    ]  # fmt: skip


def test_many_needles_are_more_than_one_expression() -> None:
    search = Search(needles(Identifier("id", str(number)) for number in range(10_000_000, 10_001_000)))
    assert search.count(["x 10000000 y", "10000999", "10001000"]) == 2


def test_columns_of_every_kind_are_searched() -> None:
    search = Search(needles([Identifier("id", "48213377")]))
    hit, other = "of 48213377", "of 4821337"
    table = pa.table(
        {
            "text": pa.array([hit, other, None]),
            "large": pa.array([hit, None, other], pa.large_string()),
            "said": pa.array([[{"role": "user", "content": hit}], [], None]),
            "map": pa.array([[(hit, 1)], [], None], pa.map_(pa.string(), pa.int64())),
            "codes": pa.array([[other, hit], [hit], []]),
            "dictionary": pa.array([hit, hit, other]).dictionary_encode(),
            "number": pa.array([48213377, 1, 2]),
        }
    )
    assert search.table(table) == 8


@pytest.mark.parametrize(
    ("content", "hits"),
    [
        (b'{"a": {"48213377": ["48213377", 48213377]}}', 2),
        (b'{"a": "48213377"}\n{"b": "x 48213377"}\n', 2),
        (b"# Card\n\n48213377\n", 1),
        (b"\xff 48213377", 1),
        (b"", 0),
    ],
)
def test_documents_are_searched_by_their_strings(content: bytes, hits: int) -> None:
    assert Search(needles([Identifier("id", "48213377")])).document(content) == hits
