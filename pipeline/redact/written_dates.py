"""Move the dates inside a text, each in the form in which it is written, and in such a way that it can be moved on.

A date that is to move stands between marks. Hidden in it are the date as ISO 8601, as precise as it is written, and
before each field how that is written: of "12/10/2025", of "May" and of "14" one could not tell once they have moved.
"""

from __future__ import annotations

import re
from datetime import date

from pipeline.errors import RedactionError
from pipeline.records import DATE_MARKS, HIDDEN, MARKED_DATE, hidden, shown
from pipeline.redact.dates import MOVABLE, is_old, shift_iso

_OPEN, _END, _CLOSE = tuple(DATE_MARKS)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The short forms of more than three letters.
_LONGER = {"September": "Sept", "Tuesday": "Tues", "Thursday": "Thurs"}

_MONTH = "(?P<n>January|February|March|April|May|June|July|August|September|October|November|December|Sept|" + (
    "|".join(name[:3] for name in _MONTHS) + r")(?![^\W\d_])"
)
_WEEKDAY = (
    rf"(?:(?P<w>{'|'.join(_WEEKDAYS)}|Tues|Wednes|Thurs?|{'|'.join(name[:3] for name in _WEEKDAYS)})\.?,?\s{{1,2}}"
    r"(?:the\s)?)?"
)  # fmt: skip
_DAY = r"(?P<d>\d{1,2})(?P<o>st|nd|rd|th)?"
_YEAR = r"(?P<y>\d{4}|(?<=['’])\d\d)(?![\d:])"
_ANY_YEAR = r"(?P<y>\d{4}|\d\d)(?![\d:]|\s?[ap]\.?m\b)"
_FULL = (
    # 2025-03-14
    r"(?P<y>\d{4})\s?(?P<s>[-/.])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<d>\d{1,2})(?!\d)",
    # 20250314, 202503141030, 20250314T103000Z
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?:T?\d{4}(?:\d\d)?(?:\.\d{1,6})?(?:[+-]\d{4}|Z)?)?(?!\d)",
    # 14.03.2025; with other separators month first, unless there is no such month
    rf"(?P<d>\d{{1,2}})\s?\.\s?(?P<m>\d{{1,2}})\s?\.\s?{_ANY_YEAR}",
    rf"(?P<m>\d{{1,2}})\s?(?P<s>[-/.])\s?(?P<d>\d{{1,2}})\s?(?P=s)\s?{_ANY_YEAR}",
    rf"(?P<d>\d{{1,2}})\s?(?P<s>[-/])\s?(?P<m>\d{{1,2}})\s?(?P=s)\s?{_ANY_YEAR}",
    # March 14th, 2025; Mar-14-25
    rf"{_MONTH}\.?[\s-]{{1,3}}(?:the\s)?{_DAY}\s?,?\s{{0,2}}(?:of\s)?['’]?{_YEAR}",
    rf"{_MONTH}(?P<s>[-/]){_DAY}(?P=s){_ANY_YEAR}",
    # 14 March 2025, 14MAR2025, 3-Mar-25, the 14th of March, 2025
    rf"{_DAY}(?:\s{{1,2}}of\s{{1,2}}|[\s./-]{{0,3}}){_MONTH}\.?[\s,/-]{{0,3}}(?:of\s)?['’]?{_ANY_YEAR}",
)
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        *(_WEEKDAY + form for form in _FULL),
        # March 2025, Mar '25, 03/2025, 2025-03, 2025
        rf"{_MONTH}\.?[\s,/-]{{1,2}}(?:of\s)?['’]?{_YEAR}",
        r"(?P<m>\d{1,2})[-/](?P<y>\d{4})(?!\d)",
        r"(?P<y>\d{4})-(?P<m>\d\d)(?![\d-])",
        r"(?P<y>(?:1[89]|20)\d\d)(?!\d|\s?(?:h|hrs|hours)\b)",
    )
)
# What may stand beside a date in what was found, and stays: the time of day, "to", "and".
_BESIDE = re.compile(
    r"T?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:Z|UTC|GMT|[ECMP][SD]T)\b|\s?[+-]\d{2}:?\d{2})?"
    r"|\d{1,2}\s?[ap]\.?m\b\.?|[0-2]\d[0-5]\d\s?(?:h|hrs|hours)\b"
    r"|(?:to|thru|through|until|till|and|from|between|on|at|around|the)\b|[\s,;.()@&/–—-]",
    re.IGNORECASE,
)
_FIELD = re.compile(rf"({HIDDEN}+)[^{DATE_MARKS}]*{_END}")
_JOINED = re.compile(r"[-/\d]")


def mark_date(text: str) -> str:
    """Return what was found as a date with each date between marks; the tag `[DATE]` if not all of it is understood.

    A date without its year is not. Nor is a year beside a day, which may be a time of day.
    """
    marked, at, precisions = "", 0, set()
    while at < len(text):
        if found := _date_at(text, at):
            match, iso = found
            precisions.add("year" if len(iso) == 4 else "finer")
            marked += f"{_OPEN}{hidden(iso)}{_END}{_styled(match, iso)}{_CLOSE}"
        elif beside := _BESIDE.match(text, at):
            match = beside
            marked += match.group()
        else:
            return "[DATE]"
        at = match.end()
    return marked if len(precisions) == 1 else "[DATE]"


