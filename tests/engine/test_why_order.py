"""Order, the five kinds and padding: against Keras called otherwise, the labels, and what a mask promises."""

import numpy as np
import pytest

from engine.quiz import grade
from engine.sequence import kinds, kinds_models, kinds_words, make_kinds, padding, why_order
from engine.sequence import kinds_data as data

SENTENCES = {
    kinds.ONE_TO_ONE: "", kinds.ONE_TO_MANY: "", kinds.MANY_TO_ONE: "the film was good but not funny",
    kinds.MANY_TO_MANY: "emma lee met omar in san diego", kinds.TRANSLATION: "she sees the old table",
}  # fmt: skip


def test_the_same_words_in_another_order_are_one_to_dense_and_two_to_the_rnn():
    found = why_order.compare_orders("Man eats hot-dog", "Hot-dog eats man")
    assert found.words == ("man", "eats", "hot-dog") and found.same_bag
    np.testing.assert_array_equal(found.dense[0], found.dense[1])
    assert np.abs(found.last[0] - found.last[1]).max() > 0.1


@pytest.mark.parametrize("sentences", [("a a b", "b a a"), ("one", "two words"), ("x " * 12, "y")])
def test_the_bag_counts_every_word(sentences):
    found = why_order.compare_orders(*sentences)
    assert found.counts.sum(1).tolist() == [len(sentence.split()) for sentence in sentences]
    assert found.check.passed and np.isfinite(found.last).all()


def test_a_word_keeps_its_vowel_signs():
    assert data.words("नमस्ते दुनिया, cafe\u0301") == ["नमस्ते", "दुनिया", "cafe\u0301"]


def test_two_long_words_that_begin_alike_keep_a_column_each():
    found = why_order.compare_orders("incomprehensible", "incomprehensibly")
    heads = list(kinds_words.order_table(found))
    assert len(heads) == 5 and all(len(head) < 18 for head in heads)


def test_the_same_sentence_twice_is_not_said_to_differ():
    said = " ".join(kinds_words.order_notices(why_order.compare_orders("a b", "a b")))
    assert "last states are the same" in said and "nothing to tell apart" in said


def wrong_by_a_little(function):
    return lambda *args, **kwargs: function(*args, **kwargs) + 1e-3


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_probabilities_that_are_off_by_a_thousandth_fail_the_check(kind, monkeypatch):
    monkeypatch.setattr(kinds_models, "put_out", wrong_by_a_little(kinds_models.put_out))
    assert not kinds.trace(kind, SENTENCES[kind], 5).check.passed
    assert not padding.pad("good / not good").check.passed


def test_outputs_of_dense_that_are_off_by_a_thousandth_fail_the_check(monkeypatch):
    layers = why_order._layers()
    monkeypatch.setattr(why_order, "_layers", lambda: lambda *args: (layers(*args)[0] + 1e-3, layers(*args)[1]))
    assert not why_order.compare_orders("a b", "b a").check.passed


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_trace_is_the_model_called_on_a_batch(kind):
    found = kinds.trace(kind, SENTENCES[kind], 5)
    model, _ = kinds_models.trained(kind)
    batch = [np.repeat(np.array([array]), 3, 0) for array in found.inputs]
    outputs = np.array(model(batch if len(batch) > 1 else batch[0])[-1])[2]
    np.testing.assert_allclose(found.outputs[found.has_y], outputs.reshape(-1, outputs.shape[-1]), atol=1e-5)
    assert found.check.passed


@pytest.mark.parametrize(
    ("kind", "steps", "come", "out"),
    [
        (kinds.ONE_TO_ONE, 1, 1, 1),
        (kinds.MANY_TO_ONE, 7, 7, 1),
        (kinds.MANY_TO_MANY, 7, 7, 7),
        (kinds.TRANSLATION, 10, 5, 5),
    ],
)
def test_each_kind_has_its_own_numbers_of_steps(kind, steps, come, out):
    found = kinds.trace(kind, SENTENCES[kind])
    assert (len(found.steps), found.has_x.sum(), found.has_y.sum()) == (steps, come, out)


def test_one_picture_becomes_the_letters_of_its_name():
    labels = data.digits()[1][data.TRAINED :]
    found = [kinds.trace(kinds.ONE_TO_MANY, digit=digit) for digit in range(20)]
    assert all(one.has_x.tolist() == [True] + [False] * (len(one.steps) - 1) for one in found)
    right = ["".join(one.said) == data.DIGITS[label] + data.END for one, label in zip(found, labels, strict=False)]
    assert np.mean(right) >= 0.8


def test_the_order_of_the_same_words_turns_a_review_round():
    assert kinds.trace(kinds.MANY_TO_ONE, "good not bad").said[-1] == "kind"
    assert kinds.trace(kinds.MANY_TO_ONE, "bad not good").said[-1] == "unkind"


