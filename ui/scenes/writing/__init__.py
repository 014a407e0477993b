"""The `writing` scene: a text that a network wrote, character by character, with the distribution behind each of them.

The text is coloured by one hidden unit or by how likely each character was. Hovering, stepping, playing, the choice of
the unit and the slider over the moments of a training happen in the browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.sequence.char_rnn import Trace
from ui import scenes


@dataclass(frozen=True, eq=False)
class Past:
    """Where the moments of a trace lie in their training."""

    places: Sequence[int]  # (F,) steps
    end: int  # last step of the training
    steps: np.ndarray  # (S,) of the curve's points, more than the moments
    curve: np.ndarray  # (S, 2) perplexity on the training text and on the held-out text; NaN: none
    said: Sequence[str]  # (F,) one line about each moment
    now: int = -1  # the moment to show first, and again when it changes; negative: from the end


@dataclass(frozen=True)
class Note:
    """What is known about a unit."""

    unit: int
    text: str


def show(
    key: str,
    traced: Trace,
    past: Past,
    *,
    unit: int = 0,
    by_unit: bool = True,
    notes: Sequence[Note] = (),
    select: int = 0,
    stop: int | None = None,  # the text ends before this character, because it is asked for
) -> None:
    """Mount the scene under `key`; while something is asked for, the other moments do not tell it."""
    now = past.now % len(past.places)
    moments = slice(None) if stop is None else slice(now, now + 1)
    header = {
        "letters": list(traced.alphabet), "start": traced.start, "units": traced.hidden.shape[2],
        "temperature": traced.writing.temperature, "colour": {"unit": unit, "byUnit": by_unit},
        "stops": stop is not None, "end": int(past.end),
        "notes": [{"unit": note.unit, "text": note.text} for note in notes], "select": select,
        "places": [int(place) for place in past.places[moments]], "said": list(past.said[moments]),
        "now": now if stop is None else 0,
    }  # fmt: skip
    scenes.scene("writing")(key=key, data=scenes.pack(header, _arrays(traced, past, moments, stop)))


def _arrays(traced: Trace, past: Past, moments: slice, stop: int | None) -> dict[str, np.ndarray]:
    rest = {
        "rest": np.maximum(0, 1 - traced.p.sum(-1)), "plain_rest": np.maximum(0, 1 - traced.plain.sum(-1)),
        "above": traced.below + traced.written,
    }  # fmt: skip
    names = ("codes", "top", "p", "plain", "log_sum", "written_z", "written", "below", "belongs")
    found = {name: getattr(traced, name) for name in names} | rest
    found = {name: array[moments, :stop] for name, array in found.items()}
    if stop is not None:
        found["belongs"] = _unfinished(found["belongs"])
    found |= {name: found[name].astype(np.uint8) for name in ("codes", "top")}
    # 16 bits a number: half the bytes of float32, and more digits than are shown
    hidden = ((traced.hidden[moments, :stop] + 1) * 32767.5).round().astype("<u2")
    bits = hidden.view(np.uint8).reshape(*hidden.shape, 2)
    return found | {"hidden": bits, "draws": traced.draws[:stop], "steps": past.steps, "curve": past.curve}


def _unfinished(belongs: np.ndarray) -> np.ndarray:
    """Mark the last name or word (F, T) as not finished: whether it is copied would tell how it goes on."""
    inside = np.logical_and.accumulate(belongs[:, ::-1] > 0, axis=1)[:, ::-1]
    return np.where(inside, 0, belongs)
