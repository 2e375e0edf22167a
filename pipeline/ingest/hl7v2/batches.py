"""Check batch and file trailers (BTS, FTS) against what came before them."""

from __future__ import annotations

from collections import Counter


class Batches:
    """Counts the messages of a batch and the batches of a file, and what is amiss with their trailers.

    Trailers and their counts are optional in practice, so that nothing is refused. Findings: `batch_count_mismatch`,
    `file_count_mismatch`, `batch_without_trailer`, `file_without_trailer`, `batch_without_header`,
    `file_without_header`.
    """

    def __init__(self, findings: Counter[str]) -> None:
        self._findings = findings
        self._in_file = self._in_batch = False
        self._messages = self._batches = 0  # since the last header or trailer

    @property
    def is_open(self) -> bool:
        """Tell whether a trailer has yet to come."""
        return self._in_file or self._in_batch

    def message(self) -> None:
        """Count a message."""
        self._messages += 1

    def envelope(self, line: bytes) -> None:
        """Take a line that is an FHS, BHS, BTS or FTS segment."""
        name = line[:3]
        if name == b"BTS":
            self._check("batch", self._in_batch, self._messages, line)
            self._in_batch = False
            self._messages, self._batches = 0, self._batches + 1
            return
        self._end_batch()
        if name == b"FTS":
            self._check("file", self._in_file, self._batches, line)
        elif name == b"BHS":
            self._in_batch = True
            return
        elif self._in_file:
            self._findings["file_without_trailer"] += 1
        self._in_file, self._batches = name == b"FHS", 0

    def close(self) -> None:
        """End the stream."""
        self._end_batch()
        if self._in_file:
            self._findings["file_without_trailer"] += 1

    def _end_batch(self) -> None:
        """End a batch that had no trailer; messages of a file without a batch header are a batch as well."""
        if self._in_batch:
            self._findings["batch_without_trailer"] += 1
        if self._in_batch or self._messages:
            self._batches += 1
        self._in_batch, self._messages = False, 0

    def _check(self, what: str, has_header: bool, found: int, trailer: bytes) -> None:
        if not has_header:
            self._findings[f"{what}_without_header"] += 1
        separator = trailer[3:4]
        stated = trailer.split(separator)[1].strip() if separator else b""
        # A message where the count belongs is none, and neither is an empty field a count.
        if stated and (not stated.isdigit() or int(stated[:18]) != found):
            self._findings[f"{what}_count_mismatch"] += 1
