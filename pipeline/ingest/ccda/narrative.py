"""The narrative of sections as HTML, which normalize turns into lines: CDA R2, section 4.3.5."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element

from pipeline.ingest.ccda.xml import words

# Narrative element → HTML element. Others (and HTML that senders write here) are blocks if HTML has them so.
_HTML = {
    "paragraph": "p", "item": "li", "caption": "p", "table": "table", "thead": "thead", "tbody": "tbody",
    "tfoot": "tfoot", "tr": "tr", "th": "th", "td": "td", "br": "br", "sub": "sub", "sup": "sup", "p": "p",
    "div": "div", "ul": "ul", "ol": "ol", "li": "li", "h1": "h3", "h2": "h3", "h3": "h3", "h4": "h3",
}  # fmt: skip
_BLANKS = re.compile(r"\s+")
_LINE_END = re.compile(r"\r\n|\r|\n")


def sections(root: Element) -> Iterator[tuple[int, Element]]:
    """Yield depth and element of every section, in the order of the document."""
    stack = [(0, root)]
    while stack:
        depth, node = stack.pop()
        if node.tag == "section":
            yield depth, node
            depth += 1
        stack.extend((depth, child) for child in reversed(node))


def document_html(root: Element) -> str:
    """Return the narrative of all sections, each under its title; nothing if there is none."""
    parts = []
    for depth, section in sections(root):
        title, text = section.find("title"), section.find("text")
        body = narrative_html(text) if text is not None else ""
        if body and (heading := words(title)):
            level = min(depth + 2, 6)
            parts.append(f"<h{level}>{escape(heading)}</h{level}>")
        parts.append(body)
    return "\n".join(filter(None, parts))


def narrative_html(text: Element) -> str:
    """Return the narrative of one section; nothing if it has no words. What was marked as deleted is left out."""
    if not len(text):
        # Without markup its lines are all the structure that there is.
        lines = [_BLANKS.sub(" ", line).strip() for line in _LINE_END.split(text.text or "")]
        return f"<p>{'<br>'.join(map(escape, lines)).strip()}</p>" if any(lines) else ""
    if not words(text):
        return ""
    return f"<div>{''.join(_inside(text)).strip()}</div>"


def narrative_ids(root: Element) -> dict[str, str]:
    """Return the words under every `ID` (some senders write `id`), which entries refer to as `#ID`."""
    nodes = (node for text in root.iter("text") for node in text.iter())
    return {name: words(node) for node in nodes if (name := node.get("ID") or node.get("id"))}


def _inside(node: Element) -> Iterator[str]:
    yield _text(node.text)
    for child in node:
        yield from _element(child)
        yield _text(child.tail)


def _element(node: Element) -> Iterator[str]:
    if node.get("revised") == "delete":
        return
    name = _HTML.get(node.tag, "span")
    if node.tag == "list":
        name = "ol" if node.get("listType") == "ordered" else "ul"
    if name == "br":
        yield "<br>"
        return
    yield f"<{name}>"
    yield from _inside(node)
    yield f"</{name}>"


def _text(text: str | None) -> str:
    return escape(_BLANKS.sub(" ", text)) if text else ""
