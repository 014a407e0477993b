"""Charts get their data without pandas."""

import subprocess
import sys

import pyarrow
import pytest

from ui.figures import rows


@pytest.mark.parametrize("given", [[{"epoch": 0.5, "name": "é, ü"}, {"epoch": 1.0, "name": ""}], [{"n": 3}], []])
def test_the_packed_rows_are_the_rows(given):
    assert pyarrow.ipc.open_stream(rows.packed(given)).read_all().to_pylist() == given


def test_a_chart_is_sent_without_pandas():
    script = (
        "import sys, numpy as np, streamlit as st\n"
        "from ui.figures import histogram, losses, roc\n"
        "line = np.linspace(0, 1, 5)\n"
        "st.vega_lite_chart(losses.line(line, line, last=1))\n"
        "st.vega_lite_chart(histogram.pixels(np.arange(16)))\n"
        "st.vega_lite_chart(roc.curves({'a': (line, line), 'b': (line, line)}, (0.5, 0.5), 0.5))\n"
        "st.vega_lite_chart(roc.distances(line, line > 0.5, 1.0))\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
