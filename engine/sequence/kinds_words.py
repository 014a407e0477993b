"""What the lesson on order says: its views and examples, its tables, what to notice, and its questions."""

import numpy as np

from engine.quiz import Question
from engine.sequence import kinds
from engine.sequence.kinds import KindTrace
from engine.sequence.kinds_data import END, short
from engine.sequence.padding import PaddingTrace
from engine.sequence.why_order import OrderTrace

ORDERS, PADDING = "same words, another order", "unequal lengths: padding and mask"
VIEWS = (ORDERS, *kinds.KINDS, PADDING)
EXAMPLES = {  # what the two fields say when a view opens
    ORDERS: ("Man eats hot-dog", "Hot-dog eats man"),
    kinds.MANY_TO_ONE: ("good not bad", ""),
    kinds.MANY_TO_MANY: ("anna berg flew from new york to rome", ""),
    kinds.TRANSLATION: ("the white house", ""),
    PADDING: ("good / not good / the film was dull but very funny", ""),
}
WHAT = {
    kinds.ONE_TO_ONE: "One picture in, one answer out: which digit? No time at all, so no recurrent layer.",
    kinds.ONE_TO_MANY: "One picture in, many letters out: its name. Each letter that comes out goes in at the next.",
    kinds.MANY_TO_ONE: "Many words in, one answer out, after the last: is the review kind?",
    kinds.MANY_TO_MANY: "A tag for every word: B- begins a name, I- goes on with it; PER is a person, LOC a place.",
    kinds.TRANSLATION: "First all is read, then all is written: English to Spanish, with lengths of their own.",
}
DENSE, RNN, BOTH, NEITHER = "only Dense on the counts", "only the RNN", "both", "neither"
YES, NO = "yes, to the last digit", "no, it changes"
SAME = 1e-6
MAX_CHOICES = 6  # of many classes
WHERE = -1  # in place of a step: where something comes out is asked for
LATER = "What there is to notice comes back after your answer."


def order_table(traced: OrderTrace) -> dict[str, list[str]]:
    """The two bags of words side by side, and what both layers make of them."""
    names = [" ".join(map(short, sentence)) for sentence in traced.sentences]
    table = {"": names}
    for k, word in enumerate(traced.words):
        head = f"“{short(word)}”"
        table[head if head not in table else f"{head} {k + 1}"] = [f"{count:.0f}" for count in traced.counts[:, k]]
    table["Dense(counts)"] = [_numbers(row) for row in traced.dense]
    table["RNN, last state"] = [_numbers(row) for row in traced.last]
    return table


def layer_table(traced: KindTrace) -> dict[str, list[str]]:
    """The Keras model, a row per layer."""
    names, shapes, counts = zip(*traced.layers, strict=True)
    return {"layer": list(names), "output shape (batch, …)": list(shapes), "parameters": list(counts)}


def padding_table(traced: PaddingTrace) -> dict[str, list[str]]:
    """The batch, a row per review."""
    return {
        "review": [" ".join(sentence) for sentence in traced.sentences],
        "places, 0 is padding": [" ".join(map(str, row)) for row in traced.ids],
        "kind, in this batch": [f"{number:.4f}" for number in traced.kind],
        "kind, alone": [f"{number:.4f}" for number in traced.alone],
    }


def _numbers(row: np.ndarray) -> str:
    return "  ".join(f"{number:.3f}" for number in row).replace("-", "−")


def order_notices(traced: OrderTrace) -> list[str]:
    """What the two sentences show."""
    apart = float(np.abs(traced.last[0] - traced.last[1]).max())
    counted = float(np.abs(traced.dense[0] - traced.dense[1]).max())
    bag = "the same words, so the same counts" if traced.same_bag else "different counts"
    dense = "are the same" if counted < SAME else f"differ by up to {counted:.3g}"
    last = "are the same" if apart < SAME else f"differ by up to {apart:.3g}"
    found = [f"The sentences have {bag}; the outputs of Dense {dense}.",
             f"The RNN reads one word after the other; its last states {last}."]  # fmt: skip
    if traced.sentences[0] == traced.sentences[1]:
        found.append("Both sentences have the same words in the same order: there is nothing to tell apart.")
    elif traced.same_bag:
        found.append("Whatever is trained on top of the counts can never tell these two sentences apart.")
    return found


