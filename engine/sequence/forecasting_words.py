"""What is said about forecasts: which is best right now, what a leak would have claimed, and questions."""

from __future__ import annotations

from collections.abc import Mapping

from engine.quiz import Question
from engine.sequence import forecasting
from engine.sequence.forecasting import Forecast, Leaks
from engine.sequence.forecasting_training import ForecastJob
from engine.training import Snapshot

CLOSE = 0.02  # two errors that differ by less than this share are called equal


def errors(made: Forecast, snapshot: Snapshot | None, networks: tuple[str, ...]) -> dict[str, float]:
    """Name every forecast with its RMSE on the test part.

    Parameters
    ----------
    made : Forecast
        With the simple forecasts.
    snapshot : Snapshot or None
        Of the training of the networks, if there is one.
    networks : tuple of str
        Their names.

    Returns
    -------
    dict
        "naive", "linear" and the networks.
    """
    y = made.y[-made.test :]
    found = {"naive": made.naive, "linear": made.linear}
    simple = {name: _sound(forecasting.rmse(y, forecast[-made.test :]), made) for name, forecast in found.items()}
    if snapshot is None:
        return simple
    return simple | {name: float(value) for name, value in zip(networks, snapshot.values["rmse"], strict=True)}


def _sound(error: float, made: Forecast) -> float:
    """Leave out an error that is nothing but rounding: it would be compared, and said with three digits."""
    return 0.0 if error < forecasting.rounding(made) else error


def _said(error: float) -> str:
    """Write an error with three digits, or all before the point: sales may come in thousands."""
    return f"{error:.0f}" if error >= 100 else f"{error:.3g}"


def notices(made: Forecast, now: Mapping[str, float], trained: int) -> list[str]:
    """Say what the picture shows: the samples, the best forecast, and what leaks would have claimed.

    Parameters
    ----------
    made : Forecast
        The samples and the simple forecasts.
    now : mapping
        As from `errors`.
    trained : int
        Batches of training so far.

    Returns
    -------
    list of str
        Markdown.
    """
    leaks = forecasting.leaks(made)
    shuffled, honest = _sound(leaks.shuffled, made), _sound(leaks.honest, made)
    found = [
        f"{len(made.series.values)} values, windows of {made.n_steps} (the shaded band): {len(made.y)} samples. "
        f"The last {made.test} are the test part; {made.train} are there to learn from.",
        winner(now, trained),
        f"**Samples shuffled before the split** would claim an RMSE of {_said(shuffled)} for the linear forecast; "
        f"on the real future it is {_said(honest)}. {_compared(shuffled, honest)}",
        f"**Scaling fitted on all values** {_scaled(leaks)}: the same forecasts, another ruler. In the units of the "
        "series, as here, the naive and the linear forecast do not change; a network does: it trains on that ruler.",
    ]
    if made.train < made.n_steps + 2:
        weights = f"{made.n_steps + 1} weights and {made.train} samples"
        found.insert(2, f"The linear forecast has {weights}: it learns them by heart.")
    return found[:4]


def _compared(claimed: float, honest: float) -> str:
    if _close(claimed, honest):
        return "Here the two happen to agree."
    if claimed < honest:
        return "It would look better than it is: neighbours of every test sample were in the training."
    return "Here the last values happen to be the easier ones; the claim is wrong all the same."


def _scaled(leaks: Leaks) -> str:
    leak, honest = f"{leaks.scaled_leak:.3g}", f"{leaks.scaled:.3g}"
    if leak == honest:
        return f"would claim the same {honest} standard deviations for the naive forecast, by chance"
    return f"would claim {leak} standard deviations for the naive forecast in place of {honest}"


