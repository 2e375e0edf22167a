"""Every message has one outcome, and reasons hold no value."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.errors import ConfigError
from pipeline.ingest.connector import Unit
from pipeline.ingest.hl7v2 import Hl7v2Connector

Read = Callable[..., list[Unit]]
HEADER = r"MSH|^~\&|APP|CRMC|EHR|CRMC|20260115101500||{type}|42|P|2.5.1"


def _message(type: str, *segments: str) -> str:
    return "\r".join((HEADER.format(type=type), *segments))


@pytest.mark.parametrize(
    ("content", "rejected", "excluded"),
    [
        (_message("ADT^A01", "PID|1||7"), "", ""),
        (_message("ADT^A01"), "no_patient", ""),
        (_message("ORU^R01", "OBR|1|A|B|X"), "no_patient", ""),
        (_message("ADT^A01", "PID|1||^^^CRMC^MR||Quill^Ada"), "no_patient_id", ""),
        (_message("ADT^A24", "PID|1||7", "PID|2"), "no_patient_id", ""),
        (_message("ACK", "MSA|AA|42"), "", "no_clinical_content:ACK"),
        (_message("MFN^M02", "MFI|STF"), "", "no_clinical_content:MFN"),
        (_message("QUILL ADA"), "", "no_clinical_content:other"),
        (_message("DFT^P03", "PID|1||7", "FT1|1"), "", ""),
        (_message("SIU^S12", "SCH|1", "PID|1||7"), "", ""),
        (r"MSH|^~\&|APP|CRMC", "truncated", ""),
        ("MSH|^~\r" + _message("ADT^A01", "PID|1||7"), "bad_msh", ""),
        ("\x0b" + _message("ADT^A01", "PID|1||7"), "truncated", ""),
        ("junk\r" + _message("ADT^A01", "PID|1||7"), "outside_message", ""),
        (_message("ADT^A01").encode() + b"\rPID|1||7||Zo\xeb", "undecodable", ""),
        (_message("ADT^A01") + "||||||EBCDIC\rPID|1||7", "unknown_charset", ""),
    ],
)
def test_outcomes(read: Read, content: bytes | str, rejected: str, excluded: str) -> None:
    unit = read(content)[0]
    assert (unit.rejected, unit.excluded) == (rejected, excluded)
    assert bool(unit.records) == (not rejected and not excluded)
    assert unit.content


def test_the_character_set_of_messages_that_name_none_is_an_option(read: Read) -> None:
    content = _message("ADT^A01").encode() + b"\rPID|1||7||Zo\xeb"
    (unit,) = read(content, charset="8859/1")
    assert ("name", "Zoë") in unit.records[0].identity


@pytest.mark.parametrize("authorities", ["CRMC", [1], [""]])
def test_authorities_are_a_list_of_names(authorities: object) -> None:
    with pytest.raises(ConfigError, match="authorities"):
        Hl7v2Connector({"authorities": authorities})


@pytest.mark.parametrize("options", [{"charset": "EBCDIC"}, {"delimiter": ";"}])
def test_wrong_options_say_what_to_type(options: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="charset"):
        Hl7v2Connector(options)
