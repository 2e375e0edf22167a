"""Text of any format to plain text with its lines kept."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article blockquote br div dl dd dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul".split()
)
_UNSEEN = frozenset(("script", "style", "head", "title"))
# Control characters but tab and newline; zero-width and direction marks, in which a name could hide.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_BLANKS = re.compile(r"[ \t\u00a0]+(?=\n|$)")
_GAPS = re.compile(r"\n{3,}")


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in _UNSEEN and self.unseen > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)


def html_to_text(html: str) -> str:
    """Return the visible text of HTML or XHTML, a line a block."""
    parser = _Plain()
    parser.feed(html)
    parser.close()
    return "\n".join(line.strip(" ") for line in "".join(parser.parts).split("\n"))


def clean_text(text: str, text_format: str = "") -> str:
    """Return plain text in Unicode NFC with `\\n` line ends, and without characters that nobody can see."""
    if "html" in text_format:
        text = html_to_text(text)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _BLANKS.sub("", _INVISIBLE.sub("", text))
    return _GAPS.sub("\n\n", text).strip("\n")