def winner(now: Mapping[str, float], trained: int) -> str:
    """Say honestly which forecast has the smallest error.

    Examples
    --------
    >>> winner({"naive": 1.0, "linear": 0.5}, 0)
    '**linear** is best on the test part: RMSE 0.5, naive 1. The networks are not trained yet.'
    >>> winner({"naive": 1.0, "linear": 1.5, "LSTM": 2.0}, 60)
    '**naive** wins: no network beats it (RMSE 1; best network LSTM 2) after 60 batches, and more need not help.'
    >>> winner({"naive": 1.0, "linear": 1.5, "LSTM": 0.99}, 1)
    '**LSTM** and **naive** are as good as equal after 1 batch: RMSE 0.99 and 1.'
    """
    said = {name: _said(error) for name, error in now.items()}
    simple, other = sorted(("naive", "linear"), key=lambda name: now[name])
    networks = [name for name in now if name not in ("naive", "linear")]
    if not networks or not trained:
        found = f"**{simple}** is best on the test part: RMSE {said[simple]}, {other} {said[other]}."
        if _close(now[simple], now[other]):
            found = f"**{simple}** and **{other}** are as good as equal: RMSE {said[simple]} and {said[other]}."
        return f"{found} The networks are not trained yet."
    best, batches = min(networks, key=lambda name: now[name]), f"{trained} batch{'' if trained == 1 else 'es'}"
    if _close(now[best], now[simple]):
        return (
            f"**{best}** and **{simple}** are as good as equal after {batches}: RMSE {said[best]} and {said[simple]}."
        )
    if now[best] < now[simple]:
        return (f"**{best}** is best after {batches}: RMSE {said[best]} against {said[simple]} of {simple}. But the "
                "moment was picked by looking at the test part; scrub and see how it comes and goes.")  # fmt: skip
    return (f"**{simple}** wins: no network beats it (RMSE {said[simple]}; best network {best} {said[best]}) after "
            f"{batches}, and more need not help.")  # fmt: skip


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= CLOSE * max(one, other)


def describe(job: ForecastJob, snapshot: Snapshot, rate: float, hidden: bool = False) -> str:
    """How far the training is, in one line; with `hidden` without its errors."""
    found = ", ".join(
        f"{name} {_said(value)}" for name, value in zip(job.networks, snapshot.values["rmse"], strict=True)
    )
    speed = f" · {rate:.0f} batches a second" if rate else ""
    return f"Epoch {snapshot.step / job.batches:.1f} of {job.epochs}{'' if hidden else f' · test RMSE {found}'}{speed}"


def question(made: Forecast, now: Mapping[str, float], number: int, trained: int = 0) -> Question:
    """Ask how many samples there are, or which forecast is best at this moment.

    Parameters
    ----------
    made : Forecast
        The samples.
    now : mapping
        As from `errors`.
    number : int
        Which question: even numbers ask for the winner, where there is one.
    trained : int
        Batches of training so far.

    Returns
    -------
    Question
        With its computed answer.
    """
    best, second = sorted(now, key=lambda name: now[name])[:2]
    if number % 2 or _close(now[best], now[second]):
        return _count(made)
    values = ", ".join(f"{name} {_said(value)}" for name, value in now.items())
    larger = [name for name in now if name not in ("naive", "linear", best)]
    traps = tuple((name, "A network is not better for being larger: it has to earn it.") for name in larger)
    # A training may go on while the question is open.
    moment = f", the networks as they are after {trained} batch{'' if trained == 1 else 'es'}" if len(now) > 2 else ""
    return Question(
        f"Which forecast has the smallest RMSE on the test part{moment}?", best, f"The errors are: {values}.",
        choices=tuple(now), traps=traps,
    )  # fmt: skip


def _count(made: Forecast) -> Question:
    count, n, test = len(made.series.values), made.n_steps, made.test
    first = "The first value has" if n == 1 else f"The first {n} values have"
    return Question(
        f"{count} values, n_steps {n}, the last {test} samples to test on. How many are left to learn from?",
        made.train, f"{count} − {n} = {count - n} samples, less {test}: {made.train}.",
        traps=((count - n, "That is all samples, the test part included."),
               (count - test, f"{first} no window before {'it' if n == 1 else 'them'}."),
               (count - n + 1 - test, "The last window has no value after it.")),
    )  # fmt: skip
