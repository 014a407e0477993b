"""Series to forecast: monthly sales made from a seed, a chaotic map, stocks that plotly brings along, an own CSV."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SALES, CHAOS, STOCK, OWN = "Monthly sales", "Chaos: 3.9 x (1 − x)", "Stock", "My CSV"
COMPANIES = ("GOOG", "AAPL", "AMZN", "FB", "NFLX", "MSFT")
KINDS = (SALES, CHAOS, *(f"{STOCK}: {name}" for name in COMPANIES), OWN)
MIN_LENGTH, MAX_LENGTH = 48, 360  # of the made series
FEWEST, MOST = 12, 1000  # values of any series
MAX_BYTES, MAX_COLUMNS = 5_000_000, 200
MAX_HOLES = 0.2


@dataclass(frozen=True)
class Series:
    """One value per step, and what is to be said about where they come from."""

    name: str
    values: tuple[float, ...]
    labels: tuple[str, ...]  # over each step
    unit: str = ""
    notes: tuple[str, ...] = ()  # sentences: what was cut off or filled in


def named(kind: str, length: int = 108, seed: int = 0) -> Series:
    """Give one of the series that come with the app.

    Parameters
    ----------
    kind : str
        One of `KINDS` but an own file.
    length : int
        Values of a made series, 48 to 360; the stocks have 105.
    seed : int
        Of a made series, 0 to 9999.

    Returns
    -------
    Series
        Its values, oldest first.

    Raises
    ------
    ValueError
        If the kind is not known or a setting is out of range.

    Examples
    --------
    >>> sales = named("Monthly sales")
    >>> len(sales.values), sales.labels[0], sales.labels[-1]
    (108, '2017.01', '2025.12')
    """
    if not MIN_LENGTH <= length <= MAX_LENGTH:
        raise ValueError(f"length {length} is out of range; use {MIN_LENGTH} to {MAX_LENGTH}")
    if kind == SALES:
        return _sales(length, seed)
    if kind == CHAOS:
        return _chaos(length, seed)
    company = kind.removeprefix(f"{STOCK}: ")
    if company in COMPANIES:
        return _stock(company)
    raise ValueError(f"the series {kind!r} is not known; use one of {', '.join(KINDS)}")


def _sales(length: int, seed: int) -> Series:
    """Cars sold in a month, in thousands: growth, a yearly wave that peaks in spring, chance that lasts a while."""
    rng = np.random.default_rng(seed)
    t = np.arange(length)
    lasting = np.zeros(length)
    for k in range(1, length):
        lasting[k] = 0.6 * lasting[k - 1] + rng.normal(0, 0.05)
    year = 0.25 * np.sin(2 * np.pi * (t - 1) / 12) + 0.08 * np.sin(4 * np.pi * t / 12)
    values = (9 + 0.07 * t) * np.exp(year + lasting)
    labels = tuple(f"{2017 + k // 12}.{k % 12 + 1:02d}" for k in range(length))
    return Series(SALES, tuple(np.round(values, 2).tolist()), labels, "thousand cars")


def _chaos(length: int, seed: int) -> Series:
    """Iterate the logistic map: every value is a curved function of the one before, and nothing else."""
    values = [float(np.random.default_rng(seed).uniform(0.2, 0.8))]
    while len(values) < length:
        values.append(3.9 * values[-1] * (1 - values[-1]))
    return Series(CHAOS, tuple(np.round(values, 6).tolist()), tuple(str(k + 1) for k in range(length)))


def _stock(company: str) -> Series:
    """Read plotly's weekly prices of 2018 and 2019, each divided by its first; the package itself is not imported."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError("the stocks come with the package plotly, which is not installed; use another series")
    path = Path(spec.submodule_search_locations[0]) / "package_data" / "datasets" / "stocks.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    values, labels = (float(row[company]) for row in rows), (row["date"].replace("-", ".") for row in rows)
    return Series(f"{STOCK}: {company}", tuple(values), tuple(labels), "times the first price")


# ---- an own file -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Table:
    """A CSV file, read."""

    names: list[str]
    rows: list[list[str]]  # of len(names) cells each
    numeric: list[int]  # the columns that hold a series


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
    try:
        lines = [row for row in csv.reader(io.StringIO(text), _dialect(text)) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ValueError(f"the file cannot be read as CSV: {error}; check its quotation marks") from None
    if len(lines) < 2 or _plain(lines[0]):
        lines.insert(0, [f"column {k + 1}" for k in range(len(lines[0]) if lines else 0)])
    width = len(lines[0])
    if width > MAX_COLUMNS:
        raise ValueError(f"the file has {width} columns; use one of at most {MAX_COLUMNS}")
    rows = [[*row, *[""] * (width - len(row))][:width] for row in lines[1:]]
    if len(rows) < FEWEST:
        raise ValueError(f"the file has {len(rows)} rows of values; a series needs at least {FEWEST}")
    names = [name.strip()[:60] or f"column {k + 1}" for k, name in enumerate(lines[0])]
    numeric = [k for k in range(width) if _numeric([row[k] for row in rows])]
    if not numeric:
        raise ValueError("no column of the file holds numbers in at least 80 % of its rows; "
                         "use one with a number per row, such as 12.5 or 12,5")  # fmt: skip
    return Table(names, rows, numeric)


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
    labels = _labels(table, place)
    values = [_number(row[place]) for row in table.rows]
    if first := next(k for k, value in enumerate(values) if math.isfinite(value)):
        values, labels = values[first:], labels[first:]
        notes.append(f"The first {first} rows hold no number and were left out.")
    if len(values) > MOST:
        notes.append(f"The column has {len(values):,} values; the last {MOST:,} are used.")
    values, holes = _filled(values)
    if holes := sum(holes[-MOST:]):
        notes.append(f"{holes} {'value is' if holes == 1 else 'values are'} missing or no number: each takes the value "
                     "before it, because the one after it would be the future.")  # fmt: skip
    values = values[-MOST:]
    if len(values) < FEWEST:
        raise ValueError(f"the column {name!r} has {len(values)} values; a series needs at least {FEWEST}")
    if max(values) == min(values):
        raise ValueError(f"all values of {name!r} are {values[0]:g}; there is nothing to forecast")
    if max(map(abs, values)) > 1e12 or max(values) - min(values) < 1e-9 * max(map(abs, values)):
        raise ValueError(f"the values of {name!r} reach {max(map(abs, values)):g} and differ by "
                         f"{max(values) - min(values):g}; use values up to 1e12 that differ by more")  # fmt: skip
    return Series(name, tuple(values), tuple(labels[-MOST:]), "", tuple(notes))


def _labels(table: Table, place: int) -> list[str]:
    """The first column that is not numbers names the rows, else their number does."""
    words = [k for k in range(len(table.names)) if k not in table.numeric and k != place]
    if not words:
        return [str(k + 1) for k in range(len(table.rows))]
    return [row[words[0]].strip()[:16].replace("-", ".") or str(k + 1) for k, row in enumerate(table.rows)]


def _filled(values: list[float]) -> tuple[list[float], list[bool]]:
    filled, holes = [], []
    for value in values:
        holes.append(not math.isfinite(value))
        filled.append(filled[-1] if holes[-1] else value)
    return filled, holes
