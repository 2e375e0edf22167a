"""Hold what all feeds share: a unit of a file, and where to slip in the wrong ones."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

ZONE = dt.timezone(dt.timedelta(hours=-5))
Tag = Literal["", "resent", "correction"]


@dataclass(frozen=True)
class Unit:
    """Hold one message, resource or row; `wrong` names what is wrong with it, empty for nothing."""

    text: str
    note: bool = False
    wrong: str = ""
    tag: Tag = ""


Files = dict[str, list[Unit]]


def insert(units: list[Unit], text: str, wrong: str = "", tag: Tag = "") -> None:
    """Slip a unit into the middle of a file."""
    units.insert(len(units) // 2, Unit(text, wrong=wrong, tag=tag))


def resend(units: list[Unit], position: int) -> None:
    """Append a byte-identical copy of a unit."""
    units.append(replace(units[position], tag="resent"))
