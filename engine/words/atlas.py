"""What the word map draws: places for the words at every snapshot, their true neighbours, and the arrows of a sum."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from engine.checks import Check
from engine.words import grammar, projection, sums, vectors, word2vec
from engine.words.projection import Plane
from engine.words.vectors import WordVectors

AT_ONCE = 2_000  # words whose neighbours are found while one waits
TABLES = 20_000  # words times snapshots up to which every snapshot gets its own neighbours
ALL = "all words"
MEMBERS = (ALL, *grammar.CLASSES)
OTHERS = "other words"
RANKS = (100, 1_000)  # of the groups of a text without word classes
AS_IT_IS = Plane(np.zeros(2), np.eye(2), ("first number", "second number"), True)


@dataclass(frozen=True)
class Look:
    """How the words are laid out."""

    projection: str = projection.PCA2
    x: str = "woman - man"  # for the chosen axes
    y: str = "king - man"
    members: str = ALL  # or one of the grammar's classes of words
    most: int = 2_000  # words on the map
    seed: int = 0  # of t-SNE


@dataclass(frozen=True, eq=False)
class Atlas:
    """One map. F snapshots, V words, M marks, K neighbours."""

    words: tuple[str, ...]  # V
    positions: np.ndarray  # (F, V + M, 2 or 3), the marks last
    neighbours: np.ndarray | None  # (G, V, K); None while there was no time to find them
    cosines: np.ndarray | None  # (G, V, K)
    neighbour_frames: tuple[int, ...]  # G
    group: np.ndarray  # (V,) which of group_names
    group_names: tuple[str, ...]
    axes: tuple[str, ...]
    zero: bool  # whether 0 means something on the axes
    kept: float  # share of true neighbours that are nearest on the map too; NaN without neighbours
    plane: Plane | None  # how a vector comes to its place; None if only words have one
    plain: bool  # the vectors are drawn as they are
    marks: tuple[str, ...] = ()  # M
    arrows: tuple[tuple[int, int], ...] = ()  # from, to
    stars: tuple[int, ...] = ()  # words that must have a label


def draw(
    models: Sequence[WordVectors],
    look: Look,
    *,
    plain: bool = False,
    towards: np.ndarray | None = None,
    live: bool = False,
) -> Atlas:
    """Lay out the words of a training, every snapshot on the axes of the last.

    Parameters
    ----------
    models : sequence of WordVectors
        The snapshots, oldest first, all with the same words.
    look : Look
        How.
    plain : bool
        The vectors are drawn with their lengths: two numbers as they are, more by PCA.
    towards : np.ndarray, (V + M, 2 or 3), optional
        Where the words were before: the map is turned to lie like that.
    live : bool
        A training runs: no t-SNE (its PCA instead), and no neighbours for more than 2,000 words.

    Returns
    -------
    Atlas
        The map.

    Raises
    ------
    ValueError
        For unknown words in the axes.
    """
    models = [_members(model, look) for model in models]
    plain = plain and (models[-1].vectors.shape[1] == 2 or look.projection in (projection.PCA2, projection.PCA3))
    plane, positions, axes = _places(models, look, plain, towards, live)
    found = _neighbours(models, wait=not live)
    group, names = _groups(models[-1])
    kept = projection.kept(positions[-1], found[0][-1]) if found else float("nan")
    neighbours, cosines, frames = found or (None, None, ())
    zero = bool(plane and plane.zero)
    return Atlas(models[-1].words, positions, neighbours, cosines, frames, group, names, axes, zero, kept, plane, plain)


def with_sum(atlas: Atlas, models: Sequence[WordVectors], question: str) -> Atlas:
    """Add the arrows of a - b + c: from b to a, and the same from c to where the sum lies, which is a mark.

    Parameters
    ----------
    atlas : Atlas
        As `draw` made it from the same models.
    models : sequence of WordVectors
        The snapshots.
    question : str
        A sum of words; one of another form, or with words that are not on the map, adds nothing.

    Returns
    -------
    Atlas
        With the mark in `positions`, unless the map has places for words only.
    """
    last, places = models[-1], {word: k for k, word in enumerate(atlas.words)}
    asked = sums.total(last, question) if sums.known(last, question) else None
    if asked is None or (len(asked.plus), len(asked.minus)) != (2, 1):
        return atlas
    names = [last.words[k] for k in asked.plus + asked.minus]
    if not all(name in places for name in names):
        return atlas
    a, c, b = (places[name] for name in names)
    answer = places.get(sums.rank(last, question, count=1).words[0])
    stars = (a, b, c) if answer is None else (answer, a, b, c)
    if atlas.plane is None:
        return replace(atlas, arrows=((b, a),), stars=stars)
    totals = [sums.add(model, asked.plus, asked.minus) for model in models]
    ends = np.stack([atlas.plane(t.plain if atlas.plain else t.target) for t in totals])
    mark = f"{names[0]} − {names[2]} + {names[1]}"
    positions = np.concatenate([atlas.positions, ends[:, None]], 1)
    return replace(atlas, positions=positions, marks=(mark,), arrows=((b, a), (c, len(atlas.words))), stars=stars)


def _members(model: WordVectors, look: Look) -> WordVectors:
    chosen = model if look.members == ALL else model.only(grammar.members(look.members))
    return (chosen if len(chosen.words) > 2 else model).first(look.most)


def shipped(look: Look) -> Atlas:
    """Draw the training that comes with the project."""
    return draw(shipped_models(), look)


@cache
def shipped_models() -> tuple[WordVectors, ...]:
    """Give the words of every shipped snapshot."""
    return tuple(word2vec.model(snapshot.values) for snapshot in word2vec.shipped())


def check_shipped(question: str) -> Check:
    """Compare the shipped vectors' cosines with gensim's."""
    return sums.check(shipped_models()[-1], question)


def _places(
    models: list[WordVectors], look: Look, plain: bool, towards: np.ndarray | None, live: bool
) -> tuple[Plane | None, np.ndarray, tuple[str, ...]]:
    last = models[-1]
    if look.projection == projection.TSNE and not (plain or live):
        points = np.repeat(projection.tsne(last.vectors, look.seed)[None], len(models), 0)
        return None, points, ("t-SNE: only who is near whom means something", "")
    plane = AS_IT_IS if plain and last.vectors.shape[1] == 2 else _plane(last, look, towards, plain)
    return plane, np.stack([plane(model.vectors if plain else model.unit) for model in models]), plane.names


def _plane(last: WordVectors, look: Look, towards: np.ndarray | None, plain: bool) -> Plane:
    if look.projection == projection.AXES:
        return projection.chosen(last, _difference(look.x), _difference(look.y))
    plane = projection.pca(last.vectors if plain else last.unit, 3 if look.projection == projection.PCA3 else 2)
    if plain or towards is None or towards.shape[1] != plane.basis.shape[1] or len(towards) < len(last.words):
        return plane
    return projection.turned(plane, last.unit, towards[: len(last.words)])


def _difference(text: str) -> tuple[str, str]:
    plus, minus = sums.parse(text)
    if (len(plus), len(minus)) != (1, 1):
        raise ValueError(f"“{text[:60]}” is no axis; write two words such as woman - man")
    return plus[0], minus[0]


def _neighbours(models: list[WordVectors], wait: bool) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]] | None:
    size = len(models[-1].words)
    if size > AT_ONCE and not wait:
        return None
    several = size * len(models) <= TABLES
    frames = tuple(range(len(models))) if several else (len(models) - 1,)
    find = vectors.nearest if size <= AT_ONCE else vectors.nearest_of_many
    tables = [find(models[k].vectors) for k in frames]
    return np.stack([t[0] for t in tables]), np.stack([t[1] for t in tables]), frames


def _groups(model: WordVectors) -> tuple[np.ndarray, tuple[str, ...]]:
    known = grammar.groups()
    if sum(word in known for word in model.words) > len(model.words) / 3:
        here = {known.get(word, OTHERS) for word in model.words}
        names = tuple(name for name in (*dict.fromkeys(known.values()), OTHERS) if name in here)
        return np.array([names.index(known.get(word, OTHERS)) for word in model.words], "uint8"), names
    names = (f"{RANKS[0]} most frequent", f"to rank {RANKS[1]:,}", "rarer")
    group = np.digitize(np.arange(len(model.words)), RANKS).astype("uint8")
    return group, names[: int(group.max()) + 1]


def without_neighbours(atlas: Atlas) -> Atlas:
    """Hide the neighbours, while a question about them is open."""
    return replace(atlas, neighbours=None, cosines=None, neighbour_frames=())
