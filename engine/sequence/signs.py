"""What the small translators read and write: their tasks, signs and ids."""

from dataclasses import dataclass

import numpy as np

from engine.sequence import dates, spoken

DATES, SPOKEN = "dates", "spoken numbers"
MASK, START, END = 0, 1, 2  # ids of nothing, of the decoder's first input, and of the end of the output
OWN, TEACHER = "its output", "the answer"
NO_ANSWER = "{text!r} has no right answer to feed to the decoder; let it read its own output, or type another input"
STEPS = {
    DATES: (dates.LONGEST, 11),
    SPOKEN: (spoken.MOST, spoken.MOST + 1),
}  # longest input and output, its end included


@dataclass(frozen=True)
class Spec:
    """Which translator it is."""

    task: str = DATES
    attention: bool = True
    units: int = 32
    mask: bool = True  # the padding behind short inputs is skipped

    @property
    def signs(self) -> tuple[str, ...]:
        """What can be read; the id of a sign is its place here, plus one."""
        return dates.SIGNS if self.task == DATES else spoken.WORDS

    @property
    def written(self) -> tuple[str, ...]:
        """What can be written, the end first; the id is the place here, plus two."""
        return ("end", *(dates.WRITTEN if self.task == DATES else spoken.WRITTEN))


def tokens(spec: Spec, text: str) -> list[str]:
    """Cut an input into signs: letters of a date, words of a spoken number.

    Raises
    ------
    ValueError
        If it is empty, too long, or has signs that the network has never met.

    Examples
    --------
    >>> tokens(Spec(SPOKEN), "Double four  seven")
    ['double', 'four', 'seven']
    """
    clean = " ".join(text.lower().split())
    found = list(clean) if spec.task == DATES else clean.replace("-", " ").split()
    kind, most = ("letters and signs", STEPS[DATES][0]) if spec.task == DATES else ("words", STEPS[SPOKEN][0])
    example = dates.EXAMPLE if spec.task == DATES else spoken.EXAMPLE
    if not found:
        raise ValueError(f"the input is empty; type for example {example}")
    if len(found) > most:
        raise ValueError(f"{len(found)} {kind} are too many; use up to {most}, for example {example}")
    if strange := sorted({sign for sign in found if sign not in spec.signs}):
        raise ValueError(f"the network has never met {', '.join(map(repr, strange[:5]))}; type for example {example}")
    return found


def right_answer(spec: Spec, text: str) -> str | None:
    """Work out by rule what the network should write; None where no rule knows.

    Examples
    --------
    >>> right_answer(Spec(), "March 17,  2019")
    '2019-03-17'
    """
    return (dates if spec.task == DATES else spoken).answer(
        " ".join(tokens(spec, text)) if spec.task == SPOKEN else "".join(tokens(spec, text))
    )


def encode(spec: Spec, texts: list[str], steps: int) -> np.ndarray:
    """Turn inputs into ids (n, steps) int32, padded with 0 behind."""
    places = {sign: k + 1 for k, sign in enumerate(spec.signs)}
    ids = np.zeros((len(texts), steps), np.int32)
    for row, text in enumerate(texts):
        found = [places[sign] for sign in tokens(spec, text)]
        ids[row, : len(found)] = found
    return ids


def encode_outputs(spec: Spec, texts: list[str], steps: int) -> np.ndarray:
    """Turn outputs into ids (n, steps) int32 with an end behind each, padded with 0.

    Examples
    --------
    >>> encode_outputs(Spec(SPOKEN), ["07"], 4).tolist()
    [[3, 10, 2, 0]]
    """
    places = {sign: k + END for k, sign in enumerate(spec.written)}
    ids = np.zeros((len(texts), steps), np.int32)
    for row, text in enumerate(texts):
        found = [*(places[sign] for sign in text), END]
        ids[row, : len(found)] = found
    return ids


def shifted(answers: np.ndarray) -> np.ndarray:
    """Give what the decoder reads under teacher forcing: the start, then each answer but the last; (n, T) ids."""
    return np.concatenate([np.full_like(answers[:, :1], START), np.where(answers == MASK, END, answers)[:, :-1]], 1)
