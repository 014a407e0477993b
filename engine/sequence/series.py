"""Series to forecast: monthly sales made from a seed, a chaotic map, stocks that plotly brings along."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SALES, CHAOS, STOCK, OWN = "Monthly sales", "Chaos: 3.9 x (1 − x)", "Stock", "My CSV"
CARS = "Car sales (download)"
COMPANIES = ("GOOG", "AAPL", "AMZN", "FB", "NFLX", "MSFT")
KINDS = (SALES, CHAOS, *(f"{STOCK}: {name}" for name in COMPANIES), CARS, OWN)
MIN_LENGTH, MAX_LENGTH = 48, 360  # of the made series
FEWEST, MOST = 12, 1000  # values of any series


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
        One of `KINDS` but the download and an own file.
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
