"""What is said and asked about a network that writes."""

import numpy as np

from engine.quiz import Question
from engine.sequence import texts
from engine.sequence.char_rnn import LIMITS, Trace, other
from engine.sequence.char_rnn_training import Curve

SHOWN = 24  # characters of what stands before a question


def letter(traced: Trace, code: int) -> str:
    """A character as a sentence can name it."""
    return {"\n": "⏎ (the line ends)", " ": "␣ (a space)"}.get(traced.alphabet[code], traced.alphabet[code])


def before(traced: Trace, moment: int, step: int) -> str:
    """The last characters before a step."""
    return traced.text(moment)[max(0, step - SHOWN) : step].replace("\n", "⏎")


def asked_step(traced: Trace, moment: int, round: int) -> int:
    """Choose a place where neither everything nor nothing is certain; another one for every round."""
    best = traced.p[moment, :, 0]
    places = np.flatnonzero((best > 0.3) & (best < 0.97) & (np.arange(len(best)) >= max(1, traced.start)))
    places = places if len(places) else np.arange(max(1, traced.start), len(best))
    return int(np.random.default_rng(round).choice(places))


def question(traced: Trace, moment: int, round: int) -> tuple[Question, int, bool]:
    """Ask what comes next, or what another temperature does.

    Parameters
    ----------
    traced : Trace
        What was written.
    moment : int
        Which moment of the training is looked at.
    round : int
        Of the questions; even ones ask for the next character.

    Returns
    -------
    Question
        With its computed answer.
    int
        The step it is about.
    bool
        Whether the picture must stop there.
    """
    step = asked_step(traced, moment, round)
    make = _temperature if round % 2 else _next
    return make(traced, moment, step), step, round % 2 == 0


def _next(traced: Trace, moment: int, step: int) -> Question:
    names = [letter(traced, code) for code in traced.top[moment, step, :4]]
    p, past = traced.p[moment, step], before(traced, moment, step)
    return Question(
        f"The text stops after “{_plain(past)}”. Which character does the network hold to be the likeliest?",
        names[0],
        f"the network gives {_plain(names[0])} the probability {_fine(p[0])}, {_plain(names[1])} {_fine(p[1])}.",
        choices=tuple(sorted(names)),
        traps=tuple((name, f"{_plain(name)} gets {_fine(q)}.") for name, q in zip(names[1:], p[1:4], strict=True)),
    )


def _fine(p: float) -> str:
    """A probability with the digits in which those of an untrained network differ."""
    return "less than 0.0001" if p < 0.0001 else f"{p:.4f}"


def _temperature(traced: Trace, moment: int, step: int) -> Question:
    now, then = traced.writing.temperature, other(traced.writing.temperature)
    p, sharper = float(traced.p[moment, step, 0]), float(traced.sharper[moment, step])
    name = _plain(letter(traced, traced.top[moment, step, 0]))
    grows = "every gap between the z is divided by less and grows" if then < now else "every gap between the z shrinks"
    traps: tuple[tuple[float | str, str], ...] = (
        (round(p * then / now, 4), "The temperature divides z, not the probability."),
        (round(p, 4), "The temperature does change it."),
    )
    return Question(
        f"After “{_plain(before(traced, moment, step))}” the likeliest character, {name}, has the probability {p:.3f} "
        f"at temperature {now:g}. What will it have at temperature {then:g}? (to 0.05)",
        sharper,
        f"{grows}, so {name} goes from {p:.3f} to {sharper:.3f}.",
        tolerance=0.05,
        traps=tuple(trap for trap in traps if abs(float(trap[0]) - sharper) > 0.1),
    )


def said(curve: Curve, place: int, traced: Trace, moment: int, name: str) -> str:
    """One line about a moment: its perplexity, and how much of what it writes is new."""
    at = int(np.flatnonzero(curve.steps == place)[0])
    seen, held = curve.perplexities[at]
    line = f"Perplexity {seen:.1f}" + ("" if np.isnan(held) else f", on held-out text {held:.1f}")
    count, pieces = int(traced.samples[moment]), things(traced, name)
    if count < 2:
        return f"{line} · it finishes {('no', 'one')[count]} {pieces[:-1]}"
    return f"{line} · {traced.new[moment]:.0%} of {count} {pieces} written are new"


def things(traced: Trace, name: str) -> str:
    """What the text is made of."""
    return {texts.NAMES: "names", texts.WORDS: "words"}.get(name, "words" if traced.prose else "lines")


def notices(traced: Trace, moment: int, curve: Curve, step: int, name: str) -> list[str]:
    """What the picture shows now.

    Parameters
    ----------
    traced, moment, step
        What was written; the moment that is looked at, and its step.
    curve : Curve
        Of the training.
    name : str
        Of the text.

    Returns
    -------
    list of str
        Markdown, most important first.
    """
    now = curve.perplexities[int(np.flatnonzero(curve.steps == step)[0]), 0]
    return [
        *_novelty(traced, moment, step, things(traced, name)),
        *_by_heart(curve, traced, name),
        f"Perplexity {now:.1f} at step {step}: on the text to learn from it is as unsure as if it chose among "
        f"{now:.1f} equally likely characters.",
        *_expert(traced, int(curve.steps[-1])),
    ]


def _expert(traced: Trace, last: int) -> list[str]:
    """Which unit tells most at the last step; before any training one of many does so by chance."""
    if not traced.experts:
        return []
    best = max(traced.experts, key=lambda expert: expert.score)
    unit, score = f"unit {best.unit + 1}", f"{best.name} {best.score:.2f}"
    if not last:
        return [
            f"Untrained as it is, {unit} goes with **{best.trait}** a little ({score}): some unit always does, by "
            "chance. Train, and look which unit does then."
        ]
    return [
        f"Nobody asked for it, but at step {last} {unit} follows **{best.trait}** ({score}). No unit is perfect: "
        "look for others."
    ]


def _novelty(traced: Trace, moment: int, step: int, pieces: str) -> list[str]:
    """How much of what it writes is its own."""
    if traced.samples[moment] < 2:
        return []
    held, temperature, (lowest, highest) = traced.held[moment], traced.writing.temperature, LIMITS["temperature"]
    real = f" ({held:.0%} are in the held-out part: real ones that it never read)" if held else ""
    others = [word for word, there in [("higher", temperature < highest), ("lower", temperature > lowest)] if there]
    return [
        f"Of {traced.samples[moment]} {pieces} written at step {step} and temperature {temperature:g}, "
        f"**{traced.new[moment]:.0%} are new**{real}. Try a {' and a '.join(others)} temperature."
    ]


def _by_heart(curve: Curve, traced: Trace, name: str) -> list[str]:
    """Since when it learns by heart: the perplexity of the held-out text rises."""
    held = curve.perplexities[:, 1]
    if np.isnan(held[-1]) or held[-1] < 1.1 * np.nanmin(held):
        return []
    best = int(np.nanargmin(held))
    unread = "text" if traced.prose else things(traced, name)
    return [
        f"On held-out {unread} the perplexity was lowest at step {curve.steps[best]} ({held[best]:.1f}) and is "
        f"{held[-1]:.1f} at step {curve.steps[-1]}: from there on it learns by heart. Move the training back and read."
    ]


def _plain(text: str) -> str:
    """Escape Markdown in what may have been typed."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+!|<>~$:-" else c for c in text)
