"""How a trace says that its numbers were compared with an independent computation."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Check:
    """The outcome of one comparison, made when the trace was computed."""

    against: str  # what the numbers were compared with, e.g. "tf.nn.conv2d"
    difference: float  # largest absolute difference found
    tolerance: float = 1e-5  # the largest difference that still counts as equal

    @property
    def passed(self) -> bool:
        return self.difference <= self.tolerance


def compare(against: str, ours: np.ndarray, theirs: np.ndarray, tolerance: float = 1e-5) -> Check:
    """Compare two arrays: max |ours - theirs| in units of max(1, max |theirs|).

    Parameters
    ----------
    against : str
        Name of the independent computation, as a reader would look it up.
    ours, theirs : np.ndarray
        Two arrays of the same shape.
    tolerance : float
        Largest difference that counts as equal; float32 sums of a few hundred terms agree to about 1e-6.

    Returns
    -------
    Check
        The largest difference, relative to the size of the numbers where they exceed 1.

    Raises
    ------
    ValueError
        If the shapes differ: broadcasting would hide a fault.

    Examples
    --------
    >>> compare("itself", np.ones(3), np.ones(3)).passed
    True
    """
    if ours.shape != theirs.shape:
        raise ValueError(f"cannot compare shape {ours.shape} with shape {theirs.shape}")
    if not ours.size:
        return Check(against, 0.0, tolerance)
    scale = max(1.0, float(np.abs(theirs).max()))
    return Check(against, float(np.abs(np.asarray(ours, "float64") - theirs).max()) / scale, tolerance)
