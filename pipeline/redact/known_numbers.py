"""Numbers, addresses of the net, user names and initials: runs of letters and digits, however they are broken up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.redact.known_words import Tokens, alnum, plain
from pipeline.redact.spans import Span

_ENTITY = {"phone": "PHONE", "email": "EMAIL", "url": "URL", "id": "ID", "ssn": "SSN"}
_EXTENSION = re.compile(r"\s*(?:;|,)?\s*(?:ext(?:ension|\.)?|x)[\s.=:]*\d+\s*$", re.IGNORECASE)
_SHORTEST_MAIL = 6
_SHORTEST_LOCAL_PART = 5
# Of a form every beginning is kept; what is longer is no number, and detectors find the net's addresses by themselves.
_LONGEST = 256
# In a number of so few digits nothing but a hyphen stands.
_SHORT = 6
_TAIL = 4
_ENDING = re.compile(
    r"(?:\b(?:ending|ends)(?:\s(?:in|with))?|\blast\s(?:4|four)\b[^\d\n]{0,30}|[x*#•]{2,}[-\s]?)[\s:#]{0,3}$",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d+")
_SIGNED = re.compile(
    r"(?:^|\n)[ \t]*$|(?:\b(?:by|initials?|signed|dictated|attending|resident|patient|pt|dr|mr|mrs|ms)\b[.:]?[ \t]*"
    r"|/[ \t]?)$",
    re.IGNORECASE,
)
_SIGNED_AFTER = re.compile(r"[ \t]*(?:\r?\n|$)|[/:][a-z]{2,4}\b")
_DOTTED_WORDS = frozenset("ama bid npo prn qam qhs qid qod qpm tid usa".split())


class Numbers:
    """What is found as letters and digits alone: at most three other signs between two of them are passed over."""

    def __init__(self) -> None:
        self.forms: dict[str, str] = {}
        self._users: set[str] = set()
        self._signatures: set[str] = set()
        self._tails: dict[str, str] = {}
        self._beginnings: set[str] = set()

    @property
    def starts(self) -> set[str]:
        """Return what the first of several runs may be."""
        return self._beginnings | self._tails.keys()

    def add(self, kind: str, value: str) -> None:
        """Add a telephone number, mail or net address, id or SSN."""
        entity = _ENTITY[kind]
        form = alnum(value)
        if kind in ("email", "url"):
            if len(form) >= _SHORTEST_MAIL and ("@" in value or "." in value):
                self._add(form.removeprefix("https").removeprefix("http").removeprefix("mailto"), entity)
            if kind == "email":
                self._add_mail(value)
            return
        if kind == "phone":
            form = alnum(_EXTENSION.sub("", value))
        digits = sum(c.isdigit() for c in form)
        all_digits = digits == len(form)
        if digits >= 4 and len(form) >= (5 if all_digits else 4):
            self._add(form, entity)
        if kind == "phone" and digits >= 10 and all_digits:
            self._add(form[-10:], entity)
            self._add(form[-7:], entity)
            if value.strip().startswith("+"):
                # "+44 20 7946 0958" is written 020 7946 0958 at home, after a country code of one to three digits.
                for length in (1, 2, 3):
                    self._add("0" + form[length:], entity)
        if kind == "id":
            # "MR-0048213" is written 0048213 and 48213 as well.
            for core in re.findall(r"\d{5,}", form):
                self._add(core, entity)
                if len(core.lstrip("0")) >= 5:
                    self._add(core.lstrip("0"), entity)
        if digits > _TAIL + 1 and form[-_TAIL:].isdigit():
            self._tails.setdefault(form[-_TAIL:], entity)

    def add_postal_code(self, value: str) -> None:
        """Add the first five digits of a ZIP code, or another country's code as a whole."""
        form = alnum(value)
        if form[:5].isdigit() and len(form) >= 5:
            self._add(form[:5], "ADDRESS")
        elif len(form) >= 5 and any(map(str.isdigit, form)):
            self._add(form, "ADDRESS")

    def add_user_names(self, forms: set[str], signatures: set[str]) -> None:
        """Add names as user names write them (`jsmith`), and initials (`JQS`)."""
        for form in forms:
            self._add(form, "NAME", self._users)
        for form in signatures:
            self._add(form, "NAME", self._signatures)

    def _add_mail(self, value: str) -> None:
        local, _, domain = value.partition("@")
        if not domain:
            return
        self._add(alnum(local) + "at" + alnum(domain.replace(".", "dot")), "EMAIL")
        form = alnum(local)
        # A name, as is every user name made of names: which of them is known first must not show.
        if len(form) >= _SHORTEST_LOCAL_PART and (not form.isalpha() or len(form) > 7) and not plain(form):
            self._add(form, "NAME", self._users)

    def _add(self, form: str, entity: str, among: set[str] | None = None) -> None:
        if len(form) > _LONGEST:
            return
        if among is not None:
            among.add(form)
        else:
            self.forms.setdefault(form, entity)
        self._beginnings.update(form[:end] for end in range(1, len(form) + 1))

    def find(self, tokens: Tokens, places: Sequence[int]) -> Iterator[Span]:
        """Yield at each place the longest form that begins there."""
        for at in places:
            yield from self._forms_at(tokens, at)
            entity = self._tails.get(tokens.words[at])
            start = tokens.starts[at]
            if entity is not None and _ENDING.search(tokens.text, max(0, start - 50), start):
                yield Span(start, tokens.ends[at], entity, 1.0, "known")

    def _forms_at(self, tokens: Tokens, at: int) -> Iterator[Span]:
        form, last, longest = tokens.words[at], at, None
        while form in self._beginnings:
            span = self._span(tokens, form, at, last)
            longest = span or longest
            if last + 1 == len(tokens):
                break
            gap = tokens.gap(last)
            last += 1
            if len(gap) > 3 or gap.count("\n") > 1:
                break
            form += tokens.words[last]
        if longest is not None:
            yield longest

    def _span(self, tokens: Tokens, form: str, first: int, last: int) -> Span | None:
        text, start, end = tokens.text, tokens.starts[first], tokens.ends[last]
        gaps = {tokens.gap(at) for at in range(first, last)}
        entity = self.forms.get(form)
        if entity is not None:
            if form.isdigit() and ((len(form) <= _SHORT and gaps - {"-"}) or _GROUPED.fullmatch(text, start, end)):
                return None
            return Span(start, end, entity, 1.0, "known")
        if form in self._users and gaps <= {"", ".", "_", "-"}:
            while end < len(text) and (text[end].isdigit() or text[end] == "_"):
                end += 1
            return Span(start, end, "NAME", 1.0, "known")
        if form in self._signatures and _is_signature(tokens, form, first, last, gaps):
            return Span(start, end + (gaps != set()), "NAME", 1.0, "known")
        return None


def _is_signature(tokens: Tokens, form: str, first: int, last: int, gaps: set[str]) -> bool:
    """Tell whether letters are initials: three with dots (`J.Q.S.`), or else where one signs or is called so."""
    text, start, end = tokens.text, tokens.starts[first], tokens.ends[last]
    dotted = last - first == len(form) - 1 and gaps <= {".", ". "} and text[end : end + 1] == "."
    if len(form) < 2 or plain(form) or form in _DOTTED_WORDS or not (dotted or first == last):
        return False
    if dotted and len(form) > 2:
        return True
    if not all(map(tokens.capital, range(first, last + 1))) or not (dotted or text[start:end].isupper()):
        return False
    signed = _SIGNED.search(text, max(0, start - 30), start)
    if signed and signed.group().strip():
        return True
    # By itself on a line, or before a typist's (`JQS/abc`): "OB" and "OB/GYN" are too.
    alone = _SIGNED_AFTER.match(text, end + dotted)
    return bool(alone and len(form) > 2 and (signed or text[end : end + 1] in "/:"))
