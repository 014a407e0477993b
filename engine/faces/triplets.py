"""Triplets of pictures: an anchor, another picture of the same class, one of another class, and what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.compute import task

EASY, SEMI_HARD, HARD = "easy", "semi-hard", "hard"
LABELS = (EASY, SEMI_HARD, HARD)
RANDOM = "random"
MINING = (RANDOM, SEMI_HARD, HARD)
SEEN = 7  # digits 0 to 6 are trained on, 7 to 9 never
SIDE = 24  # pixels of a face
FEWEST = 4  # faces of each person: two to train on, two to test with
GREY = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Pictures:
    """Small grey pictures as plain values, so that a training on them can be compared, hashed and sent to a worker."""

    side: int
    pixels: bytes  # (N, side, side) uint8
    labels: tuple[int, ...]  # N numbers of names
    names: tuple[str, ...]  # of the classes
    seen: int  # the first so many classes are trained on
    augment: bool = False  # mirror, shift and brighten pictures in training

    @property
    def grey(self) -> np.ndarray:
        """Pixels from 0 to 1: (N, side * side) float32."""
        return np.frombuffer(self.pixels, np.uint8).reshape(len(self.labels), -1).astype(np.float32) / 255


@dataclass(frozen=True, eq=False)
class Parts:
    """Which pictures are for what."""

    train: np.ndarray  # (T,) every other picture of the seen classes
    seen: np.ndarray  # (S,) the others: new pictures of classes seen in training
    unseen: np.ndarray  # (U,) all pictures of the other classes


@lru_cache(maxsize=1)
def digits() -> Pictures:
    """Give scikit-learn's handwritten digits: 1,797 pictures of 8 × 8 pixels, of which 0 to 6 are trained on.

    Returns
    -------
    Pictures
        Their 17 grey levels spread over 0 to 255.

    Examples
    --------
    >>> digits().side, len(digits().labels), digits().seen
    (8, 1797, 7)
    """
    pixels, labels = _digits()
    return Pictures(8, pixels.tobytes(), tuple(labels.tolist()), tuple("0123456789"), SEEN)


@task
def _digits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    pictures, labels = load_digits(return_X_y=True)
    return np.rint(pictures * 255 / 16).astype(np.uint8), labels


def faces(people: Mapping[str, Sequence[np.ndarray]]) -> Pictures:
    """Make small grey pictures of a session's own faces.

    Parameters
    ----------
    people : mapping of str to sequence of np.ndarray, (96, 96, 3) uint8
        RGB pictures of each person.

    Returns
    -------
    Pictures
        Of 24 × 24 pixels. Of four people or more half are never trained on; of two or three all are.

    Raises
    ------
    ValueError
        For fewer than two people with four faces each.

    Examples
    --------
    >>> faces({"a": [np.zeros((96, 96, 3), np.uint8)] * 4, "b": [np.ones((96, 96, 3), np.uint8)] * 5}).seen
    2
    """
    usable = {name: pictures for name, pictures in people.items() if len(pictures) >= FEWEST}
    if len(usable) < 2:
        raise ValueError(
            f"{len(usable)} people have {FEWEST} faces or more; collect {FEWEST} faces each of two people or more on "
            "the page “Capture faces”, then come back"
        )
    small = [_shrunk(picture) for pictures in usable.values() for picture in pictures]
    labels = tuple(k for k, pictures in enumerate(usable.values()) for _ in pictures)
    seen = len(usable) if len(usable) < 4 else len(usable) - len(usable) // 2
    return Pictures(SIDE, b"".join(small), labels, tuple(usable), seen, augment=True)


def _shrunk(picture: np.ndarray) -> bytes:
    block = picture.shape[0] // SIDE
    grey = (picture @ GREY)[: SIDE * block, : SIDE * block]
    return np.rint(grey.reshape(SIDE, block, SIDE, block).mean((1, 3))).astype(np.uint8).tobytes()


@lru_cache(maxsize=8)
def parts_of(labels: tuple[int, ...], seen: int) -> Parts:
    """Split pictures by their labels alone; see `parts`."""
    numbers = np.array(labels)
    own = [np.flatnonzero(numbers == k) for k in range(seen)]
    train, test = np.concatenate([k[::2] for k in own]), np.concatenate([k[1::2] for k in own])
    return Parts(train, np.sort(test), np.flatnonzero(numbers >= seen))


def parts(pictures: Pictures) -> Parts:
    """Split pictures into those to train on, new ones of the same classes, and those of classes never seen.

    Parameters
    ----------
    pictures : Pictures
        All of them.

    Returns
    -------
    Parts
        Disjoint, and together all pictures.
    """
    return parts_of(pictures.labels, pictures.seen)


def label(positive: np.ndarray, negative: np.ndarray, margin: float) -> np.ndarray:
    r"""Label triplets by their squared distances :math:`p = \|f(A) - f(P)\|^2` and :math:`n = \|f(A) - f(N)\|^2`.

    Hard: :math:`n \le p`; semi-hard: :math:`p < n < p + \alpha`; easy: :math:`n \ge p + \alpha`, so no loss.

    Parameters
    ----------
    positive, negative : np.ndarray, (B,)
        Squared distances.
    margin : float
        α, 0 or more.

    Returns
    -------
    np.ndarray, (B,)
        0 easy, 1 semi-hard, 2 hard: a number of `LABELS`. Source: Schroff et al., FaceNet, 2015.

    Examples
    --------
    >>> [LABELS[k] for k in label(np.array([0.1, 0.1, 0.5]), np.array([0.9, 0.2, 0.4]), 0.2)]
    ['easy', 'semi-hard', 'hard']
    """
    return np.where(negative <= positive, 2, np.where(negative < positive + margin, 1, 0))


def loss(positive: np.ndarray, negative: np.ndarray, margin: float) -> np.ndarray:
    r"""Work out the triplet loss :math:`\max(p - n + \alpha, 0)` of squared distances.

    Parameters
    ----------
    positive, negative : np.ndarray, (B,)
        Squared distances from the anchor.
    margin : float
        α, 0 or more.

    Returns
    -------
    np.ndarray, (B,)
        0 for easy triplets.

    Examples
    --------
    >>> loss(np.array([0.5, 0.1]), np.array([0.25, 0.9]), 0.25)
    array([0.5, 0. ])
    """
    return np.maximum(positive - negative + margin, 0)


def mine(positive: np.ndarray, negatives: np.ndarray, mining: str) -> np.ndarray:
    """Choose one of the candidate negatives of each anchor.

    Parameters
    ----------
    positive : np.ndarray, (B,)
        Squared distances to the positives.
    negatives : np.ndarray, (B, C)
        Squared distances to the candidates.
    mining : {"random", "semi-hard", "hard"}
        The first candidate; the nearest of those that are farther than the positive (the farthest if none is); the
        nearest.

    Returns
    -------
    np.ndarray, (B,)
        Numbers of candidates.

    Examples
    --------
    >>> mine(np.array([0.4]), np.array([[0.9, 0.5, 0.1]]), "semi-hard")
    array([1])
    """
    if mining == RANDOM:
        return np.zeros(len(positive), int)
    if mining == HARD:
        return negatives.argmin(1)
    farther = negatives > positive[:, None]
    return np.where(farther.any(1), np.where(farther, negatives, np.inf).argmin(1), negatives.argmax(1))


def draw(pictures: Pictures, count: int, candidates: int, rng: np.random.Generator) -> np.ndarray:
    """Draw anchors, positives and candidate negatives among the pictures to train on.

    Parameters
    ----------
    pictures : Pictures
        All of them.
    count : int
        How many triplets B.
    candidates : int
        Negatives C to choose from for each.
    rng : np.random.Generator
        The source of chance.

    Returns
    -------
    np.ndarray, (B, 2 + C)
        Numbers of pictures: anchor, positive (another picture), candidates (of other classes).
    """
    rows, sizes = _classes(pictures)
    anchor = rng.integers(pictures.seen, size=count)
    others = (anchor[:, None] + rng.integers(1, pictures.seen, size=(count, candidates))) % pictures.seen
    first = rng.integers(sizes[anchor])
    second = (first + rng.integers(1, sizes[anchor])) % sizes[anchor]
    chosen = rows[others, rng.integers(sizes[others])]
    return np.concatenate([rows[anchor, first][:, None], rows[anchor, second][:, None], chosen], 1)


def _classes(pictures: Pictures) -> tuple[np.ndarray, np.ndarray]:
    labels, train = np.array(pictures.labels), parts(pictures).train
    own = [train[labels[train] == k] for k in range(pictures.seen)]
    rows = np.zeros((len(own), max(map(len, own))), int)
    for k, numbers in enumerate(own):
        rows[k, : len(numbers)] = numbers
    return rows, np.array([len(numbers) for numbers in own])


def augment(pictures: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """Vary pictures as a camera would: mirrored or not, shifted by up to 2 pixels, brighter or darker by up to 20 %.

    Parameters
    ----------
    pictures : np.ndarray, (..., side * side)
        Pixels from 0 to 1.
    side : int
        Pixels a side.
    rng : np.random.Generator
        The source of chance.

    Returns
    -------
    np.ndarray
        Of the same shape, within 0 to 1.
    """
    flat = pictures.reshape(-1, side, side)
    flip, shift = rng.random(len(flat)) < 0.5, rng.integers(-2, 3, (len(flat), 2))
    light = rng.uniform(0.8, 1.2, len(flat)).astype(np.float32)
    padded = np.pad(flat, ((0, 0), (2, 2), (2, 2)), mode="edge")
    rows = (2 + shift[:, 0])[:, None] + np.arange(side)
    columns = (2 + shift[:, 1])[:, None] + np.where(flip[:, None], np.arange(side)[::-1], np.arange(side))
    moved = padded[np.arange(len(flat))[:, None, None], rows[:, :, None], columns[:, None, :]]
    return np.clip(moved * light[:, None, None], 0, 1).reshape(pictures.shape)
