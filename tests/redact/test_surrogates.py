"""One number for one value of one patient; surrogates of the same shape, and never the value itself."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline.surrogates as lists_of
from pipeline.config import Settings
from pipeline.errors import ConfigError, RedactionError
from pipeline.keys import Keys
from pipeline.records import HIDDEN, SCHEMAS, hidden
from pipeline.redact.detector import tag_with
from pipeline.redact.policy import load_policy
from pipeline.redact.spans import Span
from pipeline.redact.surrogates import NO_PATIENT, Replace, move_tags, writers
from pipeline.residue import residue_free
from pipeline.surrogates import classes, folded, readable, word_lists
from tests.redact.nights import policies

KEYS = Keys(b"k" * 32)
ADA, BEA = "a" * 32, "b" * 32


def tagged(text: str, parts: list[tuple[str, str]], replace: Replace, patient: str = ADA) -> str:
    """Return the text with its parts, each from where the last one ended, in tags."""
    spans, at = [], 0
    for part, entity in parts:
        start = text.index(part, at)
        at = start + len(part)
        spans.append(Span(start, at, entity, 1.0, "test"))
    return tag_with(text, spans, writers(replace, KEYS, patient))


def replaced(text: str, parts: list[tuple[str, str]], replace: Replace, patient: str = ADA) -> str:
    return readable(tagged(text, parts, replace, patient), KEYS)


def numbers(text: str) -> list[str]:
    return re.findall(r"[0-9A-F]{4}", text)


@pytest.mark.parametrize(
    ("text", "parts", "indexed"),
    [
        ("SMITH, JOHN saw", [("SMITH, JOHN", "NAME")], r"\[NAME-(\w{4}) (\w{4})\] saw"),
        ("John Smith's dog", [("John Smith's", "NAME")], r"\[NAME-(\w{4}) (\w{4})\] dog"),
        ("Ann; Bob", [("Ann", "NAME"), ("Bob", "NAME")], r"\[NAME-\w{4}\]; \[NAME-\w{4}\]"),
        ("12 Elm St, Quistville", [("12 Elm St, Quistville", "ADDRESS")], r"\[ADDRESS-\w{4} \w{4} \w{4} \w{4}\]"),
        ("on 3/14/2025 at 93", [("3/14/2025", "DATE"), ("93", "AGE")], r"on \[DATE\] at \[AGE\]"),
    ],
)  # fmt: skip
def test_indexed(text: str, parts: list[tuple[str, str]], indexed: str) -> None:
    assert re.fullmatch(indexed, replaced(text, parts, "indexed"))


# Pairs of spellings of one value.
SAME = [
    ("NAME", "SMITH", "Smith"), ("NAME", "José", "JOSE"), ("NAME", "O'Brien", "OBrien"), ("NAME", "Smith's", "smith"),
    ("PHONE", "(617) 555-0134", "617.555.0134"), ("PHONE", "+1 617 555 0134", "617-555-0134 x12"),
    ("SSN", "912-45-6789", "912456789"), ("ID", "0048213", "48213"),
    ("EMAIL", "A.Quist@example.com", "a.quist@example.com"),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "one", "other"), SAME)
def test_one_value_has_one_number_however_it_is_written(entity: str, one: str, other: str) -> None:
    assert numbers(replaced(one, [(one, entity)], "indexed")) == numbers(replaced(other, [(other, entity)], "indexed"))


def test_the_words_of_a_name_have_a_number_each() -> None:
    one, other = (replaced(name, [(name, "NAME")], "indexed") for name in ("SMITH, JOHN", "John Smith"))
    assert numbers(one) == numbers(other)[::-1]
    assert numbers(one)[0] != numbers(one)[1]


def test_numbers_of_two_patients_have_nothing_in_common() -> None:
    names = word_lists()["family"]
    pairs = [
        tuple(int(numbers(replaced(name, [(name, "NAME")], "indexed", patient))[0], 16) for patient in (ADA, BEA))
        for name in names
    ]
    assert len({(a - b) % 65536 for a, b in pairs}) > len(pairs) * 0.95


# What a surrogate looks like, by a pattern; `{male}` and its like are words of those lists.
SHAPES = [
    ("NAME", "John Smith", "{male} {family}"),
    ("NAME", "SMITH, MARY", "{FAMILY}, {FEMALE}"),
    ("NAME", "J. Smith", r"[A-Z]\. {family}"),
    ("NAME", "mary-ann o'brien", "{female_}-{female_} {family_}"),
    ("NAME", "van der Berg", "van der {family}"),
    ("NAME", "Zyxwell's", "{family}'s"),
    ("NAME", "Smith\nJohn", "{family}\n{male}"),
    ("PHONE", "(617) 555-0134", r"\([2-9]9\d\) 555-01\d\d"),
    ("PHONE", "617.222.3333", r"[2-9]9\d\.555\.01\d\d"),
    ("PHONE", "+1-617-222-3333", r"\+1-[2-9]9\d-555-01\d\d"),
    ("PHONE", "222-3333", r"555-01\d\d"),
    ("PHONE", "6172223333", r"[2-9]9\d55501\d\d"),
    ("PHONE", "617-222-3333 ext. 41", r"[2-9]9\d-555-01\d\d x\d\d"),
    ("PHONE", "+44 20 7946 0958", r"[2-9]9\d-555-01\d\d"),
    ("SSN", "912-45-6789", r"000-\d\d-\d{4}"),
    ("SSN", "912456789", r"000\d{6}"),
    ("SSN", "6789", r"\d{4}"),
    ("ID", "MR-0048213", r"[A-Z]{2}-\d{7}"),
    ("ID", "912-45-6789", r"000-\d\d-\d{4}"),
    ("ID", "617-222-3333", r"[2-9]9\d-555-01\d\d"),
    ("EMAIL", "a.quist@clinic.com", r"[a-z]+\.[a-z]+@example\.org"),
    ("URL", "https://clinic.com/a?b", r"https://example\.org/[0-9a-f]+"),
    ("URL", "www.clinic.com", r"example\.org/[0-9a-f]+"),
    ("IP", "10.1.2.3", r"192\.0\.2\.\d+"),
    ("IP", "fe80::1", "2001:db8::[0-9a-f]+"),
    (
        "ADDRESS",
        "4821 Willow Bend Road, Pittsfield, MA 02115",
        r"\d{4} {street} {street} {suffix}, {city}, {state} 000\d\d",
    ),
    ("ADDRESS", "12 ELM ST\nQuistville", r"\d\d {STREET} {SUFFIX}\n{city}"),
    ("ADDRESS", "03601", r"000\d\d"),
    ("ADDRESS", "Salem, MA 02115-1234", r"{city}, {state} 000\d\d-\d{4}"),
    ("ORGANIZATION", "Cedar Ridge Hospital", "{organization} {organization} {facility}"),
    ("ORGANIZATION", "QGH", "[A-Z]{3}"),
    ("AGE", "92-year-old", r"90\+-year-old"),
    ("AGE", "93", r"90\+"),
    ("AGE", "95 M", r"90\+ M"),
    ("AGE", "nonagenarian", r"\[AGE\]"),
    ("AGE", "1931", r"\[AGE\]"),
    ("AGE", "87+", r"\[AGE\]"),
    ("DATE", "March 14", r"\[DATE\]"),
]


@pytest.mark.parametrize(("entity", "text", "pattern"), SHAPES)
def test_a_surrogate_has_the_shape_of_the_value(entity: str, text: str, pattern: str) -> None:
    words = {form: f"(?:{'|'.join(map(change, listed))})" for name, listed in word_lists().items() for form, change in (
        (name, str), (name.upper(), str.upper), (f"{name}_", str.lower),
    )}  # fmt: skip
    pattern = re.sub(r"\{([A-Za-z_]+)\}", lambda match: words[match[1]], pattern)
    surrogate = replaced(f"<{text}>", [(text, entity)], "surrogate")
    assert re.fullmatch(f"<{pattern}>", surrogate)
    assert residue_free(surrogate, fiction=True)


def test_a_name_is_the_same_in_every_order_and_case() -> None:
    text = "Mr. Smith (SMITH, JOHN) and john smith's dog"
    parts = [("Smith", "NAME"), ("SMITH, JOHN", "NAME"), ("john smith's", "NAME")]
    match = re.fullmatch(r"Mr\. (\w+) \((\w+), (\w+)\) and (\w+) (\w+)'s dog", replaced(text, parts, "surrogate"))
    assert match is not None
    first, second, given_, other, last = match.groups()
    assert (first.upper(), second, given_) == (second, last.upper(), other.upper())


VALUES = [
    *(("NAME", word) for name in ("female", "male", "family") for word in word_lists()[name]),
    *(("ADDRESS", word) for name in ("city", "state") for word in word_lists()[name]),
    *(("NAME", letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    *(("PHONE", f"{area}9{area}-555-01{line:02}") for area in range(2, 10) for line in range(100)),
    *(("IP", f"192.0.2.{n}") for n in range(1, 255)), *(("SSN", f"000-12-{n:04}") for n in range(0, 10000, 100)),
    *(("ADDRESS", str(n)) for n in range(100)),
]  # fmt: skip


def test_no_surrogate_is_the_value_itself() -> None:
    """Particles stay, and with them the states that are written like one."""
    for entity, value in VALUES:
        if value.lower() in word_lists()["particles"]:
            continue
        for patient in (ADA, BEA):
            assert folded(replaced(value, [(value, entity)], "surrogate", patient)) != folded(value)


PARTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["John", "SMITH", "Q", "van", "Zyxwell's", "4821", "3rd", "MA", "O'Brien", "617-222-3333", "93"]
        ),
        st.sampled_from(["NAME", "ADDRESS", "ORGANIZATION", "ID", "PHONE", "AGE", "DATE", ""]),
    ),
    max_size=8,
)


@given(PARTS, st.sampled_from(["indexed", "surrogate"]))
def test_tags_move_to_another_patient_and_back(parts: list[tuple[str, str]], replace: Replace) -> None:
    text = " and ".join(word for word, _ in parts)
    found = [(word, entity or "NAME") for word, entity in parts if entity]
    # Words that stand twice may be found at the first place: what matters is that both find the same.
    of_ada, of_bea, of_nobody = (tagged(text, found[:1], replace, patient) for patient in (ADA, BEA, NO_PATIENT))
    assert move_tags(of_ada, KEYS, ADA, BEA) == of_bea
    assert move_tags(of_bea, KEYS, BEA, ADA) == of_ada
    assert move_tags(of_nobody, KEYS, NO_PATIENT, ADA) == of_ada


# What an address or organization is tagged as whole is what it becomes when a part of it was tagged as a name before.
@pytest.mark.parametrize("replace", ["indexed", "surrogate"])
@pytest.mark.parametrize("word", ["Willow", "Mary", "Q", "van", "Mary's", "WILLOW"])
@pytest.mark.parametrize("entity", ["ADDRESS", "ORGANIZATION"])
def test_a_part_may_be_known_before_the_whole(word: str, entity: str, replace: Replace) -> None:
    text = f"at 4821 {word} Road, Salem"
    whole = (text.removeprefix("at "), entity)
    part_first = tagged(text, [(word, "NAME")], replace)
    then = tag_with(part_first, [Span(3, len(part_first), entity, 1.0, "test")], writers(replace, KEYS, ADA))
    assert then == tagged(text, [whole], replace)


def test_the_number_of_a_number_stays_behind() -> None:
    text = tagged("48213 Elm St", [("48213", "ID")], "surrogate")
    whole = tag_with(text, [Span(0, len(text), "ADDRESS", 1.0, "test")], writers("surrogate", KEYS, ADA))
    assert whole.startswith("[ADDRESS] [ADDRESS")


@pytest.mark.parametrize(
    "code", ["x", "zzzz", "mT:7C2", "mT:7C2A2", "QT:7C2A0", "pzyxwell:7C2A0", "#9:7C2A0", "mT:7C2A0x", "az"]
)
def test_a_code_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(RedactionError) as caught:
        readable(f"[NAME{hidden(code)}]", KEYS)
    assert caught.value.code == "unreadable_tag"


def test_a_code_that_is_none_does_not_move() -> None:
    with pytest.raises(RedactionError):
        move_tags(f"[NAME{hidden('mT:')}]", KEYS, ADA, BEA)


def test_no_code_holds_the_value() -> None:
    for entity, text, _ in SHAPES:
        code = "".join(re.findall(HIDDEN, tagged(text, [(text, entity)], "surrogate")))
        assert folded(text) not in folded("".join(chr(ord(c) & 0x7F) for c in code)) or text in ("van", "Q")


@pytest.mark.parametrize("replace", ["tag", "indexed", "surrogate"])
def test_identifiers_are_counted_alike(replace: Replace) -> None:
    text = "Smith, John and Ann at 12 Elm St, Salem on 3/14/2025"
    parts = [("Smith, John", "NAME"), ("Ann", "NAME"), ("12 Elm St, Salem", "ADDRESS"), ("3/14/2025", "DATE")]
    assert list(classes(tagged(text, parts, replace))) == ["NAME", "NAME", "ADDRESS", "DATE"]


@pytest.mark.parametrize("fault", ["no file", "no list", "an empty list", "another list"])
def test_a_list_that_is_missing_stops_the_run(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    folder = tmp_path / "surrogates"
    folder.mkdir()
    for path in (SCHEMAS / "redact" / "surrogates").glob("*.yaml"):
        (folder / path.name).write_text(path.read_text("utf-8"))
    names = folder / "names.yaml"
    content = names.read_text("utf-8")
    match fault:
        case "no file":
            names.unlink()
        case "no list":
            names.write_text(content.replace("female:", "women:"))
        case "an empty list":
            names.write_text(re.sub(r"family: >-\n(?:  .*\n)+", "family:\n", content))
        case "another list":
            names.write_text(content + "neutral: Robin Kelly\n")
    wrong = settings.model_copy(update={"policies": policies(tmp_path / "policies", "surrogate")})
    monkeypatch.setattr(lists_of, "_FOLDER", folder)
    word_lists.cache_clear()
    try:
        with pytest.raises(ConfigError, match=r"names\.yaml"):
            load_policy(wrong)
        assert load_policy(settings).file.replace == "tag"
    finally:
        word_lists.cache_clear()


def test_the_way_is_part_of_the_policys_digest(settings: Settings, tmp_path: Path) -> None:
    labels = {
        load_policy(settings.model_copy(update={"policies": policies(tmp_path / way, way)})).label
        for way in ("tag", "indexed", "surrogate")
    }
    assert len(labels) == 3
