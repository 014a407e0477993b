"""A series out of a CSV file that a person brings: what can be read is read, what cannot is said in a sentence."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from itertools import count, pairwise

from engine.sequence.series import FEWEST, MOST, Series

MAX_BYTES, MAX_COLUMNS = 5_000_000, 200
MAX_HOLES = 0.2  # share of a column
GROUPED = re.compile(r"[-+−]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")  # 1,234,567.8
DATE = re.compile(r"\d{4}[./]\d\d([./]\d\d)?")  # which sorts as text


@dataclass(frozen=True, eq=False)
class Table:
    """A CSV file, read."""

    names: list[str]
    rows: list[list[str]]  # of len(names) cells each
    numeric: list[int]  # the columns that hold a series
    grouped: list[int]  # those whose numbers had commas between thousands, which are left out


def read_csv(data: bytes) -> Table:
    """Read an uploaded CSV file with a line of names and find the columns that are series of numbers.

    Parameters
    ----------
    data : bytes
        At most 5 MB; UTF-8 or Latin-1; commas, semicolons or tabs.

    Returns
    -------
    Table
        Names, rows and the numbers of the numeric columns.

    Raises
    ------
    ValueError
        If the file is too large, is no table, has too few rows or no column of numbers.

    Examples
    --------
    >>> table = read_csv(("month,sales" + "".join(f"\\n{k},{k * k}.5" for k in range(20))).encode())
    >>> table.names, table.numeric
    (['month', 'sales'], [0, 1])
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"the file has {len(data) / 1e6:.1f} MB; use one of at most {MAX_BYTES / 1e6:.0f} MB")
    text = _decoded(data)
    dialect = _dialect(text)
    try:
        lines = [row for row in csv.reader(io.StringIO(text), dialect) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ValueError(f"the file cannot be read as CSV: {error}; check its quotation marks") from None
    if len(lines) < 2 or _plain(lines[0]):
        lines.insert(0, [f"column {k + 1}" for k in range(len(lines[0]) if lines else 0)])
    width = len(lines[0])
    if width > MAX_COLUMNS:
        raise ValueError(f"the file has {width} columns; use one of at most {MAX_COLUMNS}")
    rows = [[*row, *[""] * (width - len(row))][:width] for row in lines[1:]]
    if len(rows) < FEWEST:
        rows_of = "row" if len(rows) == 1 else "rows"
        raise ValueError(f"the file has {len(rows)} {rows_of} of values; a series needs at least {FEWEST}")
    names = _apart([name.strip()[:60] or f"column {k + 1}" for k, name in enumerate(lines[0])])
    grouped = [k for k in range(width) if dialect.delimiter != ";" and _grouped([row[k] for row in rows])]
    for row in rows:
        for k in grouped:
            row[k] = row[k].replace(",", "")
    numeric = [k for k in range(width) if _numeric([row[k] for row in rows])]
    if not numeric:
        raise ValueError("no column of the file holds numbers in at least 80 % of its rows; "
                         "use one with a number per row, such as 12.5 or 12,5")  # fmt: skip
    return Table(names, rows, numeric, grouped)


def _apart(names: list[str]) -> list[str]:
    """Number columns of the same name, so that each can be chosen."""
    found: list[str] = []
    for name in names:
        places = count(2)
        own = name
        while own in found:
            own = f"{name} ({next(places)})"
        found.append(own)
    return found


def _grouped(cells: list[str]) -> bool:
    """Whether all commas stand between thousands; where semicolons part the columns they are decimal commas."""
    with_comma = [cell.strip() for cell in cells if "," in cell and math.isfinite(_number(cell.replace(",", "")))]
    return bool(with_comma) and all(GROUPED.fullmatch(cell) for cell in with_comma)


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise ValueError("the file is no text; save the table as CSV (comma-separated values) first")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.split("\n", 1)[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Found


def _number(cell: str) -> float:
    """Read a number; not a number where there is none. A comma is a decimal comma."""
    cell = cell.strip().replace("\u2212", "-")
    try:
        return float(cell) if "," not in cell else float(cell.replace(",", "."))
    except ValueError:
        return math.nan


def _plain(row: list[str]) -> bool:
    """Whether a line has numbers, so that it is no line of names."""
    return any(math.isfinite(_number(cell)) for cell in row)


def _numeric(cells: list[str]) -> bool:
    return sum(math.isfinite(_number(cell)) for cell in cells) >= (1 - MAX_HOLES) * len(cells)


def column(table: Table, name: str) -> Series:
    """Take a column as a series: holes carry the value before them on, of too many values the last are kept.

    Parameters
    ----------
    table : Table
        As from `read_csv`.
    name : str
        One of its numeric columns.

    Returns
    -------
    Series
        12 to 1000 values, with a note on everything that was changed.

    Raises
    ------
    ValueError
        If the column is not one of numbers, or all its values are the same.
    """
    choices = [table.names[k] for k in table.numeric]
    if name not in choices:
        raise ValueError(f"the column {name!r} holds no series of numbers; use one of {', '.join(choices)}")
    place, notes = table.numeric[choices.index(name)], []
    labels, cells = _labels(table, place), [row[place] for row in table.rows]
    if _newest_first(labels):
        labels, cells = labels[::-1], cells[::-1]
        notes.append("The file begins with the newest row: it was turned round, so that the oldest comes first.")
    if place in table.grouped:
        notes.append("Commas between thousands were left out.")
    values = [_number(cell) for cell in cells]
    if first := next(k for k, value in enumerate(values) if math.isfinite(value)):
        values, labels = values[first:], labels[first:]
        notes.append(f"The first {'row holds' if first == 1 else f'{first} rows hold'} no number: left out.")
    if len(values) > MOST:
        notes.append(f"The column has {len(values):,} values; the last {MOST:,} are used.")
    values, holes = _filled(values)
    if missing := sum(holes[-MOST:]):
        notes.append(f"{missing} {'value is' if missing == 1 else 'values are'} missing or no number: each takes the "
                     "value before it, because the one after it would be the future.")  # fmt: skip
    _refuse(name, values[-MOST:])
    return Series(name, tuple(values[-MOST:]), tuple(labels[-MOST:]), "", tuple(notes))


def _refuse(name: str, values: list[float]) -> None:
    """Raise ValueError for numbers that leave nothing to forecast."""
    largest, spread = max(map(abs, values)), max(values) - min(values)
    if len(values) < FEWEST:
        raise ValueError(f"the column {name!r} has {len(values)} values; a series needs at least {FEWEST}")
    if not spread:
        raise ValueError(f"all values of {name!r} are {values[0]:g}; there is nothing to forecast")
    if not (1e-9 <= largest <= 1e12 and spread >= 1e-9 * largest):
        raise ValueError(f"the values of {name!r} reach {largest:g} and differ by {spread:g}; "
                         "use values from 1e-9 to 1e12 that differ by more")  # fmt: skip


def _labels(table: Table, place: int) -> list[str]:
    """The first column that is not numbers names the rows, else their number does."""
    words = [k for k in range(len(table.names)) if k not in table.numeric and k != place]
    if not words:
        return [str(k + 1) for k in range(len(table.rows))]
    return [row[words[0]].strip()[:16].replace("-", ".") or str(k + 1) for k, row in enumerate(table.rows)]


def _newest_first(labels: list[str]) -> bool:
    return all(DATE.fullmatch(label) for label in labels) and all(new > old for new, old in pairwise(labels))


def _filled(values: list[float]) -> tuple[list[float], list[bool]]:
    filled: list[float] = []
    holes: list[bool] = []
    for value in values:
        holes.append(not math.isfinite(value))
        filled.append(filled[-1] if holes[-1] else value)
    return filled, holes
