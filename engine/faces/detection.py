"""Finding faces with OpenCV's Haar cascade, and cutting them out level. RGB, channels last, uint8, 0 to 255."""

import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.quiz import Question

SIZE = 96  # pixels a side of a collected face
SEARCH_WIDTH = 400  # pixels: searched in half the time of a camera's 640, and with no more false finds
MAX_FACES = 20
cv2.setNumThreads(1)  # one stream must not take every core
YES, NO = "found", "not found"


@dataclass(frozen=True)
class Settings:
    """How the cascade searches, in OpenCV's words."""

    scaleFactor: float = 1.1  # how much larger the window gets from one search to the next, 1.02 to 2
    minNeighbors: int = 7  # how many overlapping finds make a face, 0 to 20
    minSize: int = 30  # pixels: smaller faces are ignored, 10 to 400


@dataclass(frozen=True, eq=False)
class Faces:
    """What was found in one picture."""

    boxes: np.ndarray  # (n, 4) int32: x, y, width, height in pixels of the picture, the largest first
    seconds: float  # that the search took
    left_out: int = 0  # finds beyond the largest `MAX_FACES`

    @property
    def words(self) -> str:
        """The number of faces as a person would say it."""
        n = len(self.boxes) + self.left_out
        said = f"{n} face in the picture" if n == 1 else f"{n or 'no'} faces in the picture"
        return f"{said}, the {len(self.boxes)} largest framed" if self.left_out else said


