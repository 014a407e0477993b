"""One layer's output size and visits, against real Keras layers and numbers worked by hand."""

from itertools import product

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from engine import quiz
from engine.vision import axis, output_size, output_size_formula, output_size_quiz, output_size_words
from engine.vision.output_size import Settings, trace

SIZES = st.integers(1, 40)
WINDOWS = st.integers(1, 7)
STRIDES = st.integers(1, 5)
HOLES = st.integers(1, 3)
ONE_OF_THEM = st.one_of(st.tuples(STRIDES, st.just(1)), st.tuples(st.just(1), HOLES))  # Keras refuses both above 1


def test_a_3x3_kernel_on_6x6_gives_4x4_and_visits_1_2_and_9():
    seen = trace(Settings()).view.seen
    assert trace(Settings()).output == (4, 4)
    assert (seen[0, 0], seen[0, 1], seen[1, 1], seen[2, 2], seen[3, 3]) == (1, 2, 4, 9, 9)
    assert seen.sum() == 16 * 9  # every window sees nine pixels


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_same_at_stride_1_needs_half_of_the_kernel_minus_one(kernel):
    line = axis.plan(12, kernel, padding="same")
    assert (line.before, line.after, line.output) == ((kernel - 1) / 2, (kernel - 1) / 2, 12)


def test_same_padding_puts_the_extra_row_at_the_bottom_and_the_extra_column_at_the_right():
    assert trace(Settings(8, 8, strides=2, padding="same")).view.pads == (0, 1, 0, 1)
    assert trace(Settings(8, 8, (4, 4), padding="same")).view.pads == (1, 2, 1, 2)


def test_a_remainder_drops_the_last_row_and_column():
    seen = trace(Settings(8, 8, strides=2)).view.seen
    assert (seen[7] == 0).all()
    assert (seen[:, 7] == 0).all()
    assert (seen[:7, :7] > 0).all()
    assert trace(Settings(8, 8, strides=2)).unseen == 15


def test_a_stride_longer_than_the_kernel_steps_over_pixels():
    assert axis.plan(8, 2, strides=3).seen.tolist() == [1, 1, 0, 1, 1, 0, 1, 1]


def test_a_transposed_layer_overlaps_unevenly():
    assert axis.plan(4, 3, strides=2, transposed=True).seen.tolist() == [1, 1, 2, 1, 2, 1, 2, 1, 1]


@given(n=SIZES, k=WINDOWS, steps=ONE_OF_THEM, padding=st.sampled_from(["valid", "same", "causal"]))
def test_a_size_is_that_of_keras_conv1d(n, k, steps, padding):
    s, d = steps
    layer = keras.layers.Conv1D(1, k, strides=s, padding=padding, dilation_rate=d)
    assume(padding != "valid" or n >= d * (k - 1) + 1)
    assert axis.plan(n, k, s, padding, d).output == layer.compute_output_shape((1, n, 1))[1]


@given(n=SIZES, k=WINDOWS, steps=ONE_OF_THEM, padding=st.sampled_from(["valid", "same"]))
def test_a_transposed_size_is_that_of_keras_conv1dtranspose(n, k, steps, padding):
    s, d = steps
    layer = keras.layers.Conv1DTranspose(1, k, strides=s, padding=padding, dilation_rate=d)
    assert axis.plan(n, k, s, padding, d, transposed=True).output == layer.compute_output_shape((1, n, 1))[1]


@given(n=SIZES, k=WINDOWS, steps=ONE_OF_THEM, p=st.integers(0, 12))
def test_a_size_with_a_number_of_zeros_is_that_of_keras_padding_and_convolution(n, k, steps, p):
    s, d = steps
    assume(n + 2 * p >= d * (k - 1) + 1)
    padded = keras.layers.ZeroPadding1D(p).compute_output_shape((1, n, 1))
    layer = keras.layers.Conv1D(1, k, strides=s, dilation_rate=d)
    assert axis.plan(n, k, s, p, d).output == layer.compute_output_shape(padded)[1]


