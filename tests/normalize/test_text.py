"""Any format becomes plain text with its lines; nothing that is well is changed."""

import pytest

from pipeline.normalize.text import clean_text, repair

HTML = [
    ("<p>One<br/>two</p><p>Three &amp; four</p>", "One\ntwo\n\nThree & four"),
    ("<ul><li>a</li><li>b</li></ul>", "- a\n\n- b"),
    ("<ol><li>a</li><li>b</li></ol>", "1. a\n\n2. b"),
    ("<table><tr><th>Na</th><td>140</td></tr><tr><td>K</td> <td><p>4.1</p></td></tr></table>", "Na\t140\n\nK\t4.1"),
    ("<style>p {color: red}</style><script>x()</script><p>seen</p>", "seen"),
    ("<html><head><title>no</title></head><body>yes</body></html>", "yes"),
    ("<p>broken\n   by the editor</p>", "broken by the editor"),
    ("<b>plain</b>\nlines", "plain\nlines"),
    ("<pre>a\n  b</pre>", "a\n  b"),
    ("<p>never closed <b>bold<p>next", "never closed bold\nnext"),
    ("a < b and c > d", "a < b and c > d"),
    ("<p>5&nbsp;mg&#8211;10&#x2013;20</p>", "5 mg–10–20"),
    ("<paragraph>One</paragraph><list><item>a</item></list>", "One\n\n- a"),
    ("<![CDATA[inner]]>", "inner"),
    ("<td>outside</td> a table", "outside a table"),
]


@pytest.mark.parametrize(("html", "plain"), HTML)
def test_html(html: str, plain: str) -> None:
    assert clean_text(html, "text/html") == plain


RTF = [
    (r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0\fs20 Line one\par Line \b two\b0\par}", "Line one\nLine two"),
    (r"{\rtf1\ansi\trowd a\cell b\cell\row c\cell d\cell\row}", "a\tb\nc\td"),
    (r"{\rtf1\ansi caf\'e9 \u8217?s}", "café ’s"),
]


@pytest.mark.parametrize(("rtf", "plain"), RTF)
@pytest.mark.parametrize("text_format", ["application/rtf", "text/rtf", ""])
def test_rtf(rtf: str, plain: str, text_format: str) -> None:
    assert clean_text(rtf, text_format) == plain


@pytest.mark.parametrize("html", ["<html><body>x</body></html>", " <!DOCTYPE html><p>x</p>", "<div>x</div>"])
def test_html_is_known_by_its_beginning(html: str) -> None:
    assert clean_text(html) == "x"


@pytest.mark.parametrize("text", ["<5 mg/dL", "<patient> was seen", "{rtf} is a format", "x < y"])
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("Quor\u200bbing\u00adton", "Quorbington"),
        ("Jose\u0301", "José"),
        ("a  \n\n\n\n b", "a\n\n b"),
        ("\x00\x07x", "x"),
        ("5\u00a0mg", "5 mg"),
        ("ﬁne １２", "ﬁne １２"),
        ("a\u2028b\x0cc", "a\nb\nc"),
    ],
)
def test_text_hides_nothing(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    ("broken", "well"),
    [
        ("JosÃ© GarcÃ\u00ada", "José García"),
        ("donâ€™t", "don’t"),
        ("98.6 Â°F", "98.6 °F"),
    ],
)
def test_mojibake_is_repaired(broken: str, well: str) -> None:
    assert repair(broken) == well


@pytest.mark.parametrize("text", ["naïve café", "5 µg ±2°", "Ângel", "“quoted” – dash…", "ÉCOLE", "Ã", "日本", "don't"])
def test_what_is_well_is_not_repaired(text: str) -> None:
    assert repair(text) == text
