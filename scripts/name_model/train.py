"""Train the compact model of names and places: `python -m scripts.name_model.train`.

It writes `schemas/redact/names_model.npz`. The same packages, seed and number of notes give the same model, up to the
rounding of the machine's linear algebra. What it is worth is measured elsewhere, on text that was not made here.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.redact.detector import compact
from pipeline.redact.detector.compact import LABELS, LAYERS, TOKEN, features, forward, plain, quantized, table_rows
from scripts.name_model.lists import Sources, read_sources, without_names
from scripts.name_model.notes import Maker

VERSION = 1
WIDTH = 64
FREQUENT = 8000
BATCH = 200  # notes
GAP = 3
# An identifier that is missed costs more than a word that is taken.
COSTS = np.array((1.0, 1.6, 1.4, 1.0), np.float32)


def tokens_of(pieces: list[tuple[str, str]]) -> list[tuple[str, int]]:
    """Return the words of a note with their labels."""
    return [(m[0], LABELS.index(label)) for text, label in pieces for m in TOKEN.finditer(text)]


def frequent_words(maker: Maker, notes: int) -> dict[str, int]:
    """Return the words that are told apart by themselves: frequent ones that are hardly ever names."""
    seen: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for _ in range(notes):
        for word, label in tokens_of(maker.note()):
            seen[plain(word)] += 1
            named[plain(word)] += label in (1, 2)
    words = [word for word, count in seen.most_common(4 * FREQUENT) if named[word] < 0.3 * count and word.strip()]
    return {word: row for row, word in enumerate(sorted(words[:FREQUENT]), 1)}


class Trainer:
    """Adam over a table of features and three layers."""

    def __init__(self, frequent: dict[str, int], sources: Sources, seed: int) -> None:
        hashes = sorted((compact.crc(word), mark) for word, mark in sources.marks.items() if mark)
        self.lists = compact.Lists(
            np.array([h for h, _ in hashes], np.uint32), np.array([mark for _, mark in hashes], np.uint16)
        )
        self.frequent = frequent
        self.rng = np.random.default_rng(seed)
        self.weights: dict[str, Any] = {
            "table": self.rng.normal(0, 0.1, (table_rows(len(frequent)), WIDTH)).astype(np.float32),
            "out": self.rng.normal(0, 0.1, (WIDTH, len(LABELS))).astype(np.float32),
            "bias": np.zeros(len(LABELS), np.float32),
        }
        for layer in range(LAYERS):
            scale = np.sqrt(2 / (3 * WIDTH)) * 0.7
            self.weights[f"w{layer}"] = self.rng.normal(0, scale, (3 * WIDTH, WIDTH)).astype(np.float32)
            self.weights[f"b{layer}"] = np.zeros(WIDTH, np.float32)
        self.first = {name: np.zeros_like(value) for name, value in self.weights.items()}
        self.second = {name: np.zeros_like(value) for name, value in self.weights.items()}
        self.steps = 0

    def rows(self, words: list[str]) -> Any:
        """Return the features of a batch of words, some of them hidden, so that context and form must do as well."""
        index: dict[str, int] = {}
        places = np.array([index.setdefault(word, len(index)) for word in words])
        rows = features(list(index), self.frequent, self.lists)[places]
        rows[self.rng.random(len(rows)) < 0.15, 0] = 0
        base = table_rows(len(self.frequent)) - compact.LISTS
        marks = rows[:, 4] - base
        hidden = self.rng.random(len(rows)) < 0.15
        rows[hidden, 4] = base + without_names(marks[hidden])
        return rows

    def step(self, words: list[str], labels: Any, rate: float) -> float:
        """Learn from a batch; return the loss."""
        w = self.weights
        rows = self.rows(words)
        xs, pads, pres = [w["table"][rows].sum(axis=1)], [], []
        for layer in range(LAYERS):
            padded = np.zeros((len(rows) + 2, WIDTH), np.float32)
            padded[1:-1] = xs[-1]
            wide = np.concatenate((padded[:-2], padded[1:-1], padded[2:]), axis=1)
            pre = wide @ w[f"w{layer}"] + w[f"b{layer}"]
            pads.append(wide)
            pres.append(pre > 0)
            xs.append(xs[-1] + np.maximum(pre, 0))
        keep = (self.rng.random(xs[-1].shape) > 0.1).astype(np.float32) / 0.9
        top = xs[-1] * keep
        scores = top @ w["out"] + w["bias"]
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        cost = COSTS[labels]
        loss = float(-(cost * np.log(chances[np.arange(len(labels)), labels] + 1e-9)).mean())
        delta = chances
        delta[np.arange(len(labels)), labels] -= 1
        delta *= (cost / len(labels))[:, None]
        slopes: dict[str, Any] = {"out": top.T @ delta, "bias": delta.sum(axis=0)}
        dx = (delta @ w["out"].T) * keep
        for layer in reversed(range(LAYERS)):
            dpre = dx * pres[layer]
            slopes[f"w{layer}"], slopes[f"b{layer}"] = pads[layer].T @ dpre, dpre.sum(axis=0)
            dwide = dpre @ w[f"w{layer}"].T
            dx = dx + dwide[:, WIDTH : 2 * WIDTH]
            dx[:-1] += dwide[1:, :WIDTH]
            dx[1:] += dwide[:-1, 2 * WIDTH :]
        self._adam(slopes, rows, dx, rate)
        return loss

    def _adam(self, slopes: dict[str, Any], rows: Any, dx: Any, rate: float) -> None:
        self.steps += 1
        flat = rows.ravel()
        order = np.argsort(flat, kind="stable")
        touched, starts = np.unique(flat[order], return_index=True)
        table = np.add.reduceat(dx[order // rows.shape[1]], starts, axis=0)
        fix = np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for name, slope in (*slopes.items(), ("table", table)):
            at: Any = touched if name == "table" else slice(None)
            m = self.first[name][at] = 0.9 * self.first[name][at] + 0.1 * slope
            v = self.second[name][at] = 0.999 * self.second[name][at] + 0.001 * slope * slope
            self.weights[name][at] -= rate * fix * m / (np.sqrt(v) + 1e-7)

    def save(self, path: Path) -> None:
        """Write the model, its weights as whole numbers."""
        words = "\n".join(sorted(self.frequent, key=lambda word: self.frequent[word]))
        np.savez_compressed(
            path, version=np.int64(VERSION), hashes=self.lists.hashes, marks=self.lists.marks,
            frequent=np.frombuffer(words.encode("utf-8"), np.uint8), **quantized(self.weights),
        )  # fmt: skip


def batch_of(maker: Maker, notes: int) -> tuple[list[str], Any]:
    """Return the words of some notes, gaps between them, with their labels."""
    words, labels = [], []
    for _ in range(notes):
        for word, label in tokens_of(maker.note()):
            words.append(word)
            labels.append(label)
        words += ["\n"] * GAP
        labels += [0] * GAP
    return words, np.array(labels)


def evaluate(trainer: Trainer, maker: Maker) -> str:
    """Return recall and precision by word on notes of another seed."""
    words, labels = batch_of(maker, 500)
    rows = features(words, trainer.frequent, trainer.lists)
    whole = {name: value.astype(np.float32) for name, value in quantized(trainer.weights).items()}
    scores = forward(whole["table"][rows].sum(axis=1), whole)
    taken = scores[:, 1:].max(axis=1) > scores[:, 0]
    letters = np.array([word.isalpha() for word in words])
    true = (labels > 0) & letters
    return (
        f"recall {(taken & true).sum() / true.sum():.4f} precision {(taken & true).sum() / (taken & letters).sum():.4f}"
    )


def main() -> None:
    """Read the lists, make notes, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=160_000)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=Path, default=compact.FILE)
    options = parser.parse_args()
    random.seed(options.seed)
    sources = read_sources()
    frequent = frequent_words(Maker(sources, options.seed + 1), 20_000)
    trainer, maker = Trainer(frequent, sources, options.seed), Maker(sources, options.seed)
    steps = options.notes // BATCH
    losses = []
    for step in range(steps):
        rate = 2e-3 * min(1, (step + 1) / 50) * (1 - step / steps)
        losses.append(trainer.step(*batch_of(maker, BATCH), rate))
        if (step + 1) % 100 == 0:
            print(step + 1, f"loss {np.mean(losses[-100:]):.4f}", evaluate(trainer, Maker(sources, 7)), flush=True)
    trainer.save(options.out)


if __name__ == "__main__":
    main()
