"""Files to messages, messages to segments, whatever their delimiters, line ends, framing and character sets."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator

import pytest

from pipeline.errors import RecordError, SourceError
from pipeline.ingest.hl7v2 import framing, tokenizer
from pipeline.ingest.hl7v2.batches import Batches
from pipeline.ingest.hl7v2.counting import count_units
from pipeline.ingest.hl7v2.escapes import Delimiters, unescape

HEADER = r"MSH|^~\&|APP|FAC|EHR|FAC|20260115||ADT^A01|{n}|P|2.5"
ONE = HEADER.format(n=1) + "\rPID|1||7^^^H^MR||Quill^Ada\r"
TWO = HEADER.format(n=2) + "\rPID|1||8^^^H^MR||Rook^Ben\r"
ENVELOPE = ("FHS|^~\\&|A\rBHS|^~\\&|A\r", "BTS|2\rFTS|1\r")


def _chunks(data: bytes, findings: Counter[str] | None = None, size: int = 0) -> list[framing.Chunk]:
    def blocks() -> Iterator[bytes]:
        step = size or len(data) or 1
        return framing.utf8_blocks(data[start : start + step] for start in range(0, len(data), step))[1]

    chunks = list(framing.split(blocks(), Batches(Counter() if findings is None else findings)))
    assert count_units(blocks()) == len(chunks)
    return chunks


@pytest.mark.parametrize(
    "content",
    [
        ONE + TWO,
        (ONE + TWO).replace("\r", "\n"),
        (ONE + TWO).replace("\r", "\r\n"),
        ONE.replace("\r", "\r\n") + TWO.replace("\r", "\n"),
        (ONE + TWO).rstrip("\r"),
        ONE + "\r\r\n\n" + TWO + "\r\n\x1a",
        ENVELOPE[0] + ONE + TWO + ENVELOPE[1],
        ENVELOPE[0] + ONE + "BTS|1\rBHS|^~\\&|A\r" + TWO + ENVELOPE[1],
        f"\x0b{ONE}\x1c\r\x0b{TWO}\x1c\r",
        f"\x0b{ONE}\x1c\x0b{TWO}\x1c",
        ONE.rstrip("\r") + TWO,  # files put together without an end of line between them
        "\ufeff" + ONE + "\ufeff" + TWO,
        "  " + ONE + "\t" + TWO,
    ],
)
def test_two_messages_are_found_in_any_wrapping(content: str) -> None:
    chunks = _chunks(content.encode())
    assert not any(chunk.rejected for chunk in chunks)
    messages = [tokenizer.parse(chunk.content) for chunk in chunks]
    assert [message.header.get(10) for message in messages] == ["1", "2"]
    assert [message.segments[1].get(5) for message in messages] == ["Quill", "Rook"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_wide_encodings_are_read(encoding: str) -> None:
    (chunk,) = _chunks(ONE.replace("Ada", "Zoë").encode(encoding))
    assert tokenizer.parse(chunk.content).segments[1].get(5, 2) == "Zoë"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\x1a", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"name,age\nAda,70\n", "not_hl7v2"),
        (b'{"resourceType": "Bundle"}', "not_hl7v2"),
        (b"Loss of MSH-2 and MSH-6.\nMSH-2 is lost.\nMSHA|", "not_hl7v2"),
        (codecs.BOM_UTF16_LE + b"M\0S", "undecodable"),
    ],
)
def test_a_file_that_is_none_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(SourceError) as refused:
        _chunks(data)
    assert refused.value.code == code


@pytest.mark.parametrize("data", ["".join(ENVELOPE), ENVELOPE[0], "BHS|^~\\&|A\n\nBTS|0\n"])
def test_a_batch_may_be_empty(data: str) -> None:
    assert _chunks(data.encode()) == []


@pytest.mark.parametrize(
    "content",
    ["junk\rjunk\r" + ONE, ENVELOPE[0] + "PID|1||9\r" + ONE + ENVELOPE[1], ENVELOPE[0] + "x " + ONE],
)
def test_lines_outside_of_a_message_are_a_unit_of_their_own(content: str) -> None:
    assert [chunk.rejected for chunk in _chunks(content.encode())] == ["outside_message", ""]


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        (f"\x0b{ONE}\x1c\r\x0b{TWO}", [False, True]),
        (f"\x0b{ONE}\x0b{TWO}\x1c\r", [True, False]),
        (f"\x0b{ONE}{TWO}\x1c\r", [False, False]),  # a frame with more than one
        (f"\x0b{ONE}{TWO}", [False, True]),
        (ENVELOPE[0] + ONE + TWO.rstrip("\r"), [False, True]),
        (ENVELOPE[0] + ONE + TWO, [False, False]),  # trailers are optional
        (ONE + TWO.rstrip("\r"), [False, False]),
    ],
)
def test_a_message_that_was_cut_is_known(content: str, cut: list[bool]) -> None:
    assert [chunk.rejected == "truncated" for chunk in _chunks(content.encode())] == cut


@pytest.mark.parametrize(
    "header",
    [
        "MSH",
        "MSH|",
        "MSH|^~",
        r"MSH|^~\&|APP|FAC",
        r"MSH|^^\&|APP|FAC|EHR|FAC|20260115||ADT^A01|1|P|2.5",
        r"MSH|AB\&|APP|FAC|EHR|FAC|20260115||ADT^A01|1|P|2.5",
        r"MSH||APP|FAC|EHR|FAC|20260115||ADT^A01|1|P|2.5",
        r"MSH|^~\&|APP|FAC|EHR|FAC|20260115|||1|P|2.5",
        r'MSH|^~\&|APP|FAC|EHR|FAC|20260115||""|1|P|2.5',
    ],
)
def test_a_broken_header_is_refused(header: str) -> None:
    with pytest.raises(RecordError) as refused:
        tokenizer.parse(header.encode())
    assert refused.value.code == "bad_msh"


@pytest.mark.parametrize(
    ("declared", "data", "text"),
    [
        ("", "Zoë".encode(), "Zoë"),
        ("UNICODE UTF-8", "山田".encode(), "山田"),
        ("utf8", "Zoë".encode(), "Zoë"),
        ("ASCII", "Zoë".encode(), "Zoë"),
        ("8859/1", b"Zo\xeb", "Zoë"),
        ("8859/1", b"O\x92Neil", "O\u2019Neil"),
        ("ISO-8859-1", b"Zo\xeb", "Zoë"),
        ("8859/2", b"\xa3uk", "Łuk"),
        ("8859/15~UNICODE UTF-8", b"\xa4", "€"),
        ("GB 18030-2000", "李".encode("gb18030"), "李"),
        ("~ISO IR87", "山田 Taro".encode("iso2022_jp"), "山田 Taro"),
        ("ASCII~ISO IR14~ISO IR87", "山田".encode("iso2022_jp"), "山田"),
        ("ISO IR87", "山田".encode("iso2022_jp"), "山田"),
        ("UNICODE UTF-8~ISO IR999", "山田".encode(), "山田"),
        ("SHIFT_JIS", "山田".encode("cp932"), "山田"),
        ("KS X 1001", "김".encode("euc_kr"), "김"),
        ("ISO IR101", b"\xa3uk", "Łuk"),
        ('""', "Zoë".encode(), "Zoë"),
    ],
)
def test_character_sets(declared: str, data: bytes, text: str) -> None:
    content = f"{HEADER.format(n=1)}||||||{declared}\rPID|1||7||".encode() + data
    assert tokenizer.parse(content).segments[1].get(5) == text


@pytest.mark.parametrize(
    ("declared", "code"),
    [("", "undecodable"), ("UNICODE UTF-8", "undecodable"), ("EBCDIC", "unknown_charset")],
)
def test_no_character_set_is_guessed(declared: str, code: str) -> None:
    content = f"{HEADER.format(n=1)}||||||{declared}\rPID|1||7||".encode() + b"Zo\xeb"
    with pytest.raises(RecordError) as refused:
        tokenizer.parse(content)
    assert refused.value.reason == code


def test_a_file_that_was_utf_16_is_read_as_such_whatever_the_message_says() -> None:
    content = f"{HEADER.format(n=1)}||||||8859/1\rPID|1||7||Zoë".encode()
    assert tokenizer.parse(content, transcoded=True).segments[1].get(5) == "Zoë"


def test_delimiters_are_the_messages_own() -> None:
    content = "MSH@~&#\\@APP@FAC@EHR@FAC@20260115@@ADT~A01@1@P@2.5\rPID@1@@7~~~H\\2~MR&8@@Qu#R#ill~A|d^a"
    pid = tokenizer.parse(content.encode()).segments[1]
    assert (pid.get(5), pid.get(5, 2)) == ("Qu&ill", "A|d^a")
    assert pid.repetitions(3) == ["7~~~H\\2~MR", "8"]
    assert pid.subcomponents(pid.components(pid.repetitions(3)[0])[3]) == ["H", "2"]


def test_header_fields_are_numbered_from_the_separator() -> None:
    header = tokenizer.parse(ONE.encode()).header
    assert [header.raw(number) for number in (1, 2, 3, 9, 12)] == ["|", r"^~\&", "APP", "ADT^A01", "2.5"]


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("OBX|1|TX|X||first\nsecond", "first\nsecond"),
        ("OBX|1|TX|X||first\n\n  HPI: second", "first\n\n  HPI: second"),
        ("OBX|1|TX|X||first\nCBC\nPMH|none", "first\nCBC"),  # a line that looks like a segment is one
        ("OBX|1|TX|X||first\rADD| and more", "first and more"),
        ("  OBX|1|TX|X||indented", "indented"),
    ],
)
def test_lines_that_start_no_segment_go_on_with_the_one_before(lines: str, value: str) -> None:
    message = tokenizer.parse(f"{HEADER.format(n=1)}\r{lines}".encode())
    assert message.segments[1].raw(5) == value


def test_a_null_is_empty_and_can_be_told_from_nothing() -> None:
    segment = tokenizer.Segment("PID", ["PID", '""', "", 'A^""'], Delimiters())
    assert [segment.get(1), segment.get(2), segment.get(3, 2)] == ["", "", ""]
    assert [segment.raw(1), segment.raw(2)] == [tokenizer.NULL, ""]
    assert [segment.is_null(number) for number in range(6)] == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", r"a|b^c&d~e\f"),
        (r"one\.br\two\.sp\three\.sp2\four", "one\ntwo\nthree\n\nfour"),
        (r"\.in+4\a\.ti-2\b\.fi\c\.nf\d\.sk3\e\.ce\f", "abcd   e\nf"),
        (r"\H\high\N\ low", "high low"),
        (r"\X21\ \X4142\ \X0D\ \X0D0A\ \XC3A9\ \XE9\ \X00\.", "! AB \n \n é é ."),
        (r"\C2842\\M824041\x", "x"),
        (r"\M2442\;3ED\C2842\ Taro", "山田 Taro"),
        (r"\XE5\\XB1\\XB1\.", "山."),
        (r"\Z99\ own \F\ known", r"\Z99\ own | known"),
        (r"\Q\ C:\dir\F\ \XZZ\ \.spx\ end\ ", r"\Q\ C:\dir| \XZZ\ \.spx\ end\ "),
        (r"100\% sure", r"100\% sure"),
        (r"trailing\F", r"trailing\F"),
        (r"\.sp999999999\|", "\n" * 50 + "|"),
        ("\\", "\\"),
        (r"\P\ ", r"\P\ "),
    ],
)
def test_escapes(escaped: str, text: str) -> None:
    assert unescape(escaped, Delimiters()) == text


def test_the_truncation_character_is_an_escape_where_it_is_defined() -> None:
    assert unescape(r"cut\P\off", Delimiters(truncation="#")) == "cut#off"
