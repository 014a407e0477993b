"""Whole stacks of layers: the two networks of the course, and any other against a real Keras model."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.vision import stack_words, stacks
from engine.vision.stack_text import Layer, parse

LECTURE = "conv 16 3x3; pool 2; conv 32 3x3; pool 2; conv 64 3x3; pool 2; conv 64 3x3; pool 2; conv 64 3x3; pool 2"
LECTURE += "; dense 512; dense 1"
FLOWERS = "conv 32 3x3; pool 2; conv 32 3x3; pool 2; conv 32 3x3; pool 2; dense 128; dense 5"


def test_the_lecture_network_has_the_sizes_and_parameters_of_the_lecture():
    trace = stacks.trace(300, 300, 3, LECTURE)
    sizes = [stage.output[0] for stage in trace.stages if stage.view is not None]
    assert sizes == [298, 149, 147, 73, 71, 35, 33, 16, 14, 7]
    assert [stage.output for stage in trace.stages if stage.layer.kind == "flatten"] == [(3136,)]
    counts = [stage.parameters for stage in trace.stages if stage.parameters]
    assert counts == [448, 4640, 18496, 36928, 36928, 1606144, 513]
    assert trace.parameters == 1704097
    assert all(check.passed for check in trace.checks)
    assert len(trace.checks) == 2


def test_the_flower_network_has_1658565_parameters():
    trace = stacks.trace(180, 180, 3, FLOWERS)
    assert [stage.output[0] for stage in trace.stages if stage.view is not None] == [178, 89, 87, 43, 41, 20]
    assert (12800,) in [stage.output for stage in trace.stages]
    assert trace.parameters == 1658565
    assert all(check.passed for check in trace.checks)


def test_the_parameters_are_those_of_the_model_with_its_weights_in_memory():
    model = keras.Sequential([keras.Input((180, 180, 3))])
    for _ in range(3):
        model.add(keras.layers.Conv2D(32, 3))
        model.add(keras.layers.MaxPooling2D())
    for layer in (keras.layers.Flatten(), keras.layers.Dense(128), keras.layers.Dense(5)):
        model.add(layer)
    assert stacks.trace(180, 180, 3, FLOWERS).parameters == model.count_params()


@pytest.mark.parametrize(
    ("text", "shape"), [("conv 4 3x2 same; pool 3; conv 5 5", (23, 19, 3)), ("conv 2 3; dense 7", (9, 9, 1))]
)
def test_multiply_adds_are_half_the_operations_that_tensorflow_counts(text, shape):
    model = keras.Sequential([keras.Input(shape), *(stacks._keras(layer) for layer in parse(text))])
    graph = tf.function(lambda x: model(x)).get_concrete_function(tf.TensorSpec((1, *shape))).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    report = tf.compat.v1.profiler.profile(graph, options=options)
    products = [node.float_ops for node in report.children if node.name.endswith(("/convolution", "/MatMul"))]
    assert len(products) == 2  # the biases and pooling are operations too, but no multiply-adds
    assert stacks.trace(*shape, text).multiply_adds * 2 == sum(products)


def test_the_field_of_two_3x3_layers_is_5_and_of_three_is_7():
    fields = [stage.field for stage in stacks.trace(20, 20, 1, "conv 1 3x3; conv 1 3x3; conv 1 3x3").stages]
    assert fields == [(3, 3), (5, 5), (7, 7)]


def test_the_field_after_the_lecture_network_is_94():
    # by hand: 3 4 8 10 18 22 38 46 78 94, the strides so far being 1 2 2 4 4 8 8 16 16 32
    assert [stage.field[0] for stage in stacks.trace(300, 300, 3, LECTURE).stages if stage.view] == [
        3, 4, 8, 10, 18, 22, 38, 46, 78, 94,
    ]  # fmt: skip


def test_what_is_flat_depends_on_the_pixels_that_reach_it_and_on_no_others():
    # by hand: 7 cells after the last pooling, 32 pixels apart, the first of which sees 94: 94 + 6 · 32 of the 300
    assert {stage.field for stage in stacks.trace(300, 300, 3, LECTURE).stages if not stage.view} == {(286, 286)}
    assert stacks.trace(9, 8, 1, "global").stages[0].field == (9, 8)


LAYERS = st.one_of(
    st.builds(
        lambda k, m, same, d: f"conv 3 {k}x{m}{' same' if same else ''} dilation {d}",
        st.integers(1, 4), st.integers(1, 4), st.booleans(), st.integers(1, 2),
    ),
    st.builds(
        lambda k, s, same: f"conv 2 {k} stride {s}{' same' if same else ''}",
        st.integers(1, 4), st.integers(1, 3), st.booleans(),
    ),
    st.builds(
        lambda kind, k, s, same: f"{kind} {k} stride {s}{' same' if same else ''}",
        st.sampled_from(["pool", "average"]), st.integers(1, 3), st.integers(1, 3), st.booleans(),
    ),
)  # fmt: skip


@settings(max_examples=40)
@given(layers=st.lists(LAYERS, min_size=1, max_size=4), height=st.integers(14, 30), width=st.integers(14, 30))
def test_any_stack_agrees_with_the_real_model_and_its_gradient(layers, height, width):
    """Shapes, parameters, and exactly which pixels the first, middle and last cell see."""
    try:
        trace = stacks.trace(height, width, 2, "; ".join(layers))
    except ValueError as refusal:
        assume("does not fit" not in str(refusal))
        raise
    assert all(check.passed for check in trace.checks)
    for stage in trace.stages:
        for field, sees in zip(stage.field, (stage.view.rows, stage.view.columns), strict=True):
            spans = [int(np.ptp(np.flatnonzero(line))) + 1 for line in sees]
            assert max(spans) <= field
            assert "same" in " ".join(layers) or set(spans) == {field}  # without padding all of it is picture


def test_the_check_notices_a_field_that_is_off_by_one(monkeypatch):
    right = stacks._through
    monkeypatch.setattr(stacks, "_through", lambda seen, line: np.roll(right(seen, line), 1, axis=1))
    trace = stacks.trace(12, 12, 1, "conv 1 3x3")
    assert [check.passed for check in trace.checks] == [True, False]


def test_the_check_notices_a_wrong_count(monkeypatch):
    right = stacks._cost
    monkeypatch.setattr(stacks, "_cost", lambda *a: (right(*a)[0] + 1, right(*a)[1]))
    assert [check.passed for check in stacks.trace(12, 12, 1, "conv 1 3x3").checks] == [False, True]


def test_the_check_notices_rows_and_columns_that_changed_places(monkeypatch):
    right = stacks._count
    turned = [[9 - 2, 12 - 2, 1, 10]]
    assert right((12, 9, 1), parse("conv 1 3x3")) == [[12 - 2, 9 - 2, 1, 10]]
    monkeypatch.setattr(stacks, "_count", lambda *_: turned)
    assert [check.passed for check in stacks.trace(12, 9, 1, "conv 1 3x3").checks] == [False, True]


def test_counting_a_huge_model_allocates_no_weights_now_or_later():
    trace = stacks.trace(300, 300, 3, "dense 30000")  # 32 GB of weights
    assert trace.parameters == 8100030000
    assert trace.checks[0].passed
    with keras.StatelessScope():  # Keras fills what it still has to fill when such a scope ends
        pass


def test_a_stack_is_read_line_by_line_in_any_case_and_either_cross():
    assert parse("CONV 16 3×5 same\n\n pool 3 stride 2 ;dense 10") == (
        Layer("conv", 16, (3, 5), (1, 1), "same"),
        Layer("pool", 0, (3, 3), (2, 2)),
        Layer("flatten"),
        Layer("dense", 10),
    )


def test_a_written_flatten_and_a_global_mean_are_not_doubled():
    assert [layer.kind for layer in parse("flatten; dense 2; dense 1")] == ["flatten", "dense", "dense"]
    assert [stage.output for stage in stacks.trace(9, 9, 3, "conv 5; global; dense 2").stages] == [
        (7, 7, 5),
        (5,),
        (2,),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the stack is empty; write at least one layer"),
        (" ; \n", "the stack is empty"),
        ("convv 16", "there is no layer 'convv'; use conv, pool, average, global, flatten or dense"),
        ("conv", 'say how many filters, as in "conv 16 3x3"'),
        ("pool 2; dense many", 'layer 2, "dense many": say how many units'),
        ("conv 0", "filters 0 is out of range; use 1 to 2,048"),
        ("conv 9999", "filters 9999 is out of range"),
        ("dense " + "9" * 400, "is out of range; use 1 to 100,000"),
        ("conv 16 12x3", "size 12 is out of range; use 1 to 11"),
        ("conv 16 3x3 sam", "'sam' does not belong there; after it can stand same, valid, stride, dilation"),
        ("pool 2 dilation 2", "'dilation' does not belong there"),
        ("conv 16 stride", 'say how much, as in "stride 2"'),
        ("conv 16 stride 9", "stride 9 is out of range; use 1 to 8"),
        ("conv 16 stride 2 dilation 2", "leave one of them out"),
        ("global 3", "after it can stand nothing more"),
        ("dense 3; conv 3", "needs maps"),
        ("pool 2;" * 17, "17 layers are too many; use at most 16"),
        ("pool 2; pool 2; pool 2; conv 3 5x5", "layer 4, conv 3 5×5, does not fit: 3 rows are left for a window of 5"),
        ("conv 2048 same; dense 100000", "use at most 10,000,000,000"),
    ],
)
def test_a_stack_that_cannot_be_gets_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=r"layer|stack") as refusal:
        stacks.trace(30, 30, 3, text)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(("shape", "name"), [((0, 9, 3), "height"), ((9, 513, 3), "width"), ((9, 9, 513), "channels")])
def test_a_picture_out_of_range_is_named(shape, name):
    with pytest.raises(ValueError, match=f"{name} .* is out of range; use 1 to 512"):
        stacks.trace(*shape, "pool 2")


def test_a_question_is_answered_by_keras():
    for seed in range(10):
        question, side, text = stack_words.question(40, seed)
        model = keras.Sequential([keras.Input((side, side, 3)), *(stacks._keras(layer) for layer in parse(text))])
        assert question.answer == model.output_shape[1]
        assert question.answer not in [wrong for wrong, _ in question.traps]


def test_the_formula_and_the_notes_carry_the_networks_numbers():
    trace = stacks.trace(300, 300, 3, LECTURE)
    text = stack_words.formula(trace)
    assert r"(3 \cdot 3 \cdot 64 + 1) \cdot 64 = 36{,}928" in text
    assert r"(3{,}136 + 1) \cdot 512 = 1{,}606{,}144" in text
    assert r"78 + (2 - 1) \cdot 16 = 94" in text
    notes = " ".join(stack_words.notes(trace))
    assert "dense 512: 94% of 1,704,097" in notes
    assert "94 × 94 pixels" in notes


def noted(*settings):
    return " ".join(stack_words.notes(stacks.trace(*settings)))


def test_a_field_that_is_larger_than_the_picture_is_said_to_include_padding():
    assert "sees 11 × 11 pixels, counted with the padding: the picture itself has 8 × 8" in noted(
        8, 8, 1, "conv 2 11x11 same"
    )


def test_pixels_that_never_get_through_have_their_reason():
    assert "8,204 pixels reach no cell of it: Keras rounds down" in noted(300, 300, 3, LECTURE)
    assert "strides and dilation step over them" in noted(9, 9, 1, "conv 2 1x1 stride 2")


def test_a_stack_of_equal_layers_is_not_said_to_have_one_large_one():
    assert "No layer has more parameters than conv 1 3×3: 50% of 20" in noted(9, 9, 1, "conv 1; conv 1")


def test_a_layer_is_written_as_it_is_read():
    text = "conv 8 5x3 same dilation 2; pool 3 stride 2; average; global; dense 4"
    names = [str(layer) for layer in parse(text)]
    assert names == ["conv 8 5×3 same dilation 2", "pool 3×3 stride 2", "average 2×2", "global", "dense 4"]
    assert parse("; ".join(names)) == parse(text)
