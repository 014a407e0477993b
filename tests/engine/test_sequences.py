"""Input sequences: what is typed becomes numbers, and what cannot be read is named with its place."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sequence import sequences


def test_the_class_numbers_are_1_2_with_the_next_number_as_target():
    made = sequences.make(sequences.NUMBERS, 2)
    assert made.x.tolist() == [[1], [2]]
    assert made.targets.tolist() == [2, 3]


def test_the_target_of_a_sine_is_its_next_value():
    made = sequences.make(sequences.SINE, 50)
    np.testing.assert_array_equal(made.targets[:-1], made.x[1:, 0])
    np.testing.assert_allclose(made.x[[0, 3, 6, 9], 0], [0, 1, 0, -1], atol=1e-6)


def test_one_hot_words_have_one_1_each_at_the_place_of_their_word():
    made = sequences.make(sequences.SENTENCE, 20, "Man eats hot-dog. Hot-dog eats man!")
    assert made.labels == ("man", "eats", "hot-dog", ".", "hot-dog", "eats", "man", "!")
    assert made.x.sum(1).tolist() == [1] * 8
    assert made.x.argmax(1).tolist() == [0, 1, 2, 3, 2, 1, 0, 4]


def test_a_word_is_whatever_stands_between_spaces_and_punctuation_in_any_script():
    made = sequences.make(sequences.SENTENCE, 20, 'Ich ❤️ हिन्दी, "日本語" and don’t 😀!')
    assert made.labels == ("ich", "❤️", "हिन्दी", ",", '"', "日本語", '"', "and", "don’t", "😀", "!")


def test_an_accent_is_the_same_letter_however_it_was_typed():
    assert sequences.make(sequences.SENTENCE, 9, "cafe\u0301 caf\u00e9").x.tolist() == [[1], [1]]


def test_the_signs_of_the_picture_may_be_typed():
    made = sequences.make(sequences.TYPED, 9, "−1, 0.5 → −2, 3")
    assert made.x.ravel().tolist() == [-1, 0.5]
    assert made.targets.tolist() == [-2, 3]
    assert sequences.parse("−0.4", "W", 1, 1).item() == np.float32(-0.4)


def test_characters_show_their_spaces():
    made = sequences.make(sequences.SENTENCE, 20, "a  b a", "characters, one-hot")
    assert made.labels == ("a", "␣", "b", "␣", "a")
    assert made.x.shape == (5, 3)


def test_a_word_has_the_same_random_vector_in_every_sentence_and_another_one_for_another_seed():
    first, second = (
        sequences.make(sequences.SENTENCE, 9, text, "words, random vectors", 3) for text in ("a cat", "cat food")
    )
    other = sequences.make(sequences.SENTENCE, 9, "cat", "words, random vectors", 4)
    np.testing.assert_array_equal(first.x[1], second.x[0])
    assert (first.x[1] != other.x[0]).any()


def test_a_longer_text_is_cut_at_the_length():
    assert sequences.make(sequences.SENTENCE, 3, "one two three four").labels == ("one", "two", "three")
    cut = sequences.make(sequences.TYPED, 2, "1, 2, 3 -> 4, 5, 6")
    assert cut.x.ravel().tolist() == [1, 2]
    assert cut.targets.tolist() == [4, 5]


def test_typed_steps_may_hold_several_numbers():
    assert sequences.make(sequences.TYPED, 9, "1 0; 0 1; .5 -2").x.tolist() == [[1, 0], [0, 1], [0.5, -2]]


@given(st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3), min_size=1, max_size=4))
def test_a_matrix_that_was_written_is_read_back(rows):
    text = "; ".join(" ".join(map(repr, row)) for row in rows)
    np.testing.assert_array_equal(sequences.parse(text, "W", len(rows), 3), np.float32(rows))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0.5 x; 0 0.4", "W, row 1, column 2: 'x' is not a number"),
        ("0.5 0.1; 0 nan", "W, row 2, column 2: 'nan' is not a number"),
        ("0.5 0.1; 0 1e9", "W, row 2, column 2: '1e9' is not a number between"),
        ("0.5 0.1; 0", "W needs 2 numbers in each row (so), but row 2 has 1"),
        ("0.5 0.1", "W needs 2 rows of 2 numbers (so) but has 1 row"),
        ("", "W is empty; write for example 0.5"),
        ("1 2;; 3 4", "W needs 2 rows of 2 numbers (so) but has 3 rows"),
        ("1 2; ,3", "row 2 has 1"),
        ("1 2; 3 <script>alert(1)</script>", "row 2, column 2: '<script>alert(1)</sc' is not"),
    ],
)
def test_what_is_wrong_with_a_typed_matrix_is_named_with_its_place(text, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        sequences.parse(text, "W", 2, 2, "so")


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ((sequences.NUMBERS, 0), "0 steps is not possible here; use 1 to 200"),
        ((sequences.NUMBERS, 201), "use 1 to 200"),
        (("a poem", 2), "'a poem' is not known"),
        ((sequences.SENTENCE, 5, "  "), "the sentence is empty"),
        ((sequences.SENTENCE, 5, "a", "emoji"), "'emoji' is not known"),
        ((sequences.SENTENCE, 200, " ".join(f"w{k}" for k in range(70))), "70 different tokens are too many"),
        ((sequences.TYPED, 5, ""), "the typed values are empty"),
        ((sequences.TYPED, 5, "1, two"), "the typed values, step 2: 'two' is not a number"),
        ((sequences.TYPED, 5, "1, 2 -> 3"), "there are 2 steps but 1 target"),
        ((sequences.TYPED, 5, "1, 2 ->"), "the targets are empty"),
        ((sequences.TYPED, 5, "1, 2 -> 3, x"), "the targets, step 2: 'x' is not a number"),
        ((sequences.TYPED, 5, "1 2; 3"), "step 1 has 2 numbers but step 2 has 1"),
        ((sequences.TYPED, 5, "1 2 3 4 5 6 7 8 9; 1 2 3 4 5 6 7 8 9"), "use at most 8"),
    ],
)
def test_a_sequence_that_cannot_be_made_gets_a_sentence(settings, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        sequences.make(*settings)
