"""Dates as people write them, in six forms, and the one form that a machine wants: 17 march 2019 -> 2019-03-17."""

import datetime
import re

import numpy as np

from engine.sequence.drawing import different

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
YEARS = (1950, 2049)  # so that two digits stand for one year
FORMATS = (
    ("17 march 2019", r"(?P<d>\d\d?) (?P<name>[a-z]+) (?P<y>\d{4})"),
    ("march 17, 2019", r"(?P<name>[a-z]+) (?P<d>\d\d?), (?P<y>\d{4})"),
    ("sunday, 17 march 2019", r"(?P<weekday>[a-z]+), (?P<d>\d\d?) (?P<name>[a-z]+) (?P<y>\d{4})"),
    ("17 mar 19", r"(?P<d>\d\d?) (?P<name>[a-z]{3}) (?P<y>\d\d)"),
    ("17.03.2019", r"(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<y>\d{4})"),
    ("03/17/2019", r"(?P<m>\d\d)/(?P<d>\d\d)/(?P<y>\d{4})"),
)
SIGNS = tuple(" ,./0123456789" + "".join(sorted(set("".join(MONTHS + WEEKDAYS)))))  # all that a date is written with
WRITTEN = tuple("-0123456789")
LONGEST = len("wednesday, 30 september 2020")
EXAMPLE = "sunday, 17 march 2019"


def write(date: datetime.date, form: int) -> str:
    """Write a date in one of the six forms.

    Parameters
    ----------
    date : datetime.date
        1950 to 2049.
    form : int, 0 to 5
        Place in `FORMATS`.

    Returns
    -------
    str
        In lower case.

    Examples
    --------
    >>> write(datetime.date(2019, 3, 17), 2), write(datetime.date(2019, 3, 7), 5)
    ('sunday, 17 march 2019', '03/07/2019')
    """
    name = MONTHS[date.month - 1]
    return (
        f"{date.day} {name} {date.year}",
        f"{name} {date.day}, {date.year}",
        f"{WEEKDAYS[date.weekday()]}, {date.day} {name} {date.year}",
        f"{date.day} {name[:3]} {date.year % 100:02d}",
        f"{date.day:02d}.{date.month:02d}.{date.year}",
        f"{date.month:02d}/{date.day:02d}/{date.year}",
    )[form]


def answer(text: str) -> str | None:
    """Read a date in one of the six forms; None where it is in none of them or there is no such day.

    Examples
    --------
    >>> answer("17 mar 19"), answer("30 february 2019"), answer("tomorrow")
    ('2019-03-17', None, None)
    """
    for _, pattern in FORMATS:
        if found := re.fullmatch(pattern, text):
            return _read(found.groupdict())
    return None


def _read(parts: dict[str, str]) -> str | None:
    if "name" in parts:
        short = {name[: len(parts["name"])]: k for k, name in enumerate(MONTHS) if parts["name"] in (name, name[:3])}
        month = short.get(parts["name"], -1) + 1
    else:
        month = int(parts["m"])
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year < 50 else 1900
    try:
        return datetime.date(year, month, int(parts["d"])).isoformat()
    except ValueError:
        return None


def pairs(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Draw dates, each in one of the six forms, no text twice.

    Parameters
    ----------
    count : int, 1 to 20,000
        How many.
    seed : int
        The same seed draws the same dates; the first of many are the same as when few are asked for.

    Returns
    -------
    list of str, list of str
        Texts, and what they mean as YYYY-MM-DD.

    Raises
    ------
    ValueError
        If `count` is out of its range.

    Examples
    --------
    >>> texts, meanings = pairs(3, seed=1)
    >>> [answer(text) for text in texts] == meanings
    True
    """
    rng = np.random.default_rng(seed)
    first = datetime.date(YEARS[0], 1, 1).toordinal()
    days = datetime.date(YEARS[1], 12, 31).toordinal() - first + 1

    def draw(_: int) -> tuple[str, str]:
        date = datetime.date.fromordinal(first + int(rng.integers(days)))
        return write(date, int(rng.integers(len(FORMATS)))), date.isoformat()

    found = different(count, 20_000, "dates", draw, key=lambda pair: pair[0])
    return [text for text, _ in found], [meaning for _, meaning in found]
