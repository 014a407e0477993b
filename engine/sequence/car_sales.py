"""The monthly car sales of the class, over the internet: only when a person asks, and only with a connection."""

from dataclasses import replace
from http.client import HTTPException
from urllib.request import urlopen

from engine.compute import task
from engine.sequence import series_csv
from engine.sequence.series import CARS, Series

SOURCE = "github.com/jbrownlee/Datasets"
ADDRESS = "https://raw.githubusercontent.com/jbrownlee/Datasets/master/monthly-car-sales.csv"
WHAT = "Cars sold in Quebec each month from 1960 to 1968, 108 values"
MOST = 100_000  # bytes; the file has 2,000
PATIENCE = 10  # seconds without an answer


@task(seconds=30, pool="training")
def fetch() -> Series:
    """Download the series.

    Returns
    -------
    Series
        108 values.

    Raises
    ------
    ValueError
        If it cannot be fetched, or is not what it was.
    """
    try:
        with urlopen(ADDRESS, timeout=PATIENCE) as answer:
            data = answer.read(MOST)
    except (OSError, HTTPException) as error:
        raise ValueError(
            f"the car sales could not be fetched ({type(error).__name__}); without a connection use the other series"
        ) from None
    return replace(series_csv.column(series_csv.read_csv(data), "Sales"), name=CARS, unit="cars")
