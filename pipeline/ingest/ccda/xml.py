"""XML that came from outside: parsed without DTD or entities, names without namespaces."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import errors

import defusedxml.ElementTree as defused
from defusedxml.common import DefusedXmlException

MAX_DEPTH = 200
_UNBOUND = errors.codes[errors.XML_ERROR_UNBOUND_PREFIX]
_CUT = {
    errors.codes[code]
    for code in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        errors.XML_ERROR_PARTIAL_CHAR,
    )
}
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
# The start tag of the root, after declaration, comments and processing instructions.
_ROOT = re.compile(rb"<(?P<name>[A-Za-z_][\w.:-]*)(?=[\s/>])")
_PROLOG = re.compile(rb"<\?.*?\?>|<!--.*?-->", re.DOTALL)
_PREFIX = re.compile(rb"[<\s/](?!xml)([A-Za-z_][\w.-]*):[A-Za-z_]")


class XmlError(Exception):
    """XML that cannot be taken; `code` is `unsafe_xml`, `truncated`, `too_deep` or `bad_xml`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_xml(content: bytes) -> Element:
    """Return the root, every name without its namespace; only `xsi:type` and its like keep a prefix.

    Prefixes that nobody declared, as examples and fragments have them, are taken as written.
    Raises `XmlError`.
    """
    content = content.lstrip()
    try:
        root = _parsed(content)
    except ParseError as error:
        if error.code != _UNBOUND:
            raise XmlError("truncated" if error.code in _CUT else "bad_xml") from None
        try:
            root = _parsed(_declared(content))
        except ParseError as again:
            raise XmlError("truncated" if again.code in _CUT else "bad_xml") from None
    _localize(root)
    return root


def root_name(content: bytes) -> str:
    """Return the local name of the root by its start tag alone, or nothing if there is none."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16", "ignore").encode()
    match = _root_tag(content)
    return match["name"].rpartition(b":")[2].decode("ascii", "ignore") if match else ""


def words(node: Element | None) -> str:
    """Return all text in an element, runs of blanks as one."""
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


def _parsed(content: bytes) -> Element:
    try:
        root: Element = defused.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise XmlError("unsafe_xml") from None
    except (ValueError, LookupError):  # an encoding that there is none of
        raise XmlError("bad_xml") from None
    return root


def _root_tag(content: bytes) -> re.Match[bytes] | None:
    at = 0
    while prolog := _PROLOG.search(content, at):
        if content[at : prolog.start()].strip(b" \t\r\n\xef\xbb\xbf"):
            break
        at = prolog.end()
    return _ROOT.search(content, at)


def _declared(content: bytes) -> bytes:
    """Return the content with every prefix declared at its root that is used and declared nowhere."""
    match = _root_tag(content)
    if match is None:
        return content
    used = set(_PREFIX.findall(content)) - set(re.findall(rb"\bxmlns:([\w.-]+)\s*=", content))
    known = {b"xsi": _XSI.strip("{}").encode()}
    declarations = b"".join(
        b' xmlns:%b="%b"' % (prefix, known.get(prefix, b"urn:undeclared:" + prefix)) for prefix in sorted(used)
    )
    return content[: match.end()] + declarations + content[match.end() :]


def _localize(root: Element) -> None:
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise XmlError("too_deep")
        node.tag = node.tag.rpartition("}")[2]
        for name in [name for name in node.attrib if name.startswith("{")]:
            local = name.rpartition("}")[2]
            node.attrib[f"xsi:{local}" if name.startswith(_XSI) else local] = node.attrib.pop(name)
        stack.extend((child, depth + 1) for child in node)
