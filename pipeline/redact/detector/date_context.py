"""What stands around a date: the words that make one of `3/5`, its weekday, its time of day."""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Found, RuleRecognizer, before

YEAR = r"(?:1[89]|20)\d\d"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?"
_HALF_DAY = r"[ap]\.?m\b\.?"
_ZONE = r"(?:\s?(?:Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}\b|[ECMP][SD]?T\b))?"

_NO_UNIT = r"(?!\s?(?:m[gl]|mcg|units?|cc|k?cal|%))"

# Nothing but a date stands right after these.
_SURE = (
    r"on|since|until|till?|dated?|dos|dob|d\.o\.b\.?|seen|admitted|discharged|due|starting|started|stopped|ended|ending|"
    rf"beginning|as\sof|effective|scheduled(?:\sfor)?|collected|drawn|performed|lmp|edd|edc|appt|appointment|{_WEEKDAY}"
)
# These may also open a range of scores or of doses.
_LIKELY = (
    r"from|through|thru|by|before|after|last|next|in|of|visit|done|surgery|clinic|labs?|films?|scans?|notes?|cxr|cta?|"
    r"mr[ia]|echo|tte|tee|e[ck]g|eeg|emg|us|kub|x-?rays?|ultrasound|cath|pet|egd|colonoscopy|biopsy|called|between|"
    r"saw(?:\s(?:her|him|them|pt|patient))?|(?:s/p|last)\s[a-z]{2,16}"
)
_GAP = r"[\s.,:(]{1,3}(?:the\s|at\s)?$"
_SURE_BEFORE = re.compile(rf"\b(?:{_SURE}){_GAP}", re.IGNORECASE)
_LIKELY_BEFORE = re.compile(rf"\b(?:{_LIKELY}){_GAP}", re.IGNORECASE)
_LINE_BEFORE = re.compile(r"(?:^|\n)[\s*•-]*$")
_HEADER_AFTER = re.compile(r"\s?(?::|-\s|–)")
_LIKELY_AFTER = re.compile(
    r"\s(?:cxr|cta?|mr[ia]|echo|e[ck]g|labs?|visit|appt|appointment|clinic|admission|note|consult|at\s\d|[ap]m)\b",
    re.IGNORECASE,
)


def is_surely_dated(match: re.Match[str]) -> bool:
    """Tell whether a word before the match lets nothing but a date follow."""
    return _SURE_BEFORE.search(before(match, 24)) is not None


def is_likely_dated(match: re.Match[str]) -> bool:
    """Tell whether a word beside the match speaks for a date, or it opens a line as its header."""
    context = before(match, 24)
    if _LIKELY_BEFORE.search(context) or _LIKELY_AFTER.match(match.string, match.end()):
        return True
    return bool(_LINE_BEFORE.search(context) and _HEADER_AFTER.match(match.string, match.end()))


_TIME_AFTER = re.compile(
    r"\s{0,2}(?:[,;(]\s?|at\s|@\s?|T|around\s|-\s)?\s?"
    rf"(?:{_CLOCK}(?:\.\d{{1,9}})?(?:\s?{_HALF_DAY})?{_ZONE}"
    rf"|\d{{1,2}}\s?{_HALF_DAY}|[0-2]\d[0-5]\d\s?(?:h|hrs|hours)\b)"
    rf"|\s?(?:\bat\s|@\s?|\s(?=0))[0-2]\d[0-5]\d\b{_NO_UNIT}|\s[0-2]\d[0-5]\d(?=\s?(?:[:;)\n]|-\s|$))",
    re.IGNORECASE,
)
_TIME_BEFORE = re.compile(
    rf"(?<![\d:])(?:{_CLOCK}(?:\s?{_HALF_DAY})?{_ZONE}|\d{{1,2}}\s?{_HALF_DAY}|[0-2]\d[0-5]\d\s?(?:h|hrs|hours)"
    r"|(?<=\bat\s)[0-2]\d[0-5]\d)[,\s]{1,2}(?:(?:on|of)\s)?(?:the\s)?$",
    re.IGNORECASE,
)
_WEEKDAY_BEFORE = re.compile(rf"\b{_WEEKDAY}\.?,?\s{{1,2}}(?:the\s)?$", re.IGNORECASE)


class DatedRecognizer(RuleRecognizer):
    """A recognizer of dates, each with its weekday and time of day."""

    ENTITIES = ("DATE",)

    def grown(self, text: str, found: Found) -> Found:
        """Return a date with its weekday and its time of day."""
        start, end = found.start, found.end
        for pattern in (_WEEKDAY_BEFORE, _TIME_BEFORE):
            if lead := pattern.search(text[max(0, start - 24) : start]):
                start -= len(lead[0])
        if text[end - 1].isalnum() and (time := _TIME_AFTER.match(text, end)):
            end = time.end()
        return found._replace(start=start, end=end)