def test_names_get_their_tags_and_phrases_their_spanish():
    found = kinds.trace(kinds.MANY_TO_MANY, SENTENCES[kinds.MANY_TO_MANY])
    assert found.said == ("B-PER", "I-PER", "O", "B-PER", "O", "B-LOC", "I-LOC")
    assert "".join(kinds.trace(kinds.TRANSLATION, "the white house").said) == "lacasablanca▪"


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_the_accuracy_shown_is_the_one_on_examples_that_were_held_out(kind):
    model, said = kinds_models.trained(kind)
    inputs, targets = make_kinds.examples(kind)
    ours, where = make_kinds.split(kind, len(targets)), make_kinds.asked(kind, inputs, targets)
    found = np.array(model([array[~ours] for array in inputs] if len(inputs) > 1 else inputs[0][~ours])[-1])
    answers = found[:, 0] > 0.5 if kind == kinds.MANY_TO_ONE else found.argmax(-1)
    right = [((a == b) | ~w).all() for a, b, w in zip(answers, targets[~ours], where[~ours], strict=True)]
    assert np.mean(right) == pytest.approx(said, abs=0.01) and said > 0.85


@pytest.mark.parametrize("side", padding.SIDES)
def test_under_a_mask_padding_changes_no_answer(side):
    found = padding.pad("good / not good / the film was dull but very funny", side, True)
    np.testing.assert_allclose(found.kind, found.alone, atol=1e-6)
    gaps = ~found.real[0]
    if side == "after":
        np.testing.assert_allclose(found.hidden[0, gaps] - found.hidden[0, 0], 0, atol=1e-6)


@pytest.mark.parametrize("side", padding.SIDES)
def test_without_a_mask_padding_is_read_as_words(side):
    found = padding.pad("good / not good / the film was dull but very funny", side, False)
    assert np.abs(found.kind - found.alone)[:2].max() > 0.01 and found.check.passed
    assert found.kind[2] == pytest.approx(found.alone[2], abs=1e-6), "the longest has no padding"


def test_the_padding_of_keras_is_the_padding_here():
    import keras

    rows = [[3, 1], [5], [2, 2, 2]]
    for side, name in (("after", "post"), ("before", "pre")):
        ours = data.padded([np.array(row) for row in rows], before=side == "before")
        np.testing.assert_array_equal(ours, keras.utils.pad_sequences(rows, padding=name))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: why_order.compare_orders("", "b"), "use 1 to 12 words"),
        (lambda: why_order.compare_orders("a", "b", 9), "use 1 to 8 units"),
        (lambda: padding.pad("good / terrible"), "never shown the word 'terrible'; it knows"),
        (lambda: padding.pad("/".join(["good"] * 6)), "write 1 to 5, apart by a slash"),
        (lambda: padding.pad("good", "around"), "use after or before"),
        (lambda: kinds.trace("some to some"), "is not known; use one to one"),
        (lambda: kinds.trace(kinds.ONE_TO_ONE, digit=397), "use 0 to 396"),
        (lambda: kinds.trace(kinds.MANY_TO_MANY, ""), "there is no sentence"),
        (lambda: kinds.trace(kinds.MANY_TO_ONE, "good " * 13), "use at most 12"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_would_work(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("kind", kinds.KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_a_question_takes_its_own_answer(kind, seed):
    question, _ = kinds_words.kind_question(kinds.trace(kind, SENTENCES[kind]), seed)
    assert grade(question, question.answer).right
    assert not question.choices or question.answer in question.choices


@pytest.mark.parametrize("kind", [kinds.ONE_TO_MANY, kinds.TRANSLATION])
@pytest.mark.parametrize("seed", range(6))
def test_of_a_network_that_writes_the_next_letter_or_word_is_asked(kind, seed):
    found = kinds.trace(kind, SENTENCES[kind])
    question, hide = kinds_words.kind_question(found, seed)
    assert question.answer == found.said[hide] and question.answer in question.choices
    assert 2 <= len(question.choices) <= kinds_words.MAX_CHOICES


def test_nothing_is_said_of_padding_where_there_is_none():
    for masked in (True, False):
        (said,) = kinds_words.padding_notices(padding.pad("good / bad", "after", masked))
        assert "nothing is filled up" in said
    assert "so 1 place is filled" in kinds_words.padding_notices(padding.pad("good / not good"))[0]


def test_the_question_about_padding_is_answered_by_the_mask():
    for masked, answer in ((True, kinds_words.YES), (False, kinds_words.NO)):
        found = padding.pad("good / not good / the film was dull", "after", masked)
        assert kinds_words.padding_question(found, 1).answer == answer