def kind_notices(traced: KindTrace) -> list[str]:
    """What the unrolled network shows."""
    steps, come, out = len(traced.steps), int(traced.has_x.sum()), int(traced.has_y.sum())
    found = [
        WHAT[traced.kind],
        f"T_x = {come}, T_y = {out}: something comes in at {come} of {steps} steps and out at {out}.",
    ]
    if traced.kind == kinds.ONE_TO_ONE:
        found[1] = "T_x = 1, T_y = 1: there is only one step."
    elif traced.kind == kinds.TRANSLATION:
        found.append(f"Between reading and writing there is only one vector of {traced.hidden.shape[1]} numbers.")
    else:
        longer = "name" if traced.writes else "sentence"
        found.append(f"The same weights at every step: a longer {longer} needs no more of them.")
    share = "letter-perfect" if traced.writes else "right"
    found.append(f"Of the examples that it was not trained on, {traced.accuracy:.1%} come out {share}.")
    return found


def padding_notices(traced: PaddingTrace) -> list[str]:
    """What the padded batch shows."""
    off = np.abs(traced.kind - traced.alone)
    worst = int(off.argmax())
    filled = traced.ids.size - int(traced.real.sum())
    if not filled:
        return ["All reviews here have the same length: nothing is filled up, and the mask changes nothing."]
    found = [f"A batch is one block of numbers, so {filled} place{'s are' if filled > 1 else ' is'} filled up with 0."]
    if traced.masked:
        found.append("With the mask the state waits in the padding, and every answer is the one without padding.")
    else:
        was = " ".join(traced.sentences[worst])
        found.append(f"Without the mask “{was}” goes from {traced.alone[worst]:.3f} to {traced.kind[worst]:.3f}: "
                     "the network reads the padding as words it was never taught.")  # fmt: skip
    return found


def order_question(traced: OrderTrace, seed: int) -> Question:
    """Which of the two layers gives the same numbers for both sentences?"""
    dense = bool(np.abs(traced.dense[0] - traced.dense[1]).max() < SAME)
    last = bool(np.abs(traced.last[0] - traced.last[1]).max() < SAME)
    answer = {(1, 0): DENSE, (0, 1): RNN, (1, 1): BOTH, (0, 0): NEITHER}[dense, last]
    why = "the counts are equal, and that is all Dense sees; " if traced.same_bag else "the counts differ; "
    why += "the states are equal." if last else "the RNN meets the words at other steps."
    traps = ((BOTH, "The RNN multiplies the past by W once more at every step, so order counts."),
             (RNN, "It is the other way round.")) if answer == DENSE else ()  # fmt: skip
    return Question("Which layer puts out the same numbers for both sentences?", answer, why,
                    choices=(RNN, DENSE, BOTH, NEITHER), traps=traps)  # fmt: skip


def kind_question(traced: KindTrace, seed: int) -> tuple[Question, int]:
    """Ask what comes out of a step, or how often something comes out; and from which step (from 0) the picture hides.

    Where letters or words go in again, the number of steps tells how many came out: then only the first is asked.
    """
    out = np.flatnonzero(traced.has_y)
    if seed % 2 == 0 or traced.writes:
        t = int(np.random.default_rng(seed).choice(out))
        return _what_comes_out(traced, t), t
    text = "How many times does something come out of this network here? (T_y)"
    traps = ((len(traced.steps), "That is the number of all steps."), (int(traced.has_x.sum()), "That is T_x."))
    why = f"something comes out at {len(out)} of {len(traced.steps)} step{'s' if len(traced.steps) > 1 else ''}."
    return Question(text, len(out), why, traps=traps), WHERE


def _what_comes_out(traced: KindTrace, t: int) -> Question:
    text = f"The picture hides what comes out of step {t + 1}, “{traced.steps[t]}”. What is it?"
    if traced.writes:
        text = f"The picture hides what comes out of step {t + 1} and later. What is it? ({END} is the end)"
    why = f"the probability of {traced.classes[traced.outputs[t].argmax()]} is {traced.outputs[t].max():.3f}."
    likely = np.sort(np.argsort(-traced.outputs[t])[:MAX_CHOICES])
    choices = tuple(traced.classes[k] for k in (likely if traced.writes else range(len(traced.classes))))
    return Question(text, traced.said[t], why, choices=choices if len(choices) > 1 else (*choices, f"un{choices[0]}"))


def padding_question(traced: PaddingTrace, row: int) -> Question:
    """Is the answer for a review the same as without padding?"""
    same = abs(traced.kind[row] - traced.alone[row]) < SAME
    why = f"alone {traced.alone[row]:.4f}, in this batch {traced.kind[row]:.4f}."
    traps = ((YES, "Padding that is not masked changes the state like a word."),
             (NO, "A masked step, or one that is not there, leaves the state as it is."))  # fmt: skip
    text = f"Is the answer for “{' '.join(traced.sentences[row])}” in this batch the same as for the review alone?"
    return Question(text, YES if same else NO, why, choices=(YES, NO), traps=traps)
