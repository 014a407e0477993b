"""Encoder and decoder: the data, the network against NumPy, and what the shipped ones can do."""

import datetime

import keras
import numpy as np
import pytest

from engine import quiz
from engine.sequence import (
    dates,
    gru_by_hand,
    signs,
    spoken,
    translation_questions,
    translation_training,
    translation_words,
    translator,
    translator_by_hand,
    translator_layers,
    translator_network,
)
from engine.sequence.signs import DATES, OWN, SPOKEN, TEACHER, Spec
from engine.training import advance

SPECS = [Spec(), Spec(attention=False), Spec(mask=False), Spec(SPOKEN), Spec(SPOKEN, attention=False, units=64)]
INPUT = {DATES: "17 march 2019", SPOKEN: "double four seventy one"}


def random_weights(spec: Spec) -> np.ndarray:
    sizes = [int(np.prod(shape)) for shape in translator_by_hand.shapes(spec)]
    return np.random.default_rng(0).normal(0, 0.4, sum(sizes)).astype("float32")


def model(spec: Spec, weights: np.ndarray) -> keras.Model:
    """The trainable Keras model with these weights."""
    built = translator_network.build(spec)
    parts = gru_by_hand.split(weights, translator_by_hand.shapes(spec))
    for variable, values in zip(translator_network.ordered(built), parts, strict=True):
        variable.assign(values)
    return built


@pytest.mark.parametrize("form", range(6))
def test_a_date_is_read_back_in_every_form_that_it_is_written_in(form):
    for day in (
        datetime.date(1950, 1, 1),
        datetime.date(1999, 12, 31),
        datetime.date(2024, 2, 29),
        datetime.date(2049, 9, 3),
    ):
        assert dates.answer(dates.write(day, form)) == day.isoformat()


def test_a_day_that_does_not_exist_has_no_answer():
    assert [dates.answer(text) for text in ("30 february 2019", "31.04.2019", "13/01/2019", "17 marhc 2019", "")] == [
        None
    ] * 5


def test_the_longest_date_is_as_long_as_the_network_is_built_for():
    texts, _ = dates.pairs(6000, seed=3)
    assert max(map(len, texts)) == dates.LONGEST and set("".join(texts)) <= set(dates.SIGNS)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("oh", "0"),
        ("double seven", "77"),
        ("triple oh", "000"),
        ("seventy one", "71"),
        ("seventy oh one", "7001"),
        ("twelve twenty", "1220"),
        ("double", None),
        ("double twelve", None),
        ("hello", None),
        ("", None),
    ],
)
def test_spoken_numbers_mean_their_digits(said, digits):
    assert spoken.answer(said) == digits


def test_drawn_numbers_have_the_digits_asked_for_and_unseen_pairs_are_not_in_the_training():
    said, digits = spoken.pairs(300, seed=5, shortest=7, longest=7)
    assert {len(number) for number in digits} == {7} and [spoken.answer(words) for words in said] == digits
    read, _ = translation_training.examples(DATES)
    assert len(np.unique(read, axis=0)) == len(read)


@pytest.mark.parametrize(("make", "count"), [(dates.pairs, 0), (dates.pairs, 20_001), (spoken.pairs, 0)])
def test_impossible_counts_are_named(make, count):
    with pytest.raises(ValueError, match=f"{count} .*use 1 to 20,000"):
        make(count)


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_numpy_step_by_step_gives_the_keras_models_states_attention_and_output(spec):
    found = translator.translate(spec, random_weights(spec), INPUT[spec.task])
    assert found.check.passed and found.check.difference < 1e-5
    read = signs.encode(spec, [INPUT[spec.task]], len(found.signs))
    ids = {"start": 1, **{sign: k + 2 for k, sign in enumerate(spec.written)}}
    given = np.array([[ids[sign] for sign in found.fed]])
    logits = model(spec, random_weights(spec))([read, given]).numpy()[0, :, 2:]
    np.testing.assert_allclose(found.logits, logits, atol=1e-5)
    ours = translator_by_hand.by_hand(spec, random_weights(spec), read[0], np.array([ids[sign] for sign in found.fed]))
    np.testing.assert_allclose(ours["encoder"], found.encoder, atol=1e-5)
    np.testing.assert_allclose(ours["decoder"], found.decoder, atol=1e-5)


def test_the_check_notices_a_wrong_weight():
    spec, weights = Spec(), random_weights(Spec())
    read, fed = signs.encode(spec, ["17 march 2019"], 13)[0], np.array([1, 5, 3])
    honest = translator_by_hand.by_hand(spec, weights, read, fed)["logits"]
    weights[-100] += 0.01
    assert np.abs(translator_by_hand.by_hand(spec, weights, read, fed)["logits"] - honest).max() > 1e-4


@pytest.mark.parametrize("attention", [True, False])
def test_reading_its_own_output_step_by_step_equals_the_whole_model_on_that_output(attention):
    spec = Spec(attention=attention)
    found = translator.translate(spec, random_weights(spec), "17 mar 19")
    assert found.fed == ("start", *found.output[:-1])


