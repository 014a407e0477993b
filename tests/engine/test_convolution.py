"""The convolution trace against Keras, by hand, and at its limits."""

import io

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine import checks, quiz
from engine.vision import convolution, images, kernels


def test_the_class_example_comes_out_exactly():
    assert convolution.trace("class 6×6").maps[:, :, 0].tolist() == [
        [386, -37, -250, 225], [229, 248, -200, 145], [9, 125, -37, 55], [31, 99, -40, 4]]  # fmt: skip


def test_half_a_bright_picture_has_one_edge():
    assert convolution.trace("half-bright 6×6").maps[:, :, 0].tolist() == [[0, 30, 30, 0]] * 4


@settings(max_examples=40)
@given(
    size=st.integers(6, 20), rows=st.integers(1, 7), columns=st.integers(1, 7), strides=st.integers(1, 4),
    padding=st.sampled_from(["valid", "same"]), colour=st.booleans(), seed=st.integers(0, 99),
)  # fmt: skip
def test_every_setting_equals_the_keras_layer(size, rows, columns, strides, padding, colour, seed):
    cells = np.random.default_rng(seed).normal(size=(rows, columns)).round(3)
    if padding == "valid" and max(rows, columns) > size:
        return
    trace = convolution.trace(
        "astronaut", size, colour, kernels.write(cells), strides=strides, padding=padding, bias=2.5
    )
    layer = keras.layers.Conv2D(1, (rows, columns), strides, padding)
    layer.build((None, *trace.picture.shape))
    layer.set_weights([trace.kernels, np.array([2.5])])
    np.testing.assert_allclose(trace.maps, layer(trace.picture[None]).numpy()[0], rtol=1e-5, atol=1e-3)


def test_same_padding_puts_the_extra_row_at_the_bottom_and_the_column_on_the_right():
    assert convolution.trace("camera", 6, kernel="1 1; 1 1", padding="same").pads == (0, 1, 0, 1)


def test_true_convolution_turns_the_kernel():
    flipped = convolution.trace("camera", 12, kernel="1 2; 3 4", flip=True)
    turned = convolution.trace("camera", 12, kernel="4 3; 2 1")
    np.testing.assert_array_equal(flipped.maps, turned.maps)


def test_relu_keeps_what_is_above_zero():
    plain, rectified = (convolution.trace("camera", 12, relu=on, bias=-5).maps for on in (False, True))
    assert plain.min() < 0
    np.testing.assert_array_equal(rectified, np.where(plain > 0, plain, 0))


def test_several_kernels_give_one_map_each():
    trace = convolution.trace("camera", 12, also=("box blur", "Laplacian"))
    assert trace.maps.shape == (10, 10, 3)
    np.testing.assert_allclose(
        trace.maps[..., 1],
        convolution.trace("camera", 12, kernel=kernels.write(np.full((3, 3), 1 / 9))).maps[..., 0],
        rtol=1e-4,
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"size": 6, "kernel": "; ".join(["1 1 1 1 1 1 1"] * 7)},
            "kernel_size 7 does not fit an input of 6 with padding 0",
        ),
        ({"size": 6, "kernel": "; ".join(["1 1 1 1 1 1 1"] * 7)}, "use padding >= 1"),
        ({"strides": 9}, "strides 9"),
        ({"padding": "much"}, "'much'"),
        ({"size": 2000}, "size 2000"),
        ({"image": "nobody"}, "'nobody'"),
        ({"kernel": "1 nan"}, "nan in row 1, column 2"),
        ({"kernel": "1 9e9"}, "out of range"),
        ({"kernel": "1 " * 9}, "1 × 9"),
        ({"also": ("box blur",) * 6}, "too many"),
        ({"also": ("box blur",), "kernel": "1 1"}, "make it square"),
        ({"also": ("Sobel x",), "kernel": "1"}, "use size 3"),
    ],
)
def test_impossible_settings_are_named(change, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        convolution.trace(**{"image": "camera", **change})


def written(picture, kind="PNG", **more):
    file = io.BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def test_a_huge_picture_is_refused_before_it_is_decoded(monkeypatch):
    huge = written(Image.new("1", (9000, 6000)))
    with pytest.raises(ValueError, match="9000 × 6000 pixels"):
        images.decode(huge)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # beyond twice its limit Pillow refuses by itself
    with pytest.raises(ValueError, match="too large; use one of at most 25 million pixels"):
        images.decode(huge)


def test_a_picture_of_16_bits_keeps_its_greys():
    ramp = np.tile(np.linspace(0, 65535, 64), (64, 1)).round().astype("uint16")
    np.testing.assert_allclose(images.decode(written(Image.fromarray(ramp)))[0, :, 1], ramp[0] / 257, atol=0.5)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode):
    clear = Image.new(mode, (8, 8), 0)
    assert (images.decode(written(clear, **({"transparency": 0} if mode == "P" else {}))) == 255).all()