@given(n=SIZES, k=WINDOWS, s=STRIDES, d=HOLES, padding=st.sampled_from(["valid", "same", "full", 1, 3]))
def test_strides_together_with_dilation_give_what_tensorflow_gives(n, k, s, d, padding):
    """Keras refuses the two together; TensorFlow's own operation takes them."""
    zeros = {"valid": "VALID", "same": "SAME"}.get(padding)
    p = d * (k - 1) if padding == "full" else padding
    assume(zeros == "SAME" or n + 2 * (0 if zeros else p) >= d * (k - 1) + 1)
    image = tf.ones((1, 1, n, 1))
    ones = tf.ones((1, k, 1, 1))
    around = zeros or [[0, 0], [0, 0], [p, p], [0, 0]]
    counts = tf.nn.conv2d(image, ones, [1, 1, s, 1], around, dilations=[1, 1, d, 1]).numpy()[0, 0, :, 0]
    line = axis.plan(n, k, s, padding, d)
    np.testing.assert_array_equal(line.reach[:, line.before : line.before + n].sum(axis=1), counts)


COMBINATIONS = [
    Settings(7, 9, kernel, s, padding, fill, d, dimensions, transposed)
    for kernel, s, padding, fill, d, dimensions, transposed in product(
        [(3, 2)], [1, 3], ["valid", "same", "full", "causal", 2], axis.FILLS, [1, 2], [1, 2], [False, True]
    )
    if not (padding == "causal" and (dimensions == 2 or transposed)) and not (transposed and fill != "zeros")
]


def test_every_combination_agrees_with_the_real_layer():
    for settings in COMBINATIONS:
        checks = trace(settings).checks
        assert [check.passed for check in checks] == [True, True], settings


def test_the_checks_notice_a_wrong_count(monkeypatch):
    right = output_size._by_keras
    monkeypatch.setattr(output_size, "_by_keras", lambda *a: (right(*a)[0], right(*a)[1] + np.eye(6)))
    assert [check.passed for check in trace(Settings()).checks] == [True, False]
    monkeypatch.setattr(output_size, "_by_keras", lambda *a: ((4, 5), right(*a)[1]))
    assert [check.passed for check in trace(Settings()).checks] == [False, True]


def test_the_checks_notice_padding_that_copies_the_wrong_cells(monkeypatch):
    right = axis._source
    monkeypatch.setattr(axis, "_source", lambda *a: np.roll(right(*a), 1))
    for fill in ("reflect", "replicate"):
        assert [check.passed for check in trace(Settings(7, 7, padding=2, fill=fill)).checks] == [True, False]


def test_the_checks_notice_a_transposed_output_that_ends_too_late(monkeypatch):
    """With strides and dilation together Keras is asked in two steps, which must not take over our size."""
    right = axis._cut
    monkeypatch.setattr(axis, "_cut", lambda grid, *pads: right(grid + 1, *pads))
    with pytest.raises(ValueError, match="cannot compare shape"):
        trace(Settings(5, 5, (2, 2), 5, dilation_rate=2, transposed=True))


@tries(max_examples=60, deadline=None)
@given(
    size=st.tuples(SIZES, SIZES), kernel=st.tuples(WINDOWS, WINDOWS), s=STRIDES, d=HOLES,
    padding=st.sampled_from(["valid", "same", "full", "causal", 1, 4]), fill=st.sampled_from(axis.FILLS),
    dimensions=st.integers(1, 2), transposed=st.booleans(),
)  # fmt: skip
def test_any_setting_agrees_with_the_real_layer(size, kernel, s, d, padding, fill, dimensions, transposed):
    asked = Settings(*size, kernel, s, padding, "zeros" if transposed else fill, d, dimensions, transposed)
    try:
        output_size.axes(asked)
    except ValueError:
        assume(False)
    assert all(check.passed for check in trace(asked).checks)


