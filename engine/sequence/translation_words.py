"""What to notice about a translation or a tagged sentence, and one line about its training."""

import numpy as np

from engine.sequence import tagger_training, translation_questions, translation_training
from engine.sequence.signs import TEACHER
from engine.sequence.tagger import Tagged
from engine.sequence.tagger_training import TaggerJob
from engine.sequence.translation_training import TranslatorJob
from engine.sequence.translator import Translation
from engine.training import Snapshot


def short(name: str) -> str:
    """The name of a shipped translator without its task."""
    return name.split(", ", 1)[1]


def notices(found: Translation, asking: bool = False) -> list[str]:
    """What the picture shows now, but for what an open question hides.

    Parameters
    ----------
    found : Translation
        What is shown.
    asking : bool
        Whether a question asks where the decoder looks.

    Returns
    -------
    list of str
        Markdown, most important first.
    """
    said = []
    if found.spec.attention:
        said.append(
            "**Point at a step.** A step of the decoder shows where it looks; a step of the encoder shows "
            "who looks at it. Each row of α sums to 1."
        )
        said += [] if asking else _alignment(found)
    else:
        said.append(
            f"All that crosses the border is one vector of {found.spec.units} numbers, for {len(found.signs)} signs "
            "as for one."
        )
    count = translation_questions.mistakes(found)
    fed = TEACHER if found.fed[1:] == tuple(found.truth or "") and found.output[:-1] != found.fed[1:] else ""
    if fed and count:
        said.append(
            "Here the decoder is fed the **right** answer, so each mistake stands alone; reading its own output, one "
            "mistake leads to the next."
        )
    return [*said, _totals(found.spec.task)][:4]


def _alignment(found: Translation) -> list[str]:
    seen = translation_questions.alignment(found)
    said = []
    if seen.padding > 0.005:
        said.append(
            f"The padding is not skipped: **{seen.padding:.0%}** of the attention lies on it, and the encoder's last "
            f"state has read {found.signs.count('')} signs of nothing."
        )
    if seen.year:
        said.append(_year(seen.year, seen.year_peaks))
    else:
        said.append(
            f"The largest weight of a row is {seen.peak:.2f} on average, not 1: neighbouring states know much the same."
        )
    return said


def _year(year: tuple[int, ...], peaks: tuple[int, ...]) -> str:
    """Compare where a date's year stands with where the decoder looks most while it writes it."""
    stands, looks = (", ".join(map(str, places)) for places in (year, peaks))
    if peaks == year:
        return f"**A diagonal, here:** the year stands at signs {stands}, and the decoder looks most at what it writes."
    seen = (
        f"**No clean diagonal:** the year stands at signs {stands}, and while writing it the decoder looks most at "
        f"{looks}."
    )
    if all(peak >= place for peak, place in zip(peaks, year, strict=True)):
        return f"{seen} The encoder runs ahead: a state holds all that was read before, so a later one is as good."
    return (
        f"{seen} A state holds more than its own sign, so the largest weight need not lie on the digit that is written."
    )


def _totals(task: str) -> str:
    jobs, shipped = translation_training.JOBS, translation_training.shipped()
    totals = [
        f"{short(name)} {shipped[name].by_length.total:.1%} (after {job.epochs} epochs)"
        for name, job in jobs.items()
        if job.spec.task == task and job.spec.mask
    ]
    return f"Exact on inputs it has not seen: {'; '.join(totals)}."


def tag_notices(found: Tagged) -> list[str]:
    """What a tagged sentence shows now, in Markdown but for the words it has never met, which stand as typed."""
    one, both = (scores.open for _, scores in tagger_training.shipped().values())
    said = [
        "As many outputs as inputs, each at its own word: no decoder is needed. Change a word on the right and see "
        "the first tag.",
        "jordan, paris, georgia can be both. Where only the words to the right decide, one direction is right in "
        f"**{one:.2f}**, a guess, and both directions in **{both:.2f}**.",
    ]
    if not found.known.all():
        strange = ", ".join(word for word, known in zip(found.words, found.known, strict=True) if not known)
        said.append(f"It has never met {strange}: all such words share one vector, and only the context can tell.")
    return said


def describe(job: TranslatorJob | TaggerJob, snapshot: Snapshot, rate: float) -> str:
    """How far a training is, in one line."""
    examples = tagger_training.EXAMPLES if isinstance(job, TaggerJob) else translation_training.EXAMPLES
    values = snapshot.values
    speed = f" · {rate * job.batch_size:,.0f} examples a second" if rate else ""
    loss = "" if np.isnan(values["loss"]) else f" · loss {values['loss']:.3f}"
    epoch = snapshot.step / -(-examples // job.batch_size)
    right = f"{values['exact']:.0%} of 200 unseen inputs without a mistake"
    return f"Epoch {epoch:.1f} of {job.epochs}{loss} · {right}{speed}"