def test_only_pictures_of_the_named_kinds_are_decoded():
    with pytest.raises(ValueError, match="use a PNG, JPEG or WebP file"):
        images.decode(written(Image.new("RGB", (8, 8)), "EPS"))


def test_the_question_is_answered_by_the_map():
    trace = convolution.trace("coins", 20, bias=3.0, relu=True)
    for seed in range(5):
        question, (r, c) = convolution.question(trace, seed)
        assert question.answer == trace.maps[r, c, 0]


def test_the_check_catches_a_wrong_map():
    trace = convolution.trace("camera", 12)
    assert trace.check.passed
    wrong = trace.sums.copy()
    wrong[3, 3, 0] *= 1.001
    assert not checks.compare("itself", wrong, trace.sums).passed


def test_a_sum_that_nearly_cancels_still_counts_as_equal():
    cells = np.random.default_rng(14).normal(size=(7, 7)).round(2)
    trace = convolution.trace("astronaut", 7, colour=True, kernel=kernels.write(cells))
    assert abs(trace.sums).max() < 20  # out of 147 products of up to 255
    assert trace.check.passed


def test_the_check_catches_a_border_that_is_not_the_models(monkeypatch):
    before = convolution.trace("camera", 12, kernel="1 2; 3 4", padding="same")
    monkeypatch.setattr(convolution, "_pads", lambda *_: (1, 0, 1, 0))
    after = convolution.trace("camera", 12, kernel="1 2; 3 4", padding="same")
    assert before.check.passed and not after.check.passed


def test_the_recipe_gets_every_weight_exactly():
    trace = convolution.trace("camera", 12, kernel="1e-7 0.1; 0.000976562 -3")
    written = convolution.recipe_settings("camera", 12, False, trace, "valid")["kernels"]
    np.testing.assert_array_equal(np.float32(written)[0], trace.kernels[:, :, 0, 0])


def test_who_adds_up_the_products_as_they_are_written_is_right():
    trace = convolution.trace("camera", 28)
    for seed in range(40):
        question, (r, c) = convolution.question(trace, seed)
        products = trace.padded[r : r + 3, c : c + 3] * trace.kernels[..., 0]
        assert quiz.grade(question, float(products.round().sum())).right


def test_of_many_products_the_answer_is_one_of_several_values_well_apart():
    trace = convolution.trace("coins", 20, kernel=kernels.write(kernels.make("Gaussian", 5)))
    question, (r, c) = convolution.question(trace, 3)
    values = [float(choice) for choice in question.choices]
    assert question.answer in question.choices and float(question.answer) == pytest.approx(
        trace.maps[r, c, 0], rel=1e-3
    )
    assert len(values) == 4 and min(np.diff(values)) > np.ptp(trace.maps) / 10


def test_a_map_of_one_value_is_asked_for_by_number():
    trace = convolution.trace("half-bright 6×6", kernel=kernels.write(np.zeros((5, 5)) + 1), relu=True, bias=-500)
    assert convolution.question(trace, 0)[0].choices == ()


def test_every_kernel_exists_at_every_size_it_names():
    for name, (_, sizes) in kernels.SHAPES.items():
        for size in sizes:
            assert kernels.make(name, size).shape == (size, size), name


@given(st.lists(st.lists(st.integers(-999, 999), min_size=3, max_size=3), min_size=1, max_size=7))
def test_a_written_kernel_is_read_back(cells):
    assert kernels.parse(kernels.write(np.array(cells, "float32"))).tolist() == cells
