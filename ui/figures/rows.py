"""The data of a chart."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow


def packed(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Write rows as Arrow data for a chart's `datasets`, which Streamlit hands on as they are.

    Given a list, Streamlit and pyarrow would both load pandas, 50 MB: so the columns are laid out here.

    Parameters
    ----------
    rows : sequence of mappings
        All with the same names, and each name with numbers or with text.
    """
    columns = {name: _column([row[name] for row in rows]) for name in (rows[0] if rows else ())}
    batch = pyarrow.RecordBatch.from_arrays(list(columns.values()), list(columns))
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def _column(values: list[Any]) -> pyarrow.Array:
    """One column: 64-bit numbers, or text as its end to end bytes and where each piece begins."""
    if not isinstance(values[0], str):
        numbers = pyarrow.py_buffer(np.array(values, float))
        return pyarrow.Array.from_buffers(pyarrow.float64(), len(values), [None, numbers])
    texts = [value.encode() for value in values]
    begins = np.array([0, *accumulate(map(len, texts))], np.int32)
    buffers = [None, pyarrow.py_buffer(begins), pyarrow.py_buffer(b"".join(texts))]
    return pyarrow.Array.from_buffers(pyarrow.utf8(), len(values), buffers)