def test_attention_is_a_softmax_of_the_scores_and_the_context_its_mean():
    found = translator.translate(Spec(), random_weights(Spec()), "17 march 2019")
    np.testing.assert_allclose(found.attention.sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(found.attention @ found.encoder, found.context, atol=1e-5)
    np.testing.assert_allclose(
        np.exp(found.scores) / np.exp(found.scores).sum(1, keepdims=True), found.attention, atol=1e-5
    )


def test_a_masked_network_does_not_see_its_padding_and_an_unmasked_one_does():
    for mask in (True, False):
        spec = Spec(mask=mask)
        built = model(spec, random_weights(spec))
        short, padded = (signs.encode(spec, ["17 mar 19"], steps) for steps in (9, 28))
        logits = [built([read, np.array([[1, 5]])]).numpy() for read in (short, padded)]
        assert bool(np.abs(logits[0] - logits[1]).max() < 1e-5) is mask


@pytest.mark.parametrize(
    ("spec", "text", "reads", "said"),
    [
        (Spec(), "", OWN, "empty"),
        (Spec(), "17 März 2019", OWN, "never met 'z', 'ä'"),
        (Spec(), "1" * 29, OWN, "29 letters"),
        (Spec(SPOKEN), "four hundred", OWN, "never met 'hundred'"),
        (Spec(SPOKEN), "one " * 21, OWN, "21 words"),
        (Spec(), "17 march", TEACHER, "no right answer"),
    ],
)
def test_what_cannot_be_read_is_said(spec, text, reads, said):
    with pytest.raises(ValueError, match=said):
        translator.translate(spec, random_weights(spec), text, reads)


def test_shipped_translators_of_dates_are_right_and_attention_got_there_first():
    kept = translation_training.shipped()
    first = {}
    for name in ("dates, attention, 32 units", "dates, one vector, 32 units", "dates, one vector, 64 units"):
        reached = kept[name].exact >= 0.95
        assert reached.any(), name
        first[name] = kept[name].epochs[reached.argmax()]
    assert kept["dates, attention, 32 units"].by_length.total >= 0.99
    assert (
        first["dates, attention, 32 units"]
        < first["dates, one vector, 64 units"]
        <= first["dates, one vector, 32 units"]
    )


def test_what_is_shipped_about_lengths_is_what_the_shipped_weights_do():
    name = "spoken numbers, attention, 32 units"
    kept = translation_training.shipped()[name]
    found = translation_training.by_length(kept.job.spec, kept.weights)
    assert found.asked.tolist() == kept.by_length.asked.tolist() and abs(found.total - kept.by_length.total) < 0.01


def test_one_vector_fails_as_spoken_numbers_grow_and_attention_does_not():
    share = {}
    for name in ("spoken numbers, attention, 32 units", "spoken numbers, one vector, 32 units"):
        found = translation_training.shipped()[name].by_length
        share[name.split(", ")[1]] = dict(zip(found.lengths, found.right / found.asked, strict=True))
    assert share["one vector"][2] > 0.9 and share["one vector"][12] < 0.3
    assert share["attention"][2] > 0.9 and share["attention"][12] > 0.6


def test_teacher_forcing_feeds_the_right_answer_whatever_was_written():
    found = translation_training.translate_shipped("dates, one vector, 32 units", "sunday, 17 march 2019", TEACHER)
    assert found.fed == ("start", *"2019-03-17") and len(found.output) == 11


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_the_same_seed_builds_the_same_network_and_another_seed_another(spec):
    first, again, other = (
        [v.numpy() for v in translator_network.ordered(translator_network.build(spec, seed))] for seed in (3, 3, 4)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert sum(np.array_equal(a, b) for a, b in zip(first, other, strict=True)) == 3  # biases begin at zero or one


def test_training_in_chunks_goes_the_same_way_and_lowers_the_loss():
    job = translation_training.TranslatorJob(spec=Spec(units=8), epochs=1, snapshot_every=5)
    once, _ = advance(job, None, 10)
    first, checkpoint = advance(job, None, 5)
    second, _ = advance(job, checkpoint, 5)
    np.testing.assert_array_equal(once[-1].values["weights"], second[-1].values["weights"])
    assert second[-1].values["loss"] < first[-1].values["loss"]


def test_the_question_has_the_right_answer_among_its_choices_and_a_wrong_one_gets_a_reason():
    for name in ("dates, attention, 32 units", "dates, one vector, 32 units"):
        found = translation_training.translate_shipped(name, dates.EXAMPLE, OWN)
        for number in range(6):
            question = translation_questions.ask_translation(found, number)
            assert not question.choices or question.answer in question.choices
            assert (
                quiz.grade(question, question.answer).right
                and not quiz.grade(question, -1.0 if not question.choices else "x").right
            )


def test_the_alignment_finds_the_year_and_counts_attention_on_padding():
    found = translation_training.translate_shipped("dates, attention, 32 units", "17 march 2019", OWN)
    seen = translation_questions.alignment(found)
    assert seen.year == (10, 11, 12, 13) and seen.padding == 0
    assert list(seen.year_peaks) == (found.attention[:4].argmax(1) + 1).tolist()
    unmasked = translation_training.translate_shipped("dates, attention, 32 units, no mask", "17.03.2019", OWN)
    assert translation_questions.alignment(unmasked).padding == pytest.approx(
        unmasked.attention[:, 10:].sum() / len(unmasked.output)
    )


def test_the_one_vector_goes_to_every_step_even_when_there_are_as_many_steps_as_units():
    spec = Spec(attention=False, units=8)  # keras.ops.add takes (1, 1, 8) + (1, 8, 1) for a bias
    read, fed = np.array([[1, 2, 3]]), np.array([[1, 3, 4, 5, 6, 7, 8, 9]])
    ours = translator_by_hand.by_hand(spec, random_weights(spec), read[0], fed[0])["logits"]
    np.testing.assert_allclose(model(spec, random_weights(spec))([read, fed]).numpy()[0], ours, atol=1e-5)
    np.testing.assert_allclose(
        translator_layers.everything(spec, random_weights(spec), read, fed)[2][0], ours, atol=1e-5
    )


@pytest.mark.parametrize("spec", [*SPECS, Spec(units=5), Spec(SPOKEN, units=9, mask=False)], ids=str)
def test_layers_that_get_their_weights_with_the_call_are_the_trained_models_padding_and_all(spec):
    read, answers = (array[-6:] for array in translation_training.examples(spec.task))
    given, weights = signs.shifted(answers), random_weights(spec)
    built = model(spec, weights)
    states, steps, logits, *looked = translator_layers.everything(spec, weights, read, given)
    np.testing.assert_allclose(logits, built([read, given]).numpy(), atol=1e-5)
    found = {layer.name: layer.output for layer in built.layers}
    wanted = [found["encoder"][0], found["decoder"][0], *(reversed(found["attention"]) if spec.attention else ())]
    for own, theirs in zip([states, steps, *looked], keras.Model(built.inputs, wanted)([read, given]), strict=True):
        np.testing.assert_allclose(own, theirs, atol=1e-5)


def test_the_number_of_units_and_the_weights_are_arguments_of_one_compiled_call():
    call = translator_layers._everything(True, True)
    for units, seed in ((6, 0), (6, 1), (11, 1)):
        translator.translate_untrained(Spec(units=units), seed, "17 mar 19")
    assert call.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_numpy_decodes_by_its_own_output_as_the_keras_layers_do(spec):
    read, answers = (array[-6:] for array in translation_training.examples(spec.task))
    trained = next((t for t in translation_training.shipped().values() if t.job.spec == spec), None)
    weights = random_weights(spec) if trained is None else trained.weights
    written = translator_layers.greedy(spec, weights, read, answers.shape[1])
    for ids, wanted in zip(read, written, strict=True):
        own = ids[ids > 0] if spec.mask else ids
        fed = translator_by_hand.greedy(spec, weights, own, answers.shape[1])
        assert fed[0] == signs.START and fed[1:].tolist() == wanted[: len(fed) - 1].tolist()
        assert len(fed) == answers.shape[1] or wanted[len(fed) - 1] == signs.END


@pytest.mark.parametrize("spec", [Spec(units=8), Spec(SPOKEN, attention=False, units=8)], ids=str)
def test_an_untrained_network_is_the_one_that_a_training_begins_with(spec):
    job = translation_training.TranslatorJob(spec=spec, seed=5, epochs=3)
    begun = advance(job, None, 0)[0][0].values["weights"]
    np.testing.assert_array_equal(translator_network.initial(spec, 5), begun)
    found = translator.translate_untrained(spec, 5, INPUT[spec.task])
    np.testing.assert_array_equal(found.logits, translator.translate(spec, begun, INPUT[spec.task]).logits)


@pytest.mark.parametrize("spec", [*SPECS, Spec(units=7)], ids=str)
def test_weights_drawn_without_the_model_are_the_models_to_the_last_bit(spec):
    for seed in (0, 3):
        drawn = translator_network.initial(spec, seed)
        np.testing.assert_array_equal(drawn, translator_network.read_off(translator_network.build(spec, seed)))


def test_several_weights_are_translated_each_with_its_own():
    kept = [random_weights(Spec()), translation_training.shipped()["dates, attention, 32 units"].weights]
    chance, trained = translator.translations(Spec(), kept, "17 march 2019")
    assert trained.text == "2019-03-17" != chance.text and chance.check.passed and trained.check.passed


@pytest.mark.parametrize(
    ("peaks", "said"),
    [((8, 8, 9, 10), "runs ahead"), ((7, 8, 9, 10), "A diagonal, here"), ((2, 8, 9, 10), "more than its own sign")],
)
def test_the_alignment_of_a_year_is_named_as_it_is(peaks, said):
    sentence = translation_words._year((7, 8, 9, 10), peaks)
    assert said in sentence
    assert ("No clean diagonal" in sentence) == (peaks != (7, 8, 9, 10))
    assert ("a later one is as good" in sentence) == (said == "runs ahead")
