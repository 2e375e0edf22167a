"""Whatever the bytes: no unit is lost, no error but ours, no value in a reason."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile
from pipeline.ingest.hl7v2 import Hl7v2Connector
from pipeline.ingest.hl7v2.escapes import Delimiters, unescape

HEADER = rb"MSH|^~\&|A|B|C|D|2026||ORU^R01|1|P|2.5"
PIECES = [
    b"\r", b"\n", b"\r\n", b"\x0b", b"\x1c", b"\x1c\r", b" ", b"\0", b"\x1a", b"\xef\xbb\xbf", b"\xff", b"x", b"\\",
    b"MSH", b"MSH|", b"MSH|^", b"MSH^^", b"MSH-2", b"FHS|", b"BHS|^~\\&", b"BTS|1", b"FTS", b"FTS|",
    HEADER, HEADER + b"||||||8859/1", b"^", b"~", b"&", b"|", b'""', b"\\F\\", b"ADD|more", b"ZZZ|1",
    b"PID|1||7", b"PID|1||7^^^H^MR||Q^A", b"PV1|1|I", b"MRG|6", b"GT1|1||Q^U", b"DG1|1||I10", b"NTE|1||n",
    b"ORC|NW|P", b"OBR|1|P|F|X", b"OBX|1|TX|A||text", b"OBX|1|NM|A||1", b"OBX|1|ED|A||^TEXT^PLAIN^Base64^eA==",
    b"RXA|0|1|2026||1^x", b"TXA|1|DS", HEADER.replace(b"ORU^R01", b"ADT^A40"), HEADER.replace(b"ORU^R01", b"ADT^A11"),
    b"OBX|1|RP|A||p", b"OBX|1|ED|A||^TEXT^PLAIN^Base64^*", b"OBX|1|FT|A||||||||D", b"RXE||1|2", b"RXR|PO", b"ORC|CA",
    b"SCH|1|2", b"AIS|1||X", b"PRB|DE|2026|I10",
]  # fmt: skip
REASON = re.compile(r"[a-z0-9_]*(:[A-Z0-9_^]{1,15}|:other)?")


def _check(data: bytes) -> None:
    connector = Hl7v2Connector({})
    file = SourceFile("a.hl7", lambda: io.BytesIO(data))
    try:
        units = list(connector.read(file))
    except SourceError:
        with pytest.raises(SourceError, match=r"empty|not_hl7v2|undecodable|truncated"):
            connector.count(file)
        return
    assert connector.count(file) == len(units)
    assert all(REASON.fullmatch(code) for code in connector.findings)
    for unit in units:
        assert [bool(unit.records), bool(unit.rejected), bool(unit.excluded)].count(True) == 1
        assert REASON.fullmatch(unit.rejected)
        assert REASON.fullmatch(unit.excluded)
        for record in unit.records:
            assert all(isinstance(value, str) for value in record.extras.values())
            assert all(value.strip() for _, value in record.identity)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
def test_pieces_of_messages(data: bytes) -> None:
    _check(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_around_a_header(before: bytes, after: bytes) -> None:
    _check(before)
    _check(before + b"\r" + HEADER + after)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 4000))
def test_a_file_cut_anywhere(length: int) -> None:
    message = HEADER + b"\rPID|1||7^^^H^MR||Quill^Ada\rOBR|1|P|F|X\rOBX|1|TX|A||one\\.br\\two\r"
    _check((b"BHS|^~\\&|A\r" + message * 3 + b"BTS|3\r")[:length])


@given(st.text(alphabet="\\FSTREXHNPCMZ.brsp0123 x|", max_size=60))
def test_unescaping_never_fails(text: str) -> None:
    unescape(text, Delimiters())
    assert unescape(text.replace("\\", ""), Delimiters()) == text.replace("\\", "")