class Detector:
    """A cascade of one's own: OpenCV's classifiers must not be shared between threads.

    Parameters
    ----------
    settings : Settings
        How to search.

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    Viola and Jones (2001), Rapid object detection using a boosted cascade of simple features.

    Examples
    --------
    >>> from skimage import data
    >>> Detector(Settings()).find(data.astronaut()).words
    '1 face in the picture'
    """

    def __init__(self, settings: Settings) -> None:
        _validate(settings)
        self.settings = settings
        self._faces = _cascade("haarcascade_frontalface_default")
        self._eyes = _cascade("haarcascade_eye")

    def find(self, picture: np.ndarray, search_width: int | None = None) -> Faces:
        """Search a picture, (h, w, 3), for faces; `search_width` makes it smaller first."""
        begin = time.perf_counter()
        scale = min(1.0, search_width / picture.shape[1]) if search_width else 1.0
        grey = _grey(picture)
        if scale < 1:
            size = [max(1, round(length * scale)) for length in grey.shape[::-1]]  # a line has a height, too
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        least = max(10, round(self.settings.minSize * scale))
        found = self._faces.detectMultiScale(
            cv2.equalizeHist(grey), self.settings.scaleFactor, self.settings.minNeighbors, minSize=(least, least)
        )
        boxes = np.asarray(found, "float64").reshape(-1, 4) / scale
        largest = boxes[np.argsort(-boxes[:, 2], kind="stable")][:MAX_FACES]
        seconds = time.perf_counter() - begin
        return Faces(largest.round().astype("int32"), seconds, len(boxes) - len(largest))

    def crop(self, picture: np.ndarray, box: np.ndarray) -> np.ndarray:
        """Cut a face out, turned so that the eyes are level where both are found; (96, 96, 3) uint8."""
        x, y, width, height = (int(value) for value in box)
        centre = (x + width / 2, y + height / 2)
        turn = cv2.getRotationMatrix2D(centre, self._tilt(picture, box), SIZE / width)
        turn[:, 2] += SIZE / 2 - np.array(centre)
        way = cv2.INTER_AREA if width > SIZE else cv2.INTER_CUBIC
        return cv2.warpAffine(picture, turn, (SIZE, SIZE), flags=way, borderMode=cv2.BORDER_REPLICATE)

    def _tilt(self, picture: np.ndarray, box: np.ndarray) -> float:
        """Return by how many degrees the line through the eyes falls; 0 unless one eye is found on either side."""
        x, y, width, height = (int(value) for value in box)
        upper = _grey(picture[y : y + height * 6 // 10, x : x + width])
        if min(upper.shape) < 20:
            return 0.0
        eyes = self._eyes.detectMultiScale(upper, 1.1, 6, minSize=(width // 8, width // 8))
        centres = [(ex + ew / 2, ey + eh / 2) for ex, ey, ew, eh in eyes]
        left = [eye for eye in centres if eye[0] < width / 2]
        right = [eye for eye in centres if eye[0] >= width / 2]
        if len(left) != 1 or len(right) != 1:
            return 0.0
        angle = float(np.degrees(np.arctan2(right[0][1] - left[0][1], right[0][0] - left[0][0])))
        return angle if abs(angle) < 30 else 0.0


def sharpness(face: np.ndarray) -> float:
    """Return the variance of the Laplacian of a face: small when blurred, about 100 and more when sharp."""
    return float(cv2.Laplacian(_grey(face), cv2.CV_64F).var())


@task
def check_sharpness(face: np.ndarray) -> Check:
    """Compare `sharpness` with SciPy's Laplacian of the same grey values."""
    from scipy import ndimage

    theirs = ndimage.laplace(_grey(face).astype("float64"), mode="mirror").var()
    return compare("scipy.ndimage.laplace(face).var()", np.array([sharpness(face)]), np.array([theirs]))


def draw(picture: np.ndarray, faces: Faces, colour: tuple[int, int, int] = (230, 159, 0)) -> np.ndarray:
    """Return a copy of the picture with a frame around every face."""
    drawn = picture.copy()
    thickness = max(2, picture.shape[1] // 220)
    for x, y, width, height in faces.boxes.tolist():
        cv2.rectangle(drawn, (x, y), (x + width, y + height), colour, thickness)
    return drawn


# what is done to the picture -> (how it is said, how it is done)
CHANGES = {
    "upside down": ("turned upside down", lambda picture: picture[::-1, ::-1]),
    "mirrored": ("mirrored", lambda picture: picture[:, ::-1]),
    "dark": ("made eight times darker", lambda picture: picture // 8),
    "blurred": ("blurred until no detail is left", lambda picture: cv2.GaussianBlur(picture, (0, 0), 16)),
    "on its side": ("turned by a quarter", lambda picture: np.rot90(picture)),
}
# what is done -> (the usual answer, why)
REASONS = {
    "upside down": (NO, "The cascade was trained on upright faces: eyes above the mouth."),
    "mirrored": (YES, "A face is nearly symmetric, so its light and dark areas stay where the cascade expects them."),
    "dark": (YES, "The grey values are equalised first, and the cascade compares areas: only differences count."),
    "blurred": (NO, "The cascade compares light and dark areas; so much blur leaves no eyes or mouth to compare."),
    "on its side": (NO, "The cascade compares areas above and below each other; on its side a face has others."),
}


def question(picture: np.ndarray, settings: Settings, seed: int) -> Question:
    """Ask whether the cascade still finds a face in the picture after a change; the cascade itself answers."""
    name = list(CHANGES)[seed % len(CHANGES)]
    said, change = CHANGES[name]
    faces = Detector(settings).find(np.ascontiguousarray(change(picture)))
    answer = YES if len(faces.boxes) else NO
    text = f"The sample picture is **{said}**. With these settings, does the cascade find a face in it?"
    return Question(text, answer, _reason(name, answer, picture, settings), choices=(YES, NO))


def _reason(name: str, answer: str, picture: np.ndarray, settings: Settings) -> str:
    """Say why, also where the settings turn the usual answer round."""
    usual, why = REASONS[name]
    if answer == usual:
        return why
    if answer == YES:
        return (
            f"With scaleFactor {settings.scaleFactor:g} and minNeighbors {settings.minNeighbors} enough windows agree "
            "by chance: something passes for a face."
        )
    unchanged = Detector(settings).find(picture).words
    return f"These settings are strict: the cascade finds {unchanged} as it is, and none after the change."


def _grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / f"{name}.xml"))


def _validate(settings: Settings) -> None:
    if not 1.02 <= settings.scaleFactor <= 2:
        raise ValueError(f"scaleFactor {settings.scaleFactor:g} is out of range; use 1.02 to 2")
    if not 0 <= settings.minNeighbors <= 20:
        raise ValueError(f"minNeighbors {settings.minNeighbors} is out of range; use 0 to 20")
    if not 10 <= settings.minSize <= 400:
        raise ValueError(f"minSize {settings.minSize} is out of range; use 10 to 400 pixels")
