"""Draft a new source: its YAML with a comment for each guess, a fictional fixture, and a test."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
import yaml

from pipeline.authoring.fixtures import ccda_fixture, csv_fixture, fhir_fixture, hl7v2_fixture
from pipeline.authoring.formats import Rows, connector_of, decode, load, read_rows
from pipeline.authoring.infer import Guess, Inferred, infer
from pipeline.config import Settings, load_source
from pipeline.errors import ConfigError
from pipeline.ingest.registry import connector_class
from pipeline.testing.conformance import Subject
from pipeline.testing.suite import GOLDEN, golden

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Longer cells are texts, whose words say nothing.
_NAME_LENGTH = 40
# A day in a path, and what stands for it in the YAML.
_DAYS = ((r"(19|20)\d{2}-\d{2}-\d{2}", "{day}"), (r"(?<!\d)(19|20)\d{2}[01]\d[0-3]\d(?!\d)", "{day:%Y%m%d}"))
_TEST = '''"""The source {name} reads its fixture, whose values are fictional, as it did when it was drafted."""

from pathlib import Path

from pipeline.testing import source_suite

HERE = Path(__file__).parent

test_{name} = source_suite(
    HERE / "{yaml}",
    files=HERE / "{fixture}",
{more})
'''


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found, what was written, and what a person does next. Holds no value of the file."""

    found: list[str]
    written: list[Path]
    steps: list[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """The connector's part of a draft: lines of YAML, a fixture and its name."""

    fixture: bytes
    fixture_name: str
    options: list[str]
    found: list[str]
    files: str
    date_order: str = ""
    identifies: tuple[str, ...] = ()


def draft_source(name: str, file: Path, sources: Path, tests: Path, patient: str = "") -> Draft:
    """Infer a source from a file and write its YAML, fixture, records of the fixture, and test.

    Raises `ConfigError` if the file is of no format that is read, or if anything is there already.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError("the name of a source is a to z, 0 to 9 and _, and starts with a letter")
    target, test = sources / f"{name}.yaml", tests / f"test_{name}.py"
    for path in (target, tests):
        if path.exists():
            raise ConfigError(f"{path} is there already: give another name, or remove it")
    text, encoding = decode(load(file))
    connector = connector_of(text)
    connector_class(connector, f"source {name}")
    part = _csv(name, file, text, encoding, patient) if connector == "csv" else _other(name, connector, text)
    fixture = tests / part.fixture_name
    for folder in (sources, tests):
        folder.mkdir(parents=True, exist_ok=True)
    target.write_text(_source_yaml(name, connector, file, part), "utf-8")
    fixture.write_bytes(part.fixture)
    try:
        anonymous = _keep_records(sources, name, fixture)
    except (ConfigError, AssertionError):
        for path in (target, fixture):
            path.unlink()
        tests.rmdir()
        raise
    more = [f"identifies={orjson.dumps(part.identifies).decode()}"] if part.identifies else []
    more += [f"anonymous={orjson.dumps(anonymous).decode()}"] if anonymous else []
    relative = Path(os.path.relpath(target, tests)).as_posix()
    test.write_text(
        _TEST.format(name=name, yaml=relative, fixture=fixture.name, more="".join(f"    {one},\n" for one in more)),
        "utf-8",
    )
    return Draft(
        [f"Connector: {connector}", *part.found],
        [target, fixture, fixture.with_name(fixture.name + GOLDEN), test],
        _steps(name, connector, target, test, part),
    )


def _keep_records(sources: Path, name: str, fixture: Path) -> list[str]:
    """Write the records of the fixture beside it; return the kinds of those that identify nobody."""
    source = load_source(Settings(sources=sources), name)
    made = connector_class(source.connector, f"source {name}")
    reading = Subject(lambda: made(source.options), fixture.name, fixture.read_bytes()).read()
    fixture.with_name(fixture.name + GOLDEN).write_bytes(golden(reading))
    return sorted({record["kind"] for record in reading.records if not record["identity"]})


def _steps(name: str, connector: str, target: Path, test: Path, part: _Part) -> list[str]:
    steps = [f"Open {target}: set authority, timezone and path"]
    if part.date_order in ("ambiguous", "mixed"):
        steps.append("Set date_order: the dates do not tell the month from the day")
    if connector == "csv":
        steps.append("Check what is below 90 %, and what was left to extras: name every column that identifies anybody")
    return [
        *steps,
        f"pytest {test}   (after a change: UPDATE_GOLDEN=1 pytest {test})",
        f"chartmill preview {name} -n 5 --day DAY",
        f"chartmill run --day DAY --source {name}",
    ]


def _other(name: str, connector: str, text: str) -> _Part:
    if connector == "hl7v2":
        return _Part(hl7v2_fixture(text), f"{name}.hl7", [], _counted(text, connector), "*")
    if connector == "fhir":
        fixture, extension = fhir_fixture(text)
        return _Part(fixture, f"{name}.{extension}", [], _counted(text, connector), f"*.{extension}*")
    return _Part(ccda_fixture(text), f"{name}.xml", [], [], "*.xml*")


def _counted(text: str, connector: str) -> list[str]:
    """Say how many messages or resources there are."""
    name, pattern = {
        "hl7v2": ("Messages", r"^.?MSH[^A-Za-z0-9\s]"),
        "fhir": ("Resources", r'"resourceType"'),
    }[connector]
    return [f"{name}: {len(re.findall(pattern, text, re.MULTILINE))}"]


def _csv(name: str, file: Path, text: str, encoding: str, patient: str) -> _Part:
    table = read_rows(text)
    stem = _stem(file, table)
    made = infer(table, stem, patient)
    fixture, fictional = csv_fixture(table)
    first = dict(zip(table.header, table.rows[0], strict=True))
    told = tuple(
        value
        for guess in made.guesses
        if guess.identity in ("id", "name") and guess.part in ("", "family", "given")
        and len(value := fictional.of(first[guess.column])) >= 4
        and first[guess.column] not in table.nulls
    )  # fmt: skip
    return _Part(
        fixture, f"{stem or name}.csv", _csv_options(made, table, encoding, name, f"{stem}*"), _csv_found(made),
        f"{stem}*", made.order, tuple(dict.fromkeys(told)),
    )  # fmt: skip


def _stem(file: Path, table: Rows) -> str:
    """Return what files of the same table are called before their date, unless it is a name or a word of a cell."""
    stem = re.split(r"[^A-Za-z_]", file.name.partition(".")[0])[0].strip("_")
    cells = {cell.casefold() for row in table.rows for cell in row}
    words = {word for cell in cells if len(cell) <= _NAME_LENGTH for word in re.findall(r"[^\W\d_]+", cell)}
    return "" if {stem.casefold(), *stem.casefold().split("_")} & (words | cells) else stem


def _path(file: Path, files: str) -> tuple[str, str]:
    """Return the path of a day's files, and what to say of it; names of files may hold PHI, and are left out."""
    folder = str(file.resolve().parent)
    for pattern, placeholder in _DAYS:
        if re.search(pattern, folder):
            return f"{re.sub(pattern, placeholder, folder)}/{files}", "the day was found in the folder's name"
    for pattern, placeholder in _DAYS:
        if re.search(pattern, file.name):
            return f"{folder}/*{placeholder}*", "the day was found in the file's name"
    return f"{folder}/{files}", "put {day} where the date of the export stands in folder or file"


def _source_yaml(name: str, connector: str, file: Path, part: _Part) -> str:
    path, said = _path(file, part.files)
    lines = [
        "# Drafted by `chartmill new-source` from one file. Percentages: the share of a column's values that look like",
        "# what it was taken for; what only its name says is 90 %, and what only its values say is 60 % of that.",
        f"name: {name}",
        f"connector: {connector}",
        f"path: {_scalar(path)}  # {said}",
        f"authority: {name.upper()}  # who assigned the patient numbers; the same in all sources that have them",
        "timezone: UTC  # of times without an offset: correct it",
    ]
    if part.date_order in ("mdy", "dmy"):
        lines.append(f"date_order: {part.date_order}  # some days are above 12")
    elif part.date_order in ("ambiguous", "mixed"):
        lines.append(f"# date_order: mdy or dmy  # {part.date_order}: set date_order")
    return "\n".join([*lines, *(["options:", *part.options] if part.options else [])]) + "\n"


def _csv_options(made: Inferred, table: Rows, encoding: str, name: str, files: str) -> list[str]:
    lines = [f"  delimiter: {_scalar(table.delimiter)}"]
    lines += [f"  encoding: {encoding}"] if encoding == "cp1252" else []
    lines += [f"  na_values: [{', '.join(_quoted(word) for word in table.nulls)}]"] if table.nulls else []
    lines += ["  tables:", f"    {name}:", f"      files: [{_quoted(files)}]"]
    lines.append(f"      kind: {made.kind}  # {made.kind_confidence:.0%} of the signs")
    if made.key:
        lines.append(f"      key: [{_quoted(made.key)}]  # unique and never empty in {made.rows} rows")
    else:
        lines.append("      # key: no column is unique and never empty; a row's identity is its content")
    lines.append("      columns:")
    for guess in made.guesses:
        if guess.field:
            lines.append(f"        {guess.field}: {_quoted(guess.column)}  # {_said(guess, made.dates)}")
        if guess.field == "code" and guess.system:
            lines.append(f"        code_system: {{const: {_quoted(guess.system)}}}")
    identity = list(_identity(made))
    lines += ["      identity:", *identity] if identity else []
    lines += [f"      # left to extras, which redaction drops: {', '.join(made.extras)}"] if made.extras else []
    return lines


def _identity(made: Inferred) -> list[str]:
    """Return the identifiers as YAML; the parts of a name are one."""
    parts: dict[str, Guess] = {}
    for guess in made.guesses:
        if guess.identity == "name" and guess.part:
            parts.setdefault(guess.part, guess)
    lines: list[str] = []
    named = [parts[part] for part in ("family", "given", "middle") if part in parts]
    if named:
        columns = ", ".join(_quoted(guess.column) for guess in named)
        lines.append(
            f"        - {{type: name, columns: [{columns}]}}  # {min(g.confidence for g in named):.0%}, their names"
        )
    if "maiden" in parts:
        given = [_quoted(parts["given"].column)] if "given" in parts else []
        maiden = _quoted(parts["maiden"].column)
        lines.append(f"        - {{type: name, columns: [{', '.join([maiden, *given])}], needs: {maiden}}}")
    lines += [
        f"        - {{type: {guess.identity}, column: {_quoted(guess.column)}}}  # {guess.confidence:.0%}, {guess.why}"
        for guess in made.guesses
        if guess.identity and guess not in parts.values()
    ]
    return lines


def _said(guess: Guess, dates: Mapping[str, float]) -> str:
    parsed = f"; {dates[guess.column]:.0%} of its dates can be read" if guess.column in dates else ""
    return f"{guess.confidence:.0%}, {guess.why}{parsed}"


def _csv_found(made: Inferred) -> list[str]:
    lines = [f"Table:     {made.kind} ({made.kind_confidence:.0%} of the signs), {made.rows} rows looked at"]
    lines.append(f"Key:       {made.key or 'none: no column is unique and never empty'}")
    for guess in made.guesses:
        what = " and ".join(
            filter(None, (guess.field, guess.identity and f"identity {guess.identity} {guess.part}".strip()))
        )
        lines.append(f"Column:    {guess.column} is {what} ({_said(guess, made.dates)})")
    orders = {"ymd": "year first", "ambiguous": "ambiguous: set date_order", "mixed": "mixed: some are mdy, some dmy"}
    if made.dates:
        lines.append(f"Dates:     {orders.get(made.order, made.order)}")
    if made.extras:
        lines.append(f"To extras: {', '.join(made.extras)}")
    return lines


def _quoted(text: str) -> str:
    """Return a text as YAML takes it within brackets and without."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) and isinstance(yaml.safe_load(text), str)
    return text if plain else orjson.dumps(text).decode()


def _scalar(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_/.*-]+", text) and text[0] not in "*-" else _quoted(text)
