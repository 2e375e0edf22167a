"""HTML, XHTML, C-CDA narrative and RTF to lines: a block a line, a row of a table a line with tabs between cells."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article blockquote body br caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr item li list main nav ol p paragraph pre section table tbody tfoot thead title tr ul".split()
)
_UNSEEN = frozenset(("script", "style", "head", "template"))
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BREAKING = re.compile(r"<(?:br|p|div|tr|li|h\d|pre|table|paragraph|item)\b", re.IGNORECASE)
_CELL = re.compile(r"\\(?:nest)?cell(?![a-z])")
_ROW = re.compile(r"\\nestrow(?![a-z])")


class _Plain(HTMLParser):
    def __init__(self, keep_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0
        self.preformatted = int(keep_lines)
        # For each open list the number of its next item, 0 if it has none; for each open table whether a cell is open.
        self.lists: list[int] = []
        self.cells: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen = 0 if tag == "body" else self.unseen + (tag in _UNSEEN)
        self.preformatted += tag == "pre"
        if tag == "table":
            self.cells.append(False)
        elif tag in ("ol", "ul", "list"):
            numbered = tag == "ol" or dict(attrs).get("listtype") == "ordered"
            self.lists.append(int(numbered))
        if tag in ("td", "th") and self.cells:
            self.parts.append("\t" if self.parts and not self.parts[-1].endswith("\n") else "")
            self.cells[-1] = True
        elif tag in _BLOCKS:
            self._break()
        if tag in ("li", "item"):
            number = self.lists[-1] if self.lists else 0
            self.parts.append(f"{number}. " if number else "- ")
            if number:
                self.lists[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in _UNSEEN and self.unseen > 0
        self.preformatted -= tag == "pre" and self.preformatted > 0
        if tag == "table" and self.cells:
            self.cells.pop()
        elif tag in ("ol", "ul", "list") and self.lists:
            self.lists.pop()
        if tag in ("td", "th", "tr") and self.cells:
            self.cells[-1] = False
        if tag in _BLOCKS and tag != "br":
            self._break()

    def handle_data(self, data: str) -> None:
        if self.unseen or not data:
            return
        if self.cells and not self.preformatted and not data.strip() and not self.cells[-1]:
            return
        text = data if self.preformatted else _SPACES.sub(" ", data)
        begins = not self.parts or self.parts[-1].endswith(("\n", " ", "\t"))
        if text := text if self.preformatted or not begins else text.lstrip(" "):
            self.parts.append(text)

    def unknown_decl(self, data: str) -> None:
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))

    def _break(self) -> None:
        """End the line, or in a cell, which stays on the line of its row, the word."""
        if not (self.cells and self.cells[-1]):
            self.parts.append("\n")
        elif not self.parts[-1].endswith(("\n", "\t", " ")):
            self.parts.append(" ")


def html_to_text(html: str) -> str:
    """Return the visible text of HTML, XHTML or C-CDA narrative; malformed markup is read as far as it goes.

    Line breaks count as blanks, as in a browser, unless nothing else would break a line.
    """
    parser = _Plain(keep_lines=not _BREAKING.search(html))
    parser.feed(html)
    parser.close()
    return "\n".join(re.sub(" +(?=\t)|(?<=\t) +", "", line).rstrip(" ") for line in "".join(parser.parts).split("\n"))


def rtf_to_text(rtf: str) -> str:
    """Return the text of RTF, a paragraph a line."""
    from striprtf.striprtf import rtf_to_text as strip

    text = str(strip(_ROW.sub(r"\\row", _CELL.sub(r"\\tab", rtf)), errors="ignore"))  # type: ignore[no-untyped-call]
    return "\n".join(line.rstrip("\t ") for line in text.split("\n"))
