"""The parts of the encoder-decoder page that follow a training: the weights shown, the picture, the recipe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.compute import TimeLimit, WorkerDied
from engine.quiz import Question
from engine.run import Run
from engine.sequence import (
    signs,
    spoken,
    tagger,
    tagger_training,
    tagging,
    translation_questions,
    translation_training,
    translation_words,
    translator,
)
from engine.sequence.moments import spread
from engine.sequence.signs import DATES, OWN, SPOKEN, TEACHER
from engine.sequence.tagger import Tagged
from engine.sequence.tagger_training import TaggerJob
from engine.sequence.translation_training import TranslatorJob
from engine.sequence.translator import Translation
from ui import training
from ui.lesson import cached, capital, plain
from ui.scenes.timeline import tags as tags_scene
from ui.scenes.timeline import translation as scene
from ui.scenes.timeline.learning import Past

Job = TranslatorJob | TaggerJob
TAGS = "entity tags"
TASKS = (DATES, SPOKEN, TAGS)
SHIPPED = {job: name for name, job in (translation_training.JOBS | tagger_training.JOBS).items()}
BEFORE = "Not trained yet: what it says is chance. **Train** teaches it, live."
MOMENTS = 16  # of a training to scrub through
FORMULA = {
    True: r"e_{tj} = v \cdot \tanh(W s_t + U h_j) \quad \alpha_t = \mathrm{softmax}(e_t) \quad "
    r"c_t = \sum_j \alpha_{tj}\,h_j \quad p_t = \mathrm{softmax}(V[s_t; c_t] + b)",
    False: r"s_0 = h_S \qquad s_t = \mathrm{GRU}(s_{t-1}, [y_{t-1}; h_S]) \qquad "
    r"p_t = \mathrm{softmax}(V[s_t; h_S] + b)",
}
TAG_FORMULA = r"p_t = \mathrm{softmax}(V\,[h_t; h'_t] + b) \qquad F_1 = \frac{2PR}{P + R}"


def job(task: str, settings: dict[str, Any], *, attention: bool, mask: bool, both_ways: bool) -> Job:
    """Turn the page's settings into a training."""
    units = settings.pop("units")
    if task == TAGS:
        return TaggerJob(units=units, both_ways=both_ways, **settings)
    return TranslatorJob(spec=signs.Spec(task, attention, units, mask), **settings)


def refuse(task: str, text: str, reads: str) -> None:
    """Raise the ValueError of an input that cannot be shown, before anything is trained on it."""
    if task == TAGS:
        tagging.words(text)
    elif signs.right_answer(signs.Spec(task), text) is None and reads == TEACHER:
        raise ValueError(signs.NO_ANSWER.format(text=text.strip()))


@dataclass(frozen=True, eq=False)
class View:
    """What is drawn now: the input on its way through the network at one or several moments."""

    moments: Sequence[Any]  # Translation or Tagged
    past: Past | None  # None: the network is shipped, or untrained

    @property
    def now(self) -> Any:
        """The moment that the words are about."""
        return self.moments[self.past.now if self.past else 0]


def view(job: Job, run: Run | None, text: str, reads: str) -> View:
    """Send the input through the run's moments, or through the network that is there before any run."""
    if run is None:
        first = training.remember("first answer", (_network(job), text, reads), lambda: _first(job, text, reads))
        return View([first], None)
    snapshots, now = training.frames(run)
    chosen = spread(len(snapshots), now, MOMENTS)
    places = [snapshots[k].step for k in chosen]
    key = (job, tuple(places), text, reads)
    weights = [snapshots[k].values["weights"] for k in chosen]
    found = training.remember("answers", key, lambda: _through(job, weights, text, reads))
    kept = run.snapshots
    end = run.total_steps or kept[-1].step
    past = Past(places, chosen.index(now), end, [s.step for s in kept], [s.values["exact"] for s in kept])
    return View(found, past)


def _network(job: Job) -> Any:
    """What an answer before any training depends on: the epochs and the rate are none of it."""
    return SHIPPED.get(job) or (_shape(job), job.seed)


def _shape(job: Job) -> Any:
    return (job.units, job.both_ways) if isinstance(job, TaggerJob) else (job.spec,)


def _first(job: Job, text: str, reads: str) -> Translation | Tagged:
    """Ask the shipped network if there is one, else the one that a training begins with; shared by all sessions."""
    name = SHIPPED.get(job)
    if isinstance(job, TaggerJob):
        if name:
            return cached(tagger_training.tag_shipped)(name, text)
        return cached(tagger.tag_untrained)(job.units, job.both_ways, job.seed, text)
    if name:
        return cached(translation_training.translate_shipped)(name, text, reads)
    return cached(translator.translate_untrained)(job.spec, job.seed, text, reads)


def _through(job: Job, weights: list[Any], text: str, reads: str) -> list[Translation] | list[Tagged]:
    if isinstance(job, TaggerJob):
        return tagger.taggings(job.units, job.both_ways, weights, text)
    return translator.translations(job.spec, weights, text, reads)


def draw(find: Callable[[], View], asking: bool) -> None:
    """Show this moment of the training, or say why it cannot be shown.

    The frame is left alone here: a training redraws this part by itself, and what stands outside stays as it is.
    """
    try:
        seen = find()
    except (ValueError, TimeLimit, WorkerDied) as refusal:
        st.warning(plain(capital(str(refusal))), icon=":material/info:")
        return
    if isinstance(seen.now, Tagged):
        tags_scene.show("tags", seen.moments, asking, seen.past)
    else:
        scene.show("translation", seen.moments, asking, seen.past)


def notices(shown: Translation | Tagged, asking: bool) -> list[str]:
    """What the picture shows now, but for what an open question hides."""
    if isinstance(shown, Tagged):
        return translation_words.tag_notices(shown)
    return translation_words.notices(shown, asking)


def question(shown: Translation | Tagged, job: Job, number: int) -> Question:
    """Ask about what the picture hides."""
    if isinstance(shown, Tagged):
        return translation_questions.ask_tags(shown, isinstance(job, TaggerJob) and job.both_ways, number)
    return translation_questions.ask_translation(shown, number)


def recipe(shown: Translation | Tagged, job: Job, text: str, reads: str) -> dict[str, Any]:
    """Return what the recipe needs to train this network and show this input."""
    settings: dict[str, Any] = {
        "epochs": job.epochs, "learning_rate": job.learning_rate, "seed": job.seed, "text": text,
    }  # fmt: skip
    if isinstance(job, TaggerJob):
        return settings | {"units": job.units, "task": TAGS, "both_ways": job.both_ways, "lists": tagging.lists()}
    spec = job.spec
    lists = {"lists": spoken.lists()} if spec.task == SPOKEN else {}
    answer = shown.truth or "" if isinstance(shown, Translation) else ""
    return settings | lists | {
        "units": spec.units, "task": spec.task, "attention": spec.attention, "mask": spec.mask,
        "teacher": reads != OWN, "answer": answer,
    }  # fmt: skip
