"""What is packed for the browser is what the page gave."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import scenes


@given(
    st.lists(st.integers(0, 5), max_size=3),
    st.sampled_from(["float32", "float64", "int64", "uint8", "bool"]),
    st.text(max_size=9),
)
def test_arrays_arrive_with_their_shape_and_values(shape, dtype, label):
    array = np.arange(np.prod(shape), dtype="int64").reshape(shape).astype(dtype)
    header, arrays = scenes.unpack(scenes.pack({"label": label}, {"a": array, "b": np.float32([1.5])}))
    assert header == {"label": label}
    np.testing.assert_array_equal(arrays["a"], array)
    assert arrays["b"][0] == 1.5


def test_every_array_starts_on_an_8_byte_border():
    packed = scenes.pack({"x": "é"}, {"a": np.zeros(3, "uint8"), "b": np.zeros(1)})
    assert int.from_bytes(packed[:4], "little") % 8 == 4 and len(packed) % 8 == 0


def test_a_header_that_the_browser_could_not_read_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        scenes.pack({"x": float("nan")}, {})
