"""Split a clinical text into its sections, by the headings that `schemas/sections.yaml` lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from pipeline.config import load_yaml
from pipeline.errors import ConfigError
from pipeline.records import SCHEMAS

# The name of what stands before the first heading.
PREAMBLE = "preamble"

_WORD = re.compile(r"[a-z]+")
# What LOINC adds to the names of sections, documents to their titles, and writers before a date or a time.
_LAST_WORDS = frozenset("narrative section note reported document on at as of from".split())

_MARKS = "[#*_=]"  # those of Markdown and wikis
_BLANK = r"[^\S\n]"
# A line; or, with a capital, what follows the end of a sentence or a gap. One set of characters comes first, since
# that is what a scan is fast with.
_START = (
    rf"[\n.!?;)\]\t\xa0 ](?:(?<=\n){_BLANK}*+(?:(?P<capital>(?={_MARKS}*+{_BLANK}*+[A-Z]))|)|(?<!\n){_BLANK}(?=[A-Z]))"
)
_NAME = rf"(?P<name>[A-Za-z]++(?:(?:{_BLANK}?[/&+,]{_BLANK}?|-|{_BLANK})[A-Za-z]++){{0,8}})"
# `Medications (prior to admission):`, `Labs [DATE]:`, `Exam at 18:27:`
_REMARK = rf"(?:{_BLANK}*\([^()\n]{{1,60}}\)|{_BLANK}(?:\[[^\[\]\n]{{1,24}}\]|\d\d?:\d\d))?"
_END = rf"{_BLANK}*+{_MARKS}*+{_BLANK}*+(?::{_MARKS}*+|(?(capital)(?:[-–—]++(?={_BLANK})|$)|(?!)))"
_HEADING = re.compile(rf"{_START}(?P<title>(?:{_MARKS}++{_BLANK}*+)?{_NAME}{_REMARK}{_END})", re.MULTILINE)


class Section(NamedTuple):
    """A part of a text: its canonical name, its heading as written, with all its marks, and what follows."""

    name: str
    title: str
    text: str


def sections(text: str) -> tuple[Section, ...]:
    """Return the sections of a text in order; title and text of all, joined, are the text again.

    A heading begins a line, and is alone there or has a colon or a dash behind it; or it follows the end of a
    sentence, begins with a capital, and has a colon. The text before the first heading is named `preamble`.
    """
    lines = f"\n{text}"
    found = [(match, name) for match in _HEADING.finditer(lines) if (name := _canonical(match["name"]))]
    # The line break in front of the text shifts it by one.
    starts = [match.start("title") - 1 for match, _ in found] + [len(text)]
    parts = [
        Section(name, match["title"], lines[match.end() : end + 1])
        for (match, name), end in zip(found, starts[1:], strict=True)
    ]
    return (Section(PREAMBLE, "", text[: starts[0]]), *parts) if starts[0] else tuple(parts)


def by_name(text: str) -> Mapping[str, str]:
    """Return what stands under each canonical name, without the headings: empty where a text has no such section.

    Sections of one name are joined by an empty line. A name that no text can have is no key.
    """
    found: dict[str, list[str]] = {name: [] for name in (PREAMBLE, *section_names())}
    for section in sections(text):
        if body := section.text.strip():
            found[section.name].append(body)
    return {name: "\n\n".join(bodies) for name, bodies in found.items()}


def section_names() -> tuple[str, ...]:
    """Return the canonical names, in the order of the file."""
    return tuple(dict.fromkeys(_spellings().values()))


@lru_cache(maxsize=1 << 12)
def _canonical(heading: str) -> str | None:
    spellings = _spellings()
    return spellings.get(heading) or spellings.get(_plain(heading))


def _plain(heading: str) -> str:
    words = [word for word in _WORD.findall(heading.lower()) if word != "and"]
    while len(words) > 1 and words[-1] in _LAST_WORDS:
        words.pop()
    return " ".join(words)


@cache
def _spellings() -> dict[str, str]:
    """Return the canonical name of each spelling, plain, or in capitals where only those count."""
    names: dict[str, str] = {}
    for name, spellings in load_yaml(SCHEMAS / "sections.yaml").items():
        for spelling in spellings:
            plain = spelling if spelling.isupper() else _plain(spelling)
            if names.setdefault(plain, name) != name:
                raise ConfigError(f"sections.yaml has the spelling {spelling!r} under {names[plain]} and {name}")
    return names
