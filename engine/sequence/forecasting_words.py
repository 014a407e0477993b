"""What is said about forecasts: which is best right now, what a leak would have claimed, and questions."""

from __future__ import annotations

from collections.abc import Mapping

from engine.quiz import Question
from engine.sequence import forecasting
from engine.sequence.forecasting import Forecast
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
    simple = {name: forecasting.rmse(y, forecast[-made.test :]) for name, forecast in found.items()}
    if snapshot is None:
        return simple
    return simple | {name: float(value) for name, value in zip(networks, snapshot.values["rmse"], strict=True)}


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
    found = [
        f"{len(made.series.values)} values, windows of {made.n_steps} (the shaded band): {len(made.y)} samples. "
        f"The last {made.test} are the test part; {made.train} are there to learn from.",
        winner(now, trained),
        f"**Samples shuffled before the split** would claim an RMSE of {leaks.shuffled:.3g} for the linear forecast; "
        f"on the real future it is {leaks.honest:.3g}. {_compared(leaks.shuffled, leaks.honest)}",
        f"**Scaling fitted on all values** would claim {leaks.scaled_leak:.3g} standard deviations for the naive "
        f"forecast in place of {leaks.scaled:.3g}: the same forecasts, another ruler. In the units of the "
        "series, as here, the naive and the linear forecast do not change; a network does: it trains on that ruler.",
    ]  # fmt: skip
    if made.train < made.n_steps + 2:
        weights = f"{made.n_steps + 1} weights and {made.train} samples"
        found.insert(2, f"The linear forecast has {weights}: it learns them by heart.")
    return found[:4]


def _compared(claimed: float, honest: float) -> str:
    if claimed < honest * (1 - CLOSE):
        return "It would look better than it is: neighbours of every test sample were in the training."
    if claimed > honest * (1 + CLOSE):
        return "Here the last values happen to be the easier ones; the claim is wrong all the same."
    return "Here the two happen to agree."


def winner(now: Mapping[str, float], trained: int) -> str:
    """Say honestly which forecast has the smallest error.

    Examples
    --------
    >>> winner({"naive": 1.0, "linear": 0.5}, 0)
    '**linear** is best on the test part: RMSE 0.5, naive 1. The networks are not trained yet.'
    >>> winner({"naive": 1.0, "linear": 1.5, "LSTM": 2.0}, 60)
    '**naive** wins: no network beats it (RMSE 1; best network LSTM 2). After 60 batches more training need not help.'
    """
    best = min(now, key=lambda name: now[name])
    networks = {name: value for name, value in now.items() if name not in ("naive", "linear")}
    if not networks or not trained:
        other = "naive" if best == "linear" else "linear"
        found = f"**{best}** is best on the test part: RMSE {now[best]:.3g}, {other} {now[other]:.3g}."
        return f"{found} The networks are not trained yet."
    champion = min(networks, key=lambda name: networks[name])
    if best in networks:
        simple = min(("naive", "linear"), key=lambda name: now[name])
        return (f"**{best}** is best now: RMSE {now[best]:.3g} against {now[simple]:.3g} of {simple}. But the moment "
                "was picked by looking at the test part; scrub and see how it comes and goes.")  # fmt: skip
    values = f"RMSE {now[best]:.3g}; best network {champion} {networks[champion]:.3g}"
    return (f"**{best}** wins: no network beats it ({values}). "
            f"After {trained} batches more training need not help.")  # fmt: skip


def describe(job: ForecastJob, snapshot: Snapshot, rate: float, hidden: bool = False) -> str:
    """How far the training is, in one line; with `hidden` without its errors."""
    found = ", ".join(f"{name} {value:.3g}" for name, value in zip(job.networks, snapshot.values["rmse"], strict=True))
    speed = f" · {rate:.0f} batches a second" if rate else ""
    return f"Epoch {snapshot.step / job.batches:.1f} of {job.epochs}{'' if hidden else f' · test RMSE {found}'}{speed}"


def question(made: Forecast, now: Mapping[str, float], number: int) -> Question:
    """Ask how many samples there are, or which forecast is best right now.

    Parameters
    ----------
    made : Forecast
        The samples.
    now : mapping
        As from `errors`.
    number : int
        Which question: even numbers ask for the winner.

    Returns
    -------
    Question
        With its computed answer.
    """
    count, n = len(made.series.values), made.n_steps
    if number % 2:
        test = made.test
        return Question(
            f"{count} values, n_steps {n}, the last {test} samples to test on. How many are left to learn from?",
            made.train, f"{count} − {n} = {count - n} samples, less {test}: {made.train}.",
            traps=((count - n, "That is all samples, the test part included."),
                   (count - test, f"The first {n} values have no window before them."),
                   (count - n + 1 - test, "The last window has no value after it.")),
        )  # fmt: skip
    best = min(now, key=lambda name: now[name])
    values = ", ".join(f"{name} {value:.3g}" for name, value in now.items())
    larger = [name for name in now if name not in ("naive", "linear", best)]
    traps = tuple((name, "A network is not better for being larger: it has to earn it.") for name in larger)
    return Question(
        "Which forecast has the smallest RMSE on the test part right now?", best, f"The errors are: {values}.",
        choices=tuple(now), traps=traps,
    )  # fmt: skip