@given(n=st.integers(2, 20), k=WINDOWS, s=STRIDES, p=st.integers(1, 8), fill=st.sampled_from(["reflect", "replicate"]))
def test_mirrored_and_repeated_pixels_count_for_the_pixel_they_copy(n, k, s, p, fill):
    assume(n + 2 * p >= k and p < n)
    line = axis.plan(n, k, s, p, fill=fill)
    pixels = np.arange(n, dtype=float)
    padded = np.pad(pixels, p, {"reflect": "reflect", "replicate": "edge"}[fill])
    sums = [padded[r * s : r * s + k].sum() for r in range(line.output)]
    assert sum(sums) == pytest.approx((line.influence * pixels).sum())


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (Settings(4, 4, (7, 3)), "kernel_size 7 does not fit an input of 4 with padding 0; use padding >= 2"),
        (Settings(4, 9, (3, 3), dilation_rate=3), "dilation_rate 3 spans 7 cells"),
        (Settings(kernel_size=(15, 15), dilation_rate=6), "use padding same, a smaller kernel or less dilation"),
        (Settings(2, 9, (5, 3), padding=2, fill="reflect"), "an input of 2 has 1 cell to mirror, not 2"),
        (Settings(padding="causal"), "choose 1-D"),
        (Settings(padding="causal", dimensions=1, transposed=True), "use valid, same, full or a number"),
        (Settings(padding=6, fill="reflect"), "use fill zeros or replicate, or padding <= 5"),
        (Settings(padding=5, transposed=True), "leaves nothing; use padding <= 3"),
        (Settings(padding="some"), "padding 'some' is not known"),
        (Settings(padding=2, fill="blue"), "fill 'blue' is not known"),
        (Settings(padding=-1), "padding -1 is out of range; use 0 to 32"),
        (Settings(height=513), "height 513 is out of range; use 1 to 512"),
        (Settings(strides=0), "strides 0 is out of range"),
        (Settings(dilation_rate=7), "dilation_rate 7 is out of range; use 1 to 6"),
        (Settings(kernel_size=(3, 16)), "kernel_size 16 is out of range; use 1 to 15"),
        (Settings(512, 512, strides=4, transposed=True), "use strides <= 2"),
    ],
)
def test_what_cannot_be_gets_a_sentence_that_says_what_would(settings, sentence):
    with pytest.raises(ValueError, match=r"use|choose") as refusal:
        trace(settings)
    assert sentence in str(refusal.value)


@given(k=st.integers(2, 7), d=HOLES, missing=st.integers(1, 6))
def test_the_padding_that_a_refusal_names_makes_the_kernel_fit(k, d, missing):
    n = max(1, d * (k - 1) + 1 - missing)
    with pytest.raises(ValueError, match="use padding >=") as refusal:
        axis.plan(n, k, dilation_rate=d)
    need = int(str(refusal.value).split(">= ")[1])
    assert axis.plan(n, k, padding=need, dilation_rate=d).output >= 1
    with pytest.raises(ValueError, match="does not fit"):
        axis.plan(n, k, padding=need - 1, dilation_rate=d)


def test_the_formula_ends_in_the_size_and_shows_its_values():
    text = output_size_formula.formula(trace(Settings(8, 10, strides=2, padding=1)))
    assert r"\frac{8 + 2 \cdot 1 - 1 \cdot (3 - 1) - 1}{2}" in text
    assert r"\tfrac{7}{2} \right\rfloor + 1 = 4" in text
    assert r"\tfrac{9}{2} \right\rfloor + 1 = 5" in text
    assert "(4 + 0)" in output_size_formula.formula(trace(Settings(1, 9, (3, 3), 1, "causal", "zeros", 2, 1)))


def test_the_formula_names_both_paddings_where_they_differ_and_the_whole_stride_where_it_counts():
    assert r"2p" in output_size_formula.formula(trace(Settings()))
    assert r"p_\text{before} + p_\text{after}" in output_size_formula.formula(
        trace(Settings(8, 8, strides=2, padding="same"))
    )
    assert r"\max(1 \cdot (2 - 1) + 1,\, 3)" in output_size_formula.formula(
        trace(Settings(4, 4, (2, 2), 3, transposed=True))
    )


def said(**settings):
    return " ".join(output_size_words.notes(trace(Settings(**settings))))


def test_the_notes_say_what_the_picture_shows():
    assert "seen by 1 window, its neighbour by 2, the busiest by 9" in said()
    assert "p = (k − 1) / 2 = (3 − 1) / 2 = 1" in said(padding="same")
    assert "one more column here, which cannot be halved: 0 at the left, 1 at the right" in said(
        height=8, width=8, strides=2, padding="same"
    )
    assert "15 pixels are seen by no window" in said(height=8, width=8, strides=2)
    assert "drops the bottom row and the column on the right" in said(height=8, width=8, strides=2)
    assert "row 2, column 2 is seen 25 times instead of 9" in said(height=6, width=8, padding=2, fill="reflect")
    assert "none looks ahead" in said(dimensions=1, width=9, padding="causal")
    assert "begin on the first pixel alone: p = d (k − 1) = 2 on both sides" in said(padding="full")
    assert "9 numbers over 5 × 5 cells" in said(dilation_rate=2)


