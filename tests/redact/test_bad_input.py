"""What cannot be redacted is quarantined with a code: nothing of it passes, and the run goes on."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from pipeline.config import Settings, SourceConfig
from pipeline.context import Context, Work
from pipeline.errors import RedactionError
from pipeline.quarantine import read_quarantine
from pipeline.records import RecordTable, SafeTable
from pipeline.redact.detector import RECOGNIZERS, load_detector
from pipeline.redact.detector.base import Found, RuleRecognizer
from pipeline.redact.detector.engine import PresidioDetector
from pipeline.redact.detector.registry import OWN
from pipeline.redact.fields import redact_table
from pipeline.redact.policy import load_policy
from pipeline.redact.spans import Detector, Span
from pipeline.redact.stage import redact_partition
from pipeline.redact.vault import Vault

DAY = "2026-01-15"
SOURCE = SourceConfig(name="s", connector="csv", path="x", authority="CRMC")
NOTE = "Seen by Dr. Zyxwell for ataxia; call 617-555-0123."
SAFE = "Seen by Dr. [NAME] for ataxia; call [PHONE]."


@pytest.fixture(scope="session")
def detector() -> PresidioDetector:
    return load_detector()


def record(number: int, text: str | None) -> dict[str, object]:
    return {
        "source": "s", "file_id": "f", "position": number, "record_id": f"{number:032}", "kind": "note",
        "version": datetime(2026, 1, 15), "patient_id": "CRMC|48213377", "text": text, "identity": [], "extras": [],
    }  # fmt: skip


def table(*texts: str | None) -> RecordTable:
    return RecordTable.from_rows([record(number, text) for number, text in enumerate(texts)])


def redacted(
    context: Context, settings: Settings, detector: Detector, *texts: str | None
) -> tuple[list[str | None], dict[int, str]]:
    """Return the texts that passed, and the reason for each row that did not."""
    outcome = redact_table(
        table(*texts), context=context, policy=load_policy(settings), detector=detector, vault=Vault(context), day=DAY
    )
    return outcome.safe.data["text"].to_pylist(), {one.row: one.reason for one in outcome.refused}


TEXTS: list[tuple[str, str | None, str]] = [
    ("a mebibyte without a blank", "Zyxwell" * 150_000, "text_too_long:text"),
    ("a megabyte without a blank", ("Zyxwell" * 150_000)[:1_000_000], "unbroken_text:text"),
    ("a document in base64", f"Scan: {'WnlYd2VsbA' * 2000}", "unbroken_text:text"),
]


@pytest.mark.parametrize(("text", "reason"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_texts_that_are_none_are_refused(
    context: Context, settings: Settings, detector: PresidioDetector, text: str, reason: str
) -> None:
    assert redacted(context, settings, detector, NOTE, text, NOTE) == ([SAFE, SAFE], {1: reason})


@pytest.mark.parametrize("text", [None, "", "   ", "\n"])
def test_nothing_is_nothing(context: Context, settings: Settings, detector: PresidioDetector, text: str | None) -> None:
    assert redacted(context, settings, detector, NOTE, text) == ([SAFE, text], {})


@pytest.mark.parametrize("between", ["\x00", "\x00\x00", "\x07", "\x1b[0m"], ids=repr)
def test_control_characters_hide_nothing(
    context: Context, settings: Settings, detector: PresidioDetector, between: str
) -> None:
    ((text,), refused) = redacted(context, settings, detector, f"Dr. Zyxwell{between} called 617-555-0123{between}.")
    assert not refused
    assert text is not None
    assert "Zyxwell" not in text
    assert "0123" not in text


def test_a_lone_surrogate_never_becomes_a_record() -> None:
    with pytest.raises(UnicodeEncodeError):
        table("lone \ud800 here")


def test_a_lone_surrogate_is_refused_before_it_is_looked_at(detector: PresidioDetector) -> None:
    (outcome,) = detector.detect(["Zyxwell \ud800"])
    assert isinstance(outcome, RedactionError)
    assert outcome.code == "bad_unicode"


class Faulty(RuleRecognizer):
    """Does what the text asks for."""

    NAME = "names"
    ENTITIES = ("NAME",)

    def find(self, text: str) -> Iterator[Found]:
        if "raise" in text:
            raise ValueError(text)
        if "hang" in text:
            while True:
                time.sleep(0.01)
        for ask, found in NONSENSE.items():
            if ask in text:
                yield found


NONSENSE = {
    "before": Found(-9, 4, "NAME"),
    "behind": Found(5, 1_000_000_000, "NAME"),
    "turned": Found(7, 3, "NAME"),
    "nothing": Found(3, 3, "NAME"),
    "class": Found(0, 4, "WIZARD"),
    "number": Found("0", 4, "NAME"),  # type: ignore[arg-type]
}


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> PresidioDetector:
    monkeypatch.setitem(OWN, "names", Faulty)
    return PresidioDetector(RECOGNIZERS, "en", seconds=0.5)


@pytest.mark.parametrize("fault", ["raise", "hang", *NONSENSE])
def test_a_recognizer_at_fault_costs_its_text_only(
    context: Context, settings: Settings, faulty: PresidioDetector, fault: str
) -> None:
    reason = "detector_timeout:text" if fault == "hang" else "detector_error:text"
    assert redacted(context, settings, faulty, "no pain", f"{fault} for Zyxwell") == (["no pain"], {1: reason})


class Stubborn:
    """A detector of somebody else's that says nonsense."""

    version = "none"

    def __init__(self, span: Span) -> None:
        self.span = span

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        return [(self.span,) if "bad" in text else () for text in texts]

    pattern_only = detect

    def again(self, text: str) -> tuple[Span, ...]:
        return ()


@pytest.mark.parametrize(
    "span",
    [Span(-9, 4, "NAME", 1, "x"), Span(0, 10**9, "NAME", 1, "x"), Span(4, 2, "NAME", 1, "x"),
     Span(2, 2, "NAME", 1, "x"), Span(0, 4, "WIZARD", 1, "x")],
)  # fmt: skip
def test_a_detector_that_says_nonsense_is_not_believed(context: Context, settings: Settings, span: Span) -> None:
    assert redacted(context, settings, Stubborn(span), "bad Zyxwell", "well") == (["well"], {0: "bad_span:text"})


def test_the_stage_goes_on_and_keeps_what_it_refused(
    context: Context, faulty: PresidioDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.redact.stage.load_detector", lambda folder, language: faulty)
    work = Work(context, "s", DAY, "local")
    work.write("record-0000", [table("no pain", "raise Zyxwell", "hang Zyxwell"), table("no rash")], RecordTable)
    counts = redact_partition(work, SOURCE, 0)
    assert (counts["in"], counts["out"]) == (4, 2)
    assert counts["rejected"] == {"detector_error:text": 1, "detector_timeout:text": 1}
    safe = [text for one in work.read("safe-0000", SafeTable) for text in one.data["text"].to_pylist()]
    assert safe == ["no pain", "no rash"]
    kept = [row for one in read_quarantine(work) for row in one.data.to_pylist()]
    assert [(row["position"], row["reason"]) for row in kept] == [
        (1, "detector_error:text"),
        (2, "detector_timeout:text"),
    ]
    assert all("Zyxwell" in row["content"] for row in kept)
    assert not [
        path for path in context.data.fs.find(context.data.root) if b"Zyxwell" in context.data.fs.cat_file(path)
    ]
