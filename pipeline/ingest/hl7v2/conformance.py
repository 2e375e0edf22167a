"""Count what hl7apy finds amiss in messages, by rule and place, never by value. It refuses nothing."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pipeline.errors import ConfigError
from pipeline.ingest.hl7v2.tokenizer import Message
from pipeline.ingest.sampling import Sample, conformance_level

_LARGEST = 1_000_000  # characters of a message that is looked at

# The sentences of hl7apy's report that name a rule and a place. A value may stand in front of what is matched: names
# are those of HL7's own structures, and the place comes last.
_NAME = r"([A-Z][A-Z0-9_]{1,40})"
_RULES = tuple(
    (rule, re.compile(rf"{pattern}{_NAME}\.{_NAME}{end}"))
    for rule, pattern, end in (
        ("missing", r"\AError: Missing required child ", r"\Z"),
        ("repeated", r"\AError: Child limit exceeded ", r"\Z"),
        ("datatype", r"\AError: Datatype \S+ is not correct for ", r" \(it must be .*\)\Z"),
        ("table", r"\AWarning: Value .* not in table \S+ in element ", r"\Z"),
    )
)
_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,2})_(\d{1,3})")


class Conformance:
    """Looks at the messages of one file."""

    def __init__(self, level: str, findings: Counter[str]) -> None:
        self._sample = Sample(level)
        self._findings = findings

    @staticmethod
    def level(options: Mapping[str, Any]) -> str:
        """Return the option `conformance`."""
        level = conformance_level(options, "hl7v2", default="off")
        if level != "off" and not hasattr(os, "memfd_create"):
            raise ConfigError("hl7v2 option conformance works on Linux only: leave it out")
        return level

    def check(self, message: Message) -> None:
        """Count what is amiss in a message, if it is one to look at."""
        if self._sample.takes(message.header.raw(9)):
            self._findings.update(f"hl7_conformance:{finding}" for finding in _findings(message))


def er7(message: Message) -> str:
    """Return a message as hl7apy takes it: a line a segment, ended by CR."""
    lines = []
    for segment in message.segments:
        separator, escape = segment.delimiters.field, segment.delimiters.escape
        fields = segment.fields if segment.name != "MSH" else [segment.fields[0], *segment.fields[2:]]
        lines.append(separator.join(fields).replace("\n", f"{escape}.br{escape}"))
    return "\r".join(lines)


def _findings(message: Message) -> set[str]:
    from hl7apy.exceptions import HL7apyException, UnsupportedVersion, ValidationError
    from hl7apy.parser import parse_message
    from hl7apy.validation import Validator

    text = er7(message)
    if len(text) > _LARGEST:
        return {"too_large"}
    report = os.memfd_create("report")  # hl7apy writes its report, which holds values, to a path: this one is memory
    try:
        try:
            Validator.validate(parse_message(text), report_file=f"/proc/self/fd/{report}")
        except ValidationError:  # the first of the errors that stand in the report
            pass
        except UnsupportedVersion:
            return {"version"}
        except (HL7apyException, AttributeError, IndexError, KeyError, TypeError, ValueError):
            return {"unreadable"}
        lines = os.pread(report, os.fstat(report).st_size, 0).decode("utf-8", "replace").splitlines()
    finally:
        os.close(report)
    return {_finding(line) for line in lines}


def _finding(line: str) -> str:
    for rule, pattern in _RULES:
        if found := pattern.search(line):
            return f"{rule}:{_place(*found.groups())}"
    return "unexpected"


def _place(parent: str, child: str) -> str:
    """Return the field in question, `PID-3` (for a subcomponent the component, `XPN-1`), or the segment or group."""
    for name in (parent, child):
        if field := _FIELD.fullmatch(name):
            return f"{field[1]}-{field[2]}"
    return child