def move_dates(text: str, days: int, was: int = 0) -> str:
    """Move the marked dates of a text, that were moved by `was` days, to where `days` would have brought them."""

    def moved(match: re.Match[str]) -> str:
        opening, content = match.group()[1:-1].split(_END, 1)
        iso = shift_iso(shown(opening), days, was)
        if iso is None:
            raise RedactionError("date_out_of_range")
        return f"{_OPEN}{hidden(iso)}{_END}{_written(content, iso)}{_CLOSE}"

    return text if days == was or text.isascii() else MARKED_DATE.sub(moved, text)


def tag_old_dates(text: str, day: str) -> str:
    """Return a text whose marked dates tell of no age of 90 or over: those that would are tags."""

    def judged(match: re.Match[str]) -> str:
        return "[DATE]" if is_old(shown(match.group()[1:-1].split(_END, 1)[0]), day) else match.group()

    return text if text.isascii() else MARKED_DATE.sub(judged, text)


def mask_dates(text: str) -> str:
    """Return a text of the same length in which nothing can be found in its marked dates."""
    return text if text.isascii() else MARKED_DATE.sub(lambda match: _OPEN * len(match.group()), text)


def _date_at(text: str, at: int) -> tuple[re.Match[str], str] | None:
    """Return what matches the form of a date that begins at an offset, and the date as ISO 8601."""
    for form in _FORMS:
        match = form.match(text, at)
        if match and (iso := _iso(match.groupdict())):
            return match, iso
    return None


def _iso(part: dict[str, str | None]) -> str | None:
    written = part["y"] or ""
    year = int(written) if len(written) == 4 else int(written) + (1900 if int(written) > 40 else 2000)
    name, number = part.get("n"), part.get("m")
    month = _place(_MONTHS, name) + 1 if name else int(number or 1)
    try:
        iso = date(year, month, int(part.get("d") or 1)).isoformat()
    except ValueError:
        return None
    return iso[: 10 if part.get("d") else 7 if name or number else 4] if year in MOVABLE else None


def _place(names: tuple[str, ...], written: str) -> int:
    return [name[:3] for name in names].index(written[:3].title())


def _styled(match: re.Match[str], iso: str) -> str:
    """Return what matched with the style of each field hidden before it, and a mark after it."""
    part = match.groupdict()
    styles = {
        "y": "Y" if len(part["y"]) == 4 else "y",
        "m": f"m{_width(match)}", "d": f"d{_width(match)}", "o": f"o{_case(part.get('o'))}",
        "n": _name_style(match, "n", _MONTHS) if part.get("n") else "",
        "w": _name_style(match, "w", _WEEKDAYS) if part.get("w") else "",
    }  # fmt: skip
    if part.get("w"):
        # A weekday may be wrong: it moves along, and stays as wrong as it is.
        styles["w"] += str((_place(_WEEKDAYS, part["w"]) - date.fromisoformat(iso).weekday()) % 7)
    spans = sorted((match.span(name), name) for name in styles if part.get(name))
    styled, at = "", match.start()
    for (start, end), name in spans:
        styled += match.string[at:start] + hidden(styles[name]) + match.string[start:end] + _END
        at = end
    return styled + match.string[at : match.end()]


def _width(match: re.Match[str]) -> int:
    """Return how many digits day and month take at least."""
    part = match.groupdict()
    numbers = [number for name in ("m", "d") if (number := part.get(name))]
    if any(len(number) == 1 for number in numbers):
        return 1
    leading_zero = any(number[0] == "0" for number in numbers)
    return 2 if not part.get("n") or _is_joined(match, "n") or leading_zero else 1


def _is_joined(match: re.Match[str], name: str) -> bool:
    """Tell whether a name stands between other signs than blanks, as in "14-May-25"."""
    start, end = match.start(name), match.end(name)
    beside = (match.string[start - 1 : start] if start > match.start() else "") + match.string[end : end + 1]
    return bool(_JOINED.search(beside))


def _name_style(match: re.Match[str], group: str, names: tuple[str, ...]) -> str:
    """Return how long a name is written, in full, with three letters or with more, and in which case."""
    written = match[group]
    name = names[_place(names, written)]
    if len(name) == 3:
        length = "b" if _is_joined(match, group) else "B"
    else:
        length = "B" if len(written) == len(name) else "b" if len(written) == 3 else "s"
    return f"{'A' if group == 'w' else 'N'}{length}{_case(written)}"


def _case(written: str | None) -> str:
    return "U" if (written or "").isupper() else "l" if (written or "").islower() else "T"


def _written(content: str, iso: str) -> str:
    """Return the content of a marked date with each of its fields as they are for a date."""
    year, month, day = map(int, f"{iso}-01-01"[:10].split("-"))

    def field(match: re.Match[str]) -> str:
        style = shown(match[1])
        match style[0]:
            case "Y":
                text = f"{year:04}"
            case "y":
                text = f"{year % 100:02}"
            case "m" | "d":
                text = f"{month if style[0] == 'm' else day:0{style[1]}}"
            case "o":
                text = _in_case(
                    "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th"), style[1]
                )
            case "N":
                text = _name(_MONTHS[month - 1], style)
            case "A":
                text = _name(_WEEKDAYS[(date(year, month, day).weekday() + int(style[3])) % 7], style)
            case _:
                raise RedactionError("unreadable_date")
        return f"{match[1]}{text}{_END}"

    return _FIELD.sub(field, content)


def _name(name: str, style: str) -> str:
    text = {"B": name, "b": name[:3], "s": _LONGER.get(name, name[:3])}[style[1]]
    return _in_case(text, style[2])


def _in_case(text: str, case: str) -> str:
    return text.upper() if case == "U" else text.lower() if case == "l" else text
