"""A picture with a face that comes inside an installed package, and its face."""

from functools import cache

import numpy as np

from engine.compute import task
from engine.faces import detection
from engine.quiz import Question


@cache
def picture() -> np.ndarray:
    """Return the astronaut of scikit-image, (512, 512, 3) uint8, RGB."""
    return _astronaut()


@task
def _astronaut() -> np.ndarray:
    from skimage import data

    return data.astronaut()


@cache
def face() -> np.ndarray:
    """Return the face of the sample picture, (96, 96, 3) uint8, RGB."""
    detector = detection.Detector(detection.Settings())
    return detector.crop(picture(), detector.find(picture()).boxes[0])


def question(settings: detection.Settings, seed: int) -> Question:
    """Ask what a change of the sample picture does; see `detection.question`."""
    return detection.question(picture(), settings, seed)