def test_the_notes_say_what_stride_and_padding_cost():
    assert "4 × 4 places and multiplies 9 numbers at each: 144 multiply–adds" in said()
    assert "68 of the 324 multiply–adds are with a zero of the padding" in said(padding="same")
    assert "has 128.4 times as many cells as the input" in said(padding=32)


def test_only_padding_that_is_there_is_said_to_help_the_border():
    assert "the padding gives the border a say" in said(padding="same")
    assert "only padding would give" in said()


def test_the_checkerboard_is_found_along_either_axis_and_only_where_kernel_and_stride_do_not_fit():
    assert "checkerboard" in said(height=4, width=4, strides=2, transposed=True)
    assert "checkerboard" in said(height=4, width=4, kernel_size=(3, 2), strides=2, transposed=True)
    assert "checkerboard" not in said(height=4, width=4, kernel_size=(2, 2), strides=2, transposed=True)
    assert "checkerboard" not in said(height=4, width=4, kernel_size=(3, 3), strides=1, transposed=True)


def test_unseen_pixels_get_the_reason_of_their_own_axis():
    assert "the stride steps over" in said(height=9, width=9, kernel_size=(2, 2), strides=3)
    assert "the stride steps over" in said(height=6, width=9, kernel_size=(1, 1), strides=2)
    holes = said(height=4, width=6, kernel_size=(2, 1), dilation_rate=3)
    assert "holes of the dilation" in holes
    assert "steps over" not in holes


def test_one_dimensional_data_are_samples_in_every_sentence():
    settings = {"dimensions": 1, "width": 10, "kernel_size": (3, 4)}
    for more in (
        {"strides": 4},
        {"padding": "same"},
        {"padding": "same", "strides": 2},
        {"padding": 1, "fill": "reflect"},
    ):
        assert not {"pixel", "column", "row", "bottom"} & set(said(**settings, **more).replace(",", "").split())


@tries(max_examples=200)
@given(
    size=st.tuples(SIZES, SIZES), kernel=st.tuples(WINDOWS, WINDOWS), s=STRIDES, d=HOLES,
    padding=st.sampled_from(["valid", "same", "full", "causal", 1, 4]), fill=st.sampled_from(axis.FILLS),
    dimensions=st.integers(1, 2), transposed=st.booleans(),
)  # fmt: skip
def test_every_setting_gets_two_to_four_sentences(size, kernel, s, d, padding, fill, dimensions, transposed):
    asked = Settings(*size, kernel, s, padding, "zeros" if transposed else fill, d, dimensions, transposed)
    try:
        lines = output_size.axes(asked)
    except ValueError:
        assume(False)
    found = output_size_words.notes(output_size.OutputSizeTrace(asked, *lines, ()))
    assert 2 <= len(found) <= 4
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("dimensions", [1, 2])
def test_a_question_is_answered_by_the_real_layer(dimensions, transposed):
    for seed in range(12):
        question, asked = output_size_quiz.question(Settings(9, 9, dimensions=dimensions, transposed=transposed), seed)
        assert question.answer == trace(asked).output[1]
        assert trace(asked).checks[0].passed
        assert question.answer not in [wrong for wrong, _ in question.traps]
        assert str(question.answer) in question.why


def test_typical_slips_get_their_reason():
    line = axis.plan(9, 4, strides=2, padding=1)  # (9 + 2 - 4) / 2 = 3.5
    question = quiz.Question(
        "", line.output, "why", traps=output_size_quiz._traps(line, Settings(width=9, strides=2, padding=1))
    )
    assert line.output == 4
    assert "forgets the + 1" in quiz.grade(question, 3).reason
    assert "rounds up" in quiz.grade(question, 5).reason
    one_side = axis.plan(10, 3, padding=2)  # 10 + 4 - 3 + 1 = 12
    traps = dict(output_size_quiz._traps(one_side, Settings(width=10, padding=2)))
    assert "one side" in traps[10]
    assert "leaves the padding out" in traps[8]
