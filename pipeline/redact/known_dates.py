"""A birth date in its written forms: in digits in any order, and with the month's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from pipeline.redact.known_words import Tokens
from pipeline.redact.spans import Span

_MONTHS = "january february march april may june july august september october november december".split()
_READ = ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d", "%d-%b-%Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y")
_WRITTEN = re.compile(r"\d{4}-?\d\d-?\d\d(?!\d)|\d{8}|[^T]+")
_BORN = re.compile(r"\b(?:born|birth\s?da(?:y|te)|b-?day|d\.?o\.?b\.?)\b[^\d\n]{0,20}$", re.IGNORECASE)


class BirthDates:
    """Patterns of birth dates, each tried at a day, month or year of one of them."""

    def __init__(self) -> None:
        self.starts: set[str] = set()
        self._whole: list[re.Pattern[str]] = []
        self._day: list[re.Pattern[str]] = []

    def add(self, value: str) -> None:
        """Add a birth date; what is no full date is passed over."""
        born = _date(value.strip())
        if born is None:
            return
        month = _MONTHS[born.month - 1]
        m, d = f"0?{born.month}", f"0?{born.day}"
        day = rf"{d}(?:st|nd|rd|th)?"
        year = f"(?:{born.year}|['’]?{born:%y})"
        name = rf"(?:{month}|{month[:3]}|{month[:4]})\.?" if month == "september" else rf"(?:{month}|{month[:3]})\.?"
        gap = r"\s?[-/.\s]\s?"
        name_gap = r"[-/.,\s]{0,3}"
        forms = (
            rf"{m}{gap}{d}{gap}{year}", rf"{d}{gap}{m}{gap}{year}", rf"{born.year}{gap}{m}{gap}{d}",
            f"{born:%Y%m%d}|{born:%m%d%Y}|{born:%d%m%Y}",
            rf"{name}{name_gap}{day}{name_gap}{year}", rf"{day}{name_gap}(?:of\s)?{name}{name_gap}{year}",
            rf"{born.year}[-/.\s]{{1,2}}{name}[-/.\s]{{1,2}}{day}", rf"{name}{name_gap}(?:of\s)?{born.year}",
        )  # fmt: skip
        self._whole.append(re.compile(rf"(?:{'|'.join(forms)})(?!\d)", re.IGNORECASE))
        short = rf"(?:{m}[-/]{d}|{name}{name_gap}{day}|{day}{name_gap}(?:of\s)?{name})(?![-/]?\d)"
        self._day.append(re.compile(short, re.IGNORECASE))
        self.starts |= {str(born.month), f"{born:%m}", str(born.day), f"{born:%d}", str(born.year), month, month[:3]}
        self.starts |= {month[:4], f"{born:%Y%m%d}", f"{born:%m%d%Y}", f"{born:%d%m%Y}"}

    def find(self, tokens: Tokens, places: Sequence[int]) -> Iterator[Span]:
        """Yield birth dates; day and month alone where they are said to be of birth."""
        for at in places:
            start = tokens.starts[at]
            match = next(filter(None, (pattern.match(tokens.text, start) for pattern in self._whole)), None)
            if match is None and _BORN.search(tokens.text, max(0, start - 40), start):
                match = next(filter(None, (pattern.match(tokens.text, start) for pattern in self._day)), None)
            if match is not None:
                yield Span(*match.span(), "DATE", 1.0, "known")


def _date(value: str) -> datetime | None:
    written = _WRITTEN.match(value)
    for form in _READ if written else ():
        try:
            return datetime.strptime(written.group().strip(), form)  # type: ignore[union-attr]
        except ValueError:
            continue
    return None
