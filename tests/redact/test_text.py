"""Dates that stay in a text are opaque: neither what is known nor what was in the text before can meddle with them."""

from collections.abc import Sequence

import pytest

from pipeline.errors import RedactionError
from pipeline.records import Identifier, without_marks
from pipeline.redact.detector import load_detector
from pipeline.redact.spans import Span
from pipeline.redact.text import detect_and_tag, search_known
from pipeline.redact.written_dates import mark_date, move_dates

MARKED = f"Main Street {mark_date('12/28/2025')} and {mark_date('4 May 2025')} Road, born."


@pytest.mark.parametrize(
    "identifier",
    [
        Identifier("birth_date", "2025-12-28"), Identifier("id", "12282025"), Identifier("name", "May, Zyxwell"),
        Identifier("address", "4 May"), Identifier("address", "Main Street 12"), Identifier("name", "Date"),
    ],
)  # fmt: skip
def test_what_is_known_is_not_found_in_a_date(identifier: Identifier) -> None:
    dates = [
        date
        for date in ("12/28/2025", "4 May 2025")
        if date in without_marks(search_known(MARKED, frozenset([identifier]), {}).text)
    ]
    assert dates == ["12/28/2025", "4 May 2025"]


def test_marks_of_the_sender_are_none_of_ours() -> None:
    def nothing(texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        return [() for _ in texts]

    ((text, _),) = detect_and_tag(
        nothing,
        ["Seen with \ue000zyxwell\ue002 \U000f0041today."],
        keep_dates=True,
        again=load_detector().again,
        writers={},
    )
    assert text == "Seen with zyxwell today."
    assert search_known(text, frozenset([Identifier("name", "Zyxwell, Ada")]), {}).text == "Seen with [NAME] today."


def test_moved_dates_read_as_they_were_written() -> None:
    assert without_marks(move_dates(MARKED, 5)) == "Main Street 01/02/2026 and 9 May 2025 Road, born."
